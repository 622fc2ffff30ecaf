"""The two sides of a message that patterns are compared with: who sends, and who receives.

The sending side is seen from the hop at which the message entered the organisation, so that a relay of ours
is never taken for the sender. A message that could not be scanned has its envelope only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.message import Message
from lazaretto.policy.patterns import normal_address

Field = Literal["header from", "envelope from", "reply-to", "client IP", "server name", "recipient"]

MAX_AUTHORS = 20
"""Header from and reply-to mailboxes that are looked at: a letter has one of each."""

MAX_VALUE = 1_000
"""Characters of a value that are compared: no address and no host name is longer."""


@dataclass(frozen=True, slots=True)
class Side:
    """One value that patterns are compared with."""

    field: Field
    value: str  # addresses in normal form, as they are compared
    sole: bool = True  # the message has no other value in this field


def sending_side(message: Message | None, envelope: Envelope, facts: Facts | None) -> tuple[Side, ...]:
    """Everything that names the sender."""
    return tuple(side for side in _sending(message, envelope, facts) if side.value)


def _sending(message: Message | None, envelope: Envelope, facts: Facts | None) -> Iterator[Side]:
    if message is not None:
        authors = message.from_[:MAX_AUTHORS]
        for address in authors:
            yield _address("header from", address.address, sole=len(authors) == 1)
    boundary = facts.boundary if facts is not None else None
    yield _address("envelope from", boundary.mail_from if boundary is not None else envelope.mail_from)
    if message is not None:
        for address in message.reply_to[:MAX_AUTHORS]:
            yield _address("reply-to", address.address)
    if boundary is None or boundary.source == "envelope":
        yield Side("client IP", envelope.client_ip or "")
        yield Side("server name", (envelope.client_name or "")[:MAX_VALUE].lower())
        yield Side("server name", (envelope.helo or "")[:MAX_VALUE].lower())
    else:
        yield Side("client IP", boundary.client_ip or "")
        yield Side("server name", (boundary.helo or "")[:MAX_VALUE].lower())


def _address(field: Field, address: str, *, sole: bool = True) -> Side:
    return Side(field, normal_address(address[:MAX_VALUE]), sole)


def receiving_side(envelope: Envelope) -> tuple[Side, ...]:
    """Every recipient of the envelope; the value is in normal form, in the order of the envelope."""
    return tuple(Side("recipient", normal_address(r.address[:MAX_VALUE])) for r in envelope.recipients)
