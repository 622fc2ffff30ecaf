"""Packed files of RAR 3 and 4: back references and Huffman codes.

The other way of packing that this version knows (PPMd, for texts) is not undone. Its filters are programs;
the usual ones are known by their checksum. A file with anything else is said to be cut.
Limits: the bytes that the caller wants, MAX_PROGRAM bytes of a program, MAX_PROGRAMS, MAX_FILTERS.
"""

import zlib

from lazaretto.mail.files.bits import Bits, PackedError, copy
from lazaretto.mail.files.rar_codes import Window, code_lengths, tables_of
from lazaretto.mail.files.rar_filters import (
    CALLS,
    CALLS_AND_JUMPS,
    DELTA,
    MAX_FILTERED,
    MAX_FILTERS,
    Filter,
    undone,
)

MAX_PROGRAM = 1 << 16
"""Bytes of the program of a filter."""

MAX_PROGRAMS = 1_024
"""Programs of one archive."""

UNKNOWN = -1
_PROGRAMS = {(53, 0xAD576887): CALLS, (57, 0x3CD7E57E): CALLS_AND_JUMPS, (29, 0x0E06077D): DELTA}
"""The programs that every writer uses, by size and checksum; they are not run."""

_LITERALS, _DISTANCES, _LOW, _LENGTHS = 299, 60, 17, 28
_ALL = _LITERALS + _DISTANCES + _LOW + _LENGTHS
_BASE = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    10,
    12,
    14,
    16,
    20,
    24,
    28,
    32,
    40,
    48,
    56,
    64,
    80,
    96,
    112,
    128,
    160,
    192,
    224,
)
_EXTRA = (*[0] * 8, *[1] * 4, *[2] * 4, *[3] * 4, *[4] * 4, *[5] * 4)
_SHORT = ((0, 2), (4, 2), (8, 3), (16, 4), (32, 5), (64, 6), (128, 6), (192, 6))
_DISTANCE_COUNTS = (4, *[2] * 15, 14, 0, 12)
_REPEATS = 15  # how often a low part comes again


def _distance_slots() -> tuple[tuple[int, int], ...]:
    slots, start = [], 0
    for extra, count in enumerate(_DISTANCE_COUNTS):
        for _ in range(count):
            slots.append((start, extra))
            start += 1 << extra
    return tuple(slots)


_SLOTS = _distance_slots()


class _Low:
    """The low part of distances, which may come again."""

    def __init__(self) -> None:
        self.before = self.repeats = 0

    def take(self, bits: Bits, table: list[int]) -> int:
        if self.repeats:
            self.repeats -= 1
            return self.before
        found = bits.code(table)
        if found == 16:
            self.repeats = _REPEATS
            return self.before
        self.before = found
        return found


def unpack_three(packed: bytes, window: Window, wanted: int) -> tuple[bytes, bool]:
    """The next file, and whether something in it was not undone."""
    start = len(window.out)
    bits, low = Bits(packed), _Low()
    filters: list[Filter] = []
    odd = False
    try:
        if not window.tables:
            _tables(bits, window)
        while len(window.out) - start < wanted and not bits.spent:
            symbol = bits.code(window.tables[0])
            if symbol < 256:
                window.out.append(symbol)
            elif symbol >= 271:
                _match(bits, window, low, symbol - 271)
            elif symbol == 256:
                if not _goes_on(bits, window, low):
                    break
            elif symbol == 257:
                one = _filter(bits, window)
                odd = odd or one is None
                filters += [one] if one is not None and len(filters) < MAX_FILTERS else []
            else:
                _again(bits, window, symbol - 258)
    except PackedError:
        odd = True
    return undone(window.out[start : start + wanted], filters, start), odd


def _goes_on(bits: Bits, window: Window, low: _Low) -> bool:
    """The end of a block: new tables follow, or the file is at its end."""
    if bits.take(1):
        _tables(bits, window)
        low.before = low.repeats = 0
        return True
    if bits.take(1):
        window.tables = ()  # the next file of a solid archive brings tables of its own
    return False


