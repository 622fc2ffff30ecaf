"""What documents hold that can act: actions in PDF, external parts in Office files, scripts in HTML and SVG.

Signs are looked for in the bytes and in what can be inflated within the limits; nothing is run or rendered.
Limits: MAX_PDF bytes of a PDF, MAX_STREAMS streams of it with MAX_STREAM bytes each, MAX_URIS addresses,
MAX_RELATIONS relation files and MAX_PROJECTS projects of macros of an Office document, and for a message what
is in its budget.
"""

import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import re2

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.old_documents import addresses, old_traits, rtf_traits, table_traits
from lazaretto.mail.files.ole import ole_traits
from lazaretto.mail.files.vba import macro_traits
from lazaretto.mail.files.zipfiles import MAX_DOCUMENT_PART, ZipMember, read_member, zip_members
from lazaretto.model.message import HtmlFacts

MAX_PDF = 16 << 20
"""Bytes of a PDF that are searched."""

MAX_STREAMS = 60
"""Object streams of a PDF that are inflated: actions hide in them since PDF 1.5."""

MAX_STREAM = 256 << 10
"""Bytes that one stream may inflate to."""

MAX_DICTIONARY = 1_000
"""Bytes between the type of a stream and its beginning."""

MAX_URIS = 200
"""Addresses kept of one document."""

MAX_RELATIONS = 50
"""Relation files of one Office document that are read."""

MAX_TEXT_PARTS = 10
"""Inner files of one Office document whose text is searched for addresses."""

MAX_PICTURES = 3
"""Pictures of one document that are searched for codes."""

MAX_PICTURE = 4 << 20
"""Bytes of one of them."""

MAX_MACROS = 2 << 20
"""Bytes of one project of macros."""

MAX_PROJECTS = 4
"""Projects of macros of one Office document that are read: writers make one."""

SMUGGLED_BASE64 = 2_000
"""Length from which one unbroken run of Base64 in a script is a file."""

_PDF_NAMES: tuple[tuple[bytes, str], ...] = (
    (b"/JavaScript", "pdf_javascript"),
    (b"/JS", "pdf_javascript"),
    (b"/Launch", "pdf_launch"),
    (b"/OpenAction", "pdf_open_action"),
    (b"/AA", "pdf_open_action"),
    (b"/EmbeddedFile", "pdf_embedded_file"),
    (b"/SubmitForm", "pdf_form"),
    (b"/AcroForm", "pdf_form"),
    (b"/Encrypt", "encrypted"),
)
_PDF_NAME = re.compile(
    rb"/(?:JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile|SubmitForm|AcroForm|Encrypt)(?![A-Za-z])"
)
_HASHED_NAME = re.compile(rb"/[A-Za-z]{0,20}#[0-9A-Fa-f]{2}")
_NAMES_LETTERS = frozenset(b"URI").union(*(name[1:] for name, _ in _PDF_NAMES))
_SPELLINGS: tuple[tuple[bytes, bytes], ...] = tuple(
    (written, bytes((letter,)))
    for letter in sorted(_NAMES_LETTERS)
    for written in sorted({b"#%02x" % letter, b"#%02X" % letter})
)
"""How the letters of the names that are looked for may be written. ISO 32000-1 7.3.5."""

