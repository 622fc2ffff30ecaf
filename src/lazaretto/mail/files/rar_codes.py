"""What RAR 3 and RAR 5 share: the window that files of an archive go on in, and how codes are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lazaretto.mail.files.bits import Bits, PackedError, codes

_FIRST = 20
"""Codes by which the lengths of all others are written."""


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
