"""ZIP files: their members by the central directory, their first bytes by capped inflation. APPNOTE 4.3.

Broken archives give what can be read. Nothing declared is believed: sizes bound nothing, only what has been
inflated counts. Limits: MAX_MEMBERS, SNIFF_BYTES of one member, MAX_INFLATED of one archive.
"""

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from backports import zstd

MAX_MEMBERS = 1_000
"""Members of one archive that are listed."""

SNIFF_BYTES = 4_096
"""Bytes of a member that are inflated to see what it is."""

MAX_INFLATED = 8 << 20
"""Bytes inflated for one archive, all members together: a bomb ends here."""

FED = 4_096
"""Bytes that are unpacked at once: what came before a fault was there to be read, and counts."""

MAX_DOCUMENT_PART = 1 << 20
"""Bytes of one inner file of an Office document that are inflated."""

_END = b"PK\x05\x06"
_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_END_SEARCH = 65_557


class _Method(IntEnum):
    """How a member is packed."""

    STORED = 0
    DEFLATED = 8
    BZIP2 = 12
    LZMA = 14
    ZSTD = 93
    XZ = 95
    AES = 99


_LZMA_MEMORY = 64 << 20

_OPEN_XML: tuple[tuple[str, str, str], ...] = (
    (
        "word/",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.ms-word.document.macroenabled.12",
    ),
    (
        "xl/",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel.sheet.macroenabled.12",
    ),
    (
        "ppt/",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
    ),
    ("visio/", "application/vnd.ms-visio.drawing", "application/vnd.ms-visio.drawing.macroenabled.12"),
)


@dataclass(frozen=True, slots=True)
class ZipMember:
    """One entry of the central directory."""

    name: str
    size: int  # as declared
    packed: int
    method: int
    flags: int
    offset: int
    crc: int = 0
    time: int = 0  # as DOS writes it

    @property
    def encrypted(self) -> bool:
        """A password is needed."""
        return bool(self.flags & 1) or self.method == _Method.AES


def zip_members(data: bytes) -> tuple[ZipMember, ...]:
    """The members, by the central directory or, where that is missing, by the local headers."""
    members = tuple(_central(data))
    return members or tuple(_local(data))


def _central(data: bytes) -> Iterator[ZipMember]:
    end = data.rfind(_END, max(0, len(data) - _END_SEARCH))
    if end < 0 or end + 22 > len(data):
        return
    size, offset = struct.unpack_from("<II", data, end + 12)
    shift = end - size - offset  # bytes put in front of the archive
    at = end - size if end - size >= 0 and data[end - size : end - size + 4] == _CENTRAL else offset
    for _ in range(MAX_MEMBERS):
        if data[at : at + 4] != _CENTRAL or at + 46 > len(data):
            return
        flags, method = struct.unpack_from("<HH", data, at + 8)
        time = struct.unpack_from("<H", data, at + 12)[0]
        crc, packed, plain, name_len, extra_len, note_len = struct.unpack_from("<IIIHHH", data, at + 16)
        local = struct.unpack_from("<I", data, at + 42)[0]
        name = _name(data[at + 46 : at + 46 + name_len], flags)
        yield ZipMember(name, plain, packed, method, flags, local + max(shift, 0), crc, time)
        at += 46 + name_len + extra_len + note_len


def _local(data: bytes) -> Iterator[ZipMember]:
    at = data.find(_LOCAL)
    for _ in range(MAX_MEMBERS):
        if at < 0 or at + 30 > len(data):
            return
        flags, method = struct.unpack_from("<HH", data, at + 6)
        packed, plain, name_len, extra_len = struct.unpack_from("<IIHH", data, at + 18)
        yield ZipMember(_name(data[at + 30 : at + 30 + name_len], flags), plain, packed, method, flags, at)
        at = data.find(_LOCAL, at + 30 + name_len + extra_len + (0 if flags & 8 else packed))


def _name(raw: bytes, flags: int) -> str:
    text = raw[:500].decode("utf-8" if flags & 0x800 or raw.isascii() else "cp437", "replace")
    return text.replace("\x00", "")


