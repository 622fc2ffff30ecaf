"""Macros, fields and texts of Office documents."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.budget import Budget
from lazaretto.mail.defects import DefectList
from lazaretto.mail.files import documents, vba
from lazaretto.mail.files.attachments import Content, inspect
from lazaretto.mail.files.documents import read_open_xml
from lazaretto.mail.files.vba import macro_traits, sources
from tests.unit.mail.files import CONTENT_TYPES, ole_of, zip_of


def packed(source: bytes) -> bytes:
    """A module as Office packs it, without repetitions. MS-OVBA 2.4.1.3.6."""
    source = b'Attribute VB_Name = "M"\r\n' + source
    out = b"\x01"
    for start in range(0, len(source), 3_000):
        piece = source[start : start + 3_000]
        chunk = b"".join(b"\x00" + piece[i : i + 8] for i in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | len(chunk) - 1) + chunk
    return out


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("0119b000616263646566676800696a6b6c6d6e6f70007172737475762e", b"abcdefghijklmnopqrstuv."),
        ("0103b002614500", b"a" * 73),
        (
            "012fb000236161616263646582660070616768696a013808616b6c00306d6e6f700671027004107273747576107778797a003c",
            b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
        ),
    ],
)
def test_examples_of_the_standard(written, plain):
    """MS-OVBA 3.2.1 to 3.2.3."""
    assert plain == vba._unpacked(bytes.fromhex(written), 0)


@pytest.mark.parametrize(
    ("part", "acts"),
    [
        (b"<w:r><w:instrText>DDEAUTO c:\\x cmd</w:instrText></w:r>", True),
        (b"<w:instrText>DD</w:instrText><w:instrText>E c:\\x cmd</w:instrText>", True),
        (b'<w:fldSimple w:instr=" DDEAUTO c:\\x cmd">', True),
        (b"<w:instrText> TOC </w:instrText><w:t>A DDE server is old.</w:t>", False),
    ],
)
def test_fields_that_act(part, acts):
    """The instructions of fields count, put together; a text about them does not."""
    data = zip_of(CONTENT_TYPES | {"word/document.xml": part})

    assert acts is ("dde" in read_open_xml(data, Budget()).traits)


@pytest.mark.parametrize(
    ("source", "traits"),
    [
        (b"Sub AutoOpen()\r\n x = 1\r\nEnd Sub", ("auto_macro",)),
        (b"Private Sub Workbook_Open()\r\n Shell(Chr(99) & StrReverse(a))", ("auto_macro", "odd_macro")),
        (b'Sub Go()\r\n CreateObject("WScript.Shell").Run x', ("odd_macro",)),
        (b'Sub Total()\r\n Range("A1").Value = 3\r\n s = Chr(10)\r\nEnd Sub', ()),
    ],
)
def test_what_macros_do(source, traits):
    """By themselves, or dangerous, or neither; in both kinds of document."""
    project = packed(source)
    old = inspect(
        Content(0, ole_of("WordDocument", "VBA", content=project), "a.doc", ""), DefectList(), Budget()
    )
    new = read_open_xml(zip_of(CONTENT_TYPES | {"word/vbaProject.bin": project}), Budget())

    assert traits == macro_traits(project, Budget())
    assert ("macro", *traits) == old.attachment.traits
    assert ("macro", *traits) == new.traits


def test_macro_limits(monkeypatch):
    """Modules and bytes of a module are bounded."""
    many = b"xxx".join(packed(b"x") for _ in range(5))
    monkeypatch.setattr(vba, "MAX_MODULES", 2)

    assert 2 == len(sources(many, Budget()))
    monkeypatch.setattr(vba, "MAX_SOURCE", 3_000)
    assert 3_000 <= len(sources(packed(bytes(20_000)), Budget())[0]) <= 3_000 + 4_096


@given(st.binary(max_size=200))
def test_any_macros(data):
    """Whatever follows the mark is read to an end."""
    found = sources(b"\x01" + data[:2] + b"\x00Attribut" + data, Budget())

    assert len(found) <= vba.MAX_MODULES
    assert macro_traits(data, Budget()) in {(), ("odd_macro",), ("auto_macro",), ("auto_macro", "odd_macro")}


def document(**parts):
    return zip_of(CONTENT_TYPES | {name.replace("__", "/") + ".xml": text for name, text in parts.items()})


@pytest.mark.parametrize(
    ("data", "host"),
    [
        (
            document(word__document=b"<w:p><w:t>see http://ru</w:t><w:t>ns.test/a</w:t></w:p><w:p>b</w:p>"),
            "runs.test",
        ),
        (
            document(xl__sharedStrings=b"<si><t>http://cell.test/?a=1&amp;b=2</t></si><si><t>x</t></si>"),
            "cell.test",
        ),
        (document(ppt__slides__slide1=b"<a:p><a:t>http://slide.test/</a:t></a:p><a:p>x</a:p>"), "slide.test"),
    ],
)
def test_addresses_in_texts(data, host):
    """One address in several runs is one; the next paragraph does not belong to it."""
    found = inspect(Content(3, data, "a.docx", ""), DefectList(), Budget())

    assert [(host, "attachment", 3, -1)] == [
        (link.host, link.place, link.part, link.start) for link in found.links
    ]
    assert not found.links[0].href.endswith(("b", "x"))


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (document(word__document=b"<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>"), True),
        (document(word__document=b"<w:instrText>DD</w:instrText><w:instrText>E x</w:instrText>"), True),
        (document(xl__externalLinks__externalLink1=b"<ddeLink ddeService='cmd'/>"), True),
        (document(word__document=b"<w:instrText>PAGE</w:instrText>"), False),
        (document(word__document=b"<w:t>DDE is old</w:t>"), False),
    ],
)
def test_fields_that_start_programs(data, seen):
    """Only in fields, also when split."""
    assert seen == ("dde" in read_open_xml(data, Budget()).traits)


def test_text_limits(monkeypatch):
    """So many inner files are read for their text, and so many bytes of macros."""
    slides = {f"ppt__slides__slide{i}": b"<a:t>x</a:t>" for i in range(20)}

    assert documents.MAX_TEXT_PARTS == len(read_open_xml(document(**slides), Budget()).texts)
    monkeypatch.setattr(documents, "MAX_MACROS", 10)
    found = read_open_xml(
        zip_of(CONTENT_TYPES | {"word/vbaProject.bin": packed(b"Sub AutoOpen()")}), Budget()
    )
    assert ("macro",) == found.traits
