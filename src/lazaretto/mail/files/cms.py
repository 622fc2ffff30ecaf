"""S/MIME containers: what is signed in them is taken out, what is encrypted is called so. RFC 5652.

A message that is signed in one piece (application/pkcs7-mime) shows nothing to a reader of text, and
everything to a mail program. Lengths may be left open (BER), and content may come in pieces.
Limits: MAX_DEPTH values around each other, MAX_PIECES of content, MAX_CONTENT bytes of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_DEPTH = 8
"""Values around each other that are gone into: the content lies four deep."""

MAX_PIECES = 20_000
"""Pieces of content: programs write a kilobyte in each."""

MAX_CONTENT = 32 << 20
"""Bytes of content."""

Kind = Literal["signed", "encrypted"]

_OIDS: tuple[tuple[bytes, Kind], ...] = (
    (bytes.fromhex("06092a864886f70d010702"), "signed"),
    (bytes.fromhex("06092a864886f70d010703"), "encrypted"),
    (bytes.fromhex("060b2a864886f70d0109100117"), "encrypted"),  # authenticated: RFC 5083
)
_DATA = bytes.fromhex("06092a864886f70d010701")
_START = 40
_OCTETS, _PIECED_OCTETS, _EXPLICIT = 0x04, 0x24, 0xA0


@dataclass(frozen=True, slots=True)
class _Value:
    """One value: its tag, and where its content lies."""

    tag: int
    start: int
    end: int  # of the content, as far as it is known
    after: int  # where the next value begins


def cms_kind(data: bytes) -> Kind | None:
    """What a container is; None for anything else."""
    if data[:1] != b"\x30":
        return None
    head = data[:_START]
    return next((kind for oid, kind in _OIDS if oid in head), None)


def signed_content(data: bytes) -> bytes:
    """The message that is signed, b"" where it lies elsewhere or cannot be found."""
    at = data.find(_DATA)
    if at < 0:
        return b""
    outer = _value(data, at + len(_DATA), MAX_DEPTH)
    if outer is None or outer.tag != _EXPLICIT:
        return b""
    return b"".join(_octets(data, outer.start, outer.end, MAX_DEPTH))[:MAX_CONTENT]


def _octets(data: bytes, at: int, end: int, depth: int) -> Iterator[bytes]:
    for _ in range(MAX_PIECES):
        value = _value(data, at, depth) if at < end else None
        if value is None or value.after <= at:
            return
        if value.tag == _OCTETS:
            yield data[value.start : value.end]
        elif value.tag == _PIECED_OCTETS and depth:
            yield from _octets(data, value.start, value.end, depth - 1)
        else:
            return
        at = value.after


def _value(data: bytes, at: int, depth: int) -> _Value | None:
    """The value at a place. X.690 8.1."""
    if at + 2 > len(data):
        return None
    tag, length = data[at], data[at + 1]
    start = at + 2
    if length == 0x80:
        end = _open_end(data, start, depth)
        return _Value(tag, start, end, end + 2)
    if length & 0x80:
        count = length & 0x7F
        if count > 4:
            return None
        length = int.from_bytes(data[start : start + count])
        start += count
    end = min(start + length, len(data))
    return _Value(tag, start, end, start + length)


def _open_end(data: bytes, at: int, depth: int) -> int:
    """Where a value of open length ends: before two zeros that stand in the place of a value."""
    for _ in range(MAX_PIECES):
        if data[at : at + 2] == b"\x00\x00" or depth <= 0 or at >= len(data):
            break
        value = _value(data, at, depth - 1)
        if value is None:
            break
        at = value.after
    return min(at, len(data))
