"""Files that documents carry: in OneNote notebooks, in RTF objects, in the packages of old Office.

Limits: MAX_EMBEDDED files of one document, MAX_OBJECT bytes of one, and for a message what is in its
budget.
"""

import binascii
import re
import struct
from collections.abc import Iterator

from lazaretto.mail.budget import Budget

MAX_EMBEDDED = 50
"""Files of one document that are taken out."""

MAX_OBJECT = 4 << 20
"""Bytes of one object."""

_NOTE_FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")  # MS-ONESTORE 2.6.13: FileDataStoreObject
_NOTE_HEAD = 36
_OBJECT_MARK = b"\\objdata"
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]+")
_CONTROL = re.compile(rb"\\[a-zA-Z]{1,40}-?\d{0,10} ?|\{[^{}]{0,1000}\}")
_WRITTEN = re.compile(rb"(?:[^\\{}]++|" + _CONTROL.pattern + rb"|[\\{])*+")
"""An object up to the brace that ends it: those of the groups inside come in pairs."""


def note_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files in a OneNote notebook; their names stand elsewhere in it and are not sought."""
    at = 0
    for number in range(1, MAX_EMBEDDED + 1):
        at = data.find(_NOTE_FILE, at)
        if at < 0 or at + _NOTE_HEAD > len(data):
            return
        size = struct.unpack_from("<Q", data, at + 16)[0]
        yield f"file {number}", data[at + _NOTE_HEAD : at + _NOTE_HEAD + min(size, MAX_OBJECT)]
        at += _NOTE_HEAD


def rtf_files(data: bytes, budget: Budget) -> Iterator[tuple[str, bytes]]:
    """The objects of an RTF document, out of their hexadecimal writing."""
    for number, content in enumerate(object_data(data, budget), 1):
        yield from _object(content, number)


def object_data(data: bytes, budget: Budget) -> Iterator[bytes]:
    """The objects of an RTF document as bytes, with their heads.

    Without a brace that ends it, each would reach to the end of the document.
    """
    at = 0
    for _ in range(MAX_EMBEDDED):
        at = data.find(_OBJECT_MARK, at)
        if at < 0 or budget.office <= 0:
            return
        at += len(_OBJECT_MARK)
        found = _WRITTEN.match(data, at, at + min(budget.office, 2 * MAX_OBJECT))
        written = found.group() if found else b""
        budget.office -= len(written)
        digits = _NOT_HEX.sub(b"", _CONTROL.sub(b"", written))  # groups inside hide digits
        yield binascii.unhexlify(digits[: len(digits) // 2 * 2])


def _object(data: bytes, number: int) -> Iterator[tuple[str, bytes]]:
    """An embedded object. MS-OLEDS 2.2.5."""
    if len(data) < 12:
        return
    length = struct.unpack_from("<I", data, 8)[0]
    kind = data[12 : 12 + length].rstrip(b"\x00").lower()
    at = 12 + length
    for _ in range(2):  # topic and item
        if at + 4 > len(data):
            return
        at += 4 + struct.unpack_from("<I", data, at)[0]
    if at + 4 > len(data):
        return
    content = data[at + 4 : at + 4 + struct.unpack_from("<I", data, at)[0]]
    packed = package(content) if kind == b"package" else None
    yield packed or (f"object {number}", content)


def package(data: bytes) -> tuple[str, bytes] | None:
    """Name and content of a packaged file: the stream Ole10Native without its size, or an RTF package."""
    if data[:2] != b"\x02\x00":
        return None
    label, mark, rest = data[2 : 2 + MAX_OBJECT].partition(b"\x00")
    _, _, rest = rest.partition(b"\x00")
    if not mark or len(rest) < 8:
        return None
    skipped = struct.unpack_from("<I", rest, 4)[0]
    if 8 + skipped + 4 > len(rest):
        return None
    size = struct.unpack_from("<I", rest, 8 + skipped)[0]
    start = 12 + skipped
    name = label.decode("latin-1").replace("\\", "/").rpartition("/")[2]
    return name or "package", rest[start : start + size]
