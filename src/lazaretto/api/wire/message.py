"""A message as `investigate` lists it and shows it.

Old and new names of one thing are both given, because SDKs from 4.x to 5.9 read different ones.
"""

from collections.abc import Set as AbstractSet

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.times import rfc3339, rfc3339_or_none, search_form
from lazaretto.mail.domains import domain_of
from lazaretto.model.judgement import ALLOWING, BLOCKING, ListMatch
from lazaretto.model.record import (
    ActionEntry,
    DeliveryState,
    FindingSummary,
    Operation,
    Record,
    RecordState,
    ValidationSummary,
)


class ActionProperties(msgspec.Struct, frozen=True):
    """Details of an action. `recipient` is ours: the published log does not say whose copy it was."""

    folder: str | UnsetType = UNSET
    requested_by: str | UnsetType = UNSET
    recipient: str | UnsetType = UNSET


class Action(msgspec.Struct, frozen=True):
    """One entry of the action log inside a message."""

    completed_at: str
    completed_timestamp: str
    operation: str
    status: str
    properties: ActionProperties


class Finding(msgspec.Struct, frozen=True):
    """One finding. `part`, `start` and `end` are ours: where in the message the evidence stands."""

    attachment: str | None
    detail: str
    detection: str | None
    field: str | None
    name: str
    portion: str
    reason: str
    score: float
    value: str | None
    part: int | UnsetType = UNSET
    start: int | UnsetType = UNSET
    end: int | UnsetType = UNSET


class Properties(msgspec.Struct, frozen=True):
    """Which list of the account matched. Both spellings of the pattern type are published."""

    allowlisted_pattern: str | None = None
    allowlisted_pattern_type: str | None = None
    blocklisted_message: bool = False
    blocklisted_pattern: str | None = None
    whitelisted_pattern_type: str | None = None


class Validation(msgspec.Struct, frozen=True):
    """Authentication, folded to five words."""

    comment: str | None
    dkim: str
    dmarc: str
    spf: str


class Message(msgspec.Struct, frozen=True):
    """InvestigateMessage of the contract."""

    id: str
    postfix_id: str
    postfix_id_outbound: str | None
    action_log: list[Action]
    alert_id: str | None
    client_recipients: list[str]
    delivery_mode: str
    delivery_status: list[str] | None
    detection_reasons: tuple[str, ...]
    edf_hash: str | None
    envelope_from: str
    envelope_to: list[str]
    final_disposition: str | None
    findings: list[Finding]
    from_: str | None = msgspec.field(name="from")
    from_name: str | None
    htmltext_structure_hash: str | None
    is_phish_submission: bool
    is_quarantined: bool
    message_id: str | None
    post_delivery_operations: list[str]
    properties: Properties
    replyto: str | None
    scanned_at: str | None
    sent_at: str | None
    sent_date: str | None
    smtp_helo_server_ip: str | None
    smtp_previous_hop_ip: str | None
    x_originating_ip: str | None
    subject: str | None
    threat_categories: tuple[str, ...]
    to: tuple[str, ...]
    to_name: tuple[str, ...]
    ts: str
    validation: Validation | None


PUBLISHED_OPERATIONS = {
    Operation.MOVE: "MOVE",
    Operation.RELEASE: "QUARANTINE_RELEASE",
    Operation.QUARANTINE_RELEASE: "QUARANTINE_RELEASE",
    Operation.SUBMISSION: "SUBMISSION",
    Operation.PREVIEW: "PREVIEW",
}
"""What `post_delivery_operations` may say; RECLASSIFY is not in its published set."""


