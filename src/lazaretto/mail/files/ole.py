"""OLE compound files (old Office, Outlook items, installers): what they are and what they hold. MS-CFB.

The directory is found through the header and its first sectors; names of storages and streams say enough.
Of the streams only packaged files are taken out.
Limits: MAX_ENTRIES directory entries, MAX_CHAIN sectors of the directory, MAX_STREAM bytes of one stream,
MAX_PACKAGES packaged files.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.mail.files.embedded import package

MAX_ENTRIES = 2_000
"""Directory entries that are read."""

MAX_CHAIN = 600
"""Sectors of the directory that are followed; a loop in the chain ends here."""

MAX_STREAM = 4 << 20
"""Bytes of one stream."""

MAX_PACKAGES = 20
"""Packaged files of one compound file."""

MINI_CUTOFF = 4_096
"""Bytes below which a stream lies in the stream of small ones. MS-CFB 2.2."""

_END_OF_CHAIN = 0xFFFFFFFA
_ENTRY = 128
OLE = b"\xd0\xcf\x11\xe0"
"""Every compound file begins so."""


@dataclass(frozen=True, slots=True)
class OleEntry:
    """One storage or stream."""

    name: str
    size: int
    start: int  # offset of its first sector; -1 when that is not in the file
    sector: int = 0


def ole_entries(data: bytes) -> tuple[OleEntry, ...]:
    """The directory of a compound file; what can be read of it when it is broken."""
    if len(data) < 512:
        return ()
    size = _sector_size(data)
    first = struct.unpack_from("<I", data, 48)[0]
    fat_sectors = [s for s in struct.unpack_from("<109I", data, 76) if s < _END_OF_CHAIN]
    found: list[OleEntry] = []
    sector = first
    for _ in range(MAX_CHAIN):
        start = (sector + 1) * size
        if sector >= _END_OF_CHAIN or start >= len(data):
            break
        for at in range(start, min(start + size, len(data) - _ENTRY + 1), _ENTRY):
            entry = _entry(data, at, size)
            if entry is not None and len(found) < MAX_ENTRIES:
                found.append(entry)
        sector = _next_sector(data, sector, fat_sectors, size)
    return tuple(found)


def _sector_size(data: bytes) -> int:
    """Two sizes exist. With any other the chains would be followed byte by byte, or divided by nothing."""
    return 4_096 if struct.unpack_from("<H", data, 30)[0] == 12 else 512  # MS-CFB 2.2


def _entry(data: bytes, at: int, sector_size: int) -> OleEntry | None:
    length = struct.unpack_from("<H", data, at + 64)[0]
    if not 2 < length <= 64:
        return None
    name = data[at : at + length - 2].decode("utf-16-le", "replace")
    sector, size = struct.unpack_from("<II", data, at + 116)
    start = (sector + 1) * sector_size
    return OleEntry(name, size, start if start < len(data) else -1, sector)


def _next_sector(data: bytes, sector: int, fat_sectors: list[int], size: int) -> int:
    per = size // 4
    if sector // per >= len(fat_sectors):
        return _END_OF_CHAIN
    at = (fat_sectors[sector // per] + 1) * size + sector % per * 4
    return int(struct.unpack_from("<I", data, at)[0]) if at + 4 <= len(data) else _END_OF_CHAIN


def directory_of(data: bytes) -> bytes:
    """The directory as it is written, entry by entry."""
    if len(data) < 512:
        return b""
    size = 1 << (struct.unpack_from("<H", data, 30)[0] & 15)
    fat = [s for s in struct.unpack_from("<109I", data, 76) if s < _END_OF_CHAIN]
    return _chained(data, struct.unpack_from("<I", data, 48)[0], fat, max(size, 64), MAX_ENTRIES * _ENTRY)


def ole_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that are packaged in a compound file: what a reader starts by clicking on its picture."""
    entries = ole_entries(data)
    packages = [entry for entry in entries if entry.name.lower().startswith("\x01ole10native")]
    for entry in packages[:MAX_PACKAGES]:
        found = package(read_stream(data, entry, entries)[4:])  # a size stands in front
        if found is not None:
            yield found


