"""Notifications of ours as records: queued in the transaction that settles what they are about.

A notification has the null return path, came in through no door and carries no verdict. It waits in the
outbox like any other mail, so it survives a crash, is retried, and can be looked at.
"""

from datetime import datetime

from lazaretto.mail.domains import domain_of
from lazaretto.mail.stamp import Stamp
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import AuthResult, Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.record import SenderSummary, Summary, ValidationSummary
from lazaretto.store.blobs import BlobRef
from lazaretto.store.database import Transaction
from lazaretto.store.messages import Received, add_decided, add_received


async def queue_notification(
    tx: Transaction, envelope: Envelope, blob: BlobRef, *, from_address: str, subject: str, at: datetime
) -> Received:
    """Record a notification and queue it for its only recipient. The blob must be durable already."""
    received = await add_received(tx, envelope, blob, at=at)
    orders = tuple(RecipientOrder(r.address, Order.DELIVER, "notification") for r in envelope.recipients)
    await add_decided(
        tx,
        received.number,
        account=envelope.account,
        facts=None,
        verdict=None,
        summary=_summary(envelope, from_address, subject, at),
        decision=Decision(Disposition.NONE, orders),
        stamp=Stamp(b"", ()),
        at=at,
    )
    return received


def _summary(envelope: Envelope, from_address: str, subject: str, at: datetime) -> Summary:
    nothing = AuthResult.NONE
    return Summary(
        subject=subject,
        from_address=from_address,
        from_name="Mail Delivery System",
        to=tuple(r.address for r in envelope.recipients),
        to_names=tuple("" for _ in envelope.recipients),
        cc=(),
        reply_to="",
        message_id=f"<{envelope.queue_id}@{domain_of(from_address)}>",
        sent_at=at,
        fingerprint="",
        structure_hash="",
        previous_hop_ip=None,
        originating_ip=None,
        headers=(),
        findings=(),
        reasons=(),
        categories=(),
        attachments=(),
        links=(),
        validation=ValidationSummary(nothing, nothing, nothing, None),
        sender=SenderSummary(None, None, None, None, domain_of(from_address) or None),
        score=0.0,
        ruleset="",
        body_words=subject,
    )
