"""Where a regular expression is wrong: the pieces that it is made of, and the place of the first bad one.

The engine (RE2) says what it does not take, not where. Here the pattern is cut into pieces, so that the
person who wrote it is shown the character. Patterns come from people who know Java's syntax; what that has
and a linear-time engine cannot have is named in words.

Places are counted from 1, as people count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import re2

from lazaretto.model.errors import Invalid

PieceKind = Literal["literal", "escape", "class", "open", "close", "repeat", "any", "or", "start", "end"]

_SIGNS: dict[str, PieceKind] = {
    "(": "open",
    ")": "close",
    "*": "repeat",
    "+": "repeat",
    "?": "repeat",
    ".": "any",
    "|": "or",
    "^": "start",
    "$": "end",
}
_REPEAT = re2.compile(r"\{\d+(?:,\d*)?\}")
_ESCAPE = re2.compile(r"(?s)\\(?:[pP]\{[^}]*\}|x\{[^}]*\}|x[0-9A-Fa-f]{2}|[pP]?.)")
_GROUP_WORDS = (
    ("(?=", "looking ahead, (?=…), cannot be done in linear time"),
    ("(?!", "looking ahead, (?!…), cannot be done in linear time"),
    ("(?<=", "looking behind, (?<=…), cannot be done in linear time"),
    ("(?<!", "looking behind, (?<!…), cannot be done in linear time"),
    ("(?>", "an atomic group, (?>…), has no meaning in an engine that never goes back"),
    ("(?#", "a comment, (?#…), is not taken"),
)


TOO_LARGE = "it is too large once its counts are written out"


class WrongPattern(Exception):  # noqa: N818  # it becomes a refusal where the field is known
    """A pattern that cannot be used; the text is a clause, the place counts from 1 (None: no one place)."""

    def __init__(self, text: str, place: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.place = place

    def refusal(self, pointer: str, code: int) -> Invalid:
        """The refusal to show to whoever wrote the pattern."""
        where = "" if self.place is None else f" at character {self.place}"
        return Invalid(code, f"The pattern is wrong{where}: {self.text}.", pointer=pointer)


@dataclass(frozen=True, slots=True)
class Piece:
    """One sign, escape, class or count of a pattern."""

    kind: PieceKind
    text: str
    at: int  # counted from 0

    @property
    def place(self) -> int:
        """Counted from 1."""
        return self.at + 1


def pieces(pattern: str) -> Iterator[Piece]:
    """The pieces from left to right; raises WrongPattern where one has no end."""
    at = 0
    while at < len(pattern):
        piece = _piece(pattern, at)
        yield piece
        at += len(piece.text)


def _piece(pattern: str, at: int) -> Piece:
    sign = pattern[at]
    if sign == "\\":
        return _escape(pattern, at)
    if sign == "[":
        return Piece("class", pattern[at : _class_end(pattern, at)], at)
    if sign == "{" and (count := _REPEAT.match(pattern[at : at + 20])) is not None:
        return Piece("repeat", count.group(), at)
    return Piece(_SIGNS.get(sign, "literal"), sign, at)


def _escape(pattern: str, at: int) -> Piece:
    if pattern.startswith("\\Q", at):
        end = pattern.find("\\E", at + 2)
        if end < 0:  # the rest of a bundle would be quoted too
            raise WrongPattern("the quotation that begins with \\Q has no \\E", at + 1)
        return Piece("literal", pattern[at : end + 2], at)
    match = _ESCAPE.match(pattern[at:])
    if match is None:
        raise WrongPattern("a backslash at the end escapes nothing", at + 1)
    return Piece("escape", match.group(), at)


def _class_end(pattern: str, at: int) -> int:
    """Behind the bracket that closes a class. A bracket that comes first is a letter of the class."""
    position = at + 1
    if pattern.startswith("^", position):
        position += 1
    first = position
    while position < len(pattern):
        sign = pattern[position]
        if sign == "\\":
            position += 1
        elif pattern.startswith("[:", position) and (end := pattern.find(":]", position)) >= 0:
            position = end + 1
        elif sign == "]" and position > first:
            return position + 1
        position += 1
    raise WrongPattern("the class that opens here, [, is not closed by ]", at + 1)


def place_of(pattern: str, complaint: str) -> WrongPattern:
    """What the engine said, with the place and in words for people."""
    try:
        found = tuple(pieces(pattern))
    except WrongPattern as problem:
        return problem
    words, _, fragment = complaint.partition(": ")
    if words in {"missing )", "unexpected )"}:
        return _unbalanced(found)
    starts = (p.at for p in found if fragment and pattern.startswith(fragment, p.at))
    at = next(starts, pattern.find(fragment) if fragment else -1)
    if at < 0:
        return WrongPattern(TOO_LARGE if words.startswith("pattern too large") else words)
    opened = (text for opening, text in _GROUP_WORDS if pattern.startswith(opening, at))
    return WrongPattern(next(opened, _in_words(words, fragment)), at + 1)


def _in_words(words: str, fragment: str) -> str:
    if words == "invalid escape sequence":
        return _about_escape(fragment)
    if words == "bad repetition operator":
        return f"{fragment} repeats what is repeated already"
    return f"{words}, {fragment}"


def _about_escape(fragment: str) -> str:
    if fragment[1:2].isdigit() or fragment[1:2] == "k":
        return f"a reference back to a group, {fragment}, cannot be done in linear time"
    if fragment[1:2] == "u":
        return "\\u is not taken, write \\x{…} with the code of the character"
    return f"{fragment} means nothing here; to find the sign itself write it without the backslash"


def _unbalanced(found: tuple[Piece, ...]) -> WrongPattern:
    opened: list[Piece] = []
    for piece in found:
        if piece.kind == "open":
            opened.append(piece)
        elif piece.kind == "close":
            if not opened:
                return WrongPattern("this ) closes nothing", piece.place)
            opened.pop()
    return WrongPattern("this ( is not closed", opened[-1].place if opened else None)
