"""Packed files of RAR 5: back references and Huffman codes in blocks, filters for programs and tables.

Written after the description of the format and what programs write; nothing is run.
Limits: the bytes that the caller wants, MAX_FILTERS of one file, MAX_FILTERED bytes of one filter.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lazaretto.mail.files.bits import Bits, PackedError, codes, copy

MAX_FILTERS = 1_000
"""Filters of one file: a program of eight megabytes has some dozens."""

MAX_FILTERED = 4 << 20
"""Bytes that one filter is put over."""

_LITERALS, _DISTANCES, _LOW, _LENGTHS = 306, 64, 16, 44
_ALL = _LITERALS + _DISTANCES + _LOW + _LENGTHS
_FIRST = 20
DELTA, CALLS, CALLS_AND_JUMPS, ARM = range(4)
"""What a filter did; for ARM processors calls only."""
_SPACE = 0x1000000


@dataclass(slots=True)
class Window:
    """What was unpacked, and what the next file of a solid archive goes on with."""

    out: bytearray = field(default_factory=bytearray)
    tables: tuple[list[int], ...] = ()
    old: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    last: int = 0  # length of the last match
    lengths: list[int] = field(default_factory=list)  # of codes, for RAR 3, and what its filters are:
    kinds: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    chosen: int = 0

    def become(self, other: "Window") -> None:
        """Go on from where another one is."""
        self.out, self.tables, self.old, self.last = other.out, other.tables, other.old, other.last
        self.lengths, self.kinds, self.sizes = other.lengths, other.kinds, other.sizes
        self.chosen = other.chosen


@dataclass(frozen=True, slots=True)
class Filter:
    """A piece of the window that was changed before it was packed."""

    start: int  # in the window
    size: int
    kind: int
    channels: int


def unpack_five(packed: bytes, window: Window, wanted: int) -> bytes:
    """The next file; as much of it as is wanted and can be read."""
    start = len(window.out)
    filters: list[Filter] = []
    bits = Bits(packed)
    try:
        last = False
        while not last and len(window.out) - start < wanted and not bits.spent:
            end, last = _block(bits, window)
            _run(bits, window, end, start + wanted, filters)
    except PackedError:
        pass  # what came before the fault was there to be read
    content = bytearray(window.out[start : start + wanted])
    return undone(content, filters, start)


def _block(bits: Bits, window: Window) -> tuple[int, bool]:
    """The head of a block: where its bits end, and whether it is the last."""
    bits.align()
    flags = bits.take(8)
    check = bits.take(8)
    count = (flags >> 3 & 3) + 1
    if count > 3:
        raise PackedError
    size = bits.take(8 * count)
    size = int.from_bytes(size.to_bytes(count), "little")
    if check != 0x5A ^ flags ^ (size & 255) ^ (size >> 8 & 255) ^ (size >> 16 & 255):
        raise PackedError
    end = bits.place + 8 * (size - 1) + (flags & 7) + 1
    if flags & 0x80:
        window.tables = _tables(bits)
    elif not window.tables:
        raise PackedError
    return end, bool(flags & 0x40)


def _tables(bits: Bits) -> tuple[list[int], ...]:
    return tables_of(code_lengths(bits, [0] * _ALL), (_LITERALS, _DISTANCES, _LOW, _LENGTHS))


def code_lengths(bits: Bits, before: Sequence[int]) -> list[int]:
    """The lengths of all codes, written as differences to those before. Raises PackedError."""
    first: list[int] = []
    while len(first) < _FIRST:
        length = bits.take(4)
        zeros = bits.take(4) if length == 15 else 0
        first += [0] * (zeros + 2) if zeros else [length]
    table = codes(first[:_FIRST])
    lengths: list[int] = []
    while len(lengths) < len(before):
        symbol = bits.code(table)
        if symbol < 16:
            lengths.append(symbol + before[len(lengths)] & 15)
            continue
        count = bits.take(3) + 3 if symbol in {16, 18} else bits.take(7) + 11
        if symbol < 18 and not lengths:
            raise PackedError
        lengths += [lengths[-1] if symbol < 18 else 0] * count
    return lengths[: len(before)]


def tables_of(lengths: Sequence[int], sizes: Iterable[int]) -> tuple[list[int], ...]:
    """The tables of codes that follow each other."""
    found, at = [], 0
    for size in sizes:
        found.append(codes(lengths[at : at + size]))
        at += size
    return tuple(found)


def _run(bits: Bits, window: Window, end: int, stop: int, filters: list[Filter]) -> None:
    """One block."""
    out, (literals, _, _, lengths) = window.out, window.tables
    while bits.place < end and len(out) < stop:
        symbol = bits.code(literals)
        if symbol < 256:
            out.append(symbol)
        elif symbol >= 262:
            _match(bits, window, symbol - 262)
        elif symbol == 256:
            _filter(bits, len(out), filters)
        elif symbol == 257:
            if window.last:
                copy(out, window.old[0], window.last)
        else:
            distance = window.old.pop(symbol - 258)
            window.old.insert(0, distance)
            window.last = _length(bits, bits.code(lengths))
            copy(out, distance, window.last)


def _match(bits: Bits, window: Window, slot: int) -> None:
    length = _length(bits, slot)
    distance = _distance(bits, window.tables)
    length += (distance > 0x100) + (distance > 0x2000) + (distance > 0x40000)
    window.old.pop()
    window.old.insert(0, distance)
    window.last = length
    copy(window.out, distance, length)


def _length(bits: Bits, slot: int) -> int:
    if slot < 8:
        return 2 + slot
    extra = slot // 4 - 1
    return 2 + ((4 | slot & 3) << extra) + bits.take(extra)


def _distance(bits: Bits, tables: tuple[list[int], ...]) -> int:
    slot = bits.code(tables[1])
    if slot < 4:
        return 1 + slot
    extra = slot // 2 - 1
    distance = 1 + ((2 | slot & 1) << extra)
    if extra < 4:
        return distance + bits.take(extra)
    high = bits.take(extra - 4) << 4 if extra > 4 else 0
    return distance + high + bits.code(tables[2])


def _filter(bits: Bits, at: int, filters: list[Filter]) -> None:
    start, size = _filter_number(bits), _filter_number(bits)
    kind = bits.take(3)
    channels = bits.take(5) + 1 if kind == DELTA else 0
    if len(filters) < MAX_FILTERS and size <= MAX_FILTERED:
        filters.append(Filter(at + start, size, kind, channels))


def _filter_number(bits: Bits) -> int:
    count = bits.take(2) + 1
    return int.from_bytes(bits.take(8 * count).to_bytes(count), "little")


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
