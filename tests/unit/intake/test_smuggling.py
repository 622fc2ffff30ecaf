"""SMTP smuggling: no published variant makes a second message, and each is refused after the real end.

A sender hides a false end of data in a message, then the commands of a second one. A first server takes the false
end for content and passes it on; a second one that takes it for an end delivers a forged message.
"""

import itertools

import pytest

from tests.helpers.smtp_session import Driven

FALSE_ENDS = {
    "LF.LF": b"\n.\n",
    "LF.CRLF": b"\n.\r\n",
    "CRLF.LF": b"\r\n.\n",
    "CR.CR": b"\r.\r",
    "CR.CRLF": b"\r.\r\n",
    "CRLF.CR": b"\r\n.\r",
    "CR.LF": b"\r.\n",
    "LF.CR": b"\n.\r",
    "CRCRLF.CRCRLF": b"\r\r\n.\r\r\n",
    "CRCRLF.CRLF is an end to nobody": b"\r\r\n..\r\n",
    "CRLF NUL.CRLF": b"\r\n\0.\r\n",
    "CRLF.NUL CRLF": b"\r\n.\0\r\n",
    "CR NUL LF.CRLF": b"\r\0\n.\r\n",
    "CRLF.CR NUL LF": b"\r\n.\r\0\n",
    "NUL LF.LF": b"\0\n.\n",
    "LFLF.LFLF": b"\n\n.\n\n",
    "LF.CRCRLF": b"\n.\r\r\n",
    "VT": b"\x0b.\x0b\n",
    "FF": b"\x0c.\x0c\r",
    "NEL": b"\x85.\x85\n",
}
SECOND = b"MAIL FROM:<ceo@corp.example>\r\nRCPT TO:<bob@corp.example>\r\nDATA\r\nforged\r\n"


@pytest.mark.parametrize("name", FALSE_ENDS)
def test_a_false_end_is_content_and_is_refused(name):
    """One message, refused; the session then goes on where both sides agree."""
    driven = Driven().in_data()
    driven.feed(b"Subject: x\r\n\r\nfirst" + FALSE_ENDS[name] + SECOND + b".\r\nNOOP\r\n")

    assert ["550 5.6.0", "250 2.0.0"] == [line[:9] for line in driven.take()]
    assert ([], b"") == (driven.messages, driven.stored)


@pytest.mark.parametrize("name", FALSE_ENDS)
def test_no_cut_makes_a_false_end_true(name):
    """The bytes come one by one, and in two pieces cut at every place."""
    stream = b"first" + FALSE_ENDS[name] + SECOND + b".\r\nNOOP\r\n"
    ways = [[stream[n : n + 1] for n in range(len(stream))]]
    ways += [[stream[:n], stream[n:]] for n in range(len(stream))]
    for pieces in ways:
        driven = Driven().in_data()
        for piece in pieces:
            driven.feed(piece)

        assert ["550 5.6.0", "250 2.0.0"] == [line[:9] for line in driven.take()]
        assert [] == driven.messages


@pytest.mark.parametrize(
    "ends", list(itertools.product([b"\r", b"\n", b"\r\n", b"\n\r", b"\0\r\n", b""], repeat=2))
)
def test_every_pair_of_line_ends_around_the_dot(ends):
    """Only CRLF on both sides is an end. RFC 5321 4.1.1.4."""
    before, after = ends
    driven = Driven().in_data()
    driven.feed(b"first" + before + b"." + after + b"NOOP\r\n.\r\n")
    lines = [line[:9] for line in driven.take()]

    if before.endswith(b"\r\n") and after == b"\r\n":
        assert ["550 5.6.0" if b"\0" in before else "250 2.0.0", "250 2.0.0", "500 5.5.2"] == lines
    elif ends in ((b"", b""), (b"", b"\r\n"), (b"\r\n", b"")):
        assert ["250 2.0.0"] == lines
        assert 1 == len(driven.messages)
    else:
        assert ["550 5.6.0"] == lines


def test_a_chunk_with_bare_line_ends_is_refused():
    """BDAT would carry it through to a server that we then speak DATA to."""
    driven = Driven().hello()
    content = b"first\n.\nMAIL FROM:<x@y>\r\n"
    driven.feed(
        b"MAIL FROM:<>\r\nRCPT TO:<bob@corp.example>\r\nBDAT %d LAST\r\n%sNOOP\r\n" % (len(content), content)
    )

    assert ["550 5.6.0", "250 2.0.0"] == [line[:9] for line in driven.take()[-2:]]
    assert [] == driven.messages


def test_commands_behind_the_real_end_are_the_clients_own():
    """A pipelining client may send its next command at once. RFC 2920 3.1."""
    driven = Driven().in_data()
    driven.feed(b"first\r\n.\r\n" + SECOND + b".\r\n")

    assert [b"first\r\n", b"forged\r\n"] == driven.contents
