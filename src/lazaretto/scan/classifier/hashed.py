"""Features as hashes, in the form in which they are kept beside a label: no text, the full hash of each.

A classifier uses the lower bits of a hash, so kept features outlive a change of its table's size.
"""

import struct
import zlib
from collections.abc import Iterable

MAX_HASHES = 2_000
"""Of one message: more than the limits of reading let through, so that no real one is cut."""


def hashed(features: Iterable[str]) -> bytes:
    """The features of one message, each once, in order of their hashes."""
    hashes = sorted({zlib.crc32(f.encode("utf-8", "surrogatepass")) for f in features})[:MAX_HASHES]
    return struct.pack(f"<{len(hashes)}I", *hashes)


def hashes_of(octets: bytes) -> tuple[int, ...]:
    """The hashes again."""
    return struct.unpack(f"<{len(octets) // 4}I", octets)
