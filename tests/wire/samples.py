"""A judged message, complete, as the store would give it back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import AuthResult, Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.record import (
    ActionEntry,
    AttachmentSummary,
    Delivery,
    DeliveryState,
    FindingSummary,
    LinkSummary,
    Operation,
    Record,
    RecordState,
    SenderSummary,
    Summary,
    ValidationSummary,
)

ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
AT = datetime(2026, 1, 5, 10, 0, 0, 123000, tzinfo=UTC)
QUEUE_ID = "4Njp3P0STMz2c02Q"

FINDING = FindingSummary(
    rule="link_credential_page",
    title="Credential harvester link",
    reason="href host matches a credential page",
    disposition=Disposition.MALICIOUS,
    place="link",
    field="href",
    value="http://login.example.test/",
    attachment=None,
    part=1,
    start=10,
    end=36,
    points=5.0,
)

SUMMARY = Summary(
    subject="s",
    from_address="x@bad.test",
    from_name="X",
    to=("u@example.com",),
    to_names=("U",),
    cc=(),
    reply_to="",
    message_id="<1@bad.test>",
    sent_at=datetime(2026, 1, 5, 9, 59, 58, tzinfo=UTC),
    fingerprint="a1b2",
    structure_hash="c3d4",
    previous_hop_ip="192.0.2.7",
    originating_ip=None,
    headers=(("Subject", "s"),),
    findings=(FINDING,),
    reasons=("Credential harvester link",),
    categories=("CredentialHarvester",),
    attachments=(
        AttachmentSummary(
            filename="a.pdf",
            content_type="application/pdf",
            detected_type="application/pdf",
            size=1,
            md5="0" * 32,
            sha1="0" * 40,
            sha256="0" * 64,
            encrypted=False,
            disposition=Disposition.NONE,
        ),
    ),
    links=(LinkSummary("http://x.test/", "", "x.test", "x.test"),),
    validation=ValidationSummary(AuthResult.NEUTRAL, AuthResult.FAIL, AuthResult.FAIL, None),
    sender=SenderSummary("192.0.2.7", 64500, "ACME", "US", "bad.test"),
    score=5.0,
    ruleset="r1",
    body_words="words of the body",
)

ENVELOPE = Envelope(
    account=ACCOUNT,
    queue_id=QUEUE_ID,
    mode=Mode.DIRECT,
    mail_from="x@bad.test",
    recipients=(Recipient("u@example.com"),),
    received_at=AT,
    client_ip="192.0.2.7",
    helo="mail.bad.test",
)

DELIVERY = Delivery(
    id=1,
    account=ACCOUNT,
    record=1,
    recipient="u@example.com",
    state=DeliveryState.QUARANTINED,
    attempts=0,
    next_attempt_at=None,
    updated_at=AT,
    reply="",
    tagged=False,
    generation=0,
)

RECORD = Record(
    number=12345678,
    id=f"{QUEUE_ID}-2026-01-05T10:00:00-12345678",
    envelope=ENVELOPE,
    state=RecordState.DECIDED,
    blob="b" * 64,
    size=1000,
    scanned_at=AT,
    disposition=Disposition.MALICIOUS,
    summary=SUMMARY,
    deliveries=(DELIVERY,),
    actions=(ActionEntry(Operation.MOVE, AT, "a@example.com", "OK", folder="JunkEmail"),),
    is_submission=False,
    bytes_kept=True,
)

DECISION = Decision(
    Disposition.MALICIOUS, (RecipientOrder("u@example.com", Order.QUARANTINE, "MALICIOUS is held"),)
)


def benign(record: Record = RECORD) -> Record:
    """The same message, found clean and delivered."""
    delivered = replace(DELIVERY, state=DeliveryState.DELIVERED)
    summary = replace(SUMMARY, findings=(), reasons=(), categories=())
    return replace(record, disposition=Disposition.NONE, deliveries=(delivered,), summary=summary)


def later(seconds: float) -> datetime:
    """A time after the sample's."""
    return AT + timedelta(seconds=seconds)
