"""A Message with nothing in it but what a test of authentication needs."""

from datetime import UTC, datetime

from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.message import Address, Header, Hop, Message, Span

AT = datetime(2026, 1, 1, tzinfo=UTC)


def bare_message(
    *domains: str, headers: tuple[tuple[str, str], ...] = (), hops: tuple[Hop, ...] = ()
) -> Message:
    """One From field with an address at each domain, then the given headers."""
    addresses = tuple(Address("", f"ann@{d}", "ann", d) for d in domains)
    written = [("From", ", ".join(a.address for a in addresses))] if addresses else []
    return Message(
        size=0,
        headers=tuple(Header(name, value, Span(0, 0)) for name, value in (*written, *headers)),
        parts=(),
        texts=(),
        html=(),
        links=(),
        attachments=(),
        hops=hops,
        from_=addresses,
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        subject="",
        message_id="",
        in_reply_to="",
        references=(),
        date=None,
        fingerprint="",
        structure_hash="",
        defects=(),
    )


def bare_hop(
    client_ip: str | None = None,
    *,
    by: str | None = "mx.receiver.test",
    helo: str | None = None,
    client_name: str | None = None,
    protocol: str | None = "ESMTP",
    at: datetime | None = AT,
) -> Hop:
    return Hop(
        index=0,
        helo=helo,
        client_name=client_name,
        client_ip=client_ip,
        by=by,
        protocol=protocol,
        queue_id=None,
        envelope_to=None,
        at=at,
    )


def bare_envelope(
    mode: Mode = Mode.DIRECT, *, client_ip: str | None = None, helo: str | None = None, mail_from: str = ""
) -> Envelope:
    return Envelope(
        account="0" * 32,
        queue_id="4Q2x",
        mode=mode,
        mail_from=mail_from,
        recipients=(Recipient("bob@receiver.test"),),
        received_at=AT,
        client_ip=client_ip,
        helo=helo,
    )
