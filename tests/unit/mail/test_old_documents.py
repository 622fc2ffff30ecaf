"""What old documents, RTF, OpenDocument and tables in text hold that acts, and the addresses in them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.budget import Budget
from lazaretto.mail.files import documents, old_documents
from lazaretto.mail.files.old_documents import (
    MAX_RECORDS,
    MAX_URIS,
    addresses,
    old_traits,
    rtf_traits,
    table_traits,
)
from lazaretto.mail.parse import parse
from tests.unit.mail.files import CONTENT_TYPES, ole_of, zip_of
from tests.unit.mail.letters import file_part, multipart
from tests.unit.mail.test_embedded import note_of, ole_with, rtf_of
from tests.unit.mail.test_qr import TARGET, picture

WIDE = "http://wide.test/x".encode("utf-16-le")


def attached(data, name="a.doc"):
    message = parse(multipart(file_part(data, name)))
    return message.attachments[0].traits, [link.href for link in message.links]


def test_addresses():
    """In one and in two bytes a character; the names of formats are none."""
    data = (
        b"\x00http://narrow.test/a?b=1\x00"
        + WIDE
        + b"\x00\x00http://ns.adobe.com/xap/ http://www.w3.org/1999/"
    )

    assert ("http://narrow.test/a?b=1", "http://wide.test/x") == addresses(data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (ole_of("WordDocument", content=WIDE), "a.doc"),
        (ole_of("__properties_version1.0", content=WIDE), "a.msg"),
        (rb'{\rtf1 {\field{\*\fldinst HYPERLINK "http://wide.test/x"}{\fldrslt Open}}}', "a.rtf"),
        (note_of(b"x") + WIDE, "a.one"),
    ],
)
def test_links_of_old_documents(data, name):
    """They are links of the message."""
    assert ["http://wide.test/x"] == attached(data, name)[1]


def test_installers_name_no_links():
    """An installer is full of addresses of its makers."""
    data = ole_of("\u4840\u3f3f", content=b"http://maker.test/help")

    assert [] == attached(data, "a.msi")[1]


@pytest.mark.parametrize(
    ("data", "trait"),
    [
        (rtf_of(b"Equation.3", b"abc"), "equation"),
        (rtf_of(b"eQuAtIoN.2", b"abc"), "equation"),
        (rtf_of(b"x", bytes.fromhex("02ce020000000000c000000000000046")), "equation"),
        (rtf_of(b"x", "Equation Native".encode("utf-16-le")), "equation"),
        (rtf_of(b"x", b"abc").replace(rb"\objemb", rb"\objemb\objupdate"), "auto_object"),
        (rb"{\rtf1 {\field{\*\fldinst {\rtlch DDEAUTO c:\\x cmd}}}}", "dde"),
        (rb"{\rtf1 {\*\template http://evil.test/a.dot}}", "external_template"),
    ],
)
def test_traits_of_rtf(data, trait):
    """Objects of the old editor by name, by class and by what they hold; objects and fields that act."""
    assert trait in rtf_traits(data, Budget())
    assert trait in attached(data, "a.rtf")[0]


def test_plain_rtf():
    """Text about such things is no such thing."""
    assert () == rtf_traits(rb"{\rtf1 DDE and \\objupdate and Equation.3 are explained {\i here}.}", Budget())


@pytest.mark.parametrize(
    ("data", "trait"),
    [
        (ole_of("WordDocument", "Equation Native"), "equation"),
        (ole_of("WordDocument", content=b"\x13 DDEAUTO c:\\\\x cmd\x14"), "dde"),
        (ole_of("WordDocument", content="\x13DDE c:\\x cmd\x14".encode("utf-16-le")), "dde"),
    ],
)
def test_traits_of_old_documents(data, trait):
    """An equation, and fields in both ways of writing."""
    assert trait in old_traits(data)
    assert trait in attached(data)[0]


def record(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def book(*sheets, head=b""):
    """A workbook whose sheets are of these kinds."""
    names = b"".join(record(0x85, bytes(4) + bytes((2, kind)) + b"\x01\x00a") for kind in sheets)
    return ole_with(
        "Workbook", (record(0x809, bytes(16)) + head + names + record(0x0A, b"")).ljust(5_000, b"\0")
    )


def test_macro_sheets():
    """A sheet of macros in the old format; sheets of cells and charts are none."""
    assert ("macro", "xlm_macro") == old_traits(book(0, 1))
    assert () == old_traits(book(0, 2))
    assert {"macro", "xlm_macro"} <= set(attached(book(1), "a.xls")[0])


@pytest.mark.parametrize(
    ("cell", "acts"),
    [
        (b"=cmd|'/C calc'!A0", True),
        (b"a,b\r\n1,@SUM(1+1)*cmd|'/c x'!A", True),
        (b"\"=MSEXCEL|'\\..\\..\\cmd.exe /c x'!_xlbgnm.A1\"", True),
        (b"name,cmd|powershell\r\n", False),
        (b"=SUM(A1:A9),x|y", False),
    ],
)
def test_cells_that_act(cell, acts):
    """Formulas that start a program; a bar in a text is none."""
    assert acts is (table_traits(cell) == ("dde",))
    assert acts is ("dde" in attached(b"a,b\r\n" + cell, "a.csv")[0])


def open_document(**members):
    kind = {"mimetype": b"application/vnd.oasis.opendocument.text"}
    return zip_of(
        kind | {name.replace("__", "/").replace("_", ".", 1): data for name, data in members.items()}
    )


def test_open_documents():
    """Links, texts and macros; the lists of an empty library are no macros."""
    link = b'<text:a xlink:href="https://a.test/?x=1&amp;y=2">Open</text:a><text:p>http://b.test/</text:p>'
    plain = open_document(content_xml=link, Basic__Module1_xml=b"x")
    traits, links = attached(plain, "a.odt")

    assert ["https://a.test/?x=1&y=2", "http://b.test/"] == links
    assert ("macro",) == traits
    assert () == attached(zip_of(CONTENT_TYPES), "a.zip")[0]
    data = zip_of(
        {"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/Standard/script-lb.xml": b"<x/>"}
    )
    assert () == attached(data, "a.odt")[0]


def test_locked_open_document():
    """Its list of files says that they are encrypted."""
    data = zip_of(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": b"<manifest:encryption-data/>",
        }
    )

    assert parse(multipart(file_part(data, "a.odt"))).attachments[0].encrypted


@pytest.mark.parametrize(
    "data",
    [
        zip_of(CONTENT_TYPES | {"word/document.xml": b"x", "word/media/image1.png": picture()}),
        zip_of({"mimetype": b"application/vnd.oasis.opendocument.text", "Pictures/1.png": picture()}),
    ],
    ids=["Word", "OpenDocument"],
)
def test_codes_in_documents(data):
    """A code in a picture of a document is a link of the message; so many pictures are looked at."""
    message = parse(multipart(file_part(data, "a.docx")))

    assert [(TARGET, "qr")] == [(link.href, link.place) for link in message.links]
    many = {f"word/media/{n}.png": picture(f"https://e.test/{n}") for n in range(documents.MAX_PICTURES + 2)}
    message = parse(
        multipart(file_part(zip_of(CONTENT_TYPES | {"word/document.xml": b"x"} | many), "a.docx"))
    )
    assert documents.MAX_PICTURES == len(message.links)


def test_large_pictures_of_documents(monkeypatch):
    """A picture of more bytes than are read is not one."""
    monkeypatch.setattr(documents, "MAX_PICTURE", 50)
    data = zip_of(CONTENT_TYPES | {"word/document.xml": b"x", "word/media/image1.png": picture()})

    assert () == parse(multipart(file_part(data, "a.docx"))).links


def test_limits(monkeypatch):
    """Addresses, bytes and records are bounded."""
    many = b" ".join(b"http://a.test/%d" % n for n in range(MAX_URIS + 5))

    assert MAX_URIS == len(addresses(many))
    assert () == old_traits(book(1, head=record(1, b"") * MAX_RECORDS))
    monkeypatch.setattr(old_documents, "MAX_SEARCHED", 20)
    assert () == addresses(b" " * 20 + b"http://a.test/")
    assert () == table_traits(b" " * 20 + b"\n=cmd|'x'!A")
    assert () == rtf_traits(b"{\\rtf1" + b" " * 20 + b"\\objdata", Budget())


@given(st.binary(max_size=300))
def test_total(data):
    """Nothing raises, whatever a document holds."""
    addresses(data)
    rtf_traits(b"{\\rtf1 \\objdata " + data, Budget())
    old_traits(ole_of("Workbook", "WordDocument", content=data))
    table_traits(data)
