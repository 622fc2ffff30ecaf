"""Entries that speak against a message: blocked senders, blocked content, mail that had to come over TLS."""

from collections.abc import Iterator

from lazaretto.mail.domains import domain_of
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.judgement import ListMatch
from lazaretto.model.message import Message
from lazaretto.policy.compiled import CompiledLists, TextIndex
from lazaretto.policy.index import PLAIN_FIELDS
from lazaretto.policy.sides import Field, Side
from lazaretto.policy.texts import bodies, subject
from lazaretto.policy.words import cut, quoted

SENDER_FIELDS: frozenset[Field] = PLAIN_FIELDS | {"reply-to"}
"""A blocked address is blocked where the answer would go, too: there the money goes."""

MAX_HOPS = 50
"""Received fields that are looked at for the one by which the message came in."""


def blocked_senders(sides: tuple[Side, ...], lists: CompiledLists) -> Iterator[ListMatch]:
    """Blocked senders, each once."""
    seen: set[int] = set()
    for hit in lists.blocked_senders.find(sides, SENDER_FIELDS):
        entry, side = hit.pattern, hit.side
        if entry.entry in seen:
            continue
        seen.add(entry.entry)
        reason = f"Blocked sender {entry.entry}, {quoted(entry.pattern)}: the {side.field} is {side.value}."
        yield ListMatch(
            "blocked_sender",
            entry.entry,
            entry.pattern,
            side.field,
            cut(side.value),
            counts=True,
            reason=cut(reason),
        )


def blocked_content(message: Message, lists: CompiledLists) -> Iterator[ListMatch]:
    """Content policies, each once."""
    seen: set[int] = set()
    if lists.subjects:
        yield from _in_text("subject", subject(message), lists.subjects, lists, seen)
    for text in bodies(message) if lists.bodies else ():
        yield from _in_text("body", text, lists.bodies, lists, seen)


def _in_text(
    field: str, text: str, index: TextIndex, lists: CompiledLists, seen: set[int]
) -> Iterator[ListMatch]:
    for number, value in index.search(text):
        if number in seen:
            continue
        seen.add(number)
        policy = lists.content[number]
        shown = quoted(value)
        reason = f"Content policy {number}, {quoted(policy.name)}: the {field} holds {shown}."
        yield ListMatch(
            "blocked_content",
            number,
            policy.pattern,
            field,
            cut(value.strip()),
            counts=True,
            reason=cut(reason),
        )


def restricted(
    message: Message | None, envelope: Envelope, facts: Facts | None, lists: CompiledLists
) -> Iterator[ListMatch]:
    """A sender whose mail must come over TLS, when it did not. Only mail that comes in by SMTP can obey."""
    if envelope.mode is not Mode.DIRECT or not lists.restrictions or over_tls(message, envelope, facts):
        return
    header_from = message.header_from if message is not None else None
    senders = (
        ("header from", header_from.address if header_from else ""),
        ("envelope from", envelope.mail_from),
    )
    for field, address in senders:
        entry = lists.restriction_of(domain_of(address))
        if entry is not None:
            reason = (
                f"Sending restriction {entry.id}: mail of {entry.domain} must come over TLS;"
                f" this one, {field} {address}, did not."
            )
            yield ListMatch(
                "sending_restriction",
                entry.id,
                entry.domain,
                field,
                cut(address),
                counts=True,
                reason=cut(reason),
            )
            return


def over_tls(message: Message | None, envelope: Envelope, facts: Facts | None) -> bool:
    """The message crossed the boundary over TLS. Behind relays of ours their Received field says so."""
    boundary = facts.boundary if facts is not None else None
    if message is None or boundary is None or boundary.source != "received":
        return envelope.tls is not None
    for hop in message.hops[:MAX_HOPS]:
        if hop.client_ip == boundary.client_ip and hop.helo == boundary.helo:
            protocol = (hop.protocol or "").upper()
            return protocol.endswith(("S", "SA"))  # RFC 3848 2: ESMTPS, LMTPSA and their like
    return True
