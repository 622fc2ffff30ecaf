"""The data files: complete, checked, explained, and named in every error."""

import importlib
import re

import pytest

from lazaretto.scan import checks
from lazaretto.scan.checks import CHECKS
from lazaretto.scan.rulefiles import RuleFileError, shipped_files
from lazaretto.scan.ruleset import RULE_FILES, load_ruleset, parse_ruleset, version_of
from lazaretto.scan.scan import CHECK_FAILED

GOOD = b'[[rule]]\nid = "a_rule"\nkind = "spam"\nweight = 1.0\ntitle = "A"\ntext = "B."\n'


def with_file(name: str, content: bytes) -> dict[str, bytes]:
    return {**shipped_files(), name: content}


def constants() -> dict[str, str]:
    """Every rule that the code names, with the module that does."""
    names = {CHECK_FAILED: "scan"}
    modules = [check.__module__ for check in CHECKS]
    modules += [
        f"lazaretto.scan.{name}"
        for name in (
            "people",
            "partners",
            "muted",
            "judged",
            "checks.learned",
            "switched",
            "expressions.rules",
        )
    ]  # what lists have to say
    for module in map(importlib.import_module, modules):
        names |= {
            v: module.__name__
            for k, v in vars(module).items()
            if k[0] != "_" and k.isupper() and isinstance(v, str)
        }
    return names


def test_every_rule_that_code_names_is_data():
    """A finding without a rule would weigh nothing and nobody would notice."""
    lures = set(re.findall(rb'^rule = "(\w+)"', shipped_files()["lexicon.toml"], re.MULTILINE))
    named = set(constants()) | {rule.decode() for rule in lures}

    assert set() == named - set(load_ruleset().rules)


def test_every_rule_is_named_by_code_or_is_a_combination():
    """A rule that nothing speaks for is dead data."""
    ruleset = load_ruleset()
    lures = {
        r.decode() for r in re.findall(rb'^rule = "(\w+)"', shipped_files()["lexicon.toml"], re.MULTILINE)
    }
    spoken = set(constants()) | lures | {c.rule.id for c in ruleset.combinations}
    spoken |= {c.rule.id for c in ruleset.expressions.conditions}

    assert set() == set(ruleset.rules) - spoken


def test_rules_speak_for_themselves():
    """An analyst reads title and text; both are sentences or names, not identifiers."""
    for rule in load_ruleset().rules.values():
        assert rule.title
        assert rule.title[0].isupper(), rule.id
        assert rule.text.endswith("."), rule.id
        assert len(rule.title) <= 60, rule.id


def test_there_are_rules_over_all_files():
    """What attackers do most is covered from every side."""
    per_file = {stem: shipped_files()[f"{stem}.toml"].count(b"[[rule]]") for stem in RULE_FILES}

    assert all(count >= 4 for count in per_file.values()), per_file
    assert sum(per_file.values()) >= 100


def test_the_checks_are_all_listed():
    """A check file that is not in CHECKS would never run."""
    modules = {name for name in vars(checks) if hasattr(getattr(checks, name), "check")}

    assert modules == {c.__module__.rpartition(".")[2] for c in CHECKS}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("links.toml", b"[[rule]\n", ["links.toml", "TOML"]),
        ("links.toml", b"\xff", ["links.toml", "TOML"]),
        ("links.toml", GOOD.replace(b"weight = 1.0", b'weight = "heavy"'), ["links.toml", "rule[0].weight"]),
        ("links.toml", GOOD.replace(b"title", b"titel"), ["links.toml", "titel"]),
        ("links.toml", GOOD.replace(b'"spam"', b'"ham"'), ["links.toml", "rule[0].kind"]),
        ("links.toml", GOOD + b'floor = "WORSE"\n', ["links.toml", "rule[0].floor"]),
        ("links.toml", GOOD + GOOD, ["links.toml", "'a_rule'", "twice"]),
        ("links.toml", GOOD.replace(b"1.0", b"-1.0"), ["links.toml", "weight"]),
        ("links.toml", GOOD.replace(b'"spam"', b'"good"'), ["links.toml", "weight"]),
        ("links.toml", GOOD.replace(b'"spam"', b'"note"'), ["links.toml", "note"]),
        ("links.toml", GOOD.replace(b"a_rule", b"A rule"), ["links.toml", "id"]),
        ("links.toml", GOOD + b"limit = 0\n", ["links.toml", "limit"]),
        (
            "combinations.toml",
            GOOD + b'when = { all = ["no_such_rule"] }\n',
            ["combinations.toml", "no_such_rule"],
        ),
        ("combinations.toml", GOOD + b"when = { }\n", ["combinations.toml", "a_rule", "neither"]),
        (
            "combinations.toml",
            GOOD + b'when = { any = ["gtube"], least = 2 }\n',
            ["combinations.toml", "least"],
        ),
        ("thresholds.toml", b"good_limit = 1.0\n", ["thresholds.toml", "threshold"]),
    ],
)
def test_a_wrong_file_is_named_with_its_key(name: str, content: bytes, words: list[str]):
    """Whoever wrote a rule learns which file and which key is wrong."""
    with pytest.raises(RuleFileError) as caught:
        parse_ruleset(with_file(name, content))

    assert [] == [word for word in words if word not in str(caught.value)]


@pytest.mark.parametrize("name", ["links.toml", "thresholds.toml"])
def test_a_missing_file_is_named(name: str):
    """A ruleset without one of its files is not a smaller ruleset."""
    files = {k: v for k, v in shipped_files().items() if k != name}

    with pytest.raises(RuleFileError, match=name):
        parse_ruleset(files)


def test_the_version_follows_the_content():
    """Two scans under one version used the same data."""
    same = version_of(dict(reversed(shipped_files().items())))
    other = version_of(with_file("hosts.toml", b""))

    assert same == load_ruleset().version
    assert other != load_ruleset().version
