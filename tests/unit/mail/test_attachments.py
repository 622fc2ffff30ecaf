"""Attachments: hashes, types, traits."""

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import budget
from lazaretto.mail.budget import Budget
from lazaretto.mail.defects import DefectList
from lazaretto.mail.files import attachments, documents, zipfiles
from lazaretto.mail.files.attachments import TRAITS, Content, inspect
from lazaretto.mail.parse import parse
from tests.unit.mail.files import CONTENT_TYPES, locked_zip_of, ole_of, pdf_of, relation, zip_of
from tests.unit.mail.letters import codes, file_part, letter, multipart, part


def look(data, name=None):
    return inspect(Content(1, data, name, "application/octet-stream"), DefectList(), Budget())


def test_what_an_attachment_says():
    """Name, both types, size and hashes are those of the decoded content."""
    content = b"MZ" + bytes(100)
    (found,) = parse(multipart(file_part(content, "inv.pdf", "application/pdf"))).attachments

    assert ("inv.pdf", "application/pdf", "application/x-dosexec") == (
        found.filename,
        found.declared_type,
        found.detected_type,
    )
    assert (102, 1, False, False) == (found.size, found.part, found.inline, found.encrypted)
    assert hashlib.md5(content).hexdigest() == found.md5
    assert hashlib.sha1(content).hexdigest() == found.sha1
    assert hashlib.sha256(content).hexdigest() == found.sha256


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (zip_of(CONTENT_TYPES | {"word/vbaProject.bin": b""}), {"macro"}),
        (zip_of(CONTENT_TYPES | {"xl/macrosheets/s.xml": b""}), {"macro", "xlm_macro"}),
        (zip_of(CONTENT_TYPES | {"word/embeddings/o.bin": b""}), {"embedded_object"}),
        (
            zip_of(
                CONTENT_TYPES
                | {"word/_rels/settings.xml.rels": relation("attachedTemplate", "http://t.test/x")}
            ),
            {"external_template"},
        ),
        (ole_of("WordDocument", "_VBA_PROJECT"), {"macro"}),
        (ole_of("WordDocument", "\x01Ole10Native"), {"embedded_object"}),
        (pdf_of(b"/OpenAction <</S /JavaScript /JS (x)>>"), {"pdf_javascript", "pdf_open_action"}),
        (pdf_of(b"/S /J#61vaScript"), {"pdf_javascript"}),
        (pdf_of(b"/S /Launch"), {"pdf_launch"}),
        (pdf_of(b"", compressed=b"<</S /JavaScript>>"), {"pdf_javascript"}),
        (pdf_of(b"/EmbeddedFiles /JSX"), set()),
        (pdf_of(b"/Type /EmbeddedFile /AcroForm 1 0 R"), {"pdf_embedded_file", "pdf_form"}),
        (b"{\\rtf1 {\\object\\objdata 01}}", {"embedded_object"}),
        (b"{\\rtf1 {\\*\\template http://t.test}}", {"external_template"}),
        (b"<html><form action=x><input type=password></form></html>", {"html_form", "html_password_field"}),
        (b"<html><meta http-equiv=refresh content='0;url=http://x.test'>", {"html_refresh"}),
        (
            b"<html><script>var b=new Blob([atob(x)]);a.href=URL.createObjectURL(b);a.download='x.zip';</script>",
            {"html_script", "html_smuggling"},
        ),
        (
            b"<html><script>document.write(unescape('%s'))</script>" % (b"QUJD" * 600),
            {"html_script", "html_smuggling"},
        ),
        (b"<svg><script>alert(1)</script></svg>", {"svg_script"}),
        (b"<svg onload = 'x'>", {"svg_script"}),
        (b"<svg><path/></svg>", set()),
        (b"\x78\x9f\x3e\x22rest", {"tnef"}),
        (b"\x1f\x8bbroken", {"archive_broken"}),
        (b"plain text, nothing else.", set()),
    ],
)
def test_traits(data, expected):
    """What the content holds is named, with names of the closed set."""
    found = set(look(data).attachment.traits)

    assert expected == found
    assert found <= TRAITS.keys()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (locked_zip_of({"a": b"x"}), True),
        (zip_of({"a": b"x"}), False),
        (ole_of("EncryptedPackage", "EncryptionInfo"), True),
        (ole_of("WordDocument", content=b"\xec\xa5" + bytes(8) + b"\x00\x01"), True),
        (ole_of("WordDocument", content=b"\xec\xa5" + bytes(8) + b"\x00\x00"), False),
        (ole_of("Workbook", content=b"\x09\x08\x02\x00\x00\x06\x2f\x00"), True),
        (ole_of("Workbook", content=b"\x09\x08\x02\x00\x00\x06\xe1\x00"), False),
        (pdf_of(b"/Encrypt 5 0 R"), True),
        (pdf_of(b"/EncryptMetadata false"), False),
    ],
)
def test_encryption(data, expected):
    """Content that cannot be read without a password is told."""
    assert expected == look(data).attachment.encrypted


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pdf_of(b"/URI (https://evil.test/a\\)b)"), ["https://evil.test/a)b"]),
        (pdf_of(b"", compressed=b"/A <</URI(http://deep.test)>>"), ["http://deep.test"]),
        (
            zip_of(
                CONTENT_TYPES | {"word/_rels/d.rels": relation("hyperlink", "http://x.test/?a=1&amp;b=2")}
            ),
            ["http://x.test/?a=1&b=2"],
        ),
        (b"<html><a href='http://page.test'>x</a>", ["http://page.test"]),
        (b"[InternetShortcut]\r\nURL=http://short.test/\r\n", ["http://short.test/"]),
        (b"see http://text.test/ now", ["http://text.test/"]),
    ],
)
def test_links_of_attachments(data, expected):
    """Addresses inside documents are links of their part."""
    links = look(data).links

    assert expected == [link.href for link in links]
    assert {("attachment", 1, -1)} == {(link.place, link.part, link.start) for link in links}


