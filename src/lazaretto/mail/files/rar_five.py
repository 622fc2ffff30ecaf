"""Packed files of RAR 5: back references and Huffman codes in blocks, filters for programs and tables.

Written after the description of the format and what programs write; nothing is run.
Limits: the bytes that the caller wants, MAX_FILTERS of one file, MAX_FILTERED bytes of one filter.
"""

from lazaretto.mail.files.bits import Bits, PackedError, copy
from lazaretto.mail.files.rar_codes import Window, code_lengths, tables_of
from lazaretto.mail.files.rar_filters import DELTA, MAX_FILTERED, MAX_FILTERS, Filter, undone

_LITERALS, _DISTANCES, _LOW, _LENGTHS = 306, 64, 16, 44
_ALL = _LITERALS + _DISTANCES + _LOW + _LENGTHS


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
