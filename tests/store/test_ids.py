"""Ids: of the published form, unique, and taken apart without ever failing."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.store.ids import CONSONANTS, Reference, investigate_id, new_queue_id, parse_reference

AT = datetime(2024, 1, 5, 10, 0, 0, 123456, tzinfo=UTC)


def test_a_queue_id_looks_like_postfix():
    """Seconds and microseconds in base 52, then "z" and a number without vowels."""
    made = new_queue_id(AT)

    assert re.fullmatch(rf"[{CONSONANTS}]{{6}}[{CONSONANTS}]{{4}}z[{CONSONANTS}]+", made)
    assert AT == _time_of(made)
    assert "z" not in made[11:]


def _time_of(queue_id):
    def number(signs):
        total = 0
        for sign in signs:
            total = total * 52 + CONSONANTS.index(sign)
        return total

    return datetime.fromtimestamp(number(queue_id[:6]), UTC).replace(microsecond=number(queue_id[6:10]))


def test_a_published_id_is_read():
    """The example of the published documentation was made by the same rule."""
    assert datetime(2022, 12, 30, 1, 44, 49, tzinfo=UTC) == _time_of("4Njp3P0STMz2c02Q").replace(
        microsecond=0
    )


def test_queue_ids_do_not_repeat():
    """Not even in one microsecond."""
    assert 1_000 == len({new_queue_id(AT) for _ in range(1_000)})


def test_an_investigate_id_shows_second_and_number():
    """Eight digits, however large the number."""
    assert "4Njp-2024-01-05T10:00:00-00000042" == investigate_id("4Njp", AT, 42)
    assert "4Njp-2024-01-05T10:00:00-00000001" == investigate_id("4Njp", AT, 1_200_000_001)


def test_references():
    """All three forms, and what only looks like them."""
    second = "2024-01-05T10:00:00"

    assert Reference("4Njp", second, 42) == parse_reference(f"4Njp-{second}-00000042")
    assert Reference("4Njp", second) == parse_reference(f"4Njp-{second}")
    assert Reference("4Njp") == parse_reference("4Njp")
    assert Reference("a-b", second, 1) == parse_reference(f"a-b-{second}-00000001")
    assert Reference("4Njp-2024-13-05T10:00:00") == parse_reference("4Njp-2024-13-05T10:00:00")
    assert Reference(f"-{second}") == parse_reference(f"-{second}")
    assert Reference("x-12345678") == parse_reference("x-12345678")
    assert Reference("x-²²²²²²²²") == parse_reference("x-²²²²²²²²")


@given(st.text(max_size=60))
def test_taking_apart_never_fails(text):
    """And what it finds is part of what was given."""
    assert parse_reference(text).queue_id in text


@given(st.text(min_size=1, max_size=20), st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**62))
def test_what_was_put_together_is_taken_apart(queue_id, at, number):
    """For any queue id, time and number."""
    found = parse_reference(investigate_id(queue_id, at, number))

    assert (queue_id, number % 100_000_000) == (found.queue_id, found.digits)
