"""The input of a session."""

from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.buffer import OVERLONG, InputBuffer
from tests.helpers.smtp_session import cut


def lines(pieces: list[bytes], limit: int) -> list[bytes]:
    buffer, found = InputBuffer(limit), []
    for piece in pieces:
        buffer.feed(piece)
        while (line := buffer.line()) is not None:
            found.append(line)
        assert len(buffer) <= limit
    return found


@given(st.lists(st.binary(max_size=12)), st.lists(st.integers(0, 200)))
def test_lines_do_not_depend_on_the_cuts(parts, places):
    """A line is over-long by its length alone."""
    data = b"\n".join(parts)
    expected = [line + b"\n" if len(line) < 8 else OVERLONG for line in data.split(b"\n")[:-1]]

    assert expected == lines(cut(data, places), 8)


def test_a_line_without_end_takes_no_memory():
    """What is beyond the limit is forgotten while it comes."""
    buffer = InputBuffer(100)
    for _ in range(1000):
        buffer.feed(b"x" * 60)
        assert buffer.line() is None
        assert len(buffer) <= 100
    buffer.feed(b"\nNOOP\r\n")

    assert [OVERLONG, b"NOOP\r\n", None] == [buffer.line(), buffer.line(), buffer.line()]


def test_taken_bytes_leave_the_rest():
    """Counted bytes, all bytes, and bytes put back."""
    buffer = InputBuffer(100)
    buffer.feed(b"abcdef")

    assert b"ab" == buffer.take(2)
    assert b"cdef" == buffer.take()
    buffer.put_back(b"ef\n")
    assert b"ef\n" == buffer.line()
    assert b"" == buffer.take(0)
