"""Detection on the normalised development data: false alarms first, then what is found.

The figures are those of the rules alone, offline: no authentication, no history, no classifier. The part called
dev was not looked at when the rules were written.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Disposition
from lazaretto.model.verdict import Verdict
from tests.helpers.corpora import normalised
from tests.helpers.letters import OFFLINE, envelope, judged, rules_of

pytestmark = pytest.mark.corpus

WORSE_THAN_BULK = frozenset(Disposition) - {Disposition.NONE, Disposition.BULK, Disposition.UNKNOWN}
MAX_HAM = 0.005
MAX_HTML_HAM = 0.01


def verdicts(corpus: str, label: str, split: str) -> Iterator[Verdict]:
    """The verdicts on one part of a corpus."""
    folder = normalised(corpus)
    with (folder / "labels.csv").open(newline="", errors="replace") as file:
        rows = [r for r in csv.DictReader(file) if r["label"] == label and r["split"] == split]
    for row in rows:
        where = envelope(row["mail_from"], (row["rcpt_to"],))
        yield judged(parse(Path(folder / row["path"]).read_bytes()), OFFLINE, where)


@cache
def judged_part(corpus: str, label: str, split: str = "dev") -> tuple[Verdict, ...]:
    return tuple(verdicts(corpus, label, split))


def share_flagged(found: tuple[Verdict, ...]) -> float:
    return sum(v.disposition in WORSE_THAN_BULK for v in found) / len(found)


def test_list_mail_is_not_flagged():
    """Letters of people, at most one in two hundred worse than BULK, none MALICIOUS."""
    found = judged_part("dev_set", "ham")

    assert share_flagged(found) <= MAX_HAM
    assert 0 == sum(v.disposition is Disposition.MALICIOUS for v in found)


def test_modern_mail_is_not_flagged():
    """Receipts, resets and invitations, which speak of accounts and passwords with a right to it."""
    assert share_flagged(judged_part("dev_html_ham", "ham", "")) <= MAX_HTML_HAM


def test_no_rule_alone_accuses_ham():
    """No rule of an attack fires on one in a hundred letters of people with a weight that matters by itself."""
    found = judged_part("dev_set", "ham")
    heavy = Counter(
        w.rule.id for v in found for w in v.findings if w.rule.kind == "malicious" and w.points >= 3
    )

    assert {} == {rule: n for rule, n in heavy.items() if n > len(found) / 100}


@pytest.mark.parametrize(
    ("corpus", "label", "least"),
    [("dev_set", "phish", 0.80), ("dev_phish_nc", "phish", 0.45), ("dev_set", "spam", 0.50)],
)
def test_attacks_are_found(corpus: str, label: str, least: float):
    """A floor under what the rules find, a few points below the measured share."""
    assert share_flagged(judged_part(corpus, label)) >= least


def test_newsletters_are_not_worse_than_bulk():
    """Mail to many is not called spam."""
    assert share_flagged(judged_part("dev_set", "bulk")) <= 0.06


def test_no_check_breaks():
    """On real mail every check comes to its end."""
    everything = [
        *judged_part("dev_set", "ham"),
        *judged_part("dev_set", "phish"),
        *judged_part("dev_set", "spam"),
    ]

    assert 0 == sum("check_failed" in rules_of(v) for v in everything)
