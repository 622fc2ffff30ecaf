"""From findings to a disposition: what each label means, and that nothing else decides."""

import dataclasses

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.model.verdict import Rule, Weighed
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.score import judge, weigh


def rule(name: str, kind: str, weight: float, **more: object) -> Rule:
    return Rule(name, 1, kind, weight, name, "Why.", more.pop("category", "Attack"), **more)  # type: ignore[arg-type]


def disposition_of(*rules: Rule) -> Disposition:
    return verdict_of(*rules).disposition


def verdict_of(*rules: Rule):
    table = {r.id: r for r in rules}
    findings = [Finding(r.id, f"{r.id} was seen.", "message") for r in rules]
    return judge(weigh(findings, table), load_ruleset())


def phish(points: float, count: int = 3) -> list[Rule]:
    return [rule(f"phish_{i}", "malicious", points / count) for i in range(count)]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], Disposition.NONE),
        (phish(4.0), Disposition.NONE),
        (phish(6.0), Disposition.SUSPICIOUS),
        (phish(12.0), Disposition.MALICIOUS),
        (phish(12.0, 1), Disposition.SUSPICIOUS),  # one sight is not several
        ([rule("shady", "malicious", 6.0, category=None)], Disposition.SPAM),  # hiding without an attack
        ([rule("request", "bec", 7.0)], Disposition.MALICIOUS_BEC),
        ([rule("ad", "spam", 6.0)], Disposition.SPAM),
        ([rule("list", "bulk", 4.0)], Disposition.BULK),
        ([rule("ad", "spam", 6.0), rule("list", "bulk", 9.0)], Disposition.SPAM),
        ([rule("denied", "spoof", 6.0)], Disposition.NONE),  # a broken forwarder fails authentication too
        ([*phish(3.5), rule("denied", "spoof", 5.0)], Disposition.SPOOF),
        ([*phish(6.0), rule("denied", "spoof", 5.0)], Disposition.SPOOF),
        ([*phish(12.0), rule("denied", "spoof", 5.0)], Disposition.MALICIOUS),
        ([*phish(6.0), rule("proven", "good", -3.0)], Disposition.NONE),
        (
            [*phish(12.0), rule("proven", "good", -30.0)],
            Disposition.SUSPICIOUS,
        ),  # counter-evidence has a limit
        ([rule("list", "bulk", 4.0), rule("proven", "good", -3.0)], Disposition.BULK),
        ([rule("file", "malicious", 1.0, floor=Disposition.MALICIOUS)], Disposition.MALICIOUS),
        ([rule("ours", "spoof", 1.0, floor=Disposition.SPOOF)], Disposition.SPOOF),
        ([*phish(12.0), rule("test", "spam", 1.0, floor=Disposition.SPAM)], Disposition.MALICIOUS),
        (
            [rule("file", "malicious", 1.0, floor=Disposition.MALICIOUS), rule("proven", "good", -9.0)],
            Disposition.MALICIOUS,
        ),
        ([rule("note", "note", 0.0)], Disposition.NONE),
    ],
)
def test_what_each_disposition_means(rules: list[Rule], expected: Disposition):
    """The labels mean what the contract says, and no finding hides a worse one."""
    assert expected == disposition_of(*rules)


def test_findings_beyond_the_limit_are_kept_and_weigh_nothing():
    """Ten bad links are not ten times as bad as one."""
    one = rule("link", "malicious", 2.0, limit=2)
    findings = [Finding("link", f"Link {i}.", "link") for i in range(5)]

    weighed = weigh(findings, {"link": one})

    assert [2.0, 2.0, 0.0, 0.0, 0.0] == [w.points for w in weighed]


def test_a_finding_without_a_rule_is_a_note():
    """A ruleset without a rule for it changes no verdict."""
    (weighed,) = weigh([Finding("unheard_of", "Seen.", "message")], {})

    assert ("note", 0.0) == (weighed.rule.kind, weighed.points)


def test_heaviest_first_and_reasons_only_of_what_counts():
    """The list view shows the sentences that made the disposition, heaviest first."""
    verdict = verdict_of(rule("light", "malicious", 1.0), *phish(11.0), rule("list", "bulk", 9.0))

    assert sorted((abs(w.points) for w in verdict.findings), reverse=True) == [
        abs(w.points) for w in verdict.findings
    ]
    assert "light was seen." == verdict.reasons[-1]
    assert "list was seen." not in verdict.reasons
    assert ("Attack",) == verdict.categories


def test_a_clean_message_has_no_reasons():
    """Nothing is given as a reason for not having done anything."""
    verdict = verdict_of(*phish(2.0))

    assert ((), ()) == (verdict.reasons, verdict.categories)


@pytest.mark.parametrize(
    ("rules", "flagged"),
    [
        ([], False),
        ([rule("list", "bulk", 50.0)], False),
        (phish(4.7), False),
        ([rule("boss", "bec", 7.0), *phish(8.0)], True),
        ([rule("ad", "spam", 4.4), rule("list", "bulk", 50.0)], True),
        ([rule("denied", "spoof", 4.0), *phish(3.0)], True),
        ([rule("certain", "spam", 0.1, floor=Disposition.MALICIOUS)], True),
    ],
)
def test_the_score_says_whether_mail_is_flagged(rules: list[Rule], flagged: bool):
    """One scale for all kinds: 5 and more is worse than BULK, and nothing else is."""
    verdict = verdict_of(*rules)

    assert flagged == (verdict.score >= 5.0)
    assert flagged == (verdict.disposition not in {Disposition.NONE, Disposition.BULK})


def test_more_evidence_is_a_higher_score():
    """Mail can be sorted by it."""
    scores = [verdict_of(*phish(points)).score for points in (0.0, 1.0, 3.0, 5.0, 9.0, 20.0)]

    assert sorted(set(scores)) == scores


def test_the_order_of_findings_does_not_matter():
    """The same sights in another order give the same label and the same points."""
    rules = [*phish(6.0), rule("ad", "spam", 3.0), rule("denied", "spoof", 4.0), rule("proven", "good", -1.0)]
    one, two = verdict_of(*rules), verdict_of(*reversed(rules))

    assert one.scores == two.scores
    assert one.disposition == two.disposition


def test_weighed_findings_are_values():
    """What is stored beside a message cannot be changed afterwards."""
    weighed = Weighed(Finding("a", "b", "body"), rule("a", "spam", 1.0), 1.0)

    with pytest.raises(dataclasses.FrozenInstanceError):
        weighed.points = 2.0  # type: ignore[misc]
