"""Invitations: who calls, who is called, and whether that fits the letter around it.

A calendar program shows an invitation without anybody having opened the letter. Calendar services send for
others, so an organizer elsewhere is only noted; it means something beside other sights.
Limit: MAX_INVITATIONS of one message.
"""

from collections.abc import Iterator

from lazaretto.mail.calendar import people
from lazaretto.mail.domains import domain_of, organisational_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.hosts import MAX_HOST
from lazaretto.scan.reading import read, recipient_addresses

INVITATION = "invitation"
ORGANIZER = "invitation_organizer_elsewhere"
STRANGER = "invitation_not_for_reader"

MAX_INVITATIONS = 5
"""Calendar parts of one message that are read."""


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """People of calendar parts."""
    calendars = [text for text in message.texts if text.content_type == "text/calendar"]
    for calendar in calendars[:MAX_INVITATIONS]:
        named = people(calendar.text)
        if named.method not in {"REQUEST", "PUBLISH", "ADD"}:
            continue
        reason = (
            f"The letter puts an entry into the calendar, called by {quoted(named.organizer or 'nobody')}."
        )
        yield _finding(INVITATION, calendar.part, named.organizer, reason)
        domain = domain_of(named.organizer)[: MAX_HOST + 1]
        home = read(message).from_domain
        if domain and home and len(domain) <= MAX_HOST and organisational_domain(domain) != home:
            reason = f"The organizer is {quoted(named.organizer)}, the letter comes from {home}."
            yield _finding(ORGANIZER, calendar.part, named.organizer, reason)
        readers = recipient_addresses(envelope)
        if named.attendees and readers and not set(readers) & set(named.attendees):
            reason = "None of the readers is among those who are called."
            yield _finding(STRANGER, calendar.part, named.attendees[0], reason)


def _finding(rule: str, part: int, value: str, reason: str) -> Finding:
    return Finding(
        rule, reason=clipped(reason), place="body", field="calendar", value=clipped(value), part=part
    )