def message(record: Record, own_domains: AbstractSet[str]) -> Message:
    """One stored record in its published form. `own_domains` are the account's, in A-label form."""
    envelope, said = record.envelope, record.summary
    recipients = [r.address for r in envelope.recipients]
    scanned_at = rfc3339_or_none(record.scanned_at)
    return Message(
        id=record.id,
        postfix_id=envelope.queue_id,
        postfix_id_outbound=next(
            (d.outbound_queue_id for d in record.deliveries if d.outbound_queue_id), None
        ),
        action_log=[_action(entry) for entry in record.actions],
        alert_id=record.alert_id,
        client_recipients=[r for r in recipients if domain_of(r) in own_domains],
        delivery_mode=envelope.mode.value,
        delivery_status=delivery_status(record),
        detection_reasons=said.reasons if said else (),
        edf_hash=(said.fingerprint or None) if said else None,
        envelope_from=envelope.mail_from,
        envelope_to=recipients,
        final_disposition=record.disposition.value if record.disposition else None,
        findings=[finding(f) for f in said.findings] if said else [],
        from_=(said.from_address or None) if said else None,
        from_name=(said.from_name or None) if said else None,
        htmltext_structure_hash=(said.structure_hash or None) if said else None,
        is_phish_submission=record.is_submission,
        is_quarantined=record.is_quarantined,
        message_id=(said.message_id or None) if said else None,
        post_delivery_operations=_operations(record.actions),
        properties=properties(said.matches) if said else Properties(),
        replyto=(said.reply_to or None) if said else None,
        scanned_at=scanned_at,
        sent_at=rfc3339_or_none(said.sent_at) if said else None,
        sent_date=search_form(said.sent_at) if said else None,
        smtp_helo_server_ip=envelope.client_ip,
        smtp_previous_hop_ip=said.previous_hop_ip if said else None,
        x_originating_ip=said.originating_ip if said else None,
        subject=said.subject if said else None,
        threat_categories=said.categories if said else (),
        to=said.to if said else (),
        to_name=said.to_names if said else (),
        ts=scanned_at or rfc3339(envelope.received_at),
        validation=validation(said.validation) if said else None,
    )


def properties(matches: tuple[ListMatch, ...]) -> Properties:
    """The strongest entry that spoke for the message and the first that spoke against it, if they count."""
    counting = [match for match in matches if match.counts]
    allowing = sorted((m for m in counting if m.kind in ALLOWING), key=lambda m: ALLOWING.index(m.kind))
    allow = allowing[0] if allowing else None
    block = next((m for m in counting if m.kind in BLOCKING), None)
    return Properties(
        allowlisted_pattern=allow.pattern if allow else None,
        allowlisted_pattern_type=allow.kind if allow else None,
        blocklisted_message=block is not None,
        blocklisted_pattern=block.pattern if block else None,
        whitelisted_pattern_type=allow.kind if allow else None,
    )


def finding(summary: FindingSummary) -> Finding:
    """Short title as the reason, the sentence about this message as the detail."""
    return Finding(
        attachment=summary.attachment,
        detail=summary.reason,
        detection=summary.disposition.value if summary.disposition else None,
        field=summary.field or None,
        name=summary.rule,
        portion=summary.place,
        reason=summary.title,
        score=summary.points,
        value=summary.value or None,
        part=UNSET if summary.part is None else summary.part,
        start=UNSET if summary.start is None else summary.start,
        end=UNSET if summary.end is None else summary.end,
    )


def validation(summary: ValidationSummary) -> Validation:
    """The three results and the comment that unfolds them."""
    return Validation(summary.comment, summary.dkim.value, summary.dmarc.value, summary.spf.value)


def delivery_status(record: Record) -> list[str] | None:
    """Every state that a recipient's copy is in now, each once; null when nothing was to be delivered."""
    now = {d.recipient: d.state for d in sorted(record.deliveries, key=lambda d: d.generation)}
    states = dict.fromkeys(s.value for s in now.values() if s is not DeliveryState.NONE)
    if states:
        return list(states)
    if record.state is RecordState.REJECTED:
        return [DeliveryState.REJECTED.value]
    if record.state is RecordState.DEFERRED:
        return [DeliveryState.DEFERRED.value]
    return None


def _action(entry: ActionEntry) -> Action:
    at = rfc3339(entry.at)
    details = ActionProperties(
        folder=entry.folder or UNSET, requested_by=entry.actor or UNSET, recipient=entry.recipient or UNSET
    )
    return Action(at, at, entry.operation.value, entry.status, details)


def _operations(actions: tuple[ActionEntry, ...]) -> list[str]:
    done = (entry for entry in actions if entry.operation is not Operation.MOVE or entry.status == "OK")
    published = (PUBLISHED_OPERATIONS.get(entry.operation) for entry in done)
    return list(dict.fromkeys(word for word in published if word))
