"""Runs every check over a message and gives one verdict.

A check that raises becomes a finding of its own, and what it had yielded before is kept: a message must not
be able to silence the scan. This is the only place that catches every exception.

The same message, facts and ruleset give the same verdict. No clock is read: who measures, fills in
milliseconds.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.model.verdict import Verdict
from lazaretto.scan.checks import CHECKS
from lazaretto.scan.checks.learned import check_learned
from lazaretto.scan.classifier.adapted import Own
from lazaretto.scan.combine import combine
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.score import judge, weigh

MAX_FINDINGS = 100
"""Findings taken from one check: a message of ten thousand bad links is as bad as one of a hundred."""

CHECK_FAILED = "check_failed"

Check = Callable[[Message, Envelope, Facts], Iterator[Finding]]


def scan(message: Message, envelope: Envelope, facts: Facts, ruleset: Ruleset) -> Verdict:
    """The verdict on one message, whose account has listed nothing."""
    findings = observations(message, envelope, facts, ruleset)
    return verdict_of((*findings, *expressed(message, envelope, facts, findings, ruleset)), ruleset)


def observations(
    message: Message, envelope: Envelope, facts: Facts, ruleset: Ruleset, own: Own | None = None
) -> tuple[Finding, ...]:
    """What all checks saw, and what the classifier makes of the wording, with what the account taught it."""

    def learned(message: Message, envelope: Envelope, _: Facts) -> Iterator[Finding]:
        return check_learned(message, envelope, ruleset.classifier, own)

    return tuple(f for check in (*CHECKS, learned) for f in observe(check, message, envelope, facts))


def expressed(
    message: Message, envelope: Envelope, facts: Facts, before: tuple[Finding, ...], ruleset: Ruleset
) -> tuple[Finding, ...]:
    """What the rules with an expression say, which see what was found before."""

    def expressions(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
        return ruleset.expressions.findings(message, envelope, facts, before)

    return tuple(observe(expressions, message, envelope, facts))


def verdict_of(findings: tuple[Finding, ...], ruleset: Ruleset) -> Verdict:
    """What the findings amount to, together with what they mean beside each other."""
    findings = tuple(f for f in findings if f.rule not in ruleset.silent)
    findings += tuple(combine(findings, ruleset))
    return judge(weigh(findings, ruleset.rules), ruleset)


def observe(check: Check, message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """What one check saw; a finding about the check where it broke."""
    try:
        yield from islice(check(message, envelope, facts), MAX_FINDINGS)
    except Exception as error:
        name = check.__module__.rpartition(".")[2]
        yield Finding(
            CHECK_FAILED,
            reason=f"The check {name} broke on this message and saw only a part of it.",
            place="message",
            field=check.__module__,
            value=f"{type(error).__name__}: {error}"[:500],
        )