_URI = re.compile(rb"/URI\s{0,5}\(((?:[^()\\\r\n]|\\.){4,2000}+)")
_EXTERNAL = re.compile(rb"<Relationship\s[^<>]{0,4000}>")
_TARGET = re.compile(rb"Target\s?=\s?[\"']([^\"'<>]{1,2000})")
_EXTERNAL_MODE = re.compile(rb"TargetMode\s?=\s?[\"']External", re.IGNORECASE)
_TEXT_PART = re.compile(
    r"word/(?:document|header\d{0,3}|footer\d{0,3}|footnotes)\.xml$|xl/sharedstrings\.xml$"
    r"|xl/externallinks/[^/]{1,50}\.xml$|ppt/slides/slide\d{1,4}\.xml$"
)
_PICTURE_PART = re.compile(r"(?:/media/|^pictures/)[^/]{1,100}\.(?:png|jpe?g|gif|bmp|webp)$")
_TAG = re.compile(rb"<[^<>]{0,5000}>")
_PARAGRAPH = re.compile(rb"</(?:w:p|a:p|si)>|<(?:w:br|w:tab|a:br)\b[^<>]{0,100}>")
_FIELD = re.compile(rb"<w:instrText(?:\s[^<>]{0,200})?>([^<]{0,4000})")
_SIMPLE_FIELD = re.compile(rb"\sw:instr\s?=\s?\"([^\"<>]{0,4000})")
_OPEN_LINK = re.compile(rb"xlink:href\s?=\s?\"(https?://[^\"<>]{4,2000})", re.IGNORECASE)
_LISTS_OF_MACROS = ("/", "script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")
_DDE = re.compile(rb"\bDDE(?:AUTO)?\s", re.IGNORECASE)
_SVG_SCRIPT = re.compile(r"<script[\s>/]|\son[a-z]{3,20}\s?=|javascript:", re.IGNORECASE)
_LONG_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{" + str(SMUGGLED_BASE64) + r"}")
_HANDLER = re.compile(r"<[a-z][^<>]{0,500}\son[a-z]{3,20}\s?=", re.IGNORECASE)
_CODED_RUN = re2.compile(
    r"(?:%(?:u00)?[0-9a-f]{2}[^%\"'<>\s]{0,4}){120}|(?:\\x[0-9a-f]{2}){120}|(?:\d{1,3}\s?,\s?){300}"
)
_CARRIED_FILE = re.compile(
    r"href\s{0,3}=\s{0,3}[\"']?\s{0,3}data:(?:application|text/html|image/svg)[^,\"'<>]{0,100};base64,[a-z0-9+/=]{1000}"
)
_PICTURE = re.compile(r"data:(?:image|font)/[^,\"'<>]{0,100};base64,[A-Za-z0-9+/=]*+", re.IGNORECASE)
_BUILDERS = (
    "atob(",
    "new blob",
    "createobjecturl",
    "mssaveoropenblob",
    "mssaveblob",
    "fromcharcode",
    "unescape(",
    "uint8array",
    "decodeuricomponent(",
)
_WRITERS = (
    "download",
    "document.write",
    "location",
    "innerhtml",
    "mssave",
    "eval(",
    ".click(",
    "appendchild",
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What was seen in one document."""

    traits: tuple[str, ...] = ()
    encrypted: bool = False
    uris: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()  # what a reader sees, where it was read
    cut: bool = False  # the budget of the message ended the reading


def read_pdf(data: bytes, budget: Budget) -> DocumentFacts:
    """Actions, embedded files, encryption and addresses of a PDF."""
    data = data[:MAX_PDF]
    traits: dict[str, None] = {}
    uris: dict[str, None] = {}
    for piece in (data, *_object_streams(data, budget)):
        if _HASHED_NAME.search(piece):  # /J#61vaScript
            piece = _plainly(piece)  # noqa: PLW2901
        seen = {m.group() for m in _PDF_NAME.finditer(piece)}
        traits.update(dict.fromkeys(trait for name, trait in _PDF_NAMES if name in seen))
        for found in _URI.finditer(piece):
            if len(uris) < MAX_URIS:
                uris[found.group(1).replace(b"\\", b"").decode("latin-1")] = None
    encrypted = "encrypted" in traits
    left = tuple(t for t in traits if t != "encrypted")
    return DocumentFacts(left, encrypted, tuple(uris), cut=budget.streamed <= 0)


def _plainly(piece: bytes) -> bytes:
    """With the letters of our names as letters; a million of other signs may be written so, and stay."""
    for written, letter in _SPELLINGS:
        piece = piece.replace(written, letter)
    return piece


def _object_streams(data: bytes, budget: Budget) -> Iterator[bytes]:
    position = 0
    for _ in range(MAX_STREAMS):
        mark = data.find(b"/ObjStm", position)
        if mark < 0 or budget.streamed <= 0:
            return
        position = mark + len(b"/ObjStm")
        start = data.find(b"stream", position, position + MAX_DICTIONARY)
        if start < 0:
            continue
        start += len(b"stream")
        content = data[start : start + MAX_STREAM].lstrip(b"\r\n")
        try:
            stream = zlib.decompressobj().decompress(content, MAX_STREAM)
        except zlib.error:
            budget.streamed -= len(content)
            continue
        budget.streamed -= len(stream)
        yield stream


def read_open_xml(data: bytes, budget: Budget) -> DocumentFacts:
    """Macros, embedded objects, remote templates, addresses and texts of an Office document."""
    traits: dict[str, None] = {}
    uris: dict[str, None] = {}
    texts: list[str] = []
    relations = projects = 0
    for member in zip_members(data):
        name = member.name.lower()
        if name.endswith("vbaproject.bin"):
            traits["macro"] = None
            projects += 1
            if projects <= MAX_PROJECTS:
                project = _read(data, member, MAX_MACROS, budget)
                traits.update(dict.fromkeys(macro_traits(project, budget)))
        elif "/macrosheets/" in name:
            traits.update({"macro": None, "xlm_macro": None})
        elif "/embeddings/" in name or "/activex/" in name:
            traits["embedded_object"] = None
        elif name.endswith(".rels") and relations < MAX_RELATIONS:
            relations += 1
            for uri, template in _external(_read(data, member, MAX_DOCUMENT_PART, budget)):
                if template:
                    traits["external_template"] = None
                if len(uris) < MAX_URIS:
                    uris[uri] = None
        elif _TEXT_PART.match(name) and len(texts) < MAX_TEXT_PARTS:
            part = _read(data, member, MAX_DOCUMENT_PART, budget)
            texts.append(_written(part))
            if b"<ddeLink" in part or _DDE.search(_fields(part)) is not None:
                traits["dde"] = None
    cut = bool(relations or projects or texts) and (budget.office <= 0 or budget.macros <= 0)
    return DocumentFacts(tuple(traits), uris=tuple(uris), texts=tuple(texts), cut=cut)


def _read(data: bytes, member: ZipMember, limit: int, budget: Budget) -> bytes:
    """A part of the document, as far as the message may still have it."""
    content = read_member(data, member, min(limit, budget.office))
    budget.office -= len(content)
    return content


def _fields(part: bytes) -> bytes:
    """The instructions of the fields of a part, those of one field put together."""
    written = b"".join(found.group(1) for found in _FIELD.finditer(part))
    return written + b" ".join(found.group(1) for found in _SIMPLE_FIELD.finditer(part))


def _written(part: bytes) -> str:
    """The text of a part, a line for each paragraph: one address may be written in many runs."""
    return html.unescape(_plain(_PARAGRAPH.sub(b"\n", part), b"").decode("utf-8", "replace"))


def _plain(part: bytes, between: bytes) -> bytes:
    return _TAG.sub(between, part)


def _external(relations: bytes) -> Iterator[tuple[str, bool]]:
    for found in _EXTERNAL.finditer(relations):
        text = found.group()
        target = _TARGET.search(text)
        if target is not None and _EXTERNAL_MODE.search(text):
            loaded = any(
                kind in text for kind in (b"attachedTemplate", b"/oleObject", b"/frame", b"subDocument")
            )
            yield target.group(1).decode("utf-8", "replace").replace("&amp;", "&"), loaded


def document_pictures(data: bytes) -> Iterator[bytes]:
    """The first pictures of an Office or OpenDocument file: codes hide in them."""
    pictures = (member for member in zip_members(data) if _PICTURE_PART.search(member.name.lower()))
    for member in islice(pictures, MAX_PICTURES):
        yield read_member(data, member, MAX_PICTURE)


def read_rtf(data: bytes, budget: Budget) -> DocumentFacts:
    """Objects, remote templates, fields and addresses of RTF."""
    return DocumentFacts(rtf_traits(data, budget), uris=addresses(data))


def read_old(data: bytes, budget: Budget) -> DocumentFacts:
    """Macros, objects, fields, encryption and addresses of a compound file."""
    traits, encrypted = ole_traits(data)
    traits = tuple(dict.fromkeys((*traits, *old_traits(data))))
    more = macro_traits(data, budget) if "macro" in traits else ()
    cut = "macro" in traits and budget.macros <= 0
    return DocumentFacts((*traits, *more), encrypted, addresses(data), cut=cut)


def read_note(data: bytes) -> DocumentFacts:
    """Addresses in a OneNote notebook."""
    return DocumentFacts(uris=addresses(data))


def read_table(data: bytes) -> DocumentFacts:
    """Cells of a table in text that act."""
    return DocumentFacts(table_traits(data))


def read_open_document(data: bytes) -> DocumentFacts:
    """Macros, addresses, texts and encryption of an OpenDocument file."""
    traits: dict[str, None] = {}
    uris: dict[str, None] = {}
    texts: list[str] = []
    encrypted = False
    for member in zip_members(data):
        name = member.name.lower()
        if name.startswith(("basic/", "scripts/")) and not name.endswith(_LISTS_OF_MACROS):
            traits["macro"] = None
        elif name == "meta-inf/manifest.xml":
            encrypted = b"encryption-data" in read_member(data, member, MAX_DOCUMENT_PART)
        elif name in {"content.xml", "styles.xml"}:
            part = read_member(data, member, MAX_DOCUMENT_PART)
            texts.append(_written(part))
            for found in islice(_OPEN_LINK.finditer(part), MAX_URIS):
                uris[html.unescape(found.group(1).decode("utf-8", "replace"))] = None
    return DocumentFacts(tuple(traits), encrypted, tuple(uris), tuple(texts))


def svg_traits(text: str) -> tuple[str, ...]:
    """A picture that runs code."""
    return ("svg_script",) if _SVG_SCRIPT.search(text) else ()


def html_traits(facts: HtmlFacts, text: str) -> tuple[str, ...]:
    """What an attached page does that a letter would not."""
    traits = []
    if facts.forms:
        traits.append("html_form")
    if facts.password_fields:
        traits.append("html_password_field")
    if facts.scripts:
        traits.append("html_script")
    if facts.meta_refresh:
        traits.append("html_refresh")
    acts = facts.scripts > 0 or _HANDLER.search(text) is not None
    if (acts and smuggles(text)) or _CARRIED_FILE.search(text.lower()) is not None:
        traits.append("html_smuggling")
    return tuple(traits)


def smuggles(text: str) -> bool:
    """A page that builds a file or another page out of data that it carries in a script."""
    lower = text.lower()
    writes = any(mark in lower for mark in _WRITERS)
    if writes and _CODED_RUN.search(lower) is not None:
        return True
    builds = any(mark in lower for mark in _BUILDERS)
    return (
        builds
        and writes
        and (
            _LONG_BASE64.search(_PICTURE.sub("", text)) is not None
            or "atob(" in lower
            or "blob" in lower
            or "fromcharcode" in lower
        )
    )
