"""The test messages that a rule brings: on `[[rule.match]]` it must speak, on `[[rule.pass]]` it must not.

A test message goes through the whole scan, with an envelope and facts that the test may change; the clock of
the test stands still.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from lazaretto.mail.domains import domain_of
from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.facts import (
    ArcResult,
    Authentication,
    Boundary,
    DkimResult,
    DmarcResult,
    Facts,
    SpfResult,
)
from lazaretto.model.verdict import Verdict
from lazaretto.scan.expressions.places import places_of_cases
from lazaretto.scan.expressions.rule_file import Case, CaseFacts, RuleData
from lazaretto.scan.expressions.rules import RULE_FAILED
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.scan import scan

CLOCK = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When test messages arrive."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one test message."""

    rule: str
    sort: Literal["match", "pass"]
    number: int  # from 1, among those of the rule and sort
    line: int
    column: int
    problem: str  # "" when the rule did what the test says


def try_rules(content: bytes, rules: tuple[RuleData, ...], ruleset: Ruleset) -> Iterator[Trial]:
    """Every test message of the rules of one file."""
    places = places_of_cases(content)
    for rule in rules:
        for number, case in enumerate(rule.match, 1):
            problem = _problem(rule.id, scan_case(case, ruleset), wanted=True)
            yield Trial(rule.id, "match", number, *places.get((rule.id, "match", number), (1, 1)), problem)
        for number, case in enumerate(rule.passes, 1):
            problem = _problem(rule.id, scan_case(case, ruleset), wanted=False)
            yield Trial(rule.id, "pass", number, *places.get((rule.id, "pass", number), (1, 1)), problem)


def _problem(rule: str, verdict: Verdict, *, wanted: bool) -> str:
    spoke = {w.finding.rule: w.finding for w in verdict.findings}
    failed = {w.finding.value: w.finding.reason for w in verdict.findings if w.finding.rule == RULE_FAILED}
    if rule in failed:
        return failed[rule]
    if wanted and rule not in spoke:
        heard = ", ".join(sorted(spoke)) or "nothing"
        return f"the rule {rule} does not speak on this message; what spoke: {heard}"
    if not wanted and rule in spoke:
        return f"the rule {rule} speaks on this message: {spoke[rule].reason}"
    return ""


def scan_case(case: Case, ruleset: Ruleset) -> Verdict:
    """The verdict on a test message."""
    raw = case.message.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    message, told = parse(raw), case.envelope
    sender = message.header_from
    domain = sender.domain if sender is not None else domain_of(told.mail_from)
    envelope = Envelope(
        account="0" * 32,
        queue_id="test",
        mode=Mode.DIRECT,
        mail_from=told.mail_from,
        recipients=tuple(Recipient(address) for address in told.recipients),
        received_at=CLOCK,
        client_ip=told.client_ip or None,
        client_name=told.client_name or None,
        helo=told.helo or None,
        tls="TLSv1.3" if told.tls else None,
    )
    return scan(message, envelope, _facts(case.facts, envelope, domain), ruleset)


def _facts(told: CaseFacts, envelope: Envelope, domain: str) -> Facts:
    dkim = (DkimResult(told.dkim, domain, "s1", "rsa-sha256", True),) if told.dkim != "none" else ()
    dmarc = told.dmarc if told.dmarc != "neutral" else "none"
    aligned = told.aligned or dmarc == "pass"
    return Facts(
        at=CLOCK,
        boundary=Boundary(envelope.client_ip, envelope.helo, envelope.mail_from, "envelope"),
        authentication=Authentication(
            SpfResult(told.spf, domain_of(envelope.mail_from), "mailfrom"),
            dkim,
            DmarcResult(dmarc, domain, domain, told.dmarc_policy, aligned, aligned),
            ArcResult("none", 0),
        ),
        answers=(),
        network=None,
        own_domains=told.own_domains,
        offline=told.offline,
    )
