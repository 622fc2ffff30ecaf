"""The outcome of a session does not depend on how the client's bytes were cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.intake.limits import GatewayLimits
from tests.helpers.smtp_session import Driven, cut

LIMITS = GatewayLimits(
    message_bytes=60,
    drain_bytes=40,
    header_bytes=50,
    line_bytes=30,
    received_fields=1,
    command_bytes=60,
    commands=25,
    errors=4,
    messages=3,
    recipients=2,
)
LINES = st.lists(
    st.sampled_from(
        [
            b"EHLO c\r\n",
            b"HELO c\r\n",
            b"MAIL FROM:<a@b>\r\n",
            b"MAIL FROM:<a@b> SIZE=61\r\n",
            b"RCPT TO:<a@corp.example>\r\n",
            b"RCPT TO:<b@corp.example>\r\n",
            b"RCPT TO:<b@c.example>\r\n",
            b"DATA\r\n",
            b"Received: x\r\n",
            b"\r\n",
            b"text\r\n",
            b"..\r\n",
            b".\r\n",
            b"\n.\r\n",
            b"\r.\r\n",
            b"x" * 31,
            b"BDAT 7\r\n",
            b"BDAT 12 LAST\r\n",
            b"BDAT 500\r\n",
            b"BDAT x\r\n",
            b"RSET\r\n",
            b"NOOP\n",
            b"QUIT\r\n",
            b"EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@corp.example>\r\nDATA\r\n",
        ]
    ),
    max_size=30,
).map(b"".join)


def outcome(pieces: list[bytes], *, lmtp: bool):
    driven = Driven(LIMITS, lmtp=lmtp)
    for piece in pieces:
        driven.feed(piece)
    return driven.output, driven.messages, driven.closed


@settings(max_examples=300)
@given(LINES, st.lists(st.integers(0, 1000), max_size=40), st.booleans())
def test_same_replies_same_messages(stream, places, lmtp):
    """Whole, cut anywhere, and byte by byte."""
    stream = stream.replace(b"EHLO", b"LHLO") if lmtp else stream
    whole = outcome([stream], lmtp=lmtp)

    assert whole == outcome(cut(stream, places), lmtp=lmtp)
    assert whole == outcome([stream[n : n + 1] for n in range(len(stream))], lmtp=lmtp)


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_any_bytes_at_all(pieces):
    """Nothing is raised, and every reply is well formed."""
    driven = Driven(LIMITS)
    for piece in pieces:
        driven.feed(piece)

    assert all(line[:3].isdigit() for line in driven.take())
