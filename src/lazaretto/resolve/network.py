"""IP address to autonomous system and country, from a table that ships with the package.

The file is a magic word and one compressed block: the lengths of the sections, a JSON section that says
what it was built from, and the sections of SECTIONS.
Each table is a partition of the address space: sorted starts, written as differences, and one value for each.
IPv6 is known to the /64. The table is read when the first address is looked up.

Limits: the data is as old as the package, and private addresses belong to nobody.
"""

import sys
import zlib
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import accumulate

from lazaretto.model.facts import Network

MAGIC = b"LAZNET1\n"

SECTIONS = (
    ("as_number", "I"),
    ("as_name_size", "H"),
    ("as_name", "B"),
    ("country", "B"),
    ("asn4_start", "I"),
    ("asn4_value", "I"),
    ("asn6_start", "Q"),
    ("asn6_value", "I"),
    ("cc4_start", "I"),
    ("cc4_value", "B"),
    ("cc6_start", "Q"),
    ("cc6_value", "B"),
)
"""Name and array type code of each section, in the order of the file. Little endian."""

MAX_IP = 64
"""Characters of a text that is looked at as an address."""


def compress(block: bytes) -> bytes:
    """As `Networks` reads it."""
    return zlib.compress(block, 9)


@dataclass(frozen=True, slots=True)
class _Table:
    """Starts in order, and what counts from each start to the next."""

    starts: "array[int]"
    values: "array[int]"

    def find(self, address: int) -> int:
        return self.values[bisect_right(self.starts, address) - 1]


@dataclass(frozen=True, slots=True)
class _Tables:
    numbers: "array[int]"
    name_ends: "array[int]"
    names: bytes
    countries: str
    asn4: _Table
    asn6: _Table
    cc4: _Table
    cc6: _Table


class Networks:
    """The table. One for the process is enough."""

    @staticmethod
    def load() -> "Networks":
        """The table of the package; the file is opened with the first lookup."""
        return Networks()

    def lookup(self, ip: str) -> Network | None:
        """Where the address belongs; None for what is no public address."""
        address = _public(ip)
        if address is None:
            return None
        tables = _tables()
        if address.version == 4:
            system, country = tables.asn4.find(int(address)), tables.cc4.find(int(address))
        else:
            prefix = int(address) >> 64
            system, country = tables.asn6.find(prefix), tables.cc6.find(prefix)
        return Network(
            ip=str(address),
            as_number=tables.numbers[system - 1] if system else None,
            as_name=_name(tables, system) if system else None,
            country=tables.countries[2 * country : 2 * country + 2] if country else None,
        )


def _public(text: str) -> IPv4Address | IPv6Address | None:
    if len(text) > MAX_IP or "%" in text:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    known = mapped or address
    return known if known.is_global and not known.is_multicast else None


def _name(tables: _Tables, system: int) -> str | None:
    start = tables.name_ends[system - 2] if system > 1 else 0
    return tables.names[start : tables.name_ends[system - 1]].decode("utf-8", "replace") or None


@lru_cache(1)
def _tables() -> _Tables:
    packed = files("lazaretto.resolve").joinpath("data/networks.bin").read_bytes()
    block = memoryview(zlib.decompress(packed[len(MAGIC) :]))
    arrays: dict[str, array[int]] = {}
    lengths = _array("I", block[: 4 * (len(SECTIONS) + 1)])
    position = 4 * len(lengths) + lengths[0]
    for (name, code), length in zip(SECTIONS, lengths[1:], strict=True):
        arrays[name] = _array(code, block[position : position + length])
        position += length
    return _Tables(
        numbers=arrays["as_number"],
        name_ends=array("I", accumulate(arrays["as_name_size"])),
        names=arrays["as_name"].tobytes(),
        countries=arrays["country"].tobytes().decode("ascii"),
        asn4=_table(arrays, "asn4", "I"),
        asn6=_table(arrays, "asn6", "Q"),
        cc4=_table(arrays, "cc4", "I"),
        cc6=_table(arrays, "cc6", "Q"),
    )


def _array(code: str, data: memoryview) -> "array[int]":
    numbers: array[int] = array(code)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _table(arrays: "dict[str, array[int]]", name: str, code: str) -> _Table:
    return _Table(array(code, accumulate(arrays[f"{name}_start"])), arrays[f"{name}_value"])
