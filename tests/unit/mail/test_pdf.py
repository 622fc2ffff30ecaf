"""PDF files: text, links, codes, files, passwords, lures."""

from io import BytesIO

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdfium2 import raw

from lazaretto.mail import budget
from lazaretto.mail.budget import Budget
from lazaretto.mail.files import pdf
from lazaretto.mail.files.pdf import read_pages
from lazaretto.mail.parse import parse
from tests.unit.mail.files import pdf_of
from tests.unit.mail.letters import codes, file_part, multipart, part
from tests.unit.mail.packed import PASSWORD, archive
from tests.unit.mail.test_qr import TARGET, picture

LONG = "These are the minutes of our meeting. " * 30


def pages_of(*texts, uri="", objects=b""):
    """A PDF with these texts, one a page, and a link on each."""
    found = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for text in texts:
        lines = b"".join(b"(%s) Tj T* " % text[i : i + 80].encode() for i in range(0, len(text), 80))
        content = b"BT /F1 10 Tf 12 TL 50 750 Td " + lines + b"ET" + objects
        found.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        link = b"<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/URI/URI(%s)>>>>" % uri.encode()
        found.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>"
            b"/Annots[%s]>>" % (len(found), link if uri else b"")
        )
        kids.append(b"%d 0 R" % len(found))
    found[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out = BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, body in enumerate(found, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj" % number + body + b"endobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(found) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Size %d/Root 1 0 R>>startxref\n%d\n%%%%EOF" % (len(found) + 1, start))
    return out.getvalue()


def code_page(size=(850, 1100), code=(400, 400)):
    """A page that is one picture, with a code in the middle."""
    page = Image.new("L", size, 255)
    page.paste(Image.open(BytesIO(picture())).resize(code), (200, 300))
    out = BytesIO()
    page.save(out, "PDF")
    return out.getvalue()


def carrying(name, content):
    """A PDF with a file inside."""
    document = pypdfium2.PdfDocument(pages_of("see the file"))
    document.new_attachment(name).set_data(content)
    out = BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def read(data, **wishes):
    return read_pages(data, Budget(), **wishes)


def attached(data):
    return parse(multipart(part("hello", Content_Type="text/plain"), file_part(data, "a.pdf")))


def test_text_and_links():
    """Addresses in the text and behind areas are links of the message."""
    message = attached(pages_of("Go to http://written.test/a now", uri="http://area.test/b"))

    assert {"written.test", "area.test"} == {link.host for link in message.links}
    assert {"attachment"} == {link.place for link in message.links}


def test_code_on_a_page():
    """A code on a page leads where it says, as a code does in a picture."""
    message = attached(code_page())

    assert [(TARGET, "qr", 2)] == [(link.href, link.place, link.part) for link in message.links]


def test_files_inside():
    """A file inside is an attachment of its own."""
    message = attached(carrying("run.exe", b"MZ" + bytes(60)))

    assert ["a.pdf", "a.pdf/run.exe"] == [a.filename for a in message.attachments]
    assert "application/x-dosexec" == message.attachments[1].detected_type


@pytest.mark.parametrize(
    ("data", "lure"),
    [
        (code_page(), True),
        (pages_of("Click to open", uri="http://area.test/b"), True),
        (pages_of("Click to open"), False),
        (pages_of(LONG, uri="http://area.test/b"), False),
        (pages_of("a", "b", "c", uri="http://area.test/b"), False),
        (pages_of(LONG), False),
    ],
    ids=["code", "one link", "no link", "text", "three pages", "minutes"],
)
def test_lure(data, lure):
    """One page with a way out and nothing to read is a lure; a document with links is none."""
    assert lure == read(data).lure
    assert lure == ("pdf_lure" in attached(data).attachments[0].traits)


def test_what_the_library_refuses():
    """Then the byte reader still sees addresses and actions."""
    message = attached(pdf_of(b"/S /URI /URI (http://bytes.test/) /S /Launch"))

    assert not read(pdf_of(b"")).opened
    assert ["bytes.test"] == [link.host for link in message.links]
    assert ("pdf_launch",) == message.attachments[0].traits


def test_locked():
    """A PDF under a password is encrypted, and opens with the one of the letter."""
    data = archive("pdf_locked")
    closed = attached(data).attachments[0]
    raw_message = multipart(
        part(f"password: {PASSWORD}", Content_Type="text/plain"), file_part(data, "a.pdf")
    )
    message = parse(raw_message)

    assert (True, ()) == (closed.encrypted, closed.traits)
    assert "password_in_text" in message.attachments[0].traits
    assert ["locked.test"] == [link.host for link in message.links]


def test_open_to_everybody():
    """A PDF whose password only keeps people from printing hides nothing."""
    assert b"/Encrypt" in archive("pdf_open")
    assert not attached(archive("pdf_open")).attachments[0].encrypted


@pytest.mark.parametrize(
    ("name", "value", "data"),
    [
        ("MAX_PDF", 100, code_page()),
        ("MAX_OBJECTS", 0, code_page()),
        ("MAX_PIXELS", 1_000, code_page()),
    ],
)
def test_limits_that_are_named(monkeypatch, name, value, data):
    """A limit that kept us from looking is a trait and a defect."""
    monkeypatch.setattr(pdf, name, value)
    message = attached(data)

    assert "pdf_cut" in message.attachments[0].traits
    assert "document_too_large" in codes(message)
    assert () == message.links


def test_limits_of_pages(monkeypatch):
    """Pages, characters, links, drawn pages and files are bounded."""
    monkeypatch.setattr(pdf, "MAX_TEXT_PAGES", 2)
    monkeypatch.setattr(pdf, "MAX_TEXT", 5)
    monkeypatch.setattr(pdf, "MAX_LINKS", 1)
    monkeypatch.setattr(pdf, "MAX_DRAWN", 0)
    monkeypatch.setattr(pdf, "MAX_FILES", 0)

    assert ["first", "secon"] == read(pages_of("first page", "second page", "third")).texts
    assert 1 == len(read(pages_of("a", "b", uri="http://a.test/")).uris)
    assert [] == read(code_page()).codes
    assert [] == read(carrying("a", b"b")).files


def test_limits_of_what_is_kept(monkeypatch):
    """An address or a file beyond the limit is left out."""
    monkeypatch.setattr(pdf, "MAX_URI", 10)
    monkeypatch.setattr(pdf, "MAX_FILE", 1)

    assert [] == read(pages_of("a", uri="http://a.test/")).uris
    assert [] == read(carrying("a", b"bc")).files


def test_drawing_ends(monkeypatch):
    """A page of many steps is left as it is after so many of them."""
    asked = []
    start = raw.FPDF_RenderPageBitmap_Start
    monkeypatch.setattr(pdf, "MAX_PAUSES", 0)
    monkeypatch.setattr(raw, "FPDF_RenderPageBitmap_Start", lambda *a: asked.append(start(*a)))
    read(pages_of("x", objects=b" 0 0 m 99 99 l S" * 4_000))

    assert [raw.FPDF_RENDER_TOBECONTINUED] == asked


def test_side_of_a_drawing(monkeypatch):
    """However large a page says it is, the drawing is bounded."""
    made = []
    create = raw.FPDFBitmap_CreateEx
    monkeypatch.setattr(raw, "FPDFBitmap_CreateEx", lambda *a: made.append(a[:2]) or create(*a))
    read(pages_of("x").replace(b"[0 0 612 792]", b"[0 0 99999 9]"))
    read(code_page())

    assert made
    assert max(max(size) for size in made) <= pdf.MAX_SIDE


def test_budget_of_a_message(monkeypatch):
    """Documents and drawn pages are counted over the whole message."""
    monkeypatch.setattr(budget, "MAX_DOCUMENTS", 3)
    monkeypatch.setattr(budget, "MAX_RENDERED", 2)
    message = parse(multipart(*(file_part(code_page(), f"{i}.pdf") for i in range(4))))

    assert 2 == sum(link.place == "qr" for link in message.links)
    assert [False, False, False, True] == ["pdf_cut" in a.traits for a in message.attachments]


SEED = pages_of("Click to open http://a.test/", uri="http://area.test/b")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_broken_files(data):
    """Whatever is broken in a PDF, it is read to an end."""
    broken = bytearray(SEED)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    facts = read_pages(bytes(broken), Budget(), ("x", "\x00", "ü"))

    assert len(facts.texts) <= pdf.MAX_TEXT_PAGES
    assert 0 <= facts.picture <= 1


@given(st.binary(max_size=300))
def test_anything(data):
    """Every content is read to an end."""
    assert not read_pages(b"%PDF-1.7\n" + data, Budget()).codes
