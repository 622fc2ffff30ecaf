"""What archives hold: a bounded list of members with the type of each by its first bytes.

ZIP, TAR, GZIP, BZIP2, XZ, Zstandard and images of disks are listed, also a TAR that is compressed; 7z, RAR
and cabinets tell names.
A bomb costs no more than the limits: MAX_MEMBERS members, SNIFF_BYTES of each, MAX_INFLATED in all.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from backports import zstd

from lazaretto.mail.files.cab import Cabinet
from lazaretto.mail.files.fat import fat_files
from lazaretto.mail.files.filetype import UNKNOWN, detect
from lazaretto.mail.files.rar import read_rar
from lazaretto.mail.files.sevenzip import read_7z
from lazaretto.mail.files.udf import disc_files
from lazaretto.mail.files.zipfiles import (
    FED,
    MAX_INFLATED,
    MAX_MEMBERS,
    SNIFF_BYTES,
    read_member,
    zip_members,
)
from lazaretto.model.message import Member

MAX_UNPACKED = 1 << 20
"""Bytes that are unpacked of a compressed file or a compressed TAR."""

_LZMA_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class Listing:
    """What can be said of an archive."""

    members: tuple[Member, ...] = ()
    encrypted: bool = False
    cut: bool = False  # a limit ended the listing
    broken: bool = False


def list_archive(data: bytes, detected: str) -> Listing:
    """The listing of an archive of a detected type; an empty one for what is no archive."""
    if detected in _COMPRESSED:
        return _compressed(data, detected)
    reader = _READERS.get(detected)
    if reader is not None:
        return reader(data)
    return _zip(data) if data[:2] == b"PK" else Listing()


def _zip(data: bytes) -> Listing:
    found = zip_members(data)
    members: list[Member] = []
    spent = 0
    for member in found:
        head = b""
        if spent < MAX_INFLATED and not member.name.endswith("/"):
            head = read_member(data, member, SNIFF_BYTES)
            spent += len(head)
        kind = detect(head, member.name) if head else UNKNOWN
        members.append(Member(member.name, member.size, member.encrypted, kind))
    return Listing(
        tuple(members),
        encrypted=any(m.encrypted for m in found),
        cut=len(found) >= MAX_MEMBERS,
        broken=not found,
    )


@dataclass(frozen=True, slots=True)
class TarFile:
    """One file of a TAR."""

    name: str
    start: int
    size: int


def tar_files(data: bytes) -> Iterator[TarFile]:
    """The files of a TAR, at most MAX_MEMBERS."""
    at = 0
    for _ in range(MAX_MEMBERS):
        header = data[at : at + 512]
        if len(header) < 512 or not header.strip(b"\x00") or (not at and header[257:262] != b"ustar"):
            return
        size = _octal(header[124:136])
        if header[156:157] in b"0\x00":
            yield TarFile(header[:100].partition(b"\x00")[0].decode("utf-8", "replace"), at + 512, size)
        at += 512 + (size + 511) // 512 * 512


def _tar(data: bytes, *, cut: bool = False) -> Listing:
    if data[:512].strip(b"\x00") and data[257:262] != b"ustar":
        return Listing(broken=True)
    members: list[Member] = []
    for file in tar_files(data):
        body = data[file.start : file.start + min(file.size, SNIFF_BYTES)]
        kind = detect(body, file.name) if body else UNKNOWN
        members.append(Member(file.name, file.size, encrypted=False, detected_type=kind))
    return Listing(tuple(members), cut=cut or len(members) >= MAX_MEMBERS)


def _seven(data: bytes) -> Listing:
    """The content of members is not read: their type is unknown, their size is not told."""
    found = read_7z(data)
    members = tuple(Member(name, 0, found.encrypted, UNKNOWN) for name in found.names)
    return Listing(members, encrypted=found.encrypted, cut=len(members) >= MAX_MEMBERS)


def _rar(data: bytes) -> Listing:
    """Names and sizes; the content is read where it is not packed."""
    found = read_rar(data)
    members = tuple(
        Member(file.name, file.size, file.encrypted, detect(body, file.name) if body else UNKNOWN)
        for file in found.files
        for body in (data[file.start : file.start + min(file.stored, SNIFF_BYTES)],)
    )
    return Listing(members, encrypted=found.encrypted, cut=len(members) >= MAX_MEMBERS)


def _files(files: Iterator[tuple[str, bytes]]) -> Listing:
    """An image without a file that we can read was not seen."""
    members = tuple(
        Member(name, len(body), encrypted=False, detected_type=detect(body[:SNIFF_BYTES], name))
        for name, body in islice(files, MAX_MEMBERS)
    )
    return Listing(members, cut=not members or len(members) >= MAX_MEMBERS)


def _cabinet(data: bytes) -> Listing:
    cabinet = Cabinet(data)
    members = tuple(
        Member(file.name, file.size, encrypted=False, detected_type=UNKNOWN) for file in cabinet.files
    )
    return Listing(members, cut=cabinet.cut, broken=not members)


def _octal(field: bytes) -> int:
    try:
        return int(field.strip(b" \x00") or b"0", 8)
    except ValueError:
        return 0


def _compressed(data: bytes, detected: str) -> Listing:
    content, _ = inflate(data, detected)
    if not content:
        return Listing(broken=True)
    cut = len(content) >= MAX_UNPACKED
    kind = detect(content)
    if kind == "application/x-tar":
        return _tar(content, cut=cut)
    return Listing((Member(_gzip_name(data), len(content), encrypted=False, detected_type=kind),), cut=cut)


def inflate(data: bytes, detected: str, limit: int = MAX_UNPACKED) -> tuple[bytes, int]:
    """The first bytes of a compressed file, and about how many packed bytes they took."""
    reader: _Unpacker
    if detected == "application/gzip":
        reader = zlib.decompressobj(31)
    elif detected == "application/x-bzip2":
        reader = bz2.BZ2Decompressor()
    elif detected == "application/zstd":
        reader = zstd.ZstdDecompressor()
    else:
        reader = lzma.LZMADecompressor(memlimit=_LZMA_MEMORY)
    out = bytearray()
    taken = 0
    try:
        while taken < len(data) and len(out) < limit and not reader.eof:
            out += reader.decompress(data[taken : taken + FED], limit - len(out))
            taken = min(taken + FED, len(data))
    except (zlib.error, OSError, ValueError, lzma.LZMAError, zstd.ZstdError, EOFError):
        pass  # what came before the fault was there to be read
    return bytes(out), taken


class _Unpacker(Protocol):
    """What the three packers of the standard library share."""

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def inner_name(data: bytes, outer: str) -> str:
    """What a compressed file is called inside: by its header, else its own name without the ending."""
    stem, dot, _ = outer.rpartition(".")
    return _gzip_name(data) or (stem.rpartition("/")[2] if dot else "") or "content"


def _gzip_name(data: bytes) -> str:
    """RFC 1952 2.3.1: the original name, when the header has nothing else in front of it."""
    if data[:2] != b"\x1f\x8b" or len(data) < 11 or not data[3] & 8 or data[3] & 4:
        return ""
    return data[10:510].partition(b"\x00")[0].decode("latin-1")


_COMPRESSED = frozenset({"application/gzip", "application/x-bzip2", "application/x-xz", "application/zstd"})
_READERS: dict[str, Callable[[bytes], Listing]] = {
    "application/x-tar": _tar,
    "application/x-rar": _rar,
    "application/x-7z-compressed": _seven,
    "application/x-iso9660-image": lambda data: _files(disc_files(data)),
    "application/x-udf-image": lambda data: _files(disc_files(data)),
    "application/x-raw-disk-image": lambda data: _files(fat_files(data)),
    "application/x-vhd": lambda data: _files(fat_files(data)),
    "application/vnd.ms-cab-compressed": _cabinet,
}
