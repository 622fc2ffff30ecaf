"""Where the message entered the organisation: the client that SPF is asked about.

Mail that comes through our own door entered with the client of the envelope.
Mail that was fetched, copied or imported entered earlier: its newest Received fields are read from the top,
because each receiver writes its field above all that the sender sent.
Hops that carried the message inside (private addresses, mailbox protocols, hosts of the receiver itself) are
passed over, and the first client beyond them is the boundary. Never is it the hop that fetched the message.

Limits: an organisation that passes mail on through public addresses without reverse names must be described
by `lookback`, the number of its trusted hops.
"""

from ipaddress import ip_address

from lazaretto.mail.domains import domain_of, registered_domain
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Boundary
from lazaretto.model.message import Hop, Message

MAX_HOPS = 50
"""Received fields that are looked at, from the top."""

_COPIED = frozenset({Mode.BCC, Mode.JOURNAL})
"""Came over SMTP, but from the system that made the copy: its envelope is not the message's."""

_FETCHED = ("pop", "imap", "fetchmail", "mapi", "local", "lmtp", "getmail")
"""Protocols that move a message between mailbox and mailbox."""


def find_boundary(message: Message, envelope: Envelope, *, lookback: int) -> Boundary:
    """The client as the receiving organisation saw it."""
    came_to_us = envelope.mode is Mode.DIRECT or (
        envelope.mode is Mode.REVIEW_SUBMISSION and envelope.reporting
    )
    if came_to_us and lookback <= 0:
        return _of_envelope(envelope)
    if came_to_us:
        hop = _entry(
            message.hops, envelope.mail_from, skip=lookback - 1
        )  # the first trusted hop is our own client
        return _of_hop(hop, envelope.mail_from) if hop else _of_envelope(envelope)
    if envelope.client_ip and envelope.mode not in _COPIED:
        return _of_envelope(envelope)  # recorded by whoever imported it
    mail_from = _return_path(message, envelope)
    hop = _entry(message.hops, mail_from, skip=lookback)
    return _of_hop(hop, mail_from) if hop else Boundary(None, None, mail_from, "unknown")


def _of_envelope(envelope: Envelope) -> Boundary:
    known = envelope.client_ip is not None
    return Boundary(envelope.client_ip, envelope.helo, envelope.mail_from, "envelope" if known else "unknown")


def _of_hop(hop: Hop, mail_from: str) -> Boundary:
    return Boundary(hop.client_ip, hop.helo, mail_from, "received", at=hop.at)


def _entry(hops: tuple[Hop, ...], mail_from: str, *, skip: int) -> Hop | None:
    """The newest hop whose client stands outside."""
    sender = registered_domain(domain_of(mail_from))
    return next((hop for hop in hops[max(skip, 0) : MAX_HOPS] if not _is_inside(hop, sender)), None)


def _is_inside(hop: Hop, sender: str) -> bool:
    if hop.client_ip is None or not _is_public(hop.client_ip):
        return True
    if (hop.protocol or "").lower().startswith(_FETCHED):
        return True
    # the reverse name is the receiver's finding, unlike the HELO name, which anybody may choose
    client, receiver = registered_domain(hop.client_name or ""), registered_domain(hop.by or "")
    return bool(client) and client == receiver != sender  # a sender inside, say a mailing list, is the origin


def _is_public(text: str) -> bool:
    try:
        return ip_address(text).is_global
    except ValueError:
        return False


def _return_path(message: Message, envelope: Envelope) -> str:
    """The envelope's return path, or the Return-Path field that the delivering system wrote. RFC 5321 4.4."""
    field = message.header("return-path")
    written = (field or "").strip().removeprefix("<").removesuffix(">").strip()
    if envelope.mode in _COPIED:
        return envelope.mail_from if field is None else written
    return envelope.mail_from or written
