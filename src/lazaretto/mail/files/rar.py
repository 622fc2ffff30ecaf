"""RAR archives, versions 4 and 5: what their headers say of the files in them.

RAR 5.0 archive format, technote.txt. What is packed is unpacked by `rar_files`.
Limits: MAX_BLOCKS blocks of one archive, MAX_NAME bytes of one name.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BLOCKS = 1_000
"""Blocks of one archive that are read: each file has one."""

MAX_NAME = 500
"""Bytes of one name."""

_FIVE = b"Rar!\x1a\x07\x01\x00"


@dataclass(frozen=True, slots=True)
class RarFile:
    """One file of an archive."""

    name: str
    size: int  # as declared
    encrypted: bool
    start: int = 0  # of its content
    packed: int = 0  # bytes of it in the archive
    method: int = 0  # how it is packed; 0: not at all
    version: int = 0  # of the packer: 29 in RAR 3 and 4, from 50 on in RAR 5
    solid: bool = False  # it goes on where the file before it ended
    crc: int | None = None
    whole: bool = True  # it neither begins nor ends in another volume
    lock: bytes = b""  # how its key is made; in RAR 3 and 4 the salt

    @property
    def stored(self) -> int:
        """Bytes of content that are there as they are; 0 where they are packed."""
        return 0 if self.method else self.packed


@dataclass(frozen=True, slots=True)
class Rar:
    """What the headers say."""

    encrypted: bool  # a password is needed for the list or for a file
    files: tuple[RarFile, ...]


def read_rar(data: bytes) -> Rar:
    """Read the headers; what cannot be read says nothing."""
    try:
        found = tuple(_five(data) if data.startswith(_FIVE) else _four(data))
    except struct.error:
        found = ()
    files = tuple(file for file in found if file.name)
    return Rar(any(file.encrypted for file in found), files)


def _four(data: bytes) -> Iterator[RarFile]:
    at = 7
    for _ in range(MAX_BLOCKS):
        if at + 7 > len(data):
            return
        kind, flags, size = struct.unpack_from("<BHH", data, at + 2)
        if kind == 0x73 and flags & 0x80:  # the list itself is encrypted
            yield RarFile("", 0, encrypted=True)
            return
        added = struct.unpack_from("<I", data, at + 7)[0] if flags & 0x8000 and at + 11 <= len(data) else 0
        if kind == 0x74 and at + 32 <= len(data):
            yield _file_four(data, at, flags, size)
        if size < 7:
            return
        at += size + added


def _file_four(data: bytes, at: int, flags: int, size: int) -> RarFile:
    packed, plain = struct.unpack_from("<II", data, at + 7)
    method, length = data[at + 25], struct.unpack_from("<H", data, at + 26)[0]
    start = at + 32 + (8 if flags & 0x100 else 0)
    raw = data[start : start + min(length, MAX_NAME)].partition(b"\x00")[0]  # a packed wide name may follow
    name = raw.decode("utf-8" if flags & 0x200 else "cp437", "replace").replace("\\", "/")
    folder = flags & 0xE0 == 0xE0
    return RarFile(
        "" if folder else name,
        plain,
        encrypted=bool(flags & 4),
        start=at + size,
        packed=packed,
        method=method - 0x30,
        version=data[at + 24],
        solid=bool(flags & 0x10),
        crc=struct.unpack_from("<I", data, at + 16)[0],
        whole=not flags & 3,
        lock=data[start + length : start + length + 8] if flags & 0x400 else b"",
    )


def _five(data: bytes) -> Iterator[RarFile]:
    at = 8
    for _ in range(MAX_BLOCKS):
        size, start = _number(data, at + 4)
        kind, position = _number(data, start)
        flags, position = _number(data, position)
        if kind == 4:  # the list itself is encrypted
            yield RarFile("", 0, encrypted=True)
            return
        extra, position = _number(data, position) if flags & 1 else (0, position)
        added, position = _number(data, position) if flags & 2 else (0, position)
        end = start + size
        if kind == 2:
            lock = _encryption_record(data[max(start, end - extra) : end]) if extra else b""
            yield _file_five(data, position, end, added, lock=lock, whole=not flags & 0x18)
        if kind == 5 or size == 0 or end + added >= len(data):
            return
        at = end + added


def _file_five(data: bytes, at: int, end: int, packed: int, *, lock: bytes, whole: bool) -> RarFile:
    flags, at = _number(data, at)
    plain, at = _number(data, at)
    _, at = _number(data, at)
    at += 4 if flags & 2 else 0
    crc = struct.unpack_from("<I", data, at)[0] if flags & 4 else None
    at += 4 if flags & 4 else 0
    packing, at = _number(data, at)
    _, at = _number(data, at)
    length, at = _number(data, at)
    name = data[at : at + min(length, MAX_NAME)].decode("utf-8", "replace")
    return RarFile(
        "" if flags & 1 else name,
        plain,
        encrypted=bool(lock),
        start=end,
        packed=packed,
        method=packing >> 7 & 7,
        version=50 + (packing & 0x3F),
        solid=bool(packing & 0x40),
        crc=crc,
        whole=whole,
        lock=lock,
    )


def _encryption_record(extra: bytes) -> bytes:
    """How the key of a file is made, b"" for a file without one."""
    at = 0
    while at < len(extra):
        size, start = _number(extra, at)
        kind, position = _number(extra, start)
        if kind == 1:
            return extra[position : start + size] or b"\x00"
        if size == 0:
            return b""
        at = start + size
    return b""


def _number(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, seven bits a byte, and the place behind it."""
    value = 0
    for shift in range(0, 63, 7):
        if at >= len(data):
            return value, at
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if not byte & 128:
            break
    return value, at
