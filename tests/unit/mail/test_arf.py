"""Feedback reports: RFC 5965's fields, written and read; hostile ones too."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.arf import MAX_FIELDS, MAX_VALUE, read_feedback

FULL = b"""Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <somespammer@example.net>
Original-Rcpt-To: <user@example.com>
Original-Rcpt-To: <other@example.com>
Arrival-Date: Thu, 8 Mar 2005 14:00:00 EDT
Reporting-MTA: dns; mail.example.com
Source-IP: 192.0.2.1
Incidents: 3
Authentication-Results: mail.example.com;
\tspf=fail smtp.mail=somespammer@example.com
Reported-Domain: example.net
Reported-Uri: http://example.net/earn_money.html
Reported-Uri: mailto:user@example.com
Removal-Recipient: user@example.com
"""


def test_every_field():
    """RFC 5965 appendix B.2, in our own words: single fields, repeated ones, folded ones, unknown ones."""
    feedback = read_feedback(FULL)

    assert ("abuse", "SomeGenerator/1.0", "1") == (feedback.type, feedback.user_agent, feedback.version)
    assert "somespammer@example.net" == feedback.original_mail_from
    assert ("user@example.com", "other@example.com") == feedback.original_rcpt_to
    assert "192.0.2.1" == feedback.source_ip
    assert ("example.net",) == feedback.reported_domains
    assert ("http://example.net/earn_money.html", "mailto:user@example.com") == feedback.reported_uris
    assert ("removal-recipient", "user@example.com") in feedback.fields
    assert () == feedback.missing


def test_line_ends_and_leading_space():
    """CRLF, LF, and an empty line before the first field, which some generators write."""
    assert read_feedback(FULL) == read_feedback(b"\r\n" + FULL.replace(b"\n", b"\r\n"))


def test_date():
    """The date that the message arrived; the older name counts too."""
    feedback = read_feedback(b"Received-Date: Fri, 20 Nov 2026 11:00:00 +0100\n")

    assert datetime(2026, 11, 20, 10, tzinfo=UTC) == feedback.arrival_date


def test_what_is_missing():
    """The three required fields are named, in the order of the format. RFC 5965 3.1."""
    assert ("feedback-type", "user-agent", "version") == read_feedback(b"").missing
    assert ("user-agent",) == read_feedback(b"Version: 1\nFeedback-Type: FRAUD\n").missing


def test_values_that_are_none():
    """No date, no address: nothing, not an error."""
    feedback = read_feedback(b"Arrival-Date: yesterday\nSource-IP: localhost\nFeedback-Type: Fraud \n")

    assert (None, None, "fraud") == (feedback.arrival_date, feedback.source_ip, feedback.type)


def test_an_address_in_brackets():
    """As in a Received field."""
    assert "2001:db8::1" == read_feedback(b"Source-IP: [2001:db8::1]\n").source_ip


def test_limits_are_reached():
    """Neither many fields nor a long one grow what is kept."""
    feedback = read_feedback(b"Reported-Uri: http://a.test/\n" * (2 * MAX_FIELDS))
    long = read_feedback(b"Feedback-Type: " + b"x" * (2 * MAX_VALUE))

    assert MAX_FIELDS == len(feedback.fields) == len(feedback.reported_uris)
    assert MAX_VALUE == len(long.type)


@given(st.binary(max_size=2_000))
def test_total(content):
    """All bytes there are give a result."""
    feedback = read_feedback(content)

    assert len(feedback.fields) <= MAX_FIELDS