def read_stream(data: bytes, entry: OleEntry, entries: tuple[OleEntry, ...]) -> bytes:
    """The first MAX_STREAM bytes of a stream."""
    wanted = min(entry.size, MAX_STREAM)
    size = _sector_size(data)
    fat = [s for s in struct.unpack_from("<109I", data, 76) if s < _END_OF_CHAIN]
    if entry.size >= MINI_CUTOFF:
        return _chained(data, entry.sector, fat, size, wanted)
    root = next((e for e in entries if e.name == "Root Entry"), None)
    if root is None:
        return b""
    small = _chained(data, root.sector, fat, size, min(root.size, MAX_STREAM))
    first = struct.unpack_from("<I", data, 60)[0]
    table = _chained(data, first, fat, size, MAX_STREAM // 16)
    out = bytearray()
    sector = entry.sector
    while len(out) < wanted and sector * 4 + 4 <= len(table) and sector < _END_OF_CHAIN:
        out += small[sector * 64 : sector * 64 + 64].ljust(64, b"\x00")
        sector = struct.unpack_from("<I", table, sector * 4)[0]
    return bytes(out[:wanted])


def _chained(data: bytes, sector: int, fat: list[int], size: int, wanted: int) -> bytes:
    out = bytearray()
    while len(out) < wanted and sector < _END_OF_CHAIN:
        piece = data[(sector + 1) * size : (sector + 2) * size]
        if not piece:
            break
        out += piece
        sector = _next_sector(data, sector, fat, size)
    return bytes(out[:wanted])


def ole_type(data: bytes) -> str:
    """The media type of a compound file."""
    names = {entry.name.lower() for entry in ole_entries(data)}
    for mark, media_type in (
        ("encryptedpackage", "application/x-ole-encrypted"),
        ("worddocument", "application/msword"),
        ("workbook", "application/vnd.ms-excel"),
        ("book", "application/vnd.ms-excel"),
        ("powerpoint document", "application/vnd.ms-powerpoint"),
        ("__properties_version1.0", "application/vnd.ms-outlook"),
        ("visiodocument", "application/vnd.visio"),
    ):
        if mark in names:
            return media_type
    if data[80:4096].find(b"\x84\x10\x0c\x00") >= 0 or any(name.startswith("\u4840") for name in names):
        return "application/x-msi"
    return "application/x-ole-storage"


def ole_traits(data: bytes) -> tuple[tuple[str, ...], bool]:
    """What a compound file holds, and whether it is encrypted."""
    entries = {entry.name.lower(): entry for entry in ole_entries(data)}
    names = entries.keys()
    traits = []
    if names & {"vba", "_vba_project", "_vba_project_cur", "macros"}:
        traits.append("macro")
    if any(name.startswith("\x01ole10native") for name in names):
        traits.append("embedded_object")
    if b"Macro" in data and b"Excel 4.0" in data:
        traits.append("macro")
    encrypted = (
        "encryptedpackage" in names or _word_encrypted(data, entries) or _excel_encrypted(data, entries)
    )
    return tuple(dict.fromkeys(traits)), encrypted


def _word_encrypted(data: bytes, entries: dict[str, OleEntry]) -> bool:
    """The flag in the header of an old Word document. MS-DOC 2.5.2."""
    entry = entries.get("worddocument")
    if entry is None or entry.start < 0 or entry.start + 12 > len(data):
        return False
    magic, flags = struct.unpack_from("<H8xH", data, entry.start)
    return bool(magic == 0xA5EC and flags & 0x0100)


def _excel_encrypted(data: bytes, entries: dict[str, OleEntry]) -> bool:
    """The record behind the first one of an old workbook asks for a password. MS-XLS 2.4.117."""
    entry = entries.get("workbook") or entries.get("book")
    if entry is None or entry.start < 0 or entry.start + 4 > len(data):
        return False
    kind, length = struct.unpack_from("<HH", data, entry.start)
    second = entry.start + 4 + length
    if kind != 0x0809 or second + 2 > len(data):
        return False
    return bool(struct.unpack_from("<H", data, second)[0] == 0x002F)
