"""Deciding whom to tell about a failed delivery, and putting the notification where it survives.

A notification goes to the next hop of the return path's domain when that is one of ours, else through the
bounce route of the settings. Where there is neither, the trace says that nobody could be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lazaretto.deliver.bounce import (
    PROTOCOL,
    Notice,
    build_notification,
    is_wanted,
    returned,
    subject,
    why_silent,
)
from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.parcel import beginning, header_block
from lazaretto.mail.domains import domain_of
from lazaretto.mail.headers import parse_headers
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.record import Direction, TraceLine
from lazaretto.store.blobs import BlobRef, Blobs
from lazaretto.store.database import Transaction
from lazaretto.store.domains import find_domain
from lazaretto.store.errors import BytesMissing
from lazaretto.store.ids import new_queue_id
from lazaretto.store.messages import add_trace
from lazaretto.store.notifications import queue_notification
from lazaretto.store.outbox import Sending


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification whose bytes are durable and that waits for its transaction."""

    envelope: Envelope
    blob: BlobRef
    subject: str


def is_notification(envelope: Envelope) -> bool:
    """The record is a notification of ours, not mail that came in through a door."""
    return envelope.protocol == PROTOCOL and not envelope.mail_from and envelope.client_ip is None


def prepare(
    sending: Sending, notices: Sequence[Notice], blobs: Blobs, options: RelayOptions, *, at: datetime
) -> Notification | str:
    """Write the notification to disk, or say why nobody is told. Blocks: use a thread."""
    told = tuple(n for n in notices if is_wanted(n))
    if not told:
        return "the sender asked not to be told"
    try:
        headers = parse_headers(header_block(blobs, sending.blob) + b"\r\n\r\n")
        opening, complete = beginning(blobs, sending.blob, options.bounce_content)
    except BytesMissing:
        headers, opening, complete = (), b"", False
    if reason := why_silent(sending.envelope, headers):
        return reason
    hostname, queue_id = options.client.hostname, new_queue_id(at)
    original = returned(sending.envelope, told, opening, complete=complete)
    content = build_notification(
        sending.envelope, told, original, hostname=hostname, queue_id=queue_id, at=at
    )
    return Notification(_envelope(sending.envelope, queue_id, at), blobs.put(content), subject(told))


async def queue(
    tx: Transaction,
    sending: Sending,
    notification: Notification | str,
    options: RelayOptions,
    *,
    at: datetime,
) -> bool:
    """Queue the notification, or write down why there is none. True when there is something to send."""
    reason = notification if isinstance(notification, str) else await _unreachable(tx, notification, options)
    if reason is None and isinstance(notification, Notification):
        sender = f"MAILER-DAEMON@{options.client.hostname}"
        await queue_notification(
            tx,
            notification.envelope,
            notification.blob,
            from_address=sender,
            subject=notification.subject,
            at=at,
        )
        told = notification.envelope
        text = f"<{told.recipients[0].address}>: told about it, {told.queue_id}"
    else:
        text = f"no notification could be sent: {reason}"
    await add_trace(tx, sending.account, sending.record, (TraceLine(at, Direction.OUTBOUND, text),))
    return reason is None


async def _unreachable(tx: Transaction, notification: Notification, options: RelayOptions) -> str | None:
    domain = domain_of(notification.envelope.recipients[0].address)
    if options.bounce_route or await find_domain(tx, domain):
        return None
    return f"there is no bounce route to {domain or 'a return path without domain'}"


def _envelope(original: Envelope, queue_id: str, at: datetime) -> Envelope:
    return Envelope(
        account=original.account,
        queue_id=queue_id,
        mode=Mode.DIRECT,
        mail_from="",
        recipients=(Recipient(original.mail_from),),
        received_at=at,
        protocol=PROTOCOL,
        body="8BITMIME",
        smtputf8=not original.mail_from.isascii(),
    )
