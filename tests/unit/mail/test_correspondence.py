"""The sender and the answered messages, read from the beginning of the bytes."""

from lazaretto.mail.correspondence import (
    MAX_ANSWERED,
    MAX_FIELD,
    MAX_ID,
    MAX_OPENING,
    Correspondence,
    read_correspondence,
)
from lazaretto.mail.parse import parse
from tests.helpers.letters import written


def test_sender_and_answered_messages_are_read():
    """The nearest message first, each once."""
    raw = b"From: Ann <ann@firm.test>\r\nIn-Reply-To: <3@x>\r\nReferences: <1@x>\r\n <2@x> <3@x>\r\n\r\nFrom: no@body.test\r\n"

    assert Correspondence("ann@firm.test", ("3@x", "2@x", "1@x")) == read_correspondence(raw)


def test_the_parser_reads_the_same_sender():
    """Of names, comments, groups and broken fields."""
    for written_as in (
        '"Ann, Dr." <ann@firm.test>',
        "ann@firm.test (Ann)",
        "Team: ann@firm.test;",
        "=?utf-8?q?A=40b?= <a@b.test>",
    ):
        raw = written(from_=written_as)

        assert parse(raw).header_from.address == read_correspondence(raw).sender


def test_nothing_is_read_where_nothing_is():
    """Any bytes give an answer."""
    for raw in (
        b"",
        b"\r\n\r\nFrom: a@b.test",
        b"From:",
        b"From: \xff\xfe",
        b"X: y\nSubject: z",
        b"\0" * 100,
    ):
        assert "@b.test" not in read_correspondence(raw).sender


def test_limits_are_kept():
    """A long field is read in its beginning, many ids in the last ones, and what lies far behind not at all."""
    many = b" ".join(b"<%d@x>" % n for n in range(500))
    far = b"X: " + b"x" * MAX_OPENING + b"\r\nFrom: a@b.test\r\n\r\n"
    long = b"References: <" + b"i" * (2 * MAX_ID) + b">\r\n\r\n"
    wide = b"From: " + b"x" * MAX_FIELD + b" <a@b.test>\r\n\r\n"

    assert MAX_ANSWERED == len(read_correspondence(b"References: " + many + b"\r\n\r\n").answered)
    assert "" == read_correspondence(far).sender
    assert (MAX_ID,) == tuple(map(len, read_correspondence(long).answered))
    assert "a@b.test" != read_correspondence(wide).sender
