"""Documents in a process of their own: the same answer, and an end to what has none."""

import os
import signal

import pytest

from lazaretto.mail import budget
from lazaretto.mail.budget import Budget
from lazaretto.mail.files import pdf
from lazaretto.mail.files.pdf import read_pages
from lazaretto.mail.parse import parse
from lazaretto.scanner import apart
from lazaretto.scanner.apart import Apart
from tests.unit.mail.laughs import laughing_pdf
from tests.unit.mail.letters import codes, file_part, multipart
from tests.unit.mail.packed import PASSWORD, archive
from tests.unit.mail.test_pdf import carrying, code_page, pages_of

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    "data",
    [
        code_page(),
        pages_of("http://a.test/", uri="http://b.test/"),
        carrying("a.exe", b"MZ"),
        b"%PDF-1.4 broken",
    ],
    ids=["code", "links", "file", "broken"],
)
def test_the_same_answer(data):
    """What is seen apart is what is seen here, and the budget of the message is the same afterwards."""
    here, there = Budget(), Budget()

    assert read_pages(data, here) == Apart()(data, there)
    assert (here.documents, here.rendered) == (there.documents, there.rendered)


def test_passwords():
    """The passwords of the letter go along."""
    assert PASSWORD == Apart()(archive("pdf_locked"), Budget(), ("x", PASSWORD)).password


def test_work_without_end(monkeypatch):
    """A page that would be drawn for hours ends with its time; the other files of the message are read."""
    monkeypatch.setattr(apart, "SECONDS", 1.0)
    files = [
        file_part(laughing_pdf(9, 10), "a.pdf"),
        file_part(b"MZ" + bytes(90), "b.bin"),
        file_part(code_page(), "c.pdf"),
    ]
    message = parse(multipart(*files), None, Apart())

    assert ["application/pdf", "application/x-dosexec", "application/pdf"] == [
        a.detected_type for a in message.attachments
    ]
    assert [True, False] == ["pdf_cut" in a.traits for a in message.attachments[:2]]
    assert "document_too_large" in codes(message)


def test_library_that_breaks(monkeypatch):
    """A crash costs the document and nothing else."""
    monkeypatch.setattr(apart, "read_pages", lambda *_: os.kill(os.getpid(), signal.SIGSEGV))

    assert pdf.PdfFacts(cut=True) == Apart()(code_page(), Budget())


def test_answer_that_is_too_large(monkeypatch):
    """What does not fit is not waited for."""
    monkeypatch.setattr(apart, "MAX_ANSWER", 100)

    assert pdf.PdfFacts(cut=True) == Apart()(carrying("a", bytes(3 << 20)), Budget())
    assert budget.MAX_DOCUMENTS
