"""How common words are in mail as such, so that a few labels do not teach anything about "the" and "you".

The shipped table holds the hash of each feature that stands in at least one of a hundred messages of the
training mail, with the share of messages in which it stands. It is read for learning only, never for judging.
"""

import struct
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

LEAST = 0.01
"""Share of messages from which a feature is common."""

FILE = "common.dat"
_ENTRY = struct.Struct("<IH")
_WHOLE = 65_535


def dump_shares(shares: Mapping[int, float]) -> bytes:
    """The table of these shares, by full hash."""
    kept = sorted((at, share) for at, share in shares.items() if share >= LEAST)
    return b"".join(_ENTRY.pack(at, round(share * _WHOLE)) for at, share in kept)


def load_shares(octets: bytes) -> dict[int, float]:
    """The shares of a table, by full hash."""
    return {at: share / _WHOLE for at, share in _ENTRY.iter_unpack(octets)}


@cache
def shipped_shares() -> Mapping[int, float]:
    """The shipped table."""
    return load_shares(files("lazaretto.scan").joinpath("classifier", FILE).read_bytes())


def weights_of(hashes: Iterable[int], shares: Mapping[int, float]) -> dict[int, float]:
    """How much each feature may learn: 1 for a rare one, the less the more common it is."""
    return {at: min(1.0, LEAST / shares[at]) if at in shares else 1.0 for at in hashes}
