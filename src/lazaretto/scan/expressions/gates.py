"""What must hold before an expression is worth asking: read off its text, checked with sets.

Most rules begin with a phrase, a finding or a field that most messages do not have. Where an expression is
parts joined by `&&`, and a part is nothing but such names, the message must have one of them; `false &&` any
part is false, so leaving the question out changes no answer. Parts of any other form are not looked at.
"""

import re
from dataclasses import dataclass

from lazaretto.scan.expressions.fields import ELEMENTS, FIELDS

FLAGS = frozenset(field.name for field in FIELDS if field.type == "bool") - {"msg.phone"}
"""Fields that are true or false and cost next to nothing to know."""

_LISTS = frozenset(field.name for field in FIELDS if field.type in ELEMENTS)
_ATOM = re.compile(r"""(?:(says\.\w+)|findings\.has\(\s*["'](\w+)["']\s*\)|([a-z]+(?:\.[a-z_]+)+))$""")
_EXISTS = re.compile(r"(msg\.\w+)\.exists\(")
_FIELD = re.compile(r"\b(?:msg|env|facts)(?:\.[a-z_]+)+")


@dataclass(frozen=True, slots=True)
class Gate:
    """Names that a message must have, or must not have, for an expression to be true of it."""

    one_of: tuple[frozenset[str], ...]  # of each set one
    none_of: frozenset[str]
    fields: frozenset[str]  # that the expression asks for

    def lets(self, held: frozenset[str]) -> bool:
        """The expression may be true of a message that has these names."""
        return self.none_of.isdisjoint(held) and not any(names.isdisjoint(held) for names in self.one_of)


def gate_of(source: str) -> Gate:
    """The gate of an expression, in whose strings everything but names is blanked."""
    one_of, none_of = list[frozenset[str]](), set[str]()
    for start, end in _parts(source, "&&"):
        part = _bare(source[start:end])
        if part.startswith("!") and (name := _name(part[1:].strip())):
            none_of.add(name)
        elif (exists := _EXISTS.match(part)) and exists[1] in _LISTS and _ends(part, exists.end() - 1):
            one_of.append(frozenset({exists[1]}))
        elif names := _names(part):
            one_of.append(names)
    return Gate(tuple(one_of), frozenset(none_of), _fields(source))


def finding_name(rule: str) -> str:
    """How a finding is held."""
    return f"findings.{rule}"


def _names(part: str) -> frozenset[str]:
    """The names of a part that is nothing but names joined by `||`; empty when it is not."""
    names = [_name(_bare(part[start:end])) for start, end in _parts(part, "||")]
    return frozenset(names) if all(names) else frozenset()


def _name(text: str) -> str:
    atom = _ATOM.match(text)
    if atom is None:
        return ""
    if atom[2]:
        return finding_name(atom[2])
    return atom[1] or (atom[3] if atom[3] in FLAGS else "")


def _bare(text: str) -> str:
    """Without the parentheses around the whole."""
    text = text.strip()
    while text.startswith("(") and _ends(text, 0):
        text = text[1:-1].strip()
    return text


def _ends(text: str, opening: int) -> bool:
    """The parenthesis that opens there closes at the end of the text."""
    depth = 0
    for at in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at == len(text) - 1
    return False


def _parts(text: str, operator: str) -> list[tuple[int, int]]:
    """The ranges between an operator outside of all brackets; the whole where a weaker operator stands."""
    depth, begin, parts = 0, 0, []
    for at, letter in enumerate(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(letter, 0)
        if depth == 0 and (letter == "?" or (operator == "&&" and text.startswith("||", at))):
            return [(0, len(text))]
        if depth == 0 and text.startswith(operator, at):
            parts.append((begin, at))
            begin = at + len(operator)
    return [*parts, (begin, len(text))]


def _fields(source: str) -> frozenset[str]:
    """The fields that an expression names; a method behind a field is taken off."""
    known = {field.name for field in FIELDS}
    found = set[str]()
    for name in _FIELD.findall(source):
        while name and name not in known:
            name = name.rpartition(".")[0]  # noqa: PLW2901
        found.add(name)
    return frozenset(found - {""})
