"""The header block: fields, spans, and lines that are none."""

import pytest

from lazaretto.mail import headers
from lazaretto.mail.defects import DefectList
from lazaretto.mail.headers import parse_headers, read_block, undecoded
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import codes


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_every_line_end_splits(end):
    """CRLF, LF and CR alone end a line, because some client takes each of them for a line end."""
    raw = end.join([b"From: a@example.com", b"Subject: one", b" two", b"", b"body", b""])

    message = parse(raw)

    assert [("From", "a@example.com"), ("Subject", "one two")] == [(h.name, h.value) for h in message.headers]
    assert "body" == message.texts[0].text.strip()


def test_spans_cover_the_block_without_gaps():
    """Every byte of a well formed header block belongs to exactly one field."""
    raw = b"A: 1\r\nB: 2\r\n\tmore\r\nC:\r\n\r\nbody"

    found = parse_headers(raw)

    assert [b"A: 1\r\n", b"B: 2\r\n\tmore\r\n", b"C:\r\n"] == [raw[h.span.start : h.span.end] for h in found]


def test_line_without_colon_hides_nothing():
    """A junk line must not hide the content type behind it, and its text is read."""
    raw = b"From: a@example.com\r\nvisit http://junk.test/x\r\nContent-Type: text/html\r\n\r\n<b>hi</b>"

    message = parse(raw)

    assert "text/html" == message.parts[0].content_type
    assert {"header_without_colon"} <= codes(message)
    assert "http://junk.test/x" in {link.href for link in message.links}


def test_body_without_empty_line():
    """Text right behind the fields begins the body when no known field follows it."""
    message = parse(b"From: a@example.com\r\nSubject: x\r\nhello there\r\nsecond line\r\n")

    assert "hello there\r\nsecond line\r\n" == message.texts[0].text


def test_boundary_without_empty_line():
    """A boundary line right behind the fields begins the body, or its parts would be lost."""
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\r\nA preamble line\r\n--b\r\n'
        b"Content-Type: text/html\r\n\r\n<p>in</p>\r\n--b--\r\n"
    )

    message = parse(raw)

    assert ["multipart/mixed", "text/html"] == [p.content_type for p in message.parts]


def test_space_before_colon():
    """The name counts without the white space; the defect says so."""
    message = parse(b"Subject : x\r\n\r\n")

    assert "x" == message.subject
    assert "space_before_colon" in codes(message)


def test_mbox_from_line_is_skipped():
    """The separator line of a mailbox file is neither field nor text."""
    message = parse(b"From alice@example.com Fri Nov 21 1997\r\nSubject: x\r\n\r\nbody")

    assert ["Subject"] == [h.name for h in message.headers]
    assert "mbox_from_line" in codes(message)
    assert 1 == len(message.texts)


def test_control_characters_are_kept_out():
    """NUL, line ends from encoded words and escapes do not reach values."""
    (name, subject) = parse_headers(b"X\x00Y: a\x00b\r\nSubject: =?utf-8?q?a=0D=0AB:_c=1B?=\r\n\r\n")

    assert "X Y" == name.name
    assert "a b" == name.value
    assert "a  B: c " == subject.value


def test_bytes_outside_ascii():
    """Raw UTF-8 is read as it is; anything else is read as windows-1252, with a defect."""
    message = parse("Subject: grün\r\nX: ".encode() + b"gr\xfcn\r\n\r\n")

    assert ("grün", "grün") == (message.subject, message.header("x"))
    assert "non_ascii_header" in codes(message)


def test_structured_fields_keep_encoded_words():
    """The undecoded value still has its encoded words, unfolded."""
    raw = b"From: =?utf-8?q?a=2C?=\r\n =?utf-8?q?b?= <a@example.com>\r\n\r\n"
    (header,) = parse_headers(raw)

    assert "=?utf-8?q?a=2C?= =?utf-8?q?b?= <a@example.com>" == undecoded(raw, header)
    assert "a,b <a@example.com>" == header.value


def test_too_many_fields():
    """MAX_FIELDS stops the reading with a defect, and the body is found all the same."""
    raw = b"A: b\r\n" * (headers.MAX_FIELDS + 5) + b"\r\nbody"

    message = parse(raw)

    assert headers.MAX_FIELDS == len(message.headers)
    assert "too_many_headers" in codes(message)
    assert "body" == message.texts[0].text


def test_too_long_block():
    """A block beyond MAX_BLOCK is cut, and the body is found all the same."""
    raw = b"".join(b"X%d: %s\r\n" % (i, b"x" * 5_000) for i in range(300)) + b"\r\nbody"

    message = parse(raw)

    assert "header_block_too_long" in codes(message)
    assert "body" == message.texts[0].text


def test_too_long_field():
    """A field beyond MAX_VALUE is decoded up to there; its span is whole."""
    raw = b"Subject: " + b"x" * (headers.MAX_VALUE + 10) + b"\r\n\r\n"
    defects = DefectList()

    block = read_block(raw, 0, len(raw), defects, 0)

    assert headers.MAX_VALUE >= len(block.headers[0].value)
    assert len(raw) - 2 == block.headers[0].span.end
    assert ["header_field_too_long"] == [d.code for d in defects.all()]


def test_too_much_loose_text():
    """Lines without a colon are kept up to MAX_LOOSE."""
    raw = b"A: b\r\n" + b"loose line\r\n" * 10_000 + b"Subject: x\r\n\r\n"

    block = read_block(raw, 0, len(raw), DefectList(), 0)

    assert headers.MAX_LOOSE == len(block.loose)


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\r", b"a", b":", b" x\r\n", b"\r\n\r\n", b"A:\r\n \r\n \r\n"]
)
def test_smallest_blocks(raw):
    """There is an answer for blocks of almost nothing."""
    block = read_block(raw, 0, len(raw), DefectList(), 0)

    assert 0 <= block.span.start <= block.span.end <= block.body <= len(raw)