def read_member(data: bytes, member: ZipMember, limit: int) -> bytes:
    """The first bytes of a member; b"" where it is encrypted or packed in a way that we do not read."""
    return read_packed(data, member, limit)[0]


def read_packed(data: bytes, member: ZipMember, limit: int) -> tuple[bytes, int]:
    """The first bytes of a member, and how many packed bytes they took."""
    start = local_start(data, member)
    if member.encrypted or start < 0 or limit <= 0:  # zlib takes a limit of 0 for none
        return b"", 0
    if member.method == _Method.STORED:
        content = data[start : start + min(limit, max(member.packed, 0) or limit)]
        return content, len(content)
    if member.method != _Method.DEFLATED:
        return _rare(data[start : start + (member.packed or limit)], member.method, limit)
    return _inflated(data, start, min(member.packed or limit, limit) + 1024, limit)


def _inflated(data: bytes, start: int, size: int, limit: int) -> tuple[bytes, int]:
    """What comes out before the end, the limit or a fault, and how many packed bytes it took."""
    reader = zlib.decompressobj(-15)
    end = min(start + size, len(data))
    out, at = bytearray(), start
    try:
        while len(out) < limit and not reader.eof:
            piece = reader.unconsumed_tail
            if not piece:
                piece = data[at : min(at + FED, end)]
                at += len(piece)
            plain = reader.decompress(piece, min(FED, limit - len(out)))
            if not piece and not plain:
                break
            out += plain
    except zlib.error:
        pass
    return bytes(out), at - start - len(reader.unconsumed_tail) - len(reader.unused_data)


def _rare(packed: bytes, method: int, limit: int) -> tuple[bytes, int]:
    """The packers that other programs than Windows use; b"" for those that we do not have. APPNOTE 4.4.5."""
    try:
        match method:
            case _Method.BZIP2:
                return bz2.BZ2Decompressor().decompress(packed, limit), len(packed)
            case _Method.LZMA:  # version and size of the properties in front of them. APPNOTE 5.8.8
                size = int.from_bytes(packed[2:4], "little")
                head = packed[4 : 4 + size] + b"\xff" * 8
                lzma_reader = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_LZMA_MEMORY)
                return lzma_reader.decompress(head + packed[4 + size :], limit), len(packed)
            case _Method.ZSTD:
                return zstd.ZstdDecompressor().decompress(packed, limit), len(packed)
            case _Method.XZ:
                return lzma.LZMADecompressor(memlimit=_LZMA_MEMORY).decompress(packed, limit), len(packed)
    except (lzma.LZMAError, zstd.ZstdError, OSError, ValueError, EOFError):
        pass
    return b"", 0


def local_start(data: bytes, member: ZipMember) -> int:
    """Where the content of a member begins; -1 where its local header is not there."""
    at = member.offset
    if data[at : at + 4] != _LOCAL or at + 30 > len(data):
        return -1
    name_len, extra_len = struct.unpack_from("<HH", data, at + 26)
    return int(at + 30 + name_len + extra_len)


def zip_type(data: bytes) -> str:
    """The media type of a ZIP file by what it contains."""
    names = [member.name for member in zip_members(data)]
    known = set(names)
    if "[Content_Types].xml" in known or "_rels/.rels" in known:
        macro = any(name.lower().endswith("vbaproject.bin") for name in names)
        for folder, plain, macro_type in _OPEN_XML:
            if any(name.startswith(folder) for name in names):
                return macro_type if macro else plain
        if "AppxManifest.xml" in known:
            return "application/appx"
    if "AndroidManifest.xml" in known:
        return "application/vnd.android.package-archive"
    if "META-INF/MANIFEST.MF" in known:
        return "application/java-archive"
    if "mimetype" in known:
        first = next(m for m in zip_members(data) if m.name == "mimetype")
        declared = read_member(data, first, 100).decode("ascii", "replace").strip()
        if declared.startswith(("application/vnd.oasis", "application/epub+zip")):
            return declared
    return "application/zip"
