"""Cursors are believed only from this server, for this account."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.api import codes
from lazaretto.api.cursor import MAX_CURSOR, Position, open_cursor, seal_cursor
from lazaretto.model.errors import Invalid

SECRET = b"s" * 32


@given(st.integers(0, 2**62), st.text(alphabet=st.characters(codec="utf-8"), max_size=50))
def test_a_cursor_opens_to_what_was_sealed(before, filters):
    """Position and filters come back, for any filters."""
    position = Position(before, filters)

    assert position == open_cursor(SECRET, "a", seal_cursor(SECRET, "a", position))


@given(st.text(max_size=100))
def test_anything_else_is_a_bad_cursor(text):
    """Total: every other text is refused with its own code."""
    with pytest.raises(Invalid) as caught:
        open_cursor(SECRET, "a", text)

    assert (codes.BAD_CURSOR, "cursor") == (caught.value.code, caught.value.pointer)


def test_a_cursor_is_bound_to_its_account_and_server():
    """Neither another account nor another secret opens it; nor does it open when longer than any real one."""
    sealed = seal_cursor(SECRET, "a", Position(7, ""))

    for secret, account, text in (
        (SECRET, "b", sealed),
        (b"x" * 32, "a", sealed),
        (SECRET, "a", "A" * (MAX_CURSOR + 1)),
        (SECRET, "a", sealed[:-2]),
    ):
        with pytest.raises(Invalid):
            open_cursor(secret, account, text)
