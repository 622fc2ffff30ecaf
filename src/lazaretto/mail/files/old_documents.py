"""Documents of old Office, RTF and tables in text: addresses in them, and what acts when they are opened.

Nothing is parsed that need not be: addresses, fields and records are found by their marks, so that broken
files are read too.
Limits: MAX_SEARCHED bytes of a document, MAX_URIS addresses, MAX_RECORDS records of a workbook.
"""

import re
import struct
from collections.abc import Iterator
from itertools import islice

import re2

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.embedded import object_data
from lazaretto.mail.files.ole import OleEntry, ole_entries, read_stream

MAX_SEARCHED = 8 << 20
"""Bytes of a document that are searched."""

MAX_URIS = 100
"""Addresses kept of one document."""

MAX_RECORDS = 2_000
"""Records of a workbook among which its sheets are listed: they stand before the sheets themselves."""

_ADDRESS = rb"[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7c\x7e]"
_NARROW = re.compile(rb"https?://" + _ADDRESS + rb"{4,1000}", re.IGNORECASE)
_WIDE = re.compile(rb"h\0t\0t\0p\0(?:s\0)?:\0/\0/\0(?:" + _ADDRESS + rb"\0){4,1000}", re.IGNORECASE)
_NAMES_OF_FORMATS = re.compile(
    r"^https?://(?:schemas\.|www\.w3\.org/|ns\.adobe\.com/|purl\.org/|crl\.|ocsp\.|www\.iec\.ch|iptc\.org/|"
    r"www\.npes\.org/|cipa\.jp/|ns\.useplus\.org/)",
    re.IGNORECASE,
)
"""Formats, pictures and certificates have names that look like addresses."""

_EQUATION_CLASS = bytes.fromhex("02ce020000000000c000000000000046")
_WIDE_EQUATION = "equation native".encode("utf-16-le")
_DDE_NARROW = re.compile(rb"\x13\s{0,5}DDE(?:AUTO)?\s", re.IGNORECASE)
_DDE_WIDE = re.compile(rb"\x13\0(?:\s\0){0,5}D\0D\0E\0(?:A\0U\0T\0O\0)?\s\0", re.IGNORECASE)
_DDE_RTF = re2.compile(rb"(?i)\\fldinst[^}]{0,200}?\bDDE(?:AUTO)?\s")
_DDE_TABLE = re.compile(
    rb"(?:^|[\r\n,;\t])[ \t\"]{0,5}[=+@-][^|\r\n,;]{0,60}"
    rb"\b(?:cmd|powershell|mshta|msexcel|rundll32|regsvr32|[wc]script|certutil|bitsadmin)[a-z0-9.\\]{0,20}['\"]?\|",
    re.IGNORECASE,
)
_SHEETS, _END, _MACROS = 0x85, 0x0A, 1


def addresses(data: bytes) -> tuple[str, ...]:
    """Addresses that are written in a document, one or two bytes a character."""
    data = data[:MAX_SEARCHED]
    found: dict[str, None] = {}
    for pattern in (_NARROW, _WIDE):
        for match in pattern.finditer(data):
            uri = match.group().replace(b"\x00", b"").decode("ascii").rstrip(".,;:)'")
            if _NAMES_OF_FORMATS.match(uri) is None:
                found[uri] = None
            if len(found) >= MAX_URIS:
                return tuple(found)
    return tuple(found)


def rtf_traits(data: bytes, budget: Budget) -> tuple[str, ...]:
    """Objects, templates and fields of RTF."""
    data = data[:MAX_SEARCHED]
    traits = []
    if b"\\objdata" in data or b"\\object" in data:
        traits.append("embedded_object")
    if b"\\*\\template" in data and b"http" in data:
        traits.append("external_template")
    if b"\\objupdate" in data and b"\\objdata" in data:
        traits.append("auto_object")
    if any(_is_equation(content) for content in object_data(data, budget)):
        traits.append("equation")
    if _DDE_RTF.search(data) is not None:
        traits.append("dde")
    return tuple(traits)


def _is_equation(content: bytes) -> bool:
    lower = content[:MAX_SEARCHED].lower()
    return b"equation." in lower[:4_096] or _EQUATION_CLASS in content or _WIDE_EQUATION in lower


def old_traits(data: bytes) -> tuple[str, ...]:
    """Equations, fields and macro sheets of a compound file."""
    entries = ole_entries(data)
    names = {entry.name.lower() for entry in entries}
    traits = ["equation"] if "equation native" in names else []
    if "worddocument" in names and (_DDE_NARROW.search(data) or _DDE_WIDE.search(data)):
        traits.append("dde")
    book = next((entry for entry in entries if entry.name.lower() in {"workbook", "book"}), None)
    if book is not None and any(_macro_sheets(data, book, entries)):
        traits += ["macro", "xlm_macro"]
    return tuple(traits)


def _macro_sheets(data: bytes, book: OleEntry, entries: tuple[OleEntry, ...]) -> Iterator[bool]:
    """For each sheet, whether it is one of macros. MS-XLS 2.4.28."""
    stream = read_stream(data, book, entries)
    for kind, content in islice(_records(stream), MAX_RECORDS):
        if kind == _SHEETS and len(content) >= 6:
            yield content[5] == _MACROS
        elif kind == _END:
            return


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """MS-XLS 2.1.4: kind, length, content."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def table_traits(data: bytes) -> tuple[str, ...]:
    """A cell of a table in text that starts a program when a spreadsheet opens it."""
    return ("dde",) if _DDE_TABLE.search(data[:MAX_SEARCHED]) is not None else ()
