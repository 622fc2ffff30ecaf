"""The ruleset: every rule, the thresholds, and the combinations of findings, as checked data with a version.

A rule file holds `[[rule]]` tables. A rule with a `when` table is a combination: it speaks when other rules
spoke. Where a rule is named in it, a name of the `[group]` table stands for any rule of that group. The
version is a hash of all data files, so two scans under one version used the same data.

Limits: rules say how bad a sight is; what can be seen is code in `scan.checks`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import msgspec

from lazaretto.model.disposition import Disposition
from lazaretto.model.verdict import Kind, Rule
from lazaretto.scan.rulefiles import RuleFileError, read_table, shipped_files

VERSION_DIGITS = 12
"""Hex digits of the version: enough to tell rulesets apart, short enough to read."""

RULE_FILES = ("authentication", "sender", "links", "attachments", "content", "bulk", "combinations")
THRESHOLDS_FILE = "thresholds.toml"


class _When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    least: int = 1
    none: tuple[str, ...] = ()


class _RuleData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: Kind
    weight: float
    title: str
    text: str
    version: int = 1
    category: str | None = None
    limit: int = 1
    floor: Disposition | None = None
    when: _When | None = None


class _RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[_RuleData, ...]
    group: dict[str, tuple[str, ...]] = {}


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points from which a message is called something."""

    malicious: float
    malicious_rules: int  # different rules that must have spoken for it
    suspicious: float
    suspicious_named: (
        float  # points of rules with a category, without which the same score is unsolicited mail
    )
    bec: float
    spoof: float  # points of kind spoof
    spoof_needs: float  # points of likeness to phishing beside them
    spam: float
    bulk: float


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How points become a disposition."""

    threshold: Threshold
    share: dict[Kind, dict[Kind, float]]  # what the points of other kinds add to a kind
    good_limit: float  # counter-evidence takes away at most so many points of a kind


@dataclass(frozen=True, slots=True)
class Combination:
    """A rule that speaks when other rules spoke."""

    rule: Rule
    all: tuple[tuple[str, ...], ...]  # of each entry one must have spoken
    any: tuple[str, ...]
    least: int  # so many of `any`
    none: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that turns findings into a verdict."""

    rules: Mapping[str, Rule]
    combinations: tuple[Combination, ...]
    thresholds: Thresholds
    version: str


@cache
def load_ruleset() -> Ruleset:
    """The shipped ruleset."""
    return parse_ruleset(shipped_files())


def parse_ruleset(files: Mapping[str, bytes]) -> Ruleset:
    """A ruleset from the contents of its files; raises RuleFileError that names file and key."""
    rules: dict[str, Rule] = {}
    combinations: list[Combination] = []
    for stem in RULE_FILES:
        name = f"{stem}.toml"
        if name not in files:
            raise RuleFileError(f"{name}: the file is missing")
        table = read_table(name, files[name], _RuleFile)
        for data in table.rule:
            if data.id in rules:
                raise RuleFileError(f"{name}: rule {data.id!r} is defined twice")
            if data.when is not None:
                combinations.append(_combination(name, data, data.when, rules, table.group))
            rules[data.id] = _checked(name, data)
    if THRESHOLDS_FILE not in files:
        raise RuleFileError(f"{THRESHOLDS_FILE}: the file is missing")
    thresholds = read_table(THRESHOLDS_FILE, files[THRESHOLDS_FILE], Thresholds)
    return Ruleset(rules, tuple(combinations), thresholds, version_of(files))


def version_of(files: Mapping[str, bytes]) -> str:
    """The hash of all data files, names included."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()[:VERSION_DIGITS]


def _checked(name: str, data: _RuleData) -> Rule:
    where = f"{name}: rule {data.id!r}"
    if not data.id.replace("_", "").isalnum() or data.id != data.id.lower():
        raise RuleFileError(f"{where}: id: lower case letters, digits and underscores are expected")
    if data.kind == "good" and data.weight > 0:
        raise RuleFileError(
            f"{where}: weight: counter-evidence takes points away, a negative number is expected"
        )
    if data.kind not in {"good", "note"} and data.weight < 0:
        raise RuleFileError(f"{where}: weight: only rules of kind good may take points away")
    if data.kind == "note" and data.weight != 0:
        raise RuleFileError(f"{where}: weight: a note weighs nothing")
    if data.limit < 1:
        raise RuleFileError(f"{where}: limit: a number above zero is expected")
    return Rule(
        data.id,
        data.version,
        data.kind,
        data.weight,
        data.title,
        data.text,
        data.category,
        data.limit,
        data.floor,
    )


def _combination(
    name: str, data: _RuleData, when: _When, rules: Mapping[str, Rule], groups: Mapping[str, tuple[str, ...]]
) -> Combination:
    where = f"{name}: rule {data.id!r}: when"
    if not when.all and not when.any:
        raise RuleFileError(f"{where}: neither all nor any names a rule")
    every = tuple(groups.get(entry, (entry,)) for entry in when.all)
    some = tuple(rule for entry in when.any for rule in groups.get(entry, (entry,)))
    none = tuple(rule for entry in when.none for rule in groups.get(entry, (entry,)))
    for rule in (*(r for alternatives in every for r in alternatives), *some, *none):
        if rule not in rules:
            raise RuleFileError(
                f"{where}: {rule!r} is neither a group nor a rule that stands before this one"
            )
    if some and not 1 <= when.least <= len(some):
        raise RuleFileError(f"{where}: least: a number from 1 to {len(some)} is expected")
    return Combination(_checked(name, data), every, some, when.least, none)
