"""Transfer encodings as clients decode them."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import transfer
from lazaretto.mail.files import uuencode
from lazaretto.mail.files.uuencode import find_files
from lazaretto.mail.parse import parse
from lazaretto.mail.transfer import decode_base64, decode_quoted_printable, decode_transfer, encoding_name
from tests.unit.mail.letters import codes, letter, multipart, part


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"aGVsbG8gd29ybGQ=", b"hello world"),
        (b"aGVsbG8\r\n gd29y\r\nbGQ=\r\n", b"hello world"),
        (b"aGVsbG8gd29ybGQ", b"hello world"),
        (b"aGVs!!bG8g*d29ybGQ=", b"hello world"),
        (b"aGVsbG8=d29ybGQ=", b"helloworld"),
        (b"aGVsbG8=\r\n\r\nd29ybGQ=\r\n", b"helloworld"),
        (b"aGVsbG8gd29ybGQ=X", b"hello world"),
        (b"aGVsbG8gd29ybGQx1", b"hello world1"),
        (b"", b""),
        (b"====", b""),
        (b"a", b""),
    ],
)
def test_base64(data, expected):
    """Foreign characters, inner padding, missing padding and odd ends hide nothing."""
    assert expected == decode_base64(data)[0]


def test_too_many_blocks():
    """Beyond MAX_BLOCKS the padding is ignored and the content is still decoded."""
    decoded, good = decode_base64(b"YQ==" * (transfer.MAX_BLOCKS + 10))

    assert not good
    assert decoded


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"caf=C3=A9", "café".encode()),
        (b"a=\r\nb", b"ab"),
        (b"a=ZZb=", b"a=ZZb"),
        (b"x=\rhidden\rshown", b"xhidden\r\nshown"),
    ],
)
def test_quoted_printable(data, expected):
    """Broken escapes stay, and a bare CR does not swallow what follows."""
    assert expected == decode_quoted_printable(data)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("base64", ("base64", True)),
        ("BASE64 (comment)", ("base64", True)),
        ('"base64"', ("base64", True)),
        ("base 64", ("base64", False)),
        ("8-bit", ("8bit", False)),
        ("Quoted Printable", ("quoted-printable", False)),
        ("", ("7bit", True)),
        ("rot13", ("rot13", False)),
    ],
)
def test_names(value, expected):
    """The spellings that clients take are taken, with a defect."""
    assert expected == encoding_name(value)


def test_uuencoded_file_in_text():
    """A file written into a text is an attachment of it."""
    content = b"MZ" + b"\x00" * 100
    lines = b"".join(binascii.b2a_uu(content[i : i + 45]) for i in range(0, len(content), 45))
    body = (
        b"see below\r\n\r\nbegin 644 ..\\run.exe\r\n" + lines.replace(b"\n", b"\r\n") + b"`\r\nend\r\nbye\r\n"
    )

    (attachment,) = parse(letter(body)).attachments

    assert ("run.exe", "application/x-dosexec", 102) == (
        attachment.filename,
        attachment.detected_type,
        attachment.size,
    )
    assert ("uuencoded",) == attachment.traits


def test_too_many_uuencoded_files():
    """MAX_FILES ends the search."""
    one = b"begin 644 x\n" + binascii.b2a_uu(b"hello") + b"`\nend\n"

    assert uuencode.MAX_FILES == len(list(find_files(one * (uuencode.MAX_FILES + 3))))


def test_uuencode_as_transfer_encoding():
    """The old name of a transfer encoding is understood."""
    body = b"begin 644 x\r\n" + binascii.b2a_uu(b"hello") + b"end\r\n"
    raw = multipart(part(body, Content_Type="application/x", Content_Transfer_Encoding="x-uuencode"))

    (attachment,) = parse(raw).attachments

    assert 5 == attachment.size


def test_broken_base64_is_told():
    """Content is decoded and the defect is noted."""
    message = parse(letter("aGVs!!bG8", Content_Transfer_Encoding="base64"))

    assert "hello" == message.texts[0].text
    assert "bad_base64" in codes(message)


@given(st.binary(max_size=300))
def test_round_trip(data):
    """What an encoder wrote comes back, however it is folded."""
    assert (data, True) == decode_base64(base64.encodebytes(data))
    assert data == decode_quoted_printable(binascii.b2a_qp(data, istext=False))


@given(st.binary(max_size=300), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "x"]))
def test_total(data, encoding):
    """No bytes raise under any encoding."""
    content, _ = decode_transfer(data, encoding)

    assert isinstance(content, bytes)
