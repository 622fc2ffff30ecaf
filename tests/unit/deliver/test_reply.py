"""Replies are read the same for every way of cutting the bytes, and within limits."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.deliver.reply import MAX_LINE, MAX_LINES, MAX_TEXT, BadReplyError, Reply, ReplyReader

TALK = b"220 mx.test\r\n250-mx.test\r\n250-SIZE 1000\r\n250 DSN\r\n550-5.1.1 no\r\n550 5.1.1 such user\r\n354\r\n"


def test_multi_line_reply_is_one_reply():
    """All lines of a reply belong together, and the enhanced code is that of the first line."""
    replies = ReplyReader().feed(TALK)

    assert [220, 250, 550, 354] == [r.code for r in replies]
    assert ("mx.test", "SIZE 1000", "DSN") == replies[1].lines
    assert ("5.1.1", "550 5.1.1 no 5.1.1 such user") == (replies[2].status, replies[2].text)
    assert ("",) == replies[3].lines


@given(st.lists(st.integers(min_value=1, max_value=len(TALK)), max_size=8))
def test_cutting_changes_nothing(places):
    """Any way in which TCP cuts the bytes gives the same replies."""
    reader, replies, edges = ReplyReader(), [], [0, *sorted(places), len(TALK)]
    for start, end in itertools.pairwise(edges):
        replies += reader.feed(TALK[start:end])

    assert ReplyReader().feed(TALK) == replies
    assert not reader.pending


@given(st.binary(max_size=300))
def test_any_bytes_are_replies_or_an_error(data):
    """A hostile next hop can end the connection and nothing else."""
    try:
        replies = ReplyReader().feed(data)
    except BadReplyError:
        return
    for reply in replies:
        assert reply.text.isprintable()
        assert 200 <= reply.code < 600


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n",
        b"999 no\r\n",
        b"25x no\r\n",
        b"250-a\r\n251 b\r\n",
        b"2500 no\r\n",
        "٢٥٠ digits\r\n".encode(),
        b"2" * (MAX_LINE + 1),
        b"250 " + b"a" * MAX_LINE + b"\r\n",
        b"250-a\r\n" * (MAX_LINES + 1),
    ],
)
def test_broken_replies_are_refused(data):
    """What is not a reply, or is beyond a limit, is an error."""
    with pytest.raises(BadReplyError):
        ReplyReader().feed(data)


def test_longest_allowed_reply_is_read():
    """The limits themselves are allowed."""
    (reply,) = ReplyReader().feed(b"250-a\r\n" * (MAX_LINES - 1) + b"250 a\r\n")

    assert MAX_LINES == len(reply.lines)
    assert MAX_TEXT >= len(reply.text)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("5.7.1 no", "5.7.1"),
        ("4.7.1 odd", "5.0.0"),
        ("no", "5.0.0"),
        ("5.7.1no", "5.0.0"),
        ("5.7.1", "5.7.1"),
    ],
)
def test_enhanced_code_must_fit_the_code(line, status):
    """An enhanced code of another class is not believed."""
    assert status == Reply(550, (line,)).status
