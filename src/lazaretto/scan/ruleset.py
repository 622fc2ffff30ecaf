"""The ruleset: every rule, the thresholds, and the combinations of findings, as checked data with a version.

A rule file holds `[[rule]]` tables. A rule with a `when` table is a combination: it speaks when other rules
spoke. Where a rule is named in it, a name of the `[group]` table stands for any rule of that group. A rule
with an `expression` speaks when the expression is true of the message. The version is a hash of all data
files, so two scans under one version used the same data.

Limits: rules say how bad a sight is; what else can be seen is code in `scan.checks`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import msgspec

from lazaretto.model.verdict import Kind, Rule
from lazaretto.scan.classifier.classifier import Classifier, ClassifierFileError, load
from lazaretto.scan.expressions.places import place_of
from lazaretto.scan.expressions.rule_file import PlacedError, RuleData, RuleFile, When, read_rules
from lazaretto.scan.expressions.rules import NO_EXPRESSIONS, Expressions, compile_rules
from lazaretto.scan.overrides import (
    OVERRIDES_FILE,
    changed_rules,
    changed_threshold,
    read_overrides,
    silenced,
)
from lazaretto.scan.rulefiles import RuleFileError, read_table, rule_files, shipped_files

VERSION_DIGITS = 12
"""Hex digits of the version: enough to tell rulesets apart, short enough to read."""

RULE_FILES = (
    "authentication",
    "sender",
    "links",
    "attachments",
    "content",
    "bulk",
    "learned",
    "lists",
    "combinations",
    "history",
    "fraud",
    "callback",
    "lures",
    "codes",
    "files",
    "senders",
    "pages",
)
MUTES = ("similarity", "recency")
"""What a domain can be trusted in; groups of lists.toml name the rules that are muted by it."""
THRESHOLDS_FILE = "thresholds.toml"
CLASSIFIER_FILE = "classifier.bin"


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
    learned_in_bulk: float  # points of kind learned that count towards SPAM where the message is bulk


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
    classifier: Classifier
    muted: Mapping[str, frozenset[str]]  # rules that a trusted domain mutes, by what it is trusted in
    silent: frozenset[str] = frozenset()  # rules that are not heard
    expressions: Expressions = NO_EXPRESSIONS


@cache
def load_ruleset() -> Ruleset:
    """The ruleset of this process: the shipped one, with what was laid over it."""
    return parse_ruleset(rule_files())


def parse_ruleset(files: Mapping[str, bytes]) -> Ruleset:
    """A ruleset from the contents of its files; raises RuleFileError that names file and key."""
    rules: dict[str, Rule] = {}
    tables: dict[str, RuleFile] = {}
    combinations: list[Combination] = []
    muted: dict[str, frozenset[str]] = {}
    for stem in (*RULE_FILES, *_additional(files)):
        name = f"{stem}.toml"
        if name not in files:
            raise RuleFileError(f"{name}: the file is missing")
        table = tables[name] = read_rules(name, files[name])
        if stem == "lists":
            muted = _muted(name, table.group, rules)
        for data in table.rule:
            if data.id in rules:
                raise PlacedError(name, *place_of(files[name], data.id), f"rule {data.id!r} is defined twice")
            try:
                if data.when is not None:
                    combinations.append(_combination(data, data.when, rules, table.group))
                rules[data.id] = _checked(data)
            except RuleFileError as error:
                raise PlacedError(name, *place_of(files[name], data.id), str(error)) from error
    if THRESHOLDS_FILE not in files:
        raise RuleFileError(f"{THRESHOLDS_FILE}: the file is missing")
    thresholds = read_table(THRESHOLDS_FILE, files[THRESHOLDS_FILE], Thresholds)
    overrides = read_overrides(files)
    rules, silent = changed_rules(rules, overrides), silenced(overrides)
    threshold = changed_threshold(thresholds.threshold, overrides)
    return Ruleset(
        rules=rules,
        combinations=tuple(
            replace(c, rule=rules[c.rule.id]) for c in combinations if c.rule.id not in silent
        ),
        thresholds=msgspec.structs.replace(thresholds, threshold=threshold),
        version=version_of(files),
        classifier=_classifier(files),
        muted=muted,
        silent=silent,
        expressions=compile_rules(files, tables, rules).without(silent),
    )


def _additional(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Rule files that were laid beside the shipped ones: read last, so they may name every rule."""
    own = {*shipped_files(), OVERRIDES_FILE}
    return tuple(sorted(n.removesuffix(".toml") for n in files if n.endswith(".toml") and n not in own))


def _classifier(files: Mapping[str, bytes]) -> Classifier:
    if CLASSIFIER_FILE not in files:
        raise RuleFileError(f"{CLASSIFIER_FILE}: the file is missing")
    try:
        return load(files[CLASSIFIER_FILE])
    except ClassifierFileError as problem:
        raise RuleFileError(f"{CLASSIFIER_FILE}: {problem}") from problem


def _muted(
    name: str, groups: Mapping[str, tuple[str, ...]], rules: Mapping[str, Rule]
) -> dict[str, frozenset[str]]:
    for mute in MUTES:
        if mute not in groups:
            raise RuleFileError(f"{name}: group: {mute!r} is missing")
        for rule in groups[mute]:
            if rule not in rules:
                raise RuleFileError(f"{name}: group {mute!r}: {rule!r} is no rule that stands before")
    return {mute: frozenset(groups[mute]) for mute in MUTES}


def version_of(files: Mapping[str, bytes]) -> str:
    """The hash of all data files, names included."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()[:VERSION_DIGITS]


def _checked(data: RuleData) -> Rule:
    where = f"rule {data.id!r}"
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
    if data.when is not None and data.expression is not None:
        raise RuleFileError(f"{where}: a rule has a when or an expression, not both")
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
    data: RuleData, when: When, rules: Mapping[str, Rule], groups: Mapping[str, tuple[str, ...]]
) -> Combination:
    where = f"rule {data.id!r}: when"
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
    return Combination(_checked(data), every, some, when.least, none)
