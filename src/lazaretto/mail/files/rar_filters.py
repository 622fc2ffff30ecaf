"""Filters of RAR: what its writers did to programs and tables before they packed them, undone.

Limits: MAX_FILTERS of one file, MAX_FILTERED bytes of one filter.
"""

import struct
from dataclasses import dataclass

MAX_FILTERS = 1_000
"""Filters of one file: a program of eight megabytes has some dozens."""

MAX_FILTERED = 4 << 20
"""Bytes that one filter is put over."""

DELTA, CALLS, CALLS_AND_JUMPS, ARM = range(4)
"""What a filter did; for ARM processors calls only."""
_SPACE = 0x1000000


@dataclass(frozen=True, slots=True)
class Filter:
    """A piece of the window that was changed before it was packed."""

    start: int  # in the window
    size: int
    kind: int
    channels: int


def undone(content: bytearray, filters: list[Filter], file_start: int) -> bytes:
    """A file without its filters."""
    for one in filters:
        _undo(content, one, file_start)
    return bytes(content)


def _undo(content: bytearray, one: Filter, file_start: int) -> None:
    """Undo what was done to a piece before it was packed; a piece that is not whole stays as it is."""
    at = one.start - file_start
    piece = content[at : at + one.size] if at >= 0 else bytearray()
    if len(piece) < one.size:
        return
    if one.kind == DELTA:
        content[at : at + one.size] = _undelta(piece, one.channels)
    elif one.kind in {CALLS, CALLS_AND_JUMPS}:
        content[at : at + one.size] = _uncalled(piece, at, jumps=one.kind == CALLS_AND_JUMPS)
    elif one.kind == ARM:
        content[at : at + one.size] = _unarmed(piece, at)


def _undelta(piece: bytearray, channels: int) -> bytearray:
    out = bytearray(len(piece))
    source = 0
    for channel in range(channels):
        value = 0
        for at in range(channel, len(piece), channels):
            value = value - piece[source] & 255
            out[at] = value
            source += 1
    return out


def _uncalled(piece: bytearray, offset: int, *, jumps: bool) -> bytearray:
    """Calls of a program for Intel processors, from addresses back to distances."""
    at = 0
    while at + 4 < len(piece):
        byte = piece[at]
        at += 1
        if byte == 0xE8 or (jumps and byte == 0xE9):
            place = (at + offset) % _SPACE
            (address,) = struct.unpack_from("<i", piece, at)
            if address < 0:
                if address + place >= 0:
                    struct.pack_into("<i", piece, at, address + _SPACE)
            elif address < _SPACE:
                struct.pack_into("<i", piece, at, address - place)
            at += 4
    return piece


def _unarmed(piece: bytearray, offset: int) -> bytearray:
    for at in range(0, len(piece) - 3, 4):
        if piece[at + 3] == 0xEB:
            value = int.from_bytes(piece[at : at + 3], "little") - (at + offset) // 4 & 0xFFFFFF
            piece[at : at + 3] = value.to_bytes(3, "little")
    return piece
