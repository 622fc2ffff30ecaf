"""Why a message was called what it was called: findings, attachments, links, sender."""

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import msgspec

from lazaretto.api.wire.message import Finding, Validation, finding, validation
from lazaretto.model.decision import Decision, Order
from lazaretto.model.record import AttachmentSummary, Record, RecordState, SenderSummary, Summary
from lazaretto.model.verdict import Verdict
from lazaretto.scan.whatif import WhatIf


class Attachment(msgspec.Struct, frozen=True):
    """One attachment. `detected_type` is ours: the type by content, which a sender cannot choose."""

    size: int
    content_type: str
    detection: str | None
    encrypted: bool
    filename: str | None
    name: str | None
    md5: str
    sha1: str
    sha256: str
    detected_type: str


class HeaderField(msgspec.Struct, frozen=True):
    """One header field, in the order of the message."""

    name: str
    value: str


class Link(msgspec.Struct, frozen=True):
    """One link: where it goes and what the reader sees."""

    href: str
    text: str | None


class SenderInfo(msgspec.Struct, frozen=True):
    """Where the sending client belongs. `pld` is the registered domain of the sender."""

    as_name: str | None
    as_number: int | None
    geo: str | None
    ip: str | None
    pld: str | None


class ThreatCategory(msgspec.Struct, frozen=True):
    """A category as an object; the message itself carries the names alone."""

    id: int
    name: str
    description: str


class Weight(msgspec.Struct, frozen=True):
    """Points of one kind together. `enough` makes a verdict of them; null for kinds that only lend."""

    kind: str
    points: float
    enough: float | None


class Counterfactual(msgspec.Struct, frozen=True):
    """What would have to be different, what the message would then be, and the rules that would be silent."""

    change: str
    disposition: str
    findings: list[str]


class RulesetUsed(msgspec.Struct, frozen=True):
    """Which rules judged, which rules the counterfactuals are made with, and whether they agree."""

    recorded: str
    now: str
    same_verdict: bool


class Detections(msgspec.Struct, frozen=True):
    """DetectionGetResponse of the contract. The last three are ours."""

    action: str
    attachments: list[Attachment]
    findings: list[Finding]
    headers: list[HeaderField]
    links: list[Link]
    sender_info: SenderInfo
    threat_categories: list[ThreatCategory]
    validation: Validation
    final_disposition: str | None
    weights: list[Weight] = []
    counterfactuals: list[Counterfactual] = []
    ruleset: RulesetUsed | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A stored verdict, and what would change it."""

    verdict: Verdict
    what_if: WhatIf
    enough: Mapping[str, float]  # points of a kind that make a verdict


def detections(
    record: Record, summary: Summary, decision: Decision | None, explained: Explained | None = None
) -> Detections:
    """Everything that led to the disposition of one record."""
    return Detections(
        action=action(record, decision),
        attachments=[_attachment(a) for a in summary.attachments],
        findings=[finding(f) for f in summary.findings],
        headers=[HeaderField(name, value) for name, value in summary.headers],
        links=[Link(link.href, link.shown or None) for link in summary.links],
        sender_info=_sender(summary.sender),
        threat_categories=[_category(name) for name in summary.categories],
        validation=validation(summary.validation),
        final_disposition=record.disposition.value if record.disposition else None,
        weights=_weights(explained) if explained else [],
        counterfactuals=_counterfactuals(explained.what_if) if explained else [],
        ruleset=_ruleset(explained) if explained else None,
    )


def _weights(explained: Explained) -> list[Weight]:
    return [Weight(kind, points, explained.enough.get(kind)) for kind, points in explained.verdict.scores]


def _counterfactuals(found: WhatIf) -> list[Counterfactual]:
    return [Counterfactual(c.text, c.disposition.value, list(c.rules)) for c in found.changes]


def _ruleset(explained: Explained) -> RulesetUsed:
    return RulesetUsed(explained.verdict.ruleset, explained.what_if.ruleset, explained.what_if.same)


def action(record: Record, decision: Decision | None) -> str:
    """What was done when the message was judged; the strictest order where recipients differ."""
    orders = {o.order for o in decision.orders} if decision else set()
    if record.state in (RecordState.REJECTED, RecordState.DEFERRED):
        return "REJECTED"
    if Order.QUARANTINE in orders:
        return "QUARANTINED"
    if orders and orders <= {Order.REJECT, Order.DEFER}:
        return "REJECTED"
    return "DELIVERED"


def _attachment(summary: AttachmentSummary) -> Attachment:
    return Attachment(
        size=summary.size,
        content_type=summary.content_type,
        detection=summary.disposition.value if summary.disposition else None,
        encrypted=summary.encrypted,
        filename=summary.filename,
        name=summary.filename,
        md5=summary.md5,
        sha1=summary.sha1,
        sha256=summary.sha256,
        detected_type=summary.detected_type,
    )


def _sender(summary: SenderSummary) -> SenderInfo:
    return SenderInfo(summary.as_name, summary.as_number, summary.country, summary.ip, summary.domain)


def _category(name: str) -> ThreatCategory:
    """The number is derived from the name, so that it is the same on every server and in every version."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return ThreatCategory(crc32(name.encode()) & 0x7FFFFFFF, name, words)
