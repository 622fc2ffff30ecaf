"""Findings that mean more together."""

from lazaretto.model.finding import Finding
from lazaretto.scan.combine import combine
from lazaretto.scan.rulefiles import shipped_files
from lazaretto.scan.ruleset import parse_ruleset

RULES = b"""
[group]
lure = ["lure_tax", "lure_parcel"]

[[rule]]
id = "both"
kind = "malicious"
weight = 1.0
title = "Both"
text = "Why."
when = { all = ["lure", "urgency"], none = ["thread_reply"] }

[[rule]]
id = "two_of"
kind = "malicious"
weight = 1.0
title = "Two"
text = "Why."
when = { any = ["lure", "urgency"], least = 2 }

[[rule]]
id = "chained"
kind = "malicious"
weight = 1.0
title = "Chained"
text = "Why."
when = { all = ["both", "two_of"] }
"""
RULESET = parse_ruleset({**shipped_files(), "combinations.toml": RULES})


def combined(*rules: str) -> dict[str, Finding]:
    findings = [Finding(r, f"{r} seen.", "body", "text", r, 1, 2, 3) for r in rules]
    return {f.rule: f for f in combine(findings, RULESET)}


def test_all_of_any_of_a_group_and_none():
    """One of the group is enough, and one against it is too much."""
    assert {"both", "two_of", "chained"} == set(combined("lure_tax", "urgency"))
    assert set() == set(combined("lure_tax"))
    assert {"two_of"} == set(combined("lure_tax", "urgency", "thread_reply"))
    assert {"two_of"} == set(combined("lure_tax", "lure_parcel"))


def test_a_combination_shows_its_parts():
    """The place is that of the first part, the reason names all."""
    finding = combined("lure_tax", "urgency")["both"]

    assert "Both: lure_tax seen. urgency seen." == finding.reason
    assert ("body", 1, 2, 3) == (finding.place, finding.part, finding.start, finding.end)
