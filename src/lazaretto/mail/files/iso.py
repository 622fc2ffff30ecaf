"""ISO 9660 images: the files in them, by the directory of the Joliet names where there is one. ECMA-119.

Limits: MAX_DIRECTORIES that are gone through, MAX_RECORDS in all of them, MAX_FILES that are found,
MAX_DIRECTORY bytes of one, MAX_FILE bytes of a file, MAX_BYTES of all, MAX_DESCRIPTORS; a loop of directories
ends there. The UDF side of an image is read by `udf`.
"""

import struct
from collections.abc import Iterator

MAX_DIRECTORIES = 100
"""Directories of one image."""

MAX_RECORDS = 5_000
"""Entries of all directories: a directory that holds itself a thousand times is read once."""

MAX_FILES = 1_000
"""Files of one image."""

MAX_DIRECTORY = 256 << 10
"""Bytes of one directory."""

MAX_DESCRIPTORS = 16
"""Volume descriptors that are looked at."""

MAX_FILE = 8 << 20
"""Bytes of one file that are taken out."""

MAX_BYTES = 48 << 20
"""Bytes of all files of one image: a thousand names may point at the same megabytes."""

SECTOR = 2_048
_JOLIET = (b"%/@", b"%/C", b"%/E")


def iso_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files in an image."""
    root, wide = _root(data)
    waiting = [("", root)] if root else []
    known = {root}
    found, records, left = 0, 0, MAX_BYTES
    for _ in range(MAX_DIRECTORIES):
        if not waiting:
            return
        folder, (start, size) = waiting.pop(0)
        for name, flags, at, length in _records(data, start, size, wide=wide):
            records += 1
            if records > MAX_RECORDS:
                return
            if flags & 2:
                if len(waiting) < MAX_DIRECTORIES and (at, length) not in known:
                    known.add((at, length))
                    waiting.append((f"{folder}{name}/", (at, length)))
                continue
            found += 1
            if found > MAX_FILES or left <= 0:
                return
            content = data[at : at + min(length, MAX_FILE, left)]
            left -= len(content)
            yield folder + name, content


def _root(data: bytes) -> tuple[tuple[int, int] | None, bool]:
    """Place and size of the root directory, and whether names have two bytes a character."""
    plain = None
    for index in range(MAX_DESCRIPTORS):
        at = 0x8000 + index * SECTOR
        kind = data[at : at + 1]
        if data[at + 1 : at + 6] != b"CD001" or kind == b"\xff" or at + 190 > len(data):
            break
        start, size = _extent(data, at + 156)
        if kind == b"\x02" and data[at + 88 : at + 91] in _JOLIET:
            return (start, size), True
        if kind == b"\x01":
            plain = (start, size)
    return plain, False


def _extent(data: bytes, at: int) -> tuple[int, int]:
    sector = struct.unpack_from("<I", data, at + 2)[0]
    size = struct.unpack_from("<I", data, at + 10)[0]
    return sector * SECTOR, size


def _records(data: bytes, start: int, size: int, *, wide: bool) -> Iterator[tuple[str, int, int, int]]:
    at, end = start, min(start + min(size, MAX_DIRECTORY), len(data))
    while at + 33 < end:
        length = data[at]
        if length == 0:  # records do not cross sectors: the rest of this one is empty
            at = (at // SECTOR + 1) * SECTOR
            continue
        if length < 34 or at + length > len(data):
            return
        raw = data[at + 33 : at + 33 + data[at + 32]]
        if raw not in {b"\x00", b"\x01"}:
            name = raw.decode("utf-16-be" if wide else "latin-1", "replace").partition(";")[0]
            yield name, data[at + 25], *_extent(data, at)
        at += length
