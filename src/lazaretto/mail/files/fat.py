"""Images of disks with a FAT file system, whole or in partitions: the files in them. ECMA-107, FAT32 1.03.

Other file systems (NTFS, exFAT) are not read.
Limits: MAX_DIRECTORIES that are gone through, MAX_FILES that are found, MAX_CHAIN clusters of a chain,
MAX_DIRECTORY bytes of a directory, MAX_FILE bytes of a file, MAX_BYTES of all.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_DIRECTORIES = 100
"""Directories of one image."""

MAX_FILES = 1_000
"""Files of one image."""

MAX_CHAIN = 20_000
"""Clusters of one chain; a loop ends here."""

MAX_DIRECTORY = 256 << 10
"""Bytes of one directory."""

MAX_FILE = 8 << 20
"""Bytes of one file that are taken out."""

MAX_BYTES = 48 << 20
"""Bytes of all files of one image: a thousand names may point at the same megabytes."""

SECTOR = 512
_LONG_NAME, _DIRECTORY, _LABEL = 0x0F, 0x10, 0x08
_TABLE, _ENTRY = 446, 16


@dataclass(frozen=True, slots=True)
class _Disk:
    data: bytes
    tables: int  # where the table of clusters begins, in bytes
    first: int  # where the second cluster lies
    cluster: int  # bytes
    bits: int  # 12, 16 or 32
    root: tuple[int, int]  # place and bytes of the root directory, or its cluster and 0


def fat_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files in an image."""
    found, left = 0, MAX_BYTES
    for start in _starts(data):
        try:
            for name, content in _walk(_disk(data, start)):
                found += 1
                left -= len(content)
                if found > MAX_FILES or left < 0:
                    return
                yield name, content
        except (struct.error, ValueError):
            continue  # what came before the fault was there to be read


def partitions(data: bytes) -> tuple[int, ...]:
    """Where partitions begin, by the table in the first sector."""
    if data[510:512] != b"\x55\xaa":
        return ()
    found = []
    for at in range(_TABLE, _TABLE + 4 * _ENTRY, _ENTRY):
        state, kind = data[at], data[at + 4]
        (start,) = struct.unpack_from("<I", data, at + 8)
        if state not in {0, 0x80}:
            return ()
        if kind and 0 < start * SECTOR < len(data):
            found.append(start * SECTOR)
    return tuple(found)


def _starts(data: bytes) -> tuple[int, ...]:
    return (0,) if data[:1] in {b"\xeb", b"\xe9"} else partitions(data)


def _disk(data: bytes, start: int) -> _Disk:
    """The parameters in the boot sector. Raises ValueError or struct.error."""
    sector, per, reserved, tables, entries, few, _, short = struct.unpack_from("<HBHBHHBH", data, start + 11)
    many, long, _, _, root = struct.unpack_from("<IIHHI", data, start + 32)
    size = short or long
    if sector not in {512, 1_024, 2_048, 4_096} or not per or not size or not tables:
        raise ValueError
    listed = -(-entries * 32 // sector)
    first = reserved + tables * size + listed
    clusters = ((few or many) - first) // per
    bits = 12 if clusters < 4_085 else 16 if clusters < 65_525 else 32
    place = start + (reserved + tables * size) * sector
    return _Disk(
        data,
        start + reserved * sector,
        start + first * sector,
        per * sector,
        bits,
        (root, 0) if bits == 32 else (place, entries * 32),
    )


def _walk(disk: _Disk) -> Iterator[tuple[str, bytes]]:
    place, size = disk.root
    root = disk.data[place : place + size] if size else _chain(disk, place, MAX_DIRECTORY)
    waiting = [("", root)]
    for _ in range(MAX_DIRECTORIES):
        if not waiting:
            return
        folder, directory = waiting.pop(0)
        for name, attributes, cluster, length in _entries(directory):
            if attributes & _DIRECTORY:
                if len(waiting) < MAX_DIRECTORIES:
                    waiting.append((f"{folder}{name}/", _chain(disk, cluster, MAX_DIRECTORY)))
            else:
                yield folder + name, _chain(disk, cluster, min(length, MAX_FILE))


def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
    long: list[str] = []
    for at in range(0, len(directory) - 31, 32):
        entry = directory[at : at + 32]
        if entry[0] == 0:
            return
        if entry[11] == _LONG_NAME:
            piece = entry[1:11] + entry[14:26] + entry[28:32]
            long.insert(0, piece.decode("utf-16-le", "replace").partition("\x00")[0].rstrip("\uffff"))
            continue
        name, long = "".join(long) or _short(entry), []
        if entry[0] == 0xE5 or entry[11] & _LABEL or name in {".", ".."}:
            continue
        high, low, size = struct.unpack_from("<H4xHI", entry, 20)
        yield name, entry[11], high << 16 | low, size


def _short(entry: bytes) -> str:
    base, ending = (entry[a:b].decode("cp437").rstrip() for a, b in ((0, 8), (8, 11)))
    return f"{base}.{ending}" if ending else base


def _chain(disk: _Disk, cluster: int, wanted: int) -> bytes:
    """The first bytes of a chain of clusters."""
    out = bytearray()
    for _ in range(MAX_CHAIN):
        if len(out) >= wanted or cluster < 2:
            break
        at = disk.first + (cluster - 2) * disk.cluster
        piece = disk.data[at : at + disk.cluster]
        if not piece:
            break
        out += piece
        cluster = _next(disk, cluster)
    return bytes(out[:wanted])


def _next(disk: _Disk, cluster: int) -> int:
    """The cluster after one; 0 at the end."""
    if disk.bits == 12:
        (pair,) = struct.unpack_from("<H", disk.data, disk.tables + cluster * 3 // 2)
        value = pair >> 4 if cluster & 1 else pair & 0xFFF
        return 0 if value >= 0xFF7 else value
    if disk.bits == 16:
        (value,) = struct.unpack_from("<H", disk.data, disk.tables + cluster * 2)
        return 0 if value >= 0xFFF7 else value
    (value,) = struct.unpack_from("<I", disk.data, disk.tables + cluster * 4)
    value &= 0x0FFFFFFF
    return 0 if value >= 0x0FFFFFF7 else value
