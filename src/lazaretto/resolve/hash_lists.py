"""Hash lists: files of hashes of known bad files, one a line, as feeds publish them.

MD5, SHA-1 and SHA-256 in hexadecimal; what stands behind the hash on its line, and lines that begin with
anything else, are left out. Limits: MAX_HASHES of all lists, kept in sorted bytes: 32 MB for a million.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MAX_HASHES = 2_000_000
"""Of all lists together, in each worker."""

MAX_LINE = 1_000
"""Bytes of one line."""

_LINE = re.compile(rb"^[\s\"']*((?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32}))(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class HashList:
    """One list."""

    name: str
    hashes: tuple[tuple[int, bytes], ...]  # length of a hash, and all of that length, sorted

    def holds(self, digest: bytes) -> bool:
        """The list names this hash."""
        return any(len(digest) == size and _within(digest, packed) for size, packed in self.hashes)

    def __len__(self) -> int:
        return sum(len(packed) // size for size, packed in self.hashes)


def _within(digest: bytes, packed: bytes) -> bool:
    size = len(digest)
    low, high = 0, len(packed) // size
    while low < high:
        middle = (low + high) // 2
        if packed[middle * size : middle * size + size] < digest:
            low = middle + 1
        else:
            high = middle
    return packed[low * size : low * size + size] == digest


def load_hash_lists(folder: Path) -> tuple[HashList, ...]:
    """The lists in a folder, by name. Raises OSError."""
    left = MAX_HASHES
    lists = []
    for path in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        with path.open("rb") as file:
            lists.append(read_hash_list(path.name, iter(lambda: file.readline(MAX_LINE), b""), left))
        left -= len(lists[-1])
    return tuple(lists)


def read_hash_list(name: str, lines: Iterable[bytes], limit: int = MAX_HASHES) -> HashList:
    """One list out of its lines."""
    found: dict[int, set[bytes]] = {}
    count = 0
    for line in lines:
        if count >= limit:
            break
        match = _LINE.match(line)
        if match is not None:
            digest = bytes.fromhex(match[1].decode())
            found.setdefault(len(digest), set()).add(digest)
            count += 1
    return HashList(name, tuple((size, b"".join(sorted(hashes))) for size, hashes in sorted(found.items())))
