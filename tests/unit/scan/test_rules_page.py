"""docs/rules.md is complete and true: fields, keys, limits, and the rule that it shows."""

import re
from pathlib import Path

import msgspec
import pytest

from lazaretto.scan.catalogue import catalogue
from lazaretto.scan.expressions import language, phrasebook, rule_file, rules, view
from lazaretto.scan.expressions.fields import ADDRESS, FIELDS, FILE, LINK
from lazaretto.scan.trial import try_rules

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "rules.md").read_text("utf-8")


@pytest.mark.parametrize("field", [*FIELDS, *ADDRESS, *LINK, *FILE], ids=lambda field: field.name)
def test_every_field_is_on_the_page(field):
    """With its type, its meaning and an example."""
    example = field.example.replace("|", "\\|")

    assert f"| `{field.name}` | {field.type} | {field.text} | `{example}` |" in PAGE


def test_no_other_field_is_on_the_page():
    """The tables name nothing that is not provided."""
    named = re.findall(r"^\| `((?:msg|env|facts)\.[\w.]+)` \|", PAGE, re.MULTILINE)

    assert named == [field.name for field in FIELDS]


def test_every_key_is_on_the_page():
    """Keys of rules, envelopes and facts, and the words that they take."""
    shapes = (rule_file.RuleData, rule_file.CaseEnvelope, rule_file.CaseFacts, rule_file.Case)
    keys = {field.encode_name for shape in shapes for field in msgspec.structs.fields(shape)}
    words = {w for t in (rule_file.Tactic, rule_file.AttackType, rule_file.Severity) for w in t.__args__}

    assert [] == [key for key in sorted(keys | words) if f"`{key}`" not in PAGE]


def test_the_limits_of_the_page():
    """Each number is the constant."""
    limits = (
        view.MAX_LIST, view.MAX_TEXT, view.MAX_STRING, language.MAX_EXPRESSION, rules.MAX_RULES,
        phrasebook.MAX_GROUPS, phrasebook.MAX_PHRASES, rule_file.MAX_CASES, rule_file.MAX_CASE,
    )  # fmt: skip
    text = PAGE[PAGE.index("## Limits") : PAGE.index("## Switch")]

    assert [] == [limit for limit in limits if f"{limit:,}" not in text]


def test_the_rule_of_the_page():
    """It can be read, and passes its own tests."""
    block = next(
        b for b in re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE) if "[[rule]]" in b
    )
    here = catalogue({"tickets.toml": block.encode()})
    trials = tuple(try_rules(block.encode(), here.data_of("tickets.toml"), here.ruleset))

    assert [""] * 2 == [trial.problem for trial in trials]
