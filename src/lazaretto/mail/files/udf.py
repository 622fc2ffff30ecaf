"""UDF images without and beside ISO 9660: the files in them. ECMA-167, OSTA UDF 2.01.

Windows shows the UDF side of an image that has both, so both are read.
Limits: MAX_DIRECTORIES that are gone through, MAX_FILES that are found, MAX_DIRECTORY bytes of one,
MAX_PIECES of a file, MAX_FILE bytes of it, MAX_BYTES of all, MAX_DESCRIPTORS. Images whose list of files lies
in a partition of its own (UDF 2.5) are not read.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.mail.files.iso import iso_files

MAX_DIRECTORIES = 100
"""Directories of one image."""

MAX_FILES = 1_000
"""Files of one image."""

MAX_DIRECTORY = 256 << 10
"""Bytes of one directory."""

MAX_PIECES = 500
"""Pieces that one file lies in."""

MAX_FILE = 8 << 20
"""Bytes of one file that are taken out."""

MAX_DESCRIPTORS = 32
"""Descriptors of the volume that are looked at."""

MAX_BYTES = 48 << 20
"""Bytes of all files of one image: a thousand names may point at the same megabytes."""

SECTOR = 2_048
_MARK = b"\x00NSR0"
_RECOGNITION = slice(0x8000, 0x10000)
_ANCHOR, _PARTITION, _VOLUME, _SET, _NAME, _ENTRY, _LONG_ENTRY = 2, 5, 6, 256, 257, 261, 266
_DIRECTORY, _PARENT, _DELETED = 2, 8, 4


@dataclass(frozen=True, slots=True)
class _Volume:
    data: bytes
    start: int  # of the partition, in bytes
    block: int  # bytes


def udf_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files in an image."""
    try:
        yield from _walk(data)
    except struct.error:  # what came before the fault was there to be read
        return


def disc_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of both sides of an image, those that are on both sides once."""
    seen: set[tuple[str, bytes]] = set()
    for name, content in iso_files(data):
        seen.add((name.lower(), content[:64]))
        yield name, content
    if _MARK in data[_RECOGNITION]:
        yield from (file for file in udf_files(data) if (file[0].lower(), file[1][:64]) not in seen)


def _walk(data: bytes) -> Iterator[tuple[str, bytes]]:
    volume, root = _volume(data)
    waiting = [("", root)] if volume is not None else []
    found, left = 0, MAX_BYTES
    for _ in range(MAX_DIRECTORIES):
        if not waiting or volume is None:
            return
        folder, place = waiting.pop(0)
        for name, directory, inner in _names(_content(volume, place, MAX_DIRECTORY)):
            if directory:
                if len(waiting) < MAX_DIRECTORIES:
                    waiting.append((f"{folder}{name}/", inner))
                continue
            found += 1
            if found > MAX_FILES or left <= 0:
                return
            content = _content(volume, inner, min(MAX_FILE, left))
            left -= len(content)
            yield folder + name, content


def _tag(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0]) if at + 2 <= len(data) else 0


def _volume(data: bytes) -> tuple[_Volume | None, int]:
    """The partition, and the block of the root's entry in it."""
    anchor = next((at for at in (256 * SECTOR, len(data) - SECTOR) if _tag(data, max(at, 0)) == _ANCHOR), -1)
    if anchor < 0:
        return None, 0
    size, first = struct.unpack_from("<II", data, anchor + 16)
    start, block, place = -1, SECTOR, 0
    for index in range(min(size // SECTOR, MAX_DESCRIPTORS)):
        at = (first + index) * SECTOR
        kind = _tag(data, at)
        if kind == _PARTITION:
            start = struct.unpack_from("<I", data, at + 188)[0] * SECTOR
        elif kind == _VOLUME:
            block = struct.unpack_from("<I", data, at + 212)[0] or SECTOR
            place = struct.unpack_from("<I", data, at + 252)[0]
    if start < 0 or _tag(data, start + place * block) != _SET:
        return None, 0
    return _Volume(data, start, block), struct.unpack_from("<I", data, start + place * block + 404)[0]


def _content(volume: _Volume, place: int, limit: int) -> bytes:
    """What the entry at a block describes."""
    data, at = volume.data, volume.start + place * volume.block
    kind = _tag(data, at)
    if kind not in {_ENTRY, _LONG_ENTRY}:
        return b""
    form = struct.unpack_from("<H", data, at + 34)[0] & 7
    size = min(struct.unpack_from("<Q", data, at + 56)[0], limit)
    head = 176 if kind == _ENTRY else 216
    attributes, places = struct.unpack_from("<II", data, at + head - 8)
    start = at + head + attributes
    if form == 3:  # the content stands in the entry itself
        return data[start : start + min(size, places)]
    width = 8 if form == 0 else 16
    out = bytearray()
    for index in range(min(places // width, MAX_PIECES)):
        length, block = struct.unpack_from("<II", data, start + index * width)
        length &= 0x3FFFFFFF
        if not length or len(out) >= size:
            break
        piece = volume.start + block * volume.block
        out += data[piece : piece + min(length, size - len(out))]
    return bytes(out[:size])


def _names(directory: bytes) -> Iterator[tuple[str, bool, int]]:
    at = 0
    while at + 38 <= len(directory) and _tag(directory, at) == _NAME:
        flags, length = directory[at + 18], directory[at + 19]
        (place,) = struct.unpack_from("<I", directory, at + 24)
        (skipped,) = struct.unpack_from("<H", directory, at + 36)
        raw = directory[at + 38 + skipped : at + 38 + skipped + length]
        if not flags & (_PARENT | _DELETED) and raw:
            name = raw[1:].decode("utf-16-be" if raw[0] == 16 else "latin-1", "replace")
            yield name, bool(flags & _DIRECTORY), place
        at += (38 + skipped + length + 3) // 4 * 4