def _tables(bits: Bits, window: Window) -> None:
    bits.align()
    if bits.take(1):
        raise PackedError  # PPMd
    if not bits.take(1) or len(window.lengths) != _ALL:
        window.lengths = [0] * _ALL
    window.lengths = code_lengths(bits, window.lengths)
    window.tables = tables_of(window.lengths, (_LITERALS, _DISTANCES, _LOW, _LENGTHS))


def _match(bits: Bits, window: Window, low: _Low, slot: int) -> None:
    length = _BASE[slot] + 3 + bits.take(_EXTRA[slot])
    place = bits.code(window.tables[1])
    start, extra = _SLOTS[place]
    distance = start + 1
    if place > 9:
        distance += bits.take(extra - 4) << 4 if extra > 4 else 0
        distance += low.take(bits, window.tables[2])
    elif extra:
        distance += bits.take(extra)
    length += (distance >= 0x2000) + (distance >= 0x40000)
    window.old.pop()
    window.old.insert(0, distance)
    window.last = length
    copy(window.out, distance, length)


def _again(bits: Bits, window: Window, symbol: int) -> None:
    """The last match, one of the last four distances, or a short one close by."""
    if symbol == 0:
        if window.last:
            copy(window.out, window.old[0], window.last)
        return
    if symbol <= 4:
        distance = window.old.pop(symbol - 1)
        slot = bits.code(window.tables[3])
        length = _BASE[slot] + 2 + bits.take(_EXTRA[slot])
    else:
        base, extra = _SHORT[symbol - 5]
        distance, length = base + 1 + bits.take(extra), 2
        window.old.pop()
    window.old.insert(0, distance)
    window.last = length
    copy(window.out, distance, length)


def _filter(bits: Bits, window: Window) -> Filter | None:
    """A filter: which piece it was put over, and what it does; None for one that we do not know.

    The program of a filter is written once and then called by its number.
    """
    head = bits.take(8)
    size = (head & 7) + 1
    if size == 7:
        size = bits.take(8) + 7
    elif size == 8:
        size = bits.take(16)
    if bits.spent:
        raise PackedError
    return _described(head, Bits(bytes(bits.take(8) for _ in range(size))), window)


def _described(head: int, bits: Bits, window: Window) -> Filter | None:
    if head & 0x80:
        number = _number(bits)
        window.chosen = max(0, number - 1)
        if not number:
            window.kinds, window.sizes = [], []
    which = window.chosen
    if which > len(window.kinds) or which >= MAX_PROGRAMS:
        raise PackedError
    start = _number(bits) + (258 if head & 0x40 else 0) + len(window.out)
    size = _number(bits) if head & 0x20 else window.sizes[which] if which < len(window.sizes) else 0
    mask = bits.take(7) if head & 0x10 else 0
    registers = [_number(bits) if mask >> index & 1 else 0 for index in range(7)]
    if which == len(window.kinds):
        length = _number(bits)
        if length >= MAX_PROGRAM:
            raise PackedError
        program = bytes(bits.take(8) for _ in range(length))
        window.kinds.append(_PROGRAMS.get((length, zlib.crc32(program)), UNKNOWN))
        window.sizes.append(size)
    window.sizes[which] = size
    kind = window.kinds[which]
    if kind == UNKNOWN or size > MAX_FILTERED or (kind == DELTA and not registers[0]):
        return None
    return Filter(start, size, kind, registers[0])


def _number(bits: Bits) -> int:
    """A number of four, eight, sixteen or thirty-two bits."""
    kind = bits.take(2)
    if kind == 0:
        return bits.take(4)
    if kind == 1:
        value = bits.take(8)
        return value if value >> 4 else 0xFFFFFF00 | (value & 15) << 4 | bits.take(4)
    return bits.take(16) if kind == 2 else bits.take(32)
