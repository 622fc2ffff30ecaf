"""The rules that are shipped as expressions: each explains itself, brings its tests, and passes them."""

import pytest

from lazaretto.model.verdict import Rule
from lazaretto.scan.catalogue import catalogue, this_catalogue
from lazaretto.scan.rulefiles import shipped_files
from lazaretto.scan.trial import try_rules

HERE = [one for one in this_catalogue().listings.values() if one.form == "expression"]
FILES = sorted({one.origin.file for one in HERE})


@pytest.mark.parametrize("file", FILES)
def test_the_tests_of_the_rules(file):
    """Every rule speaks on its matches and is silent on its passes."""
    here = this_catalogue()
    trials = tuple(try_rules(shipped_files()[file], here.data_of(file), here.ruleset))

    assert trials
    assert [] == [f"{file}:{t.line}:{t.column}: {t.problem}" for t in trials if t.problem]


def test_there_are_many():
    """At least sixty, over all kinds of attack."""
    assert len(HERE) >= 60
    assert {"bec", "callback_phishing", "credential_phishing", "malware", "extortion", "scam"} <= {
        one.origin.data.attack_type for one in HERE
    }


@pytest.mark.parametrize("one", HERE, ids=lambda one: one.rule.id)
def test_a_rule_explains_itself(one):
    """With tests of both sorts, and a weight that decides nothing alone."""
    data, rule = one.origin.data, one.rule

    assert data.match
    assert data.passes
    assert rule.title[0].isupper()
    assert rule.text.endswith(".")
    assert data.attack_type or rule.kind == "good"
    assert abs(rule.weight) <= 4.0
    assert one.origin.line > 1


def test_a_failed_test_is_told_with_its_place():
    """Line and column of the test message, and what spoke instead."""
    text = (
        '[[rule]]\nid = "own_rule"\nkind = "note"\nweight = 0.0\ntitle = "Own"\ntext = "B."\n'
        'expression = "msg.words > 3"\n'
        '[[rule.match]]\nmessage = "From: a@b.example\\n\\nhi\\n"\n'
        '[[rule.pass]]\nmessage = "From: a@b.example\\n\\none two three four five\\n"\n'
        '[[rule.pass]]\nmessage = "From: a@b.example\\n\\nhi\\n"\nfacts = { dmarc = "pass" }\n'
    )
    here = catalogue({"own.toml": text.encode()})
    first, second, third = try_rules(text.encode(), here.data_of("own.toml"), here.ruleset)

    assert (first.line, first.column, first.sort) == (8, 1, "match")
    assert "does not speak" in first.problem
    assert (second.line, second.sort) == (10, "pass")
    assert "speaks" in second.problem
    assert third.problem == ""


def test_every_listed_rule_is_in_the_ruleset():
    """The catalogue and the ruleset hold the same rules."""
    here = this_catalogue()

    assert set(here.listings) == set(here.ruleset.rules)
    assert all(isinstance(one.rule, Rule) for one in here.listings.values())
    assert {one.form for one in here.listings.values()} == {"expression", "combination", "check"}
