"""BDAT. RFC 3030."""

import pytest

from lazaretto.intake.limits import GatewayLimits
from tests.helpers.smtp_session import ENVELOPE, Driven


def bdat(content: bytes, last: bytes = b"") -> bytes:
    return b"BDAT %d%s\r\n%s" % (len(content), b" " + last if last else b"", content)


def test_chunks_make_a_message():
    """Dots and counts mean nothing special inside; the command has no case."""
    driven = Driven().hello()
    driven.feed(
        ENVELOPE + bdat(b"Subject: x\r\n\r\n.\r\n") + bdat(b"..QUIT\r\n").lower() + bdat(b"", b"last")
    )

    assert [b"Subject: x\r\n\r\n.\r\n..quit\r\n"] == driven.contents
    assert ["250 2.0.0 Chunk received"] * 2 + ["250 2.0.0 Ok: queued as Q1"] == driven.take()[-3:]


def test_a_line_end_across_two_chunks_is_whole():
    """CR ends one chunk, LF begins the next."""
    driven = Driven().hello()
    driven.feed(ENVELOPE + bdat(b"a\r") + bdat(b"\nb\r\n", b"LAST"))

    assert [b"a\r\nb\r\n"] == driven.contents


def test_a_last_line_without_end_is_taken():
    """The count says where the message ends."""
    driven = Driven().hello()
    driven.feed(ENVELOPE + bdat(b"no line end", b"LAST"))

    assert [b"no line end"] == driven.contents


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (b"", "503 5.5.1"),
        (b"EHLO x\r\n", "503 5.5.1"),
        (b"EHLO x\r\nMAIL FROM:<>\r\n", "503 5.5.1"),
        (b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<x@elsewhere.example>\r\n", "554 5.5.1"),
    ],
)
def test_an_unwanted_chunk_is_read_over(before, expected):
    """Its bytes are never taken for commands."""
    driven = Driven().feed(before + bdat(b"QUIT\r\n") + bdat(b"QUIT\r\n", b"LAST") + b"NOOP\r\n")

    assert [expected, expected, "250 2.0.0"] == [line[:9] for line in driven.take()[-3:]]
    assert not driven.closed


@pytest.mark.parametrize("argument", ["", "x", "-1", "5 FIRST", "5 LAST LAST", "9" * 21, "0x10", "٣"])
def test_a_chunk_of_unknown_size_ends_the_session(argument):
    """What follows can not be told from commands."""
    driven = Driven().hello()
    driven.feed(ENVELOPE + f"BDAT {argument}\r\nQUIT\r\n".encode())

    assert "501 5.5.4" == driven.take()[-1][:9]
    assert driven.closed


@pytest.mark.parametrize("command", [b"DATA", b"RCPT TO:<cy@corp.example>", b"MAIL FROM:<>"])
def test_nothing_else_once_chunks_have_begun(command):
    """DATA and BDAT do not mix. RFC 3030 3."""
    driven = Driven().hello()
    driven.feed(ENVELOPE + bdat(b"one\r\n") + command + b"\r\n" + bdat(b"two\r\n", b"LAST"))

    assert ["503 5.5.1", "250 2.0.0"] == [line[:9] for line in driven.take()[-2:]]
    assert [b"one\r\ntwo\r\n"] == driven.contents


def test_reset_between_chunks():
    """What was stored is dropped."""
    driven = Driven().hello()
    driven.feed(ENVELOPE + bdat(b"one\r\n") + b"RSET\r\n")
    assert b"" == driven.stored
    driven.feed(bdat(b"two\r\n", b"LAST"))

    assert "503 5.5.1" == driven.take()[-1][:9]
    assert [] == driven.messages


def test_a_faulty_chunk_fails_all_that_follow():
    """A client that pipelines hears the same reply for each, so that it cannot mistake the reason."""
    driven = Driven(GatewayLimits(message_bytes=10)).hello()
    driven.feed(
        ENVELOPE + bdat(b"12345\r\n") + bdat(b"12345\r\n") + bdat(b"x") + bdat(b"x", b"LAST") + b"NOOP\r\n"
    )

    assert ["250 2.0.0"] + ["552 5.3.4"] * 3 + ["250 2.0.0"] == [line[:9] for line in driven.take()[-5:]]
    assert ([], b"") == (driven.messages, driven.stored)


@pytest.mark.parametrize("before", [b"", ENVELOPE])
def test_a_huge_chunk_ends_the_session(before):
    """Whether it is wanted or not."""
    driven = Driven(GatewayLimits(message_bytes=10, drain_bytes=10)).hello()
    driven.feed(before + b"BDAT 99999999999\r\n" + b"x" * 21)

    assert "552 5.3.4" == driven.take()[-1][:9]
    assert driven.closed


def test_unwanted_chunks_have_a_bound_together():
    """A client cannot send for ever without a transaction."""
    driven = Driven(GatewayLimits(message_bytes=10, drain_bytes=10)).hello()
    for _ in range(5):
        driven.feed(bdat(b"x" * 6))

    assert driven.closed


def test_lmtp_answers_only_the_last_chunk_for_each():
    """RFC 2033 4.2 with RFC 3030."""
    driven = Driven(lmtp=True).hello()
    driven.feed(ENVELOPE + b"RCPT TO:<cy@corp.example>\r\n" + bdat(b"one\r\n") + bdat(b"two\r\n", b"LAST"))

    assert ["Chunk received", "Ok: queued as Q1", "Ok: queued as Q1"] == [
        line[10:] for line in driven.take()[-3:]
    ]


def test_a_chunk_that_cannot_be_stored():
    """The reply is temporary for every chunk after it."""
    driven = Driven().hello().feed(ENVELOPE + bdat(b"one\r\n"))
    driven.take()
    driven.full = True
    driven.feed(bdat(b"two\r\n") + bdat(b"three\r\n", b"LAST"))

    assert ["452 4.3.1 full", "452 4.3.1 full"] == driven.take()
    assert [] == driven.messages
