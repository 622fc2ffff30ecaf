"""Dates of every shape."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.dates import MAX_LENGTH, parse_date
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import codes, letter


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Fri, 21 Nov 1997 09:55:06 -0600", (1997, 11, 21, 15, 55, 6)),
        ("21 Nov 97 09:55 EST", (1997, 11, 21, 14, 55, 0)),
        ("Thu Oct 18 22:48:39 2012", (2012, 10, 18, 22, 48, 39)),
        ("Nov 21, 2020 3:04:05 PM +0000", (2020, 11, 21, 15, 4, 5)),
        ("2024-01-02T03:04:05Z", (2024, 1, 2, 3, 4, 5)),
        ("2002/09/14 Sat 02:29:32", (2002, 9, 14, 2, 29, 32)),
        ("Wed, 18-Nov-2020 10:00:00 GMT", (2020, 11, 18, 10, 0, 0)),
        ("Fri, 1 Jan 2021 00:00:00 +0530 (IST)", (2020, 12, 31, 18, 30, 0)),
        ("Sun, 31 Dec 2023 23:59:60 +0000", (2023, 12, 31, 23, 59, 59)),
        ("Tue, 09 Sep 2003 12:21:46 +9900", (2003, 9, 9, 12, 21, 46)),
    ],
)
def test_shapes(value, expected):
    """Whatever the shape, the moment is in UTC."""
    assert datetime(*expected, tzinfo=UTC) == parse_date(value)


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "31 Feb 2020 1:00:00", "1 Jan 2020 25:00", "1 Xxx 2020 10:00", "1 Jan 0102 10:00"],
)
def test_no_dates(value):
    """What is no moment of mail gives None."""
    assert parse_date(value) is None


def test_only_the_beginning_is_read():
    """Beyond MAX_LENGTH characters nothing is looked at."""
    assert parse_date("x" * MAX_LENGTH + " 21 Nov 1997 09:55:06 -0600") is None


def test_bad_date_is_told():
    """A Date field that cannot be read is a defect."""
    message = parse(letter(Date="soon"))

    assert message.date is None
    assert "bad_date" in codes(message)


@given(
    st.text(max_size=60)
    | st.from_regex(r"\d{1,2} (Jan|Feb) \d{2,4} \d{1,2}:\d{2}:\d{2} [+-]\d{4}", fullmatch=True)
)
def test_total(value):
    """No text raises; every answer is aware and in UTC."""
    found = parse_date(value)

    assert found is None or found.tzinfo is UTC
