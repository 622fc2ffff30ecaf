"""From bytes to Message: properties that hold for all bytes."""

import base64
import itertools
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail import budget, defects
from lazaretto.mail import parse as module
from lazaretto.mail.parse import parse, parse_chunks, parse_headers
from lazaretto.model.message import Message
from tests.unit.mail.files import CONTENT_TYPES, ole_of, pdf_of, tar_of, zip_of
from tests.unit.mail.letters import codes, file_part, html_letter, letter, multipart, part

PIECES = [
    b"\r", b"\n", b"\r\n", b"\x00", b'"', b"<", b">", b"(", b"=?utf-8?b?", b"?=", b";", b":", b"\xff", b"=", b"--b1\r\n", b"--b1--",
    b"Content-Type: multipart/mixed; boundary=b1\r\n", b"Content-Type: message/rfc822\r\n", b"Content-Type: text/html\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n", b"&#xD800;", b"<style>", b"<!--",
    b"+2AA-", b"charset=utf-7", b"charset=utf-16", b"begin 644 x\n", b"PK\x03\x04", b"%PDF-", b"Received: from a by b; ", b"Date: ",
]  # fmt: skip
SEEDS = [
    letter(
        "Hello http://x.test/ there",
        Date="Fri, 21 Nov 1997 09:55:06 -0600",
        Received="from a (b [192.0.2.1]) by c",
    ),
    html_letter(
        "<p style='color:#fff'>x<a href='http://x.test/?a&amp;b'>y</a><form><input type=password></form>"
    ),
    multipart(
        part(
            "plain",
            Content_Type="text/plain; charset=iso-8859-1",
            Content_Transfer_Encoding="quoted-printable",
        ),
        file_part(zip_of({"a.exe": b"MZ"}), "=?utf-8?q?a=2Ezip?="),
        file_part(pdf_of(b"/JS"), "b.pdf"),
        file_part(ole_of("WordDocument"), "c.doc"),
        file_part(tar_of({"x": b"y"}, "w:gz"), "d.tgz"),
        part(letter("inner"), Content_Type="message/rfc822"),
        part(
            base64.encodebytes(html_letter("<b>deep")),
            Content_Type="message/rfc822",
            Content_Transfer_Encoding="base64",
        ),
    ),
    multipart(file_part(zip_of(CONTENT_TYPES | {"word/vbaProject.bin": b"x"}), "e.docm")),
]


@st.composite
def mutated(draw):
    """A real-like message with pieces inserted, removed and changed."""
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 12))):
        at = draw(st.integers(0, len(raw)))
        match draw(st.integers(0, 3)):
            case 0:
                raw[at:at] = draw(st.sampled_from(PIECES))
            case 1:
                del raw[at : at + draw(st.integers(1, 40))]
            case 2:
                raw[at : at + 1] = draw(st.binary(max_size=2))
            case _:
                start = draw(st.integers(0, len(raw)))
                raw[at:at] = raw[start : start + draw(st.integers(1, 200))]
    return bytes(raw)


