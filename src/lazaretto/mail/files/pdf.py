"""PDF files as a reader sees them: text, links, codes on the first pages, files inside, and whether it opens.

The library draws pages into memory; nothing in them is run. What it refuses, `documents.read_pdf` still
searches byte by byte, and both are believed.
Limits: MAX_PDF bytes, MAX_TEXT_PAGES pages for text and links, MAX_DRAWN pages that are drawn, MAX_SIDE
pixels of the longer side, MAX_PIXELS of the pictures and MAX_OBJECTS objects of a page that is drawn,
MAX_PAUSES while drawing, MAX_TEXT characters of a page, MAX_LINKS links, MAX_FILES files of
MAX_FILE bytes, MAX_CARRIED of them all. How many documents are opened and pages drawn is in the budget.
Time is not limited here: a hostile page can draw for hours, so workers open documents apart, `scanner.apart`.
"""

import ctypes
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.qr import codes_in_grey

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MAX_PDF = 16 << 20
"""Bytes of a PDF that is opened."""

MAX_TEXT_PAGES = 5
"""Pages whose text and links are read: a lure has one."""

MAX_DRAWN = 2
"""Pages that are drawn and searched for codes."""

MAX_SIDE = 1_200
"""Pixels of the longer side of a page that is drawn: 100 to the inch, where a telephone reads any code."""

MAX_PIXELS = 20_000_000
"""Of all pictures of a page together; a page with more is not drawn."""

MAX_OBJECTS = 5_000
"""Of a page that is drawn: maps have more, letters do not."""

MAX_PAUSES = 20_000
"""Times the library asks whether to go on while it draws one page: then what is there is searched."""

MAX_TEXT = 50_000
"""Characters of one page."""

MAX_LINKS = 200
"""Links of all pages."""

MAX_URI = 4_096
"""Bytes of one address."""

MAX_FILES = 20
"""Files inside a PDF."""

MAX_FILE = 8 << 20
"""Bytes of one of them."""

MAX_CARRIED = 16 << 20
"""Bytes of all of them."""

MAX_KEYS = 20
"""Passwords that are tried."""

LURE_PAGES = 2
"""Pages of a lure at most."""

LURE_TEXT = 500
"""Letters of a lure at most."""

LURE_LINKS = 2
"""Different addresses of a lure at most."""

LURE_PICTURE = 0.25
"""Part of the page that its pictures cover, from which they are the page."""


@dataclass(slots=True)
class PdfFacts:
    """What was seen."""

    opened: bool = False
    encrypted: bool = False  # nobody sees into it without a password
    password: str = ""  # the one that opened it
    pages: int = 0
    texts: list[str] = field(default_factory=list)
    uris: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    picture: float = 0.0  # part of the first page that pictures cover
    cut: bool = False  # a limit kept us from looking
    drawn: int = 0  # pages that were drawn
    more: bool = False  # pages, links or files were left unread

    @property
    def lure(self) -> bool:
        """One page, a picture or a line of text, one way out."""
        letters = sum(len(text.strip()) for text in self.texts)
        ways = len({*self.uris, *self.codes})
        small = 0 < self.pages <= LURE_PAGES and letters <= LURE_TEXT and 0 < ways <= LURE_LINKS
        return small and (self.picture >= LURE_PICTURE or letters < LURE_TEXT // 2)


def read_pages(data: bytes, budget: Budget, passwords: tuple[str, ...] = ()) -> PdfFacts:
    """Open a PDF and look at its first pages."""
    facts = PdfFacts()
    if len(data) > MAX_PDF or not budget.take_document():
        facts.cut = True
        return facts
    document = _open(data, facts, passwords)
    if document is None:
        return facts
    with closing(document):
        facts.opened = True
        facts.pages = len(document)
        facts.more = facts.pages > MAX_TEXT_PAGES or document.count_attachments() > MAX_FILES
        for index in range(min(facts.pages, MAX_TEXT_PAGES)):
            _page(document, index, facts, budget)
        facts.files += _files(document)
    return facts


@cache
def _raw() -> ModuleType:
    """The library, loaded with the first PDF: it takes seventy milliseconds."""
    return import_module("pypdfium2.raw")


def preload() -> None:
    """Load the library, for the processes that are made of this one."""
    _raw()


def _open(data: bytes, facts: PdfFacts, passwords: tuple[str, ...]) -> "PdfDocument | None":
    from pypdfium2 import PdfDocument, PdfiumError

    for password in (None, *passwords[:MAX_KEYS]):
        try:
            document = PdfDocument(data, password=password)
        except PdfiumError as problem:
            if getattr(problem, "err_code", None) != _raw().FPDF_ERR_PASSWORD:
                return None
            facts.encrypted = True
        except (ValueError, TypeError):  # a password that cannot be passed on
            continue
        else:
            facts.password = password or ""
            return document
    return None


def _page(document: "PdfDocument", index: int, facts: PdfFacts, budget: Budget) -> None:
    from pypdfium2 import PdfiumError

    try:
        page = document[index]
        text = page.get_textpage()
    except PdfiumError:
        return
    facts.texts.append(text.get_text_range(0, min(text.count_chars(), MAX_TEXT), errors="replace"))
    text.close()
    for uri in _uris(document, page):
        if uri not in facts.uris:
            facts.uris += [uri] if len(facts.uris) < MAX_LINKS else []
            facts.more = facts.more or len(facts.uris) >= MAX_LINKS
    if index < MAX_DRAWN:
        _look(page, index, facts, budget)
    page.close()


def _uris(document: "PdfDocument", page: "PdfPage") -> Iterator[str]:
    """The addresses that areas of a page lead to. ISO 32000-1 12.6.4.7."""
    raw = _raw()
    place, link = ctypes.c_int(0), raw.FPDF_LINK()
    for _ in range(MAX_LINKS):
        if not raw.FPDFLink_Enumerate(page.raw, place, link):
            return
        action = raw.FPDFLink_GetAction(link)
        size = raw.FPDFAction_GetURIPath(document.raw, action, None, 0) if action else 0
        if 1 < size <= MAX_URI:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document.raw, action, buffer, size)
            yield buffer.value.decode("utf-8", "replace")


