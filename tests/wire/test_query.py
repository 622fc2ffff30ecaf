"""Every parameter of the search: read, refused with its name, or ignored."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.api import codes
from lazaretto.api.query import (
    MAX_PAGE,
    MAX_PER_PAGE,
    MAX_VALUE,
    MAX_WORDS,
    filters_text,
    read_criteria,
    read_filters,
    read_paging,
    read_values,
)
from lazaretto.api.times import MAX_TEXT, read_time
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Invalid
from lazaretto.model.record import DeliveryState

NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 10, 0, 0, tzinfo=UTC)


def criteria(**given_values):
    return read_criteria(read_values(given_values.items()), NOW)


def read_all(pairs):
    values = read_values(pairs)
    read_paging(values)
    return read_criteria(values, NOW)


def refusal(**given_values):
    with pytest.raises(Invalid) as caught:
        read_all(given_values.items())
    return caught.value.code, caught.value.pointer


def test_nothing_given_means_detections_of_thirty_days():
    """The published defaults."""
    read = criteria()

    assert (NOW - timedelta(days=30), NOW, True) == (read.start, read.end, read.detections_only)
    assert read.dispositions is None


def test_every_filter_is_read():
    """One value each, as an SDK sends them."""
    read = criteria(
        start="2026-01-01T00:00:00Z",
        end="2026-01-02",
        query="Invoice  overdue",
        detections_only="false",
        submissions="true",
        final_disposition="SPAM",
        delivery_status="quarantined",
        message_action="MOVED",
        sender="a@b.test",
        recipient="c.test",
        smtp_helo_ip="192.0.2.7",
        domain="d.test",
        subject="pay now",
        exact_subject="Pay now",
        message_id="<1@b.test>",
        alert_id="4Njp3P0STMz2c02Q-2026-01-05T10:00:00",
        metric="anything",
        action_log="true",
        unheard_of="x",
    )

    assert datetime(2026, 1, 2, tzinfo=UTC) == read.end
    assert ("Invoice", "overdue") == read.words
    assert ("pay", "now") == read.subject_words
    assert frozenset({Disposition.SPAM}) == read.dispositions
    assert DeliveryState.QUARANTINED is read.delivery_status
    assert ("MOVED", "a@b.test", "c.test", "192.0.2.7", "d.test", "Pay now", "<1@b.test>") == (
        read.message_action,
        read.sender,
        read.recipient,
        read.helo_ip,
        read.domain,
        read.exact_subject,
        read.message_id,
    )
    assert (False, True) == (read.detections_only, read.submissions)


def test_malicious_finds_business_email_compromise_too():
    """Older clients have no word for it."""
    both = frozenset({Disposition.MALICIOUS, Disposition.MALICIOUS_BEC})

    assert both == criteria(final_disposition="MALICIOUS").dispositions
    assert {Disposition.MALICIOUS_BEC} == criteria(final_disposition="MALICIOUS-BEC").dispositions


@pytest.mark.parametrize("word", ["NONE", "UNKNOWN", "ENCRYPTED", "EXTERNAL"])
def test_asking_for_benign_mail_implies_all_mail(word):
    """Else the answer would always be empty; an explicit wish still counts."""
    assert criteria(final_disposition=word).detections_only is False
    assert criteria(final_disposition=word, detections_only="true").detections_only is True


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("start", "yesterday", codes.BAD_RANGE),
        ("start", "2026-02-31", codes.BAD_RANGE),
        ("start", "2026-02-01T00:00:00Z", codes.BAD_RANGE),  # in the future
        ("end", "1767225600", codes.BAD_RANGE),
        ("final_disposition", "EVIL", codes.BAD_ENUM),
        ("delivery_status", "none", codes.BAD_ENUM),
        ("message_action", "DELETED", codes.BAD_ENUM),
        ("detections_only", "yes", codes.GENERIC),
        ("submissions", "2", codes.GENERIC),
        ("page", "0", codes.BAD_RANGE),
        ("page", "-1", codes.GENERIC),
        ("page", "1.5", codes.GENERIC),
        ("page", "٣", codes.GENERIC),
        ("page", str(MAX_PAGE + 1), codes.BAD_RANGE),
        ("page", "9" * 900, codes.BAD_RANGE),
        ("per_page", "0", codes.BAD_RANGE),
        ("per_page", str(MAX_PER_PAGE + 1), codes.BAD_RANGE),
        ("per_page", "many", codes.GENERIC),
        ("query", "word " * MAX_WORDS + "x", None),
        ("subject", "x" * (MAX_VALUE + 1), codes.BAD_RANGE),
        ("sender", "a\0b", codes.GENERIC),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name, value, code):
    """400 with a code, and the pointer is the parameter."""
    if code is None:
        assert len(criteria(**{name: value}).words) <= MAX_WORDS
        return

    assert (code, name) == refusal(**{name: value})


def test_too_many_words_are_refused():
    """Each word is one more lookup."""
    words = " ".join(f"w{n}" for n in range(MAX_WORDS + 1))

    assert (codes.BAD_RANGE, "query") == refusal(query=words)


def test_start_after_end_is_refused():
    """An empty span is a mistake, not an empty answer."""
    assert (codes.BAD_RANGE, "start") == refusal(start="2026-01-05", end="2026-01-04")


def test_an_old_end_alone_looks_back_from_there():
    """Thirty days before now would begin after the end."""
    read = criteria(end="2025-06-30T00:00:00Z")

    assert datetime(2025, 5, 31, tzinfo=UTC) == read.start


def test_the_same_parameter_twice_must_say_the_same():
    """Silently taking one of two wishes would hide a mistake."""
    assert {"domain": "a.test"} == read_values([("domain", "a.test"), ("domain", "a.test")])
    with pytest.raises(Invalid) as caught:
        read_values([("domain", "a.test"), ("domain", "b.test")])

    assert "domain" == caught.value.pointer


def test_empty_values_count_as_not_given():
    """Clients send `sender=` for an empty field of a form."""
    assert {} == read_values([("sender", ""), ("start", " "), ("final_disposition", "")])


def test_filters_survive_the_way_through_a_cursor():
    """What is sealed into a cursor reads back as the same values."""
    values = read_values([("query", "a&b=c ü"), ("start", "2026-01-01T00:00:00+01:00"), ("page", "2")])

    assert {"query": "a&b=c ü", "start": "2026-01-01T00:00:00+01:00"} == read_filters(filters_text(values))


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T10:00:00Z",
        "2026-01-05T10:00:00.000Z",
        "2026-01-05t10:00:00z",
        "2026-01-05T10:00:00",
        "2026-01-05 10:00:00",
        "2026-01-05T10:00",
        "2026-01-05T10:00:00.000000+00:00",
        "2026-01-05T10:00:00.000000 00:00",  # a plus that was not encoded
        "2026-01-05T11:00:00+0100",
        "2026-01-05T11:00:00 01:00",
        "2026-01-05T05:30:00-04:30",
        "2026-01-05T10:00:00.0000009999Z",
    ],
)
def test_all_spellings_of_one_instant(text):
    """Python, TypeScript, Go, curl and tired people."""
    assert TEN == read_time(text)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-13-01", "0001-01-01T00:00:00+23:59", "2026-01-05T10:00:00+99:00", "x" * (MAX_TEXT + 1)],
)
def test_no_times(text):
    """None, never an exception: also for instants outside the calendar."""
    assert read_time(text) is None


@given(st.text(max_size=80))
def test_reading_times_is_total(text):
    """For any text: an aware time in UTC, or None."""
    at = read_time(text)

    assert at is None or at.tzinfo is UTC


@given(
    st.lists(
        st.tuples(st.sampled_from(["start", "page", "query", "final_disposition", "cursor", "z"]), st.text())
    )
)
def test_reading_values_is_total(pairs):
    """Any query is read or refused as invalid."""
    with suppress(Invalid):
        read = read_all(pairs)

        assert read.start <= read.end


@pytest.mark.parametrize("term", ["phish_submission", "user_submission", "Phish_Submission"])
def test_terms_for_what_people_reported(term):
    """They are no words to be found: they say where to look, and that harmless mail counts too."""
    found = criteria(query=f"invoice {term}")

    assert (True, False, ("invoice",)) == (found.submissions, found.detections_only, found.words)


def test_a_term_and_what_was_asked_for():
    """What is said in so many words holds."""
    found = criteria(query="phish_submission", detections_only="true")

    assert (True, True, ()) == (found.submissions, found.detections_only, found.words)
