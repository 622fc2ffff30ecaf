"""Overrides: changes to single rules and thresholds, laid over a ruleset by one small file.

`overrides.toml` holds `[[rule]]` tables with the id of a rule and what is different about it, and a
`[threshold]` table with the thresholds that are different. A rule that is not enabled is not heard: it
weighs nothing, speaks in no combination, and is not shown.
"""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TypeVar

import msgspec

from lazaretto.model.disposition import Disposition
from lazaretto.model.verdict import Rule
from lazaretto.scan.rulefiles import RuleFileError, read_table

T = TypeVar("T", bound=msgspec.Struct)

OVERRIDES_FILE = "overrides.toml"

MAX_CHANGES = 2_000
"""Rules that one file changes: more than there are."""


class RuleChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is different about one rule."""

    id: str
    weight: float | None = None
    limit: int | None = None
    floor: Disposition | None = None
    enabled: bool = True


class Overrides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    rule: tuple[RuleChange, ...] = ()
    threshold: dict[str, float] = {}


NOTHING = Overrides()


def read_overrides(files: Mapping[str, bytes]) -> Overrides:
    """The overrides among the files; none when there is no such file. Raises RuleFileError."""
    if OVERRIDES_FILE not in files:
        return NOTHING
    overrides = read_table(OVERRIDES_FILE, files[OVERRIDES_FILE], Overrides)
    if len(overrides.rule) > MAX_CHANGES:
        raise RuleFileError(f"{OVERRIDES_FILE}: rule: at most {MAX_CHANGES} rules can be changed")
    return overrides


def changed_rules(rules: Mapping[str, Rule], overrides: Overrides) -> dict[str, Rule]:
    """The rules with their changes. Raises RuleFileError."""
    result, seen = dict(rules), set[str]()
    for change in overrides.rule:
        where = f"{OVERRIDES_FILE}: rule {change.id!r}"
        if change.id not in rules:
            raise RuleFileError(f"{where}: there is no such rule{_like(change.id, rules)}")
        if change.id in seen:
            raise RuleFileError(f"{where}: it is changed twice")
        seen.add(change.id)
        result[change.id] = _changed(where, rules[change.id], change)
    return result


def silenced(overrides: Overrides) -> frozenset[str]:
    """The rules that are not enabled."""
    return frozenset(change.id for change in overrides.rule if not change.enabled)


def changed_threshold(threshold: T, overrides: Overrides) -> T:
    """The thresholds with their changes. Raises RuleFileError."""
    types = {one.name: one.type for one in msgspec.structs.fields(threshold)}
    changes: dict[str, float] = {}
    for name, value in overrides.threshold.items():
        where = f"{OVERRIDES_FILE}: threshold {name!r}"
        if name not in types:
            raise RuleFileError(f"{where}: there is no such threshold; there are {', '.join(types)}")
        if not 0 <= value < float("inf"):
            raise RuleFileError(f"{where}: a number from 0 is expected")
        if types[name] is int and value != int(value):
            raise RuleFileError(f"{where}: a whole number is expected")
        changes[name] = int(value) if types[name] is int else value
    return msgspec.structs.replace(threshold, **changes)


def laid_over(below: Overrides, above: Overrides) -> Overrides:
    """Both together; where they speak of the same rule or threshold, the upper one counts."""
    rules = {change.id: change for change in below.rule} | {change.id: change for change in above.rule}
    return Overrides(tuple(rules.values()), {**below.threshold, **above.threshold})


def write_overrides(overrides: Overrides) -> bytes:
    """The file that says the same."""
    lines = []
    for change in overrides.rule:
        lines += ["[[rule]]", f"id = {_quoted(change.id)}"]
        if change.weight is not None:
            lines.append(f"weight = {float(change.weight)!r}")
        if change.limit is not None:
            lines.append(f"limit = {int(change.limit)}")
        if change.floor is not None:
            lines.append(f'floor = "{change.floor.value}"')
        if not change.enabled:
            lines.append("enabled = false")
        lines.append("")
    if overrides.threshold:
        lines.append("[threshold]")
        lines += [f"{_quoted(name)} = {float(value)!r}" for name, value in overrides.threshold.items()]
    return "\n".join(lines).encode() + b"\n"


def _quoted(name: str) -> str:
    if not name.isascii() or not name.replace("_", "").isalnum():
        raise RuleFileError(f"{OVERRIDES_FILE}: {name[:50]!r}: letters, digits and underscores are expected")
    return f'"{name}"'


def _like(name: str, rules: Mapping[str, Rule]) -> str:
    near = get_close_matches(name[:100], rules, 1)
    return f"; is {near[0]!r} meant?" if near else ""


def _changed(where: str, rule: Rule, change: RuleChange) -> Rule:
    weight = rule.weight if change.weight is None else change.weight
    if rule.kind == "good" and weight > 0:
        raise RuleFileError(f"{where}: weight: the rule takes points away, a negative number is expected")
    if rule.kind not in {"good", "note"} and weight < 0:
        raise RuleFileError(f"{where}: weight: only rules of kind good may take points away")
    if rule.kind == "note" and weight != 0:
        raise RuleFileError(f"{where}: weight: a note weighs nothing")
    if not abs(weight) < float("inf"):
        raise RuleFileError(f"{where}: weight: a number is expected")
    if change.limit is not None and change.limit < 1:
        raise RuleFileError(f"{where}: limit: a number above zero is expected")
    return replace(
        rule,
        weight=weight,
        limit=rule.limit if change.limit is None else change.limit,
        floor=rule.floor if change.floor is None else change.floor,
    )
