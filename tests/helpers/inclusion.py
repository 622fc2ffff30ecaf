"""Is every value of one JSON schema a value of another? Enough of the question for two descriptions of one API.

Sizes and patterns are not compared, and a plain string counts as fitting where only some words are allowed:
which words are really sent is shown by tests that look at answers.
"""

from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 12


@dataclass(frozen=True)
class Side:
    """One of the two descriptions."""

    components: dict[str, Any]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.components[schema["$ref"].rpartition("/")[2]]
        return schema


@dataclass(frozen=True)
class Comparison:
    """Values of `narrow` are to fit `wide`.

    `whole` is the side whose properties must all be known to the other: the published one.
    """

    wide: Side
    narrow: Side
    whole: Side

    def misfits(self, wide, narrow, where: str = "", depth: int = 0) -> list[str]:
        """What does not fit, each with its place."""
        wide, narrow = self.wide.resolved(wide), self.narrow.resolved(narrow)
        if depth > MAX_DEPTH or not wide.keys() - {"description", "title"}:
            return []
        if found := branches(narrow):
            return [one for branch in found for one in self.misfits(wide, branch, where, depth + 1)]
        if found := branches(wide):
            tried = [self.misfits(branch, narrow, where, depth + 1) for branch in found]
            return min(tried, key=len)
        if extra := [kind for kind in kinds(narrow) if not _allows(kinds(wide), kind)]:
            return [
                f"{where or '/'}: {' or '.join(extra)} where {' or '.join(sorted(kinds(wide)))} is expected"
            ]
        return [
            *self._words(wide, narrow, where),
            *self._object(wide, narrow, where, depth),
            *self._items(wide, narrow, where, depth),
        ]

    def _words(self, wide, narrow, where: str) -> list[str]:
        allowed, used = wide.get("enum"), narrow.get("enum")
        if allowed is None or used is None:
            return []
        return [f"{where}: the word {word!r} is not expected" for word in used if word not in allowed]

    def _object(self, wide, narrow, where: str, depth: int) -> list[str]:
        theirs, ours = wide.get("properties", {}), narrow.get("properties", {})
        if not theirs and not ours:
            return []
        needed = set(wide.get("required", ())) - set(narrow.get("required", ()))
        found = [f"{where}/{name}: may be absent, and is required" for name in sorted(needed)]
        published, other = (theirs, ours) if self.whole is self.wide else (ours, theirs)
        found += [f"{where}/{name}: is not there" for name in sorted(set(published) - set(other) - needed)]
        for name in sorted(set(theirs) & set(ours)):
            found += self.misfits(theirs[name], ours[name], f"{where}/{name}", depth + 1)
        return found

    def _items(self, wide, narrow, where: str, depth: int) -> list[str]:
        if not isinstance(wide.get("items"), dict) or not isinstance(narrow.get("items"), dict):
            return []
        return self.misfits(wide["items"], narrow["items"], f"{where}/-", depth + 1)


def branches(schema) -> list[dict[str, Any]]:
    """The alternatives; several types in one schema are alternatives too."""
    for word in ("anyOf", "oneOf"):
        if word in schema:
            rest = {name: value for name, value in schema.items() if name != word}
            return [_joined(rest, branch) for branch in schema[word]]
    if isinstance(schema.get("type"), list):
        return [_only(schema, kind) for kind in schema["type"]]
    return []


def _joined(rest, branch):
    """A branch may only add what is required to what stands beside it."""
    needed = [*rest.get("required", ()), *branch.get("required", ())]
    return {**rest, **branch, **({"required": needed} if needed else {})}


def _only(schema, kind: str):
    if kind == "null":
        return {"type": "null"}
    words = {"enum": [word for word in schema["enum"] if word is not None]} if "enum" in schema else {}
    return {**schema, "type": kind, **words}


def kinds(schema) -> set[str]:
    """The JSON types of its values; empty when any."""
    if "type" in schema:
        return {schema["type"]}
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return {_KINDS[type(value)] for value in values}


def _allows(allowed: set[str], kind: str) -> bool:
    return not allowed or kind in allowed or (kind == "integer" and "number" in allowed)


_KINDS = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    list: "array",
    dict: "object",
}
