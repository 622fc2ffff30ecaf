"""QR codes in pictures become links."""

import base64
from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lazaretto.mail.budget import MAX_PICTURES, Budget
from lazaretto.mail.files import qr
from lazaretto.mail.parse import parse

TARGET = "https://login.evil.example/x?u=1"


def picture(text=TARGET, kind="PNG", size=None, mode="L"):
    view = memoryview(
        zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=4)
    )
    image = Image.frombytes("L", (view.shape[1], view.shape[0]), bytes(view)).convert(mode)
    if size:
        image = image.resize(size)
    out = BytesIO()
    image.save(out, kind)
    return out.getvalue()


def letter(content, kind="image/png", disposition="inline"):
    return (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/html\r\n\r\n<p>scan me</p><img src='cid:1'>\r\n"
        b"--x\r\nContent-Type: " + kind.encode() + b"\r\nContent-ID: <1>\r\nContent-Disposition: "
        + disposition.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content) + b"\r\n--x--\r\n"
    )  # fmt: skip


def codes(message):
    return [(link.href, link.place) for link in message.links if link.place == "qr"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
def test_every_format(kind):
    """A code is read in every format that clients show."""
    assert (TARGET,) == qr.read_codes(picture(kind=kind), Budget())


@pytest.mark.parametrize("disposition", ["inline", "attachment"])
def test_in_a_message(disposition):
    """The link of a code is a link of the message, with its part."""
    message = parse(letter(picture(), disposition=disposition))

    assert [(TARGET, "qr")] == codes(message)
    assert "evil.example" == message.links[-1].domain
    assert 2 == message.links[-1].part


def test_type_that_lies():
    """What counts is what the bytes are."""
    assert [(TARGET, "qr")] == codes(parse(letter(picture(), kind="application/octet-stream")))


def test_written_into_a_page():
    """A picture in a data address is read too."""
    page = b"<img src='data:image/png;base64," + base64.b64encode(picture()) + b"'>"
    message = parse(b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + page)

    assert [(TARGET, "qr")] == codes(message)


def test_transparent_and_inverted():
    """Black on nothing is black on white; light on dark is read as well."""
    light = Image.open(BytesIO(picture())).point(lambda value: 255 - value)
    out = BytesIO()
    light.save(out, "PNG")
    clear = Image.new("RGBA", light.size, (0, 0, 0, 0))
    clear.putalpha(light)  # black ink on nothing
    other = BytesIO()
    clear.save(other, "PNG")

    assert (TARGET,) == qr.read_codes(out.getvalue(), Budget())
    assert (TARGET,) == qr.read_codes(other.getvalue(), Budget())


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("www.evil.example/a", ["http://www.evil.example/a"]),
        ("Pay at https://evil.example/pay now", ["https://evil.example/pay"]),
        ("mailto:x@evil.example", ["mailto:x@evil.example"]),
        ("just words", []),
    ],
)
def test_what_codes_say(text, links):
    """A code may hold an address with or without its scheme, or words around it."""
    assert links == [link.href for link in qr.qr_links(picture(text), 0, Budget())]


def test_limits(monkeypatch):
    """Too many bytes, too many pixels, too small, too many codes, pictures of a message: not read, no error."""
    monkeypatch.setattr(qr, "MAX_PICTURE", 10)

    assert () == qr.read_codes(picture(), Budget())
    monkeypatch.undo()
    monkeypatch.setattr(qr, "MAX_PIXELS", 100)

    assert () == qr.read_codes(picture(), Budget())
    monkeypatch.undo()

    assert () == qr.read_codes(picture(size=(20, 20)), Budget())
    monkeypatch.setattr(qr, "MAX_CODES", 0)

    assert () == qr.read_codes(picture(), Budget())
    monkeypatch.undo()
    part = letter(picture()).split(b"--x\r\n")[2].replace(b"--x--", b"")
    many = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    many += b"".join(b"--x\r\n" + part for _ in range(MAX_PICTURES + 3)) + b"--x--\r\n"

    assert MAX_PICTURES == len(codes(parse(many)))
    embedded = "'".join(["data:image/png;base64," + "A" * 200] * (qr.MAX_EMBEDDED + 5))

    assert qr.MAX_EMBEDDED == len(list(qr.embedded_pictures(embedded)))


def test_large_picture_is_made_smaller():
    """A code in a large photograph is found."""
    assert (TARGET,) == qr.read_codes(picture(size=(3000, 3000)), Budget())
    assert max(qr._grey(picture(size=(3000, 3000)), Budget()).size) <= qr.MAX_SIDE


def test_broken_pictures():
    """Cut and damaged files are no error."""
    whole = picture(kind="JPEG")
    for end in range(0, len(whole), 97):
        qr.read_codes(whole[:end], Budget())
    for at in range(0, len(whole), 101):
        qr.read_codes(whole[:at] + b"\xff" + whole[at + 1 :], Budget())

    assert () == qr.read_codes(whole[:50], Budget())


@given(
    st.binary(max_size=400),
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"BM", b"RIFF....WEBP"]),
)
def test_total(octets, head):
    """Any bytes after any head are read or not, without an error."""
    assert isinstance(qr.read_codes(head + octets, Budget()), tuple)