def test_which_parts_are_attachments():
    """Text without a name is the body, text with a name is both, everything else is a file."""
    raw = multipart(
        part("body", Content_Type="text/plain"),
        part("note", Content_Type='text/plain; name="note.txt"'),
        part("file", Content_Type="text/plain", Content_Disposition="attachment; filename=f.txt"),
        part("card", Content_Type="text/vcard"),
        part("\x89PNG\r\n", Content_Type="image/png", Content_ID="<i@x>"),
        part("delivery", Content_Type="message/delivery-status"),
    )

    message = parse(raw)

    assert [1, 2, 6] == [t.part for t in message.texts]
    assert [(2, False), (3, False), (4, False), (5, True)] == [
        (a.part, a.inline) for a in message.attachments
    ]


def test_root_is_always_the_body():
    """A text that is the message itself is shown, whatever its disposition says."""
    message = parse(letter("hello", Content_Disposition="attachment; filename=x.txt"))

    assert ["hello"] == [t.text for t in message.texts]


def test_too_many_attachments():
    """MAX_ATTACHMENTS are listed, with a defect."""
    message = parse(multipart(*[part("x", Content_Type="image/png")] * (attachments.MAX_ATTACHMENTS + 3)))

    assert attachments.MAX_ATTACHMENTS == len(message.attachments)
    assert "too_many_attachments" in codes(message)


def test_budget_of_looking(monkeypatch):
    """Beyond MAX_LOOKED_INTO bytes only the hashes are taken."""
    monkeypatch.setattr(budget, "MAX_LOOKED_INTO", 1_000)
    page = b"<html><form></form>" + b" " * 600

    message = parse(multipart(file_part(page, "a.html"), file_part(page, "b.html")))

    assert [("html_form",), ()] == [a.traits for a in message.attachments]


