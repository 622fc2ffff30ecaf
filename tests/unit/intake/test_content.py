"""What makes the content of a message unacceptable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.content import Content
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.replies import BARE_LINE_END, LONG_HEADER, LONG_LINE, LOOP, NUL_BYTE, TOO_LARGE
from tests.helpers.smtp_session import cut

SMALL = GatewayLimits(message_bytes=120, header_bytes=60, line_bytes=30, received_fields=2, drain_bytes=50)
PIECES = st.lists(
    st.sampled_from(
        [
            b"\r",
            b"\n",
            b"\r\n",
            b"\r\n\r\n",
            b"x" * 13,
            b"\0",
            b"Received:",
            b"\r\nreceived: y\r\n",
            b"a: b\r\n",
            b"ab",
        ]
    ),
    max_size=20,
).map(b"".join)


def fault(pieces: list[bytes], limits: GatewayLimits = SMALL):
    content = Content(limits)
    for piece in pieces:
        if piece:
            content.feed(piece)
    content.end()
    return content.fault


def naive(data: bytes):
    """One look at the whole."""
    head = re.split(rb"(?s)(?<=\r\n)\r\n", b"\r\n" + data, maxsplit=1)[0]
    header_size = len(head) - 2 + (2 if b"\r\n\r\n" in b"\r\n" + data else 0)
    if len(data) > 120:
        return TOO_LARGE
    if b"\r" in data.replace(b"\r\n", b"") or b"\n" in data.replace(b"\r\n", b""):
        return BARE_LINE_END
    if b"\0" in data:
        return NUL_BYTE
    if any(len(line) >= 30 for line in data.split(b"\n")):
        return LONG_LINE
    if header_size > 60:
        return LONG_HEADER
    return LOOP if head.lower().count(b"\nreceived:") > 2 else None


@given(PIECES, st.lists(st.integers(0, 300)))
def test_equals_one_look_at_the_whole(data, places):
    """The fault depends on the bytes, not on the cuts."""
    assert naive(data) == fault(cut(data, places))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", None),
        (b"Subject: x\r\n\r\nbody\r\n", None),
        (b"x" * 29 + b"\r\n", LONG_LINE),
        (b"\r\n" + b"x" * 28 + b"\r\n", None),
        (b"Received: a\r\n" * 2 + b"\r\n", None),
        (b"Received: a\r\n" * 3 + b"\r\n", LOOP),
        (b"Received: a\r\n" * 2 + b"\r\nReceived: b\r\n", None),
        (b"Received-SPF: a\r\n" * 3 + b"\r\n", None),
        (b"a: b\r\n" * 11 + b"\r\n", LONG_HEADER),
        (b"\r\n" + b"a: b\r\n" * 11, None),
        (b"ends with CR\r", BARE_LINE_END),
    ],
)
def test_faults(data, expected):
    """Each limit, reached and not."""
    assert expected == fault([data])


def test_size_limits():
    """Beyond the first the message is refused, beyond the second it is not even read."""
    content = Content(SMALL)
    content.feed(b"\r\n" * 60)
    assert content.fault is None
    content.feed(b"x")
    assert TOO_LARGE == content.fault
    assert not content.beyond_drain
    content.feed(b"x" * 50)

    assert content.beyond_drain
