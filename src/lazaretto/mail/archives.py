"""What archives hold: a bounded list of members with the type of each by its first bytes.

ZIP, TAR and GZIP are listed, also a TAR inside a GZIP; 7z tells its names, RAR only whether a password is
needed.
A bomb costs no more than the limits: MAX_MEMBERS members, SNIFF_BYTES of each, MAX_INFLATED in all.
"""

import bz2
import lzma
import struct
import zlib
from dataclasses import dataclass

from lazaretto.mail.filetype import UNKNOWN, detect
from lazaretto.mail.sevenzip import read_7z
from lazaretto.mail.zipfiles import MAX_INFLATED, MAX_MEMBERS, SNIFF_BYTES, read_member, zip_members
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
    match detected:
        case "application/x-tar":
            return _tar(data)
        case "application/gzip" | "application/x-bzip2" | "application/x-xz":
            return _compressed(data, detected)
        case "application/x-rar":
            return Listing(encrypted=rar_encrypted(data))
        case "application/x-7z-compressed":
            return _seven(data)
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


def _tar(data: bytes, *, cut: bool = False) -> Listing:
    members: list[Member] = []
    at = 0
    while at + 512 <= len(data) and len(members) < MAX_MEMBERS:
        header = data[at : at + 512]
        if not header.strip(b"\x00"):
            break
        size = _octal(header[124:136])
        if header[257:262] != b"ustar" and not members:
            return Listing(broken=True)
        if header[156:157] in b"0\x00":
            name = header[:100].partition(b"\x00")[0].decode("utf-8", "replace")
            body = data[at + 512 : at + 512 + min(size, SNIFF_BYTES)]
            kind = detect(body, name) if body else UNKNOWN
            members.append(Member(name, size, encrypted=False, detected_type=kind))
        at += 512 + (size + 511) // 512 * 512
    return Listing(tuple(members), cut=cut or len(members) >= MAX_MEMBERS)


def _seven(data: bytes) -> Listing:
    """The content of members is not read: their type is unknown, their size is not told."""
    found = read_7z(data)
    members = tuple(Member(name, 0, found.encrypted, UNKNOWN) for name in found.names)
    return Listing(members, encrypted=found.encrypted, cut=len(members) >= MAX_MEMBERS)


def _octal(field: bytes) -> int:
    try:
        return int(field.strip(b" \x00") or b"0", 8)
    except ValueError:
        return 0


def _compressed(data: bytes, detected: str) -> Listing:
    content = unpack(data, detected)
    if not content:
        return Listing(broken=True)
    cut = len(content) >= MAX_UNPACKED
    kind = detect(content)
    if kind == "application/x-tar":
        return _tar(content, cut=cut)
    return Listing((Member(_gzip_name(data), len(content), encrypted=False, detected_type=kind),), cut=cut)


def unpack(data: bytes, detected: str) -> bytes:
    """The first MAX_UNPACKED bytes of a compressed file."""
    try:
        if detected == "application/gzip":
            return zlib.decompressobj(31).decompress(data, MAX_UNPACKED)
        if detected == "application/x-bzip2":
            return bz2.BZ2Decompressor().decompress(data, MAX_UNPACKED)
        return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY).decompress(data, MAX_UNPACKED)
    except (zlib.error, OSError, ValueError, lzma.LZMAError, EOFError):
        return b""


def _gzip_name(data: bytes) -> str:
    """RFC 1952 2.3.1: the original name, when the header has nothing else in front of it."""
    if data[:2] != b"\x1f\x8b" or len(data) < 11 or not data[3] & 8 or data[3] & 4:
        return ""
    return data[10:510].partition(b"\x00")[0].decode("latin-1")


def rar_encrypted(data: bytes) -> bool:
    """A RAR archive needs a password for its list or for its first files."""
    if data[:8] == b"Rar!\x1a\x07\x01\x00":
        return _rar5_encrypted(data)
    at = 7
    for _ in range(MAX_MEMBERS):
        if at + 7 > len(data):
            return False
        kind, flags, size = struct.unpack_from("<BHH", data, at + 2)
        if (kind == 0x73 and flags & 0x80) or (kind == 0x74 and flags & 0x04):
            return True
        added = struct.unpack_from("<I", data, at + 7)[0] if flags & 0x8000 and at + 11 <= len(data) else 0
        if size < 7:
            return False
        at += size + added
    return False


def _rar5_encrypted(data: bytes) -> bool:
    at = 8
    for _ in range(MAX_MEMBERS):
        size, start = _varint(data, at + 4)
        kind, position = _varint(data, start)
        flags, position = _varint(data, position)
        if kind == 4:  # the list itself is encrypted
            return True
        extra, position = _varint(data, position) if flags & 1 else (0, position)
        added, position = _varint(data, position) if flags & 2 else (0, position)
        end = start + size
        if kind == 2 and extra and _has_encryption_record(data[max(start, end - extra) : end]):
            return True
        if kind == 5 or size == 0 or end + added >= len(data):
            return False
        at = end + added
    return False


def _has_encryption_record(extra: bytes) -> bool:
    at = 0
    while at < len(extra):
        size, start = _varint(extra, at)
        kind, _ = _varint(extra, start)
        if kind == 1:
            return True
        if size == 0:
            return False
        at = start + size
    return False


def _varint(data: bytes, at: int) -> tuple[int, int]:
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
