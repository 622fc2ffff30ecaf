"""What goes over the wire for claimed rows: stamp and stored bytes joined, and what it asks of a next hop."""

from collections.abc import Iterator, Sequence

from lazaretto.deliver.plan import Outgoing
from lazaretto.mail.stamp import Stamp, joined, release_stamp
from lazaretto.store.blobs import Blobs
from lazaretto.store.outbox import Claimed, Sending

MAX_HEADER = 1 << 20
"""Bytes of a message that are searched for the end of its header block."""


def stamp_for(sending: Sending, row: Claimed, hostname: str) -> Stamp:
    """The stored stamp; copies that were released get another trace and lose their spam marks."""
    if row.generation == 0:
        return sending.stamp
    queue_id = sending.envelope.queue_id
    return release_stamp(sending.stamp, hostname=hostname, queue_id=queue_id, at=row.queued_at)


def outgoing(sending: Sending, rows: Sequence[Claimed], blobs: Blobs, *, hostname: str) -> Outgoing:
    """One transaction for rows of one record and generation. May read the header block: use a thread."""
    envelope, stamp = sending.envelope, stamp_for(sending, rows[0], hostname)
    addresses = (envelope.mail_from, *(r.recipient.address for r in rows))

    def content() -> Iterator[bytes]:
        return joined(blobs.chunks(sending.blob), stamp)

    utf8 = envelope.smtputf8 and not (
        all(a.isascii() for a in addresses)
        and stamp.prefix.isascii()
        and header_block(blobs, sending.blob).isascii()
    )
    return Outgoing(
        mail_from=envelope.mail_from,
        recipients=tuple(r.recipient for r in rows),
        content=content,
        size=len(stamp.prefix) + sending.size - stamp.cut_bytes,
        eight_bit=envelope.body != "7BIT",
        utf8=utf8,
        ret=envelope.ret,
        envid=envelope.envid,
    )


def header_block(blobs: Blobs, sha256: str) -> bytes:
    """The bytes up to the empty line, or the first MAX_HEADER of them."""
    opening, _ = beginning(blobs, sha256, MAX_HEADER)
    return opening.partition(b"\r\n\r\n")[0]


def beginning(blobs: Blobs, sha256: str, limit: int) -> tuple[bytes, bool]:
    """The first bytes of stored content, and whether they are all of it."""
    opening = bytearray()
    for chunk in blobs.chunks(sha256):
        opening += chunk
        if len(opening) > limit:
            return bytes(opening[:limit]), False
    return bytes(opening), True
