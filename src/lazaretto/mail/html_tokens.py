"""HTML cut into tokens in linear time, without a tree. HTML Living Standard 13.2.5.

Two uses: to see, before a document is given to the tree builder, that it is built to exhaust it; and to
read such a document anyway. The cutting itself follows the standard (quotes, comments, raw text), so that a
document cannot look harmless here and be something else there.

Limits: entities and tree rules (implied tags, misnesting) are left to the tree builder.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_ATTRIBUTES = 500
"""Attributes of one tag that the tree builder gets; its time grows with their square."""

MAX_OPEN = 1_000
"""Elements open at once that the tree builder gets; its time grows with their square."""

MAX_OPEN_FORMATTING = 100
"""Formatting elements open at once: each paragraph below them repeats them all."""

MAX_REPEATED = 200_000
"""Copies of open formatting elements that paragraphs may cause, all together: each copy is a node."""

CHEAP_TAGS = 600
"""With so few tags no nesting can hurt."""

CHEAP_LENGTH = 32_768
"""In so few characters no list of attributes can hurt."""

_RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_TAG = re.compile(
    r"<(/?)([a-zA-Z][^\s/>]*+)"
    r"((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>\"'][^\s>]*+)?)?)*+)>?"
)
_ATTRIBUTE = re.compile(
    r"([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>\"'][^\s>]*+))?)?"
)
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_MARKUP = re.compile(r"<[a-zA-Z/!?]")
_COMMENT_END = re.compile(r"--!?>")


@dataclass(frozen=True, slots=True)
class Token:
    """One token; text tokens have no name."""

    kind: Literal["text", "start", "end", "comment"]
    name: str
    start: int  # characters
    end: int
    attributes: str = ""  # as written


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a document in order."""
    position, length = 0, len(text)
    while position < length:
        found = _MARKUP.search(text, position)
        at = found.start() if found else length
        if at > position:
            yield Token("text", "", position, at)
        if at == length:
            return
        token = _markup(text, at)
        yield token
        position = token.end
        if token.kind == "start" and token.name in _RAW:
            stop = _raw_end(text, position, token.name)
            if stop > position:
                yield Token("text", "", position, stop)
            position = stop
        elif token.kind == "start" and token.name == "plaintext":
            yield Token("text", "", position, length)
            return


def _markup(text: str, at: int) -> Token:
    tag = _TAG.match(text, at)
    if tag is None:
        return Token("comment", "", at, _comment_end(text, at))
    return Token("end" if tag.group(1) else "start", tag.group(2).lower(), at, tag.end(), tag.group(3))


def _comment_end(text: str, at: int) -> int:
    """Where a comment, a declaration or a bogus tag ends."""
    if text.startswith("<!--", at):
        if text.startswith((">", "->"), at + 4):
            return text.index(">", at) + 1
        end = _COMMENT_END.search(text, at + 4)
        return end.end() if end else len(text)
    close = text.find(">", at)
    return close + 1 if close >= 0 else len(text)


def _raw_end(text: str, position: int, name: str) -> int:
    """Where raw text ends: at its own end tag and nowhere else."""
    end = _RAW_ENDS.get(name)
    found = end.search(text, position) if end else None
    return found.start() if found else len(text)


def attributes(token: Token) -> dict[str, str]:
    """The attributes of a start tag as written; the first of a name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(token.attributes):
        name, *values = match.groups()
        found.setdefault(name.lower(), next((v for v in values if v is not None), ""))
        if len(found) >= MAX_ATTRIBUTES:
            break
    return found


def exhausting(text: str) -> bool:
    """The document would take the tree builder more than linear time."""
    if text.count("<") <= CHEAP_TAGS and len(text) <= CHEAP_LENGTH:
        return False
    opened: dict[str, int] = {}
    total = formatting = repeated = position = 0
    while (found := _MARKUP.search(text, position)) is not None:
        tag = _TAG.match(text, found.start())
        if tag is None:
            position = _comment_end(text, found.start())
            continue
        position = tag.end()
        name = tag[2].lower()
        if tag[1]:
            change = -1 if opened.get(name, 0) else 0
        else:
            change = 0 if name in _VOID else 1
            if position - found.start() > 2 * MAX_ATTRIBUTES and _too_many(tag[3]):
                return True
            repeated += 0 if name in _FORMATTING else formatting
            if name in _RAW or name == "plaintext":
                position = _raw_end(text, position, name)
        if change:
            opened[name] = opened.get(name, 0) + change
            total += change
            formatting += change * (name in _FORMATTING)
        if total > MAX_OPEN or formatting > MAX_OPEN_FORMATTING or repeated > MAX_REPEATED:
            return True
    return False


def _too_many(attributes_text: str) -> bool:
    return any(number >= MAX_ATTRIBUTES for number, _ in enumerate(_ATTRIBUTE.finditer(attributes_text)))