def strings(value):
    """Every string in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))


def check(raw: bytes, message: Message) -> None:
    """What holds for every message."""
    assert len(raw) == message.size
    for index, each in enumerate(message.parts):
        assert index == each.index
        assert 0 <= each.header.start <= each.header.end <= each.body.start <= each.body.end <= len(raw)
        if each.parent is not None:
            above = message.parts[each.parent]
            assert above.index < index
            assert above.depth + 1 == each.depth
            assert above.body.start <= each.header.start
            assert each.body.end <= above.body.end
        for header in each.headers:
            assert each.header.start <= header.span.start < header.span.end <= each.body.start
    count = len(message.parts)
    for thing in (*message.texts, *message.html, *message.links, *message.attachments):
        assert 0 <= thing.part < count
    for text in strings(message):
        text.encode("utf-8")
    texts = {}
    for text in message.texts:
        texts.setdefault(text.part, []).append(text.text)
    for link in message.links:
        if link.start >= 0:
            assert any(link.start < link.end <= len(text) for text in texts[link.part])
    for defect in message.defects:
        assert defects.SENTENCES[defect.code] == defect.text
    assert message.headers == parse_headers(raw)


@given(st.binary(max_size=2_000))
@settings(max_examples=300)
def test_any_bytes(raw):
    """No bytes raise, and every offset lies inside the input."""
    check(raw, parse(raw))


@given(mutated())
@settings(max_examples=400)
def test_mutated_mail(raw):
    """Mail that is broken anywhere does not raise, its parts lie within each other, and reading again gives the same."""
    message = parse(raw)

    check(raw, message)
    assert message == parse(raw)


@given(st.sampled_from(SEEDS), st.lists(st.integers(0, 3_000), max_size=10))
@settings(max_examples=60)
def test_chunking_makes_no_difference(raw, cuts):
    """However the bytes arrive, the message is the same."""
    edges = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]

    assert parse(raw) == parse_chunks(raw[a:b] for a, b in itertools.pairwise(edges))


def test_a_whole_letter():
    """The fields of an ordinary letter are where they belong."""
    message = parse(
        letter(
            "Hello Bob.",
            Sender="desk@example.com",
            Reply_To="r@example.org",
            Cc="C <c@example.net>",
            Subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=",
            Message_ID=" <id@example.com> (comment)",
            In_Reply_To="<one@x>",
            References="<one@x><two@x> junk\r\n <three@x>",
            Date="Fri, 21 Nov 1997 09:55:06 -0600",
        )
    )

    assert "alice@example.com" == message.header_from.address
    assert ("desk@example.com", "r@example.org") == (message.sender.address, message.reply_to[0].address)
    assert (["bob@example.net"], ["c@example.net"]) == (
        [a.address for a in message.to],
        [a.address for a in message.cc],
    )
    assert ("Grüße", "<id@example.com>", "<one@x>") == (
        message.subject,
        message.message_id,
        message.in_reply_to,
    )
    assert ("<one@x>", "<two@x>", "<three@x>") == message.references
    assert datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC) == message.date
    assert "Hello Bob." == message.visible_text
    assert () == message.defects


def test_nothing():
    """Even no bytes at all are a message, with one empty part."""
    message = parse(b"")

    assert 1 == len(message.parts)
    assert {"missing_from"} <= codes(message)


def test_too_many_references():
    """MAX_REFERENCES are kept."""
    message = parse(letter(References=" <a@b>" * (module.MAX_REFERENCES + 9)))

    assert module.MAX_REFERENCES == len(message.references)


def test_too_many_list_fields():
    """MAX_HEADER_LINKS of one field and MAX_SAME_FIELDS fields of one name are read."""
    one = letter(List_Unsubscribe="<http://a.test/> " * (module.MAX_HEADER_LINKS + 9))
    many = b"To: a@b.test\r\nList-Help: <http://a.test/>\r\n" * (module.MAX_SAME_FIELDS + 9) + b"\r\n"

    assert module.MAX_HEADER_LINKS == len(parse(one).links)
    assert module.MAX_SAME_FIELDS == len(parse(many).links)
    assert module.MAX_SAME_FIELDS == len(parse(many).to)


def test_encoded_messages_within_each_other():
    """MAX_EMBEDDED levels are opened, with a defect beyond."""
    raw = letter("see http://deep.test/")
    for _ in range(module.MAX_EMBEDDED + 1):
        raw = multipart(
            part(base64.encodebytes(raw), Content_Type="message/rfc822", Content_Transfer_Encoding="base64")
        )

    message = parse(raw)

    assert "embedded_too_deep" in codes(message)
    assert () == message.links


def test_many_encoded_messages():
    """MAX_OPENED encoded messages are opened, also of those within each other."""
    inner = base64.encodebytes(letter("see http://deep.test/"))
    one = part(inner, Content_Type="message/rfc822", Content_Transfer_Encoding="base64")

    message = parse(multipart(*[one] * (budget.MAX_OPENED + 5)))

    assert budget.MAX_OPENED == len(message.links)


def test_too_many_defects():
    """MAX_DEFECTS are kept."""
    message = parse(multipart(*[part("x", Content_Transfer_Encoding="zzz")] * (defects.MAX_DEFECTS + 20)))

    assert defects.MAX_DEFECTS == len(message.defects)