def _look(page: "PdfPage", index: int, facts: PdfFacts, budget: Budget) -> None:
    """How much of the page is picture, and the codes on it."""
    objects = _raw().FPDFPage_CountObjects(page.raw)
    if objects > MAX_OBJECTS:
        facts.cut = True
        return
    covered, pixels = _pictures(page, objects)
    if index == 0:
        facts.picture = covered
    if pixels > MAX_PIXELS:
        facts.cut = True
    elif budget.take_page():
        facts.drawn += 1
        facts.codes += _codes(page)
    else:
        facts.more = True


def _pictures(page: "PdfPage", objects: int) -> tuple[float, int]:
    """The part of the page that pictures cover, and their pixels; forms are not gone into."""
    raw = _raw()
    covered, pixels = 0.0, 0
    whole = max(1.0, page.get_width() * page.get_height())
    edges = [ctypes.c_float() for _ in range(4)]
    wide, high = ctypes.c_uint(), ctypes.c_uint()
    for index in range(objects):
        found = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(found) != raw.FPDF_PAGEOBJ_IMAGE:
            continue
        if raw.FPDFImageObj_GetImagePixelSize(found, wide, high):
            pixels += wide.value * high.value
        if raw.FPDFPageObj_GetBounds(found, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            covered += abs((right - left) * (top - bottom)) / whole
    return min(covered, 1.0), pixels


def _codes(page: "PdfPage") -> tuple[str, ...]:
    """What the codes on a page say."""
    raw = _raw()
    width, height = page.get_size()
    longer = max(width, height)
    if longer <= 0:
        return ()
    scale = min(MAX_SIDE / longer, 4.0)
    wide, high = max(4, int(width * scale) // 4 * 4), max(1, int(height * scale))
    bitmap = raw.FPDFBitmap_CreateEx(wide, high, raw.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        return ()
    try:
        raw.FPDFBitmap_FillRect(bitmap, 0, 0, wide, high, 0xFFFFFFFF)
        _draw(page, bitmap, wide, high)
        stride = raw.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(raw.FPDFBitmap_GetBuffer(bitmap), stride * high)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return codes_in_grey(pixels, stride, high)


def _draw(page: "PdfPage", bitmap: object, wide: int, high: int) -> None:
    """Draw a page in grey; a page that takes too many steps is left as it is then."""
    raw = _raw()
    pauses = 0

    def stop(_: object) -> bool:
        nonlocal pauses
        pauses += 1
        return pauses > MAX_PAUSES

    kind = dict(raw.IFSDK_PAUSE._fields_)["NeedToPauseNow"]
    pause = raw.IFSDK_PAUSE(version=1, NeedToPauseNow=kind(stop))
    flags = raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE | raw.FPDF_RENDER_LIMITEDIMAGECACHE
    raw.FPDF_RenderPageBitmap_Start(bitmap, page.raw, 0, 0, wide, high, 0, flags, pause)
    raw.FPDF_RenderPage_Close(page.raw)


def _files(document: "PdfDocument") -> Iterator[tuple[str, bytes]]:
    """The files that a PDF carries."""
    from pypdfium2 import PdfiumError

    left = MAX_CARRIED
    for index in range(min(document.count_attachments(), MAX_FILES)):
        try:
            found = document.get_attachment(index)
            size = ctypes.c_ulong()
            _raw().FPDFAttachment_GetFile(found.raw, None, 0, size)
            if 0 < size.value <= min(MAX_FILE, left):
                left -= size.value
                yield found.get_name() or f"file {index + 1}", bytes(found.get_data())
        except (PdfiumError, UnicodeError):
            continue
