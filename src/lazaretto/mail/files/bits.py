"""Bits of packed data, the highest first, and the codes of Huffman that packers write with them.

Limits: MAX_CODE bits of a code. Behind the end of the data are zeros; who reads asks `spent`.
"""

from collections.abc import Sequence

MAX_CODE = 15
"""Bits of the longest code that RAR and Deflate know."""

_CHUNK = 64
"""Bytes that are taken up at once."""


class PackedError(ValueError):
    """The data is not what it should be; what came before it stands."""


class Bits:
    """A place in packed data."""

    __slots__ = ("_at", "_data", "_held", "_kept")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self._at = at
        self._kept = 0  # bits that are held
        self._held = 0

    def _more(self) -> None:
        chunk = self._data[self._at : self._at + _CHUNK].ljust(_CHUNK, b"\x00")
        self._at += _CHUNK
        self._held = (self._held & ((1 << self._kept) - 1)) << 8 * _CHUNK | int.from_bytes(chunk)
        self._kept += 8 * _CHUNK

    def peek(self, count: int) -> int:
        """The next bits, which stay."""
        if self._kept < count:
            self._more()
        return self._held >> self._kept - count & (1 << count) - 1

    def take(self, count: int) -> int:
        """The next bits."""
        if self._kept < count:
            self._more()
        self._kept -= count
        return self._held >> self._kept & (1 << count) - 1

    def code(self, table: "Sequence[int]") -> int:
        """The next symbol by a table of `codes`. Raises PackedError for bits that are no code."""
        if self._kept < MAX_CODE:
            self._more()
        found = table[self._held >> self._kept - MAX_CODE & 0x7FFF]
        if not found:
            raise PackedError
        self._kept -= found & 15
        return found >> 4

    def align(self) -> None:
        """Go to the next whole byte."""
        self._kept -= self._kept % 8

    @property
    def place(self) -> int:
        """Bits that were taken."""
        return 8 * self._at - self._kept

    @property
    def spent(self) -> bool:
        """Nothing of the data is left."""
        return self.place >= 8 * len(self._data)


def codes(lengths: "Sequence[int]") -> list[int]:
    """For all fifteen bits the symbol that they begin with, times sixteen, and its length; 0 for none."""
    counts = [0] * (MAX_CODE + 2)
    for length in lengths:
        counts[length] += 1
    counts[0] = 0
    starts, start = [0] * (MAX_CODE + 2), 0
    for length in range(1, MAX_CODE + 1):
        starts[length] = start
        start += counts[length] << MAX_CODE - length
    if start > 1 << MAX_CODE:
        raise PackedError
    table = [0] * (1 << MAX_CODE)
    for symbol, length in enumerate(lengths):
        if length:
            width = 1 << MAX_CODE - length
            at = starts[length]
            table[at : at + width] = [symbol << 4 | length] * width
            starts[length] += width
    return table


def copy(out: bytearray, distance: int, length: int) -> None:
    """Repeat what stands some way back, which may overlap with what is written. Raises PackedError."""
    start = len(out) - distance
    if start < 0 or distance <= 0:
        raise PackedError
    if distance >= length:
        out += out[start : start + length]
    else:
        piece = bytes(out[start:])
        out += (piece * (length // distance + 1))[:length]
