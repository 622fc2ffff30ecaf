"""The Authentication-Results field: ours to write, and whose name stands in one that came along. RFC 8601.

Most values in it were chosen by whoever sent the message, so each is quoted or stripped before it is written.
"""

import re
from collections.abc import Iterator

from lazaretto.model.facts import Authentication, Boundary, DkimResult, DmarcResult, SpfResult

LINE_WIDTH = 78
"""Where lines are folded. RFC 5322 2.1.1."""

MAX_VALUE = 320
"""Characters of one value: the longest address has 320."""

MAX_COMMENT = 120
"""Characters of one comment."""

MAX_IDENTITY = 255
"""Characters of an authserv-id that is read."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`{|}~]+")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]*@[A-Za-z0-9\-._]+")
_IDENTITY = re.compile(r"[^\s;()\"]{1,255}")
_COMMENT_UNSAFE = re.compile(r"[()\\]")


def render(authserv_id: str, authentication: Authentication, boundary: Boundary) -> str:
    """The whole field, folded, with its name and its line end."""
    results = [
        _spf(authentication.spf, boundary),
        *([_helo(authentication.helo_spf)] if authentication.helo_spf else []),
        *(_dkim(signature) for signature in authentication.dkim),
        *([] if authentication.dkim else [["dkim=none"]]),
        _dmarc(authentication.dmarc),
        *([_arc(authentication, boundary)] if authentication.arc.result != "none" else []),
    ]
    lines = [f"Authentication-Results: {_value(authserv_id)};"]
    for position, words in enumerate(results, 1):
        words[-1] += "" if position == len(results) else ";"
        lines.extend(_fold(words))
    return "\r\n".join(lines) + "\r\n"


def authserv_id_of(value: str) -> str:
    """The name under which a received field's results were written; "" when there is none.

    Comments, quotes and a version number do not hide the name.
    """
    position = _skip_space(value, 0)
    if value[position : position + 1] == '"':
        return _quoted(value, position + 1).removesuffix(".")
    found = _IDENTITY.match(value, position)
    return found.group().removesuffix(".") if found else ""


def _skip_space(value: str, position: int) -> int:
    """The place of the first character outside white space and comments. RFC 5322 3.2.2."""
    depth = 0
    while position < len(value):
        character = value[position]
        if character == "\\" and depth:
            position += 1
        elif character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth and not character.isspace():
            break
        position += 1
    return position


def _quoted(value: str, start: int) -> str:
    found: list[str] = []
    position = start
    while position < len(value) and value[position] != '"' and len(found) < MAX_IDENTITY:
        position += value[position] == "\\"
        found.append(value[position : position + 1])
        position += 1
    return "".join(found).strip()


def _spf(spf: SpfResult, boundary: Boundary) -> list[str]:
    if spf.identity == "helo":
        return _helo(spf)
    return [
        f"spf={spf.result}",
        *_comment(spf.reason),
        f"smtp.mailfrom={_value(boundary.mail_from or spf.domain)}",
    ]


def _helo(spf: SpfResult) -> list[str]:
    return [f"spf={spf.result}", *_comment(spf.reason), f"smtp.helo={_value(spf.domain)}"]


def _dkim(dkim: DkimResult) -> list[str]:
    testing = ["(testing)"] if dkim.testing else []
    properties = (("d", dkim.domain), ("i", dkim.identity), ("s", dkim.selector), ("a", dkim.algorithm))
    shown = [f"header.{name}={_value(value)}" for name, value in properties if value]
    return [f"dkim={dkim.result}", *_comment(dkim.reason), *testing, *shown]


def _dmarc(dmarc: DmarcResult) -> list[str]:
    policy = [f"(p={dmarc.policy})"] if dmarc.policy else []
    domain = [f"header.from={_value(dmarc.domain)}"] if dmarc.domain else []
    return [f"dmarc={dmarc.result}", *policy, *_comment(dmarc.reason), *domain]


def _arc(authentication: Authentication, boundary: Boundary) -> list[str]:
    arc = authentication.arc
    words = [f"arc={arc.result}", *_comment(arc.reason or f"i={arc.instances}")]
    # RFC 8617 10.2
    return [*words, f"smtp.remote-ip={_value(boundary.client_ip)}"] if boundary.client_ip else words


def _value(text: str) -> str:
    """A pvalue: as it is where the grammar allows it, else in quotes. RFC 8601 2.2."""
    shown = _printable(text)[:MAX_VALUE]
    if _TOKEN.fullmatch(shown) or _ADDRESS.fullmatch(shown):
        return shown
    escaped = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _comment(text: str) -> Iterator[str]:
    """The words of a comment, none for an empty text."""
    words = _COMMENT_UNSAFE.sub("?", _printable(text))[:MAX_COMMENT].split()
    if words:
        words[0] = "(" + words[0]
        words[-1] += ")"
    yield from words


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)


def _fold(words: list[str]) -> Iterator[str]:
    line = "\t" + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > LINE_WIDTH:
            yield line
            line = "\t" + word
        else:
            line += " " + word
    yield line
