"""7z archives: whether a password is needed, and the names inside, by the header at their end.

The header is mostly packed with LZMA itself; it is unpacked when it is small, which it is in mail.
Names are found by their mark in the header, not by reading the whole of its grammar.

Limits: MAX_HEADER bytes of header, MAX_NAMES names. Sizes and contents of members are not read.
"""

import lzma
import struct
from dataclasses import dataclass

MAX_HEADER = 1 << 20
"""Bytes of header, packed or not, that are read."""

MAX_NAMES = 1_000
"""Names that are kept."""

_AES = b"\x06\xf1\x07\x01"
_LZMA = b"\x23\x03\x01\x01\x05"  # a coder with a name of three bytes and five bytes of properties
_LZMA2 = b"\x21\x21\x01"
_PACK_INFO, _SIZES, _NAMES, _ENCODED = 0x06, 0x0C, 0x11, 0x17


@dataclass(frozen=True, slots=True)
class SevenZip:
    """What the header says."""

    encrypted: bool
    names: tuple[str, ...]


def read_7z(data: bytes) -> SevenZip:
    """Read the header at the end of an archive; what cannot be read says nothing."""
    header, _ = header_of(data)
    if header[:1] == bytes((_ENCODED,)):
        if _AES in header:
            return SevenZip(encrypted=True, names=())
        header = _unpacked(data, header)
    return SevenZip(_AES in header, _names(header))


def header_of(data: bytes) -> tuple[bytes, int]:
    """The header at the end, as it is written, and its place."""
    if len(data) < 32:
        return b"", 0
    offset, size = struct.unpack_from("<QQ", data, 12)
    return data[32 + offset : 32 + offset + min(size, MAX_HEADER)], 32 + offset


def number(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place and the place behind it: the first byte tells how many bytes follow."""
    first = data[at] if at < len(data) else 0
    mask, value = 0x80, 0
    for index in range(8):
        if not first & mask:
            return value | (first & (mask - 1)) << (8 * index), at + 1 + index
        value |= (data[at + 1 + index] if at + 1 + index < len(data) else 0) << (8 * index)
        mask >>= 1
    return value, at + 9


def _unpacked(data: bytes, header: bytes) -> bytes:
    """The header behind an encoded header that has one LZMA stream."""
    if header[1:2] != bytes((_PACK_INFO,)):
        return b""
    position, at = number(header, 2)
    _, at = number(header, at)
    packed, at = number(header, at + 1)  # behind the mark of the sizes
    coder, behind = _coder(header, at)
    sizes = header.find(bytes((_SIZES,)), behind)
    if coder is None or sizes < 0:
        return b""
    limit = min(number(header, sizes + 1)[0], MAX_HEADER)
    coder["dict_size"] = max(4_096, limit)  # as much as the result can need, whatever is declared
    try:
        reader = lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=[coder])
        return reader.decompress(data[32 + position : 32 + position + min(packed, MAX_HEADER)], limit)
    except (lzma.LZMAError, ValueError, EOFError, OverflowError):
        return b""


def _coder(header: bytes, at: int) -> tuple[dict[str, int] | None, int]:
    """The first coder that is LZMA or LZMA2, and the place behind its properties."""
    found = header.find(_LZMA2, at)
    if found >= 0:
        return {"id": lzma.FILTER_LZMA2}, found + 4
    found = header.find(_LZMA, at)
    if found < 0 or found + 10 > len(header):
        return None, 0
    rest, lc = divmod(header[found + 5], 9)
    pb, lp = divmod(rest, 5)
    return {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb}, found + 10


def _names(header: bytes) -> tuple[str, ...]:
    """Names follow their mark as UTF-16, each ended by zero."""
    at = header.find(_NAMES)
    for _ in range(MAX_NAMES):
        if at < 0:
            return ()
        size, start = number(header, at + 1)
        block = header[start + 1 : start + size]
        if (
            size % 2
            and size > 3
            and len(block) == size - 1
            and header[start] == 0
            and block.endswith(b"\x00\x00")
        ):
            text = block[:-2].decode("utf-16-le", "replace")
            if text.replace("\x00", "").isprintable():
                return tuple(name[:500] for name in text.split("\x00")[:MAX_NAMES])
        at = header.find(_NAMES, at + 1)
    return ()
