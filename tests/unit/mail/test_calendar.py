"""Calendar parts: folded lines, signs, people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import calendar
from lazaretto.mail.calendar import people, readable
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, letter, multipart

EVENT = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    'ORGANIZER;CN="Ann: Other";SENT-BY="mailto:x@y.test":mailto:Ann@Firm.test\r\n'
    "ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:mary@\r\n example.net\r\nATTENDEE:MAILTO:bob@example.net\r\n"
    "DESCRIPTION:Join at https://meet.test/a/very/long/path/that/is/fo\r\n lded?x=1\\nHello\\, all\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_text_as_it_is_shown():
    """Lines are put together and signs are what they stand for."""
    assert "a long line, and\nanother; one\\" == readable("a long\r\n  line\\, and\\nano\n\tther\\; one\\\\")
    assert "plain\nlines" == readable("plain\nlines")


@pytest.mark.parametrize(
    "raw",
    [
        letter(EVENT, content_type="text/calendar; method=REQUEST"),
        multipart(file_part(EVENT.encode(), "invite.ics", "application/octet-stream")),
    ],
    ids=["part", "file"],
)
def test_folded_addresses(raw):
    """An address that is folded in its middle is one link, and ends where its line ends."""
    web = [link.href for link in parse(raw).links if link.scheme == "https"]

    assert ["https://meet.test/a/very/long/path/that/is/folded?x=1"] == web


def test_people():
    """Organizer, attendees and method, whatever stands in the parameters."""
    found = people(readable(EVENT))

    assert ("REQUEST", "ann@firm.test") == (found.method, found.organizer)
    assert ("mary@example.net", "bob@example.net") == found.attendees


def test_nobody():
    """A calendar without people."""
    assert calendar.Invitation("", "", ()) == people("BEGIN:VCALENDAR\r\nEND:VCALENDAR")


def test_limits():
    """Attendees and characters are bounded."""
    many = "".join(f"ATTENDEE:mailto:a{i}@b.test\n" for i in range(500))

    assert calendar.MAX_ATTENDEES == len(people(many).attendees)
    assert "" == people(" " * calendar.MAX_TEXT + "\nORGANIZER:mailto:a@b.test").organizer


@given(st.text(max_size=200))
def test_anything(text):
    """Every text is read to an end."""
    found = people(readable(f"ORGANIZER{text}\nATTENDEE;{text}:mailto:{text}"))

    assert found.organizer == found.organizer.lower()
