"""Changes to single rules and thresholds."""

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.scan.load import load_everything
from lazaretto.scan.overrides import (
    MAX_CHANGES,
    OVERRIDES_FILE,
    Overrides,
    RuleChange,
    laid_over,
    read_overrides,
    write_overrides,
)
from lazaretto.scan.rulefiles import RuleFileError, shipped_files
from lazaretto.scan.ruleset import load_ruleset, parse_ruleset
from lazaretto.scan.scan import scan
from tests.helpers.letters import ENVELOPE, OFFLINE, letter, rules_of
from tests.helpers.load import GTUBE

SPAM = letter(text=f"Hello\n{GTUBE}\n")


def under(text: str):
    """The ruleset with these overrides."""
    return parse_ruleset({**shipped_files(), OVERRIDES_FILE: text.encode()})


def test_a_weight_a_limit_and_a_floor_are_changed():
    """What is not named stays; the version is another one."""
    before = load_ruleset()
    after = under('[[rule]]\nid = "gtube"\nweight = 1.5\nlimit = 3\nfloor = "BULK"\n')
    changed = after.rules["gtube"]

    assert (1.5, 3, Disposition.BULK) == (changed.weight, changed.limit, changed.floor)
    assert before.rules["gtube"].text == changed.text
    assert before.version != after.version
    assert {k: v for k, v in before.rules.items() if k != "gtube"} == {
        k: v for k, v in after.rules.items() if k != "gtube"
    }


def test_a_rule_that_is_not_enabled_is_not_heard():
    """It is not among the findings, and no combination is made of it."""
    silent = under('[[rule]]\nid = "gtube"\nenabled = false\n')
    before = scan(SPAM, ENVELOPE, OFFLINE, load_ruleset())
    after = scan(SPAM, ENVELOPE, OFFLINE, silent)

    assert "gtube" in rules_of(before)
    assert "gtube" not in rules_of(after)
    assert Disposition.SPAM is before.disposition
    assert Disposition.NONE is after.disposition


def test_a_combination_that_is_not_enabled_does_not_speak():
    """It is taken out of the combinations."""
    name = load_ruleset().combinations[0].rule.id
    ruleset = under(f'[[rule]]\nid = "{name}"\nenabled = false\n')

    assert name not in {c.rule.id for c in ruleset.combinations}


def test_a_changed_combination_carries_its_new_weight():
    """The combination and the table of rules agree."""
    name = next(c.rule.id for c in load_ruleset().combinations if c.rule.kind == "malicious")
    ruleset = under(f'[[rule]]\nid = "{name}"\nweight = 0.25\n')

    assert [0.25] == [c.rule.weight for c in ruleset.combinations if c.rule.id == name]


def test_a_threshold_is_changed():
    """The others stay."""
    before, after = load_ruleset().thresholds, under("[threshold]\nspam = 99\n").thresholds

    assert 99 == after.threshold.spam
    assert before.threshold.malicious == after.threshold.malicious


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rule]]\nid = "nobody"\n', "rule 'nobody': there is no such rule"),
        ('[[rule]]\nid = "gtube"\n[[rule]]\nid = "gtube"\n', "changed twice"),
        ('[[rule]]\nid = "gtube"\nweight = -1\n', "weight"),
        ('[[rule]]\nid = "gtube"\nweight = nan\n', "weight: a number"),
        ('[[rule]]\nid = "gtube"\nlimit = 0\n', "limit"),
        ('[[rule]]\nid = "gtube"\ncolour = 1\n', "colour"),
        ("[threshold]\nnobody = 1\n", "there is no such threshold"),
        ("[threshold]\nspam = -1\n", "a number from 0"),
        ("[threshold]\nmalicious_rules = 1.5\n", "whole number"),
        ("[threshold\n", "not readable as TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key(text, said):
    """The text names the file and what is wrong in it."""
    with pytest.raises(RuleFileError, match=said) as problem:
        under(text)

    assert str(problem.value).startswith(OVERRIDES_FILE)


def test_too_many_changes_are_refused():
    """The limit is reached."""
    text = "".join(f'[[rule]]\nid = "r{n}"\n' for n in range(MAX_CHANGES + 1))

    with pytest.raises(RuleFileError, match="at most"):
        read_overrides({OVERRIDES_FILE: text.encode()})


def test_what_is_written_reads_the_same():
    """Round trip, and the upper one counts where two are laid over each other."""
    lower = Overrides((RuleChange("a", weight=1.0), RuleChange("b", enabled=False)), {"spam": 3.0})
    upper = Overrides(
        (RuleChange("a", weight=2.0, limit=4, floor=Disposition.SPAM),), {"spam": 4.5, "bulk": 1.0}
    )
    both = laid_over(lower, upper)

    assert both == read_overrides({OVERRIDES_FILE: write_overrides(both)})
    assert (
        RuleChange("a", weight=2.0, limit=4, floor=Disposition.SPAM),
        RuleChange("b", enabled=False),
    ) == both.rule
    assert {"spam": 4.5, "bulk": 1.0} == both.threshold


@pytest.mark.parametrize("name", ['x"\nweight = 5', "ü", ""])
def test_names_cannot_break_out_of_their_quotes(name):
    """Names come from requests."""
    with pytest.raises(RuleFileError):
        write_overrides(Overrides((RuleChange(name),)))


def test_a_file_laid_beside_the_shipped_ones_holds_rules_of_ones_own():
    """It is read after all others, so its rules may be made of theirs."""
    own = b"""
[[rule]]
id = "own_spam"
kind = "malicious"
weight = 50.0
title = "The test pattern"
text = "It is a test."
floor = "MALICIOUS"
[rule.when]
all = ["gtube"]
"""
    ruleset = parse_ruleset({**shipped_files(), "own.toml": own})

    assert Disposition.MALICIOUS is scan(SPAM, ENVELOPE, OFFLINE, ruleset).disposition


def test_everything_that_is_shipped_loads():
    """What a worker reads at its start."""
    assert load_ruleset().version == load_everything().version
