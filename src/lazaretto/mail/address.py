"""Mailboxes and groups out of address headers. RFC 5322 3.4, and what mail really holds.

Structure is read before encoded words are decoded, so that an encoded comma or bracket cannot make a mailbox.
Read as clients read it: an unclosed quote or comment is plain text, an unclosed "<" ends at the next comma,
a source route (RFC 5322 4.4) is left out, ";" separates where there is no group.

Every character is looked at a bounded number of times. Limits: MAX_ADDRESSES and MAX_TOKENS of one field.
"""

import re
from dataclasses import dataclass, field

from lazaretto.mail.domains import to_alabel
from lazaretto.mail.words import decode_words
from lazaretto.model.message import Address

MAX_ADDRESSES = 1_000
"""Mailboxes of one field that are kept."""

MAX_TOKENS = 50_000
"""Words, brackets and separators of one field that are looked at."""

MAX_UNCLOSED = 1_000
"""How far an address that lacks its ">" can reach."""

_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*+")'
    r'|(?P<angle><(?:[^<>"]|"(?:[^"\\]|\\.)*+")*+>)'
    r"|(?P<open>\()"
    r"|(?P<special>[,;:<>])"
    r'|(?P<space>\s+)|(?P<atom>(?:\\.|[^\s"<>(),;:\\])++|.)',
    re.DOTALL,
)
_COMMENT_STEP = re.compile(r"[()]|\\.", re.DOTALL)
_AROUND_DOTS = re.compile(r"\s{0,9}([@.])\s{0,9}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Mailbox:
    """What was read since the last separator."""

    phrase: list[str] = field(default_factory=list)
    angle: str | None = None
    comments: list[str] = field(default_factory=list)


def parse_addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes of a field value, in order."""
    if not value:
        return ()
    return _Reader(value).read()


class _Reader:
    """One pass over one value."""

    def __init__(self, value: str) -> None:
        self.value = value
        self.found: list[Address] = []
        self.box = _Mailbox()
        self.group: str | None = None
        self.groups = ";" in value  # a colon alone is part of somebody's display name
        self.comments = True
        self.position = 0

    def read(self) -> tuple[Address, ...]:
        value = self.value
        for _ in range(MAX_TOKENS):
            token = _TOKEN.match(value, self.position) if len(self.found) < MAX_ADDRESSES else None
            if token is None:
                break
            self.position = token.end()
            text = token.group()
            match token.lastgroup:
                case "angle":
                    self._angle(text[1:-1])
                case "open":
                    self._comment()
                case "special":
                    self._special(text)
                case "space":
                    self.box.phrase.append(" ")
                case _:
                    self.box.phrase.append(text)
        self._finish()
        return tuple(self.found[:MAX_ADDRESSES])

    def _angle(self, text: str) -> None:
        if self.box.angle is None:
            self.box.angle = text
        else:
            self.box.phrase.append(f"<{text}>")

    def _comment(self) -> None:
        """RFC 5322 3.2.2: comments nest; one that is never closed is no comment."""
        depth, at = 1, self.position
        while depth and self.comments:
            step = _COMMENT_STEP.search(self.value, at)
            if step is None:
                self.comments = False
                break
            at = step.end()
            depth += {"(": 1, ")": -1}.get(step.group(), 0)
        if self.comments:
            self.box.comments.append(self.value[self.position : at - 1])
            self.position = at
        else:
            self.box.phrase.append("(")

    def _special(self, text: str) -> None:
        if text == "<":
            end = self._unclosed_end()
            self._angle(self.value[self.position : end])
            self.position = end
        elif text == ":" and self.groups and self.box.angle is None:
            self.group = _display("".join(self.box.phrase))
            self.box = _Mailbox()
        elif text in {":", ">"}:
            self.box.phrase.append(text if text == ":" else "")
        else:
            self._finish()
            self.group = None if text == ";" else self.group

    def _unclosed_end(self) -> int:
        limit = min(len(self.value), self.position + MAX_UNCLOSED)
        ends = [e for e in (self.value.find(c, self.position, limit) for c in ",<") if e >= 0]
        return min(ends, default=limit)

    def _finish(self) -> None:
        box, self.box = self.box, _Mailbox()
        phrase = "".join(box.phrase).strip()
        angle = box.angle
        if angle is None:
            if not phrase and not box.comments:
                return
            phrase, angle = _bare(phrase)
            if not angle and any("@" in comment for comment in box.comments):
                phrase, angle = _bare(" ".join((phrase, *box.comments)))
                box.comments.clear()
        self._add(_display(phrase) or _display(" ".join(box.comments)), angle)

    def _add(self, name: str, angle: str) -> None:
        """A name without an address belongs to the mailbox behind it: Doe, John <john@example.com>."""
        while self.found and angle and not self.found[-1].address and self.found[-1].group == self.group:
            before = self.found.pop().name
            name = f"{before}, {name}" if name else before
        self.found.append(_address(name, angle, self.group))


def _bare(phrase: str) -> tuple[str, str]:
    """A mailbox without angle brackets: which words are the name, and which the address."""
    if "=?" in phrase and "@" not in phrase:
        phrase = decode_words(phrase)
    if "@" not in phrase or (phrase.startswith('"') and phrase.endswith('"')):
        return phrase, ""
    if not any(c.isspace() for c in phrase):
        return "", phrase
    if phrase.startswith('"'):  # "john smith"@example.com
        closing = phrase.rfind('"')
        return ("", phrase) if phrase[closing + 1 : closing + 2] == "@" else _last_with_at(phrase)
    squeezed = _AROUND_DOTS.sub(r"\1", phrase)  # RFC 5322 4.4: white space around dots
    return ("", squeezed) if " " not in squeezed else _last_with_at(squeezed)


def _last_with_at(phrase: str) -> tuple[str, str]:
    words = phrase.split()
    index = max(i for i, word in enumerate(words) if "@" in word)
    return " ".join(words[:index] + words[index + 1 :]), words[index].strip("<>")


def _display(text: str) -> str:
    """A display name: quotes removed, encoded words decoded, white space folded."""
    if '"' in text:
        text = text.replace('\\"', "\0").replace('"', "").replace("\0", '"')
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    return " ".join(decode_words(text).split())


def _address(name: str, angle: str, group: str | None) -> Address:
    text = angle.strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2].strip()
    if "=?" in text:
        text = decode_words(text).strip()
    if not text.startswith('"'):
        text = "".join(text.split())
    local, at, domain = text.rpartition("@")
    if not at:
        local, domain = text, ""
    return Address(name, text, local, to_alabel(domain.strip().rstrip(".")), group)