def test_budget_of_listing():
    """Beyond MAX_LISTED members further archives are not looked into."""
    archive = zip_of({f"{i}": b"" for i in range(900)})
    count = budget.MAX_LISTED // 900 + 2

    message = parse(multipart(*[file_part(archive, f"{i}.zip") for i in range(count)]))

    assert 900 == len(message.attachments[0].members)
    assert () == message.attachments[-1].members


def test_budget_of_pages():
    """Attached pages share MAX_HTML with the bodies; beyond MAX_PAGE a page is not read."""
    page = b"<html>" + b" " * attachments.MAX_PAGE + b"<form>"
    small = b"<html><form></form>" + b" " * 900_000
    count = budget.MAX_HTML // 900_000 + 2

    message = parse(multipart(*[file_part(small, f"{i}.html") for i in range(count)]))

    assert () == look(page).attachment.traits
    assert [("html_form",), ()] == [message.attachments[0].traits, message.attachments[-1].traits]


def test_limits_of_large_documents():
    """Beyond MAX_PDF and MAX_DOCUMENT_PART bytes nothing is looked at, and MAX_DICTIONARY bytes separate type and stream."""
    late = b"%PDF-" + bytes(documents.MAX_PDF) + b"/JavaScript "
    relations = b" " * zipfiles.MAX_DOCUMENT_PART + relation("hyperlink", "http://x.test")
    far = b"%PDF-/ObjStm" + b" " * documents.MAX_DICTIONARY + b"stream\n" + zlib.compress(b"/JavaScript ")

    assert () == documents.read_pdf(late, Budget()).traits
    assert (
        () == documents.read_open_xml(zip_of(CONTENT_TYPES | {"word/_rels/a.rels": relations}), Budget()).uris
    )
    assert () == documents.read_pdf(far, Budget()).traits


def test_limits_of_documents():
    """MAX_URIS, MAX_ATTACHED_LINKS, MAX_RELATIONS, MAX_STREAMS and MAX_STREAM end the reading."""
    many = b"".join(b"/URI (http://x.test/%d)" % i for i in range(documents.MAX_URIS + 9))
    relations = {
        f"word/_rels/{i}.rels": relation("hyperlink", f"http://x.test/{i}")
        for i in range(documents.MAX_RELATIONS + 9)
    }
    streams = b"".join(
        pdf_of(b"", compressed=b"/URI (http://x.test/%d)" % i) for i in range(documents.MAX_STREAMS + 9)
    )
    late = pdf_of(b"", compressed=b" " * documents.MAX_STREAM + b"/JavaScript ")

    assert documents.MAX_URIS == len(documents.read_pdf(pdf_of(many), Budget()).uris)
    assert attachments.MAX_ATTACHED_LINKS >= len(look(pdf_of(many)).links)
    assert (
        documents.MAX_RELATIONS
        == len(documents.read_open_xml(zip_of(CONTENT_TYPES | relations), Budget()).uris) + 1
    )
    assert documents.MAX_STREAMS == len(documents.read_pdf(streams, Budget()).uris)
    assert () == documents.read_pdf(late, Budget()).traits


def test_archive_defects():
    """Archives that cannot be read, or are too large, are defects of the message."""
    message = parse(
        multipart(
            file_part(b"\x1f\x8bbroken", "a.gz"),
            file_part(zip_of({f"{i}": b"" for i in range(1_100)}), "b.zip"),
        )
    )

    assert {"bad_archive", "archive_too_large"} <= codes(message)


@given(
    st.sampled_from(
        [
            zip_of(CONTENT_TYPES | {"word/vbaProject.bin": b"x"}),
            ole_of("Workbook", "VBA"),
            pdf_of(b"/JS", b"/URI (x)"),
            b"<html><script>",
            b"{\\rtf1",
            b"\x78\x9f\x3e\x22",
        ]
    ),
    st.integers(0, 600),
    st.binary(max_size=40),
)
def test_total(data, at, patch):
    """Files with bytes changed anywhere never raise."""
    found = look(data[:at] + patch + data[at + len(patch) :]).attachment

    assert set(found.traits) <= TRAITS.keys()
