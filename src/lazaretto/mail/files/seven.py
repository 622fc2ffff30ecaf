"""7z archives: the files in them, unpacked by the standard library. 7zFormat.txt of the LZMA SDK.

Chains of LZMA, LZMA2, BZip2, Deflate, Copy, Delta and the x86 filter are read, and AES under a password that
a letter gives. Others (PPMd, BCJ2) are not: then only the names are known.
Limits: MAX_FOLDERS, MAX_FILES, MAX_CODERS of one folder, the limit of bytes that the caller gives, MAX_KEYS
passwords, and for a message the hashes in its budget: a key costs 2^19.
"""

import bz2
import hashlib
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lazaretto.mail.budget import Budget
from lazaretto.mail.files.sevenzip import MAX_HEADER, header_of, number

MAX_FOLDERS = 100
"""Packed streams of one archive."""

MAX_FILES = 1_000
"""Files of one archive."""

MAX_CODERS = 4
"""Steps of one chain: cipher, packer and two filters."""

MAX_KEYS = 6
"""Passwords that are tried: each costs some hundredths of a second."""

MAX_POWER = 20
"""Of the number of hashes for one key; writers use 19."""

_LZMA_MEMORY = 64 << 20
_AES = b"\x06\xf1\x07\x01"


class _BrokenError(ValueError):
    """The header is not what it should be."""


@dataclass(frozen=True, slots=True)
class SevenFiles:
    """What could be taken out."""

    files: Iterator[tuple[str, bytes]]
    cut: bool = False
    password: str = ""


@dataclass(slots=True)
class _Folder:
    coders: list[tuple[bytes, bytes]]  # method and properties, from the packed bytes outwards
    main: int = 0  # position of the size that is the folder's
    sizes: list[int] = field(default_factory=list)  # unpacked, of each coder
    packed: bytes = b""
    files: list[int] = field(default_factory=list)  # unpacked sizes of the files in it


class _Reader:
    """A place in the header."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise _BrokenError
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        if self.at >= len(self.data):
            raise _BrokenError
        value, self.at = number(self.data, self.at)
        return value

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise _BrokenError
        self.at += size
        return self.data[self.at - size : self.at]

    def bits(self, count: int) -> list[bool]:
        raw = self.take((count + 7) // 8)
        return [bool(raw[i // 8] & (128 >> i % 8)) for i in range(count)]

    def digests(self, count: int) -> None:
        known = [True] * count if self.byte() else self.bits(count)
        self.take(4 * sum(known))


class _Keys:
    """The keys of one archive. Each is made once: writers use the same for every folder, bombs would not."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._made: dict[tuple[int, bytes], bytes | None] = {}

    def key(self, power: int, secret: bytes) -> bytes | None:
        """The key of 2^power hashes; None when the message has had its share."""
        wanted = (power, secret)
        if wanted not in self._made:
            affordable = power <= MAX_POWER and self._budget.take_hashes(1 << power)
            self._made[wanted] = _hashed(secret, power) if affordable else None
        return self._made[wanted]


def _hashed(secret: bytes, power: int) -> bytes:
    """SHA-256 over the secret and a growing number, again and again; in stretches, the number's end first."""
    digest = hashlib.sha256()
    ends = [secret + bytes((low,)) for low in range(min(256, 1 << power))]
    for high in range(max(1, 1 << power >> 8)):
        rest = high.to_bytes(7, "little")
        digest.update(rest.join(ends) + rest)
    return digest.digest()


def seven_files(data: bytes, *, limit: int, budget: Budget, passwords: tuple[str, ...] = ()) -> SevenFiles:
    """The files of an archive, at most `limit` bytes unpacked of each folder."""
    header, _ = header_of(data)
    password = ""
    keys = _Keys(budget)
    try:
        if header[:1] == b"\x17":
            header, password = _encoded(data, header, passwords, keys)
        folders, names = _archive(data, header)
        locked = [folder for folder in folders if _locked(folder)]
        if locked and not password:
            password = _fitting(locked[0], passwords, keys)
        files, cut = _files(folders, names, limit, password, keys)
    except (_BrokenError, IndexError, OverflowError):
        return SevenFiles(iter(()))
    return SevenFiles(iter(files), cut, password if files else "")


def _encoded(data: bytes, header: bytes, passwords: tuple[str, ...], keys: _Keys) -> tuple[bytes, str]:
    """The header behind a packed header."""
    reader = _Reader(header)
    reader.byte()
    folders = _streams(reader, data)
    if not folders:
        raise _BrokenError
    for password in passwords[:MAX_KEYS] if _locked(folders[0]) else ("",):
        plain = _unpack(folders[0], MAX_HEADER, password, keys)
        if plain[:1] == b"\x01":
            return plain, password
    raise _BrokenError


def _archive(data: bytes, header: bytes) -> tuple[list[_Folder], list[tuple[str, bool]]]:
    reader = _Reader(header)
    if reader.byte() != 1:
        raise _BrokenError
    kind = reader.byte()
    folders: list[_Folder] = []
    if kind == 4:
        folders = _streams(reader, data)
        kind = reader.byte()
    if kind != 5:
        raise _BrokenError
    return folders, _names(reader)


def _streams(reader: _Reader, data: bytes) -> list[_Folder]:
    folders: list[_Folder] = []
    packed: list[bytes] = []
    while (kind := reader.byte()) != 0:
        if kind == 6:
            packed = _packed(reader, data)
        elif kind == 7:
            folders = _folders(reader)
            for index, folder in enumerate(folders):
                folder.packed = packed[index] if index < len(packed) else b""
                folder.files = [_whole(folder)]
        elif kind == 8:
            _substreams(reader, folders)
        else:
            raise _BrokenError
    return folders


def _whole(folder: _Folder) -> int:
    return folder.sizes[folder.main] if folder.main < len(folder.sizes) else 0


def _packed(reader: _Reader, data: bytes) -> list[bytes]:
    at = 32 + reader.number()
    count = reader.number()
    if count > MAX_FOLDERS * MAX_CODERS:
        raise _BrokenError
    packed: list[bytes] = []
    while (kind := reader.byte()) != 0:
        if kind == 9:
            for _ in range(count):
                size = reader.number()
                packed.append(data[at : at + size])
                at += size
        elif kind == 10:
            reader.digests(count)
        else:
            raise _BrokenError
    return packed


def _folders(reader: _Reader) -> list[_Folder]:
    if reader.byte() != 11:
        raise _BrokenError
    count = reader.number()
    if count > MAX_FOLDERS or reader.byte():
        raise _BrokenError
    folders = [_folder(reader) for _ in range(count)]
    if reader.byte() != 12:
        raise _BrokenError
    for folder in folders:
        folder.sizes = [reader.number() for _ in folder.coders]
    while (kind := reader.byte()) != 0:
        if kind != 10:
            raise _BrokenError
        reader.digests(count)
    return folders


def _folder(reader: _Reader) -> _Folder:
    count = reader.number()
    if not 0 < count <= MAX_CODERS:
        raise _BrokenError
    coders = []
    for _ in range(count):
        flags = reader.byte()
        method = reader.take(flags & 15)
        if flags & 0x10 and (reader.number() != 1 or reader.number() != 1):
            raise _BrokenError  # several streams in or out: BCJ2
        coders.append((method, reader.take(reader.number()) if flags & 0x20 else b""))
    order = _order({reader.number(): reader.number() for _ in range(count - 1)}, count)
    return _Folder([coders[index] for index in order], order[-1])


def _order(feeds: dict[int, int], count: int) -> list[int]:
    """Coders from the packed bytes outwards; each entry says whose input is fed by whose output."""
    ends = set(range(count)) - set(feeds.values())
    order = [min(ends, default=0)]
    while order[-1] in feeds and len(order) <= count:
        order.append(feeds[order[-1]])
    if sorted(order) != list(range(count)):
        raise _BrokenError
    return order[::-1]


def _substreams(reader: _Reader, folders: list[_Folder]) -> None:
    counts = [1] * len(folders)
    kind = reader.byte()
    if kind == 13:
        counts = [reader.number() for _ in folders]
        kind = reader.byte()
    if sum(counts) > MAX_FILES:
        raise _BrokenError
    for folder, count in zip(folders, counts, strict=True):
        whole = _whole(folder)
        sizes = [reader.number() for _ in range(count - 1)] if kind == 9 else []
        folder.files = [*sizes, max(0, whole - sum(sizes))] if count else []
    if kind == 9:
        kind = reader.byte()
    while kind == 10:
        reader.digests(sum(counts))
        kind = reader.byte()
    if kind != 0:
        raise _BrokenError


def _names(reader: _Reader) -> list[tuple[str, bool]]:
    """Names of the files, and which of them are empty."""
    count = reader.number()
    if count > MAX_FILES:
        raise _BrokenError
    names = [""] * count
    empty = [False] * count
    while (kind := reader.byte()) != 0:
        block = _Reader(reader.take(reader.number()))
        if kind == 14:
            empty = block.bits(count)
        elif kind == 17 and not block.byte():
            found = block.data[1:].decode("utf-16-le", "replace").split("\x00")
            names = [name[:500] for name in found[:count]]
    return list(zip(names, empty, strict=False))


def _files(
    folders: list[_Folder], names: list[tuple[str, bool]], limit: int, password: str, keys: _Keys
) -> tuple[list[tuple[str, bytes]], bool]:
    found: list[tuple[str, bytes]] = []
    cut = False
    full = iter([name for name, empty in names if not empty])
    for folder in folders:
        content = _unpack(folder, limit, password, keys) if limit > 0 else b""
        limit -= len(content)
        cut = cut or (len(content) < _whole(folder) and bool(password or not _locked(folder)))
        at = 0
        for size in folder.files:
            name = next(full, "")
            if content[at : at + size]:
                found.append((name, content[at : at + size]))
            at += size
    return found, cut


def _locked(folder: _Folder) -> bool:
    return any(method == _AES for method, _ in folder.coders)


def _fitting(folder: _Folder, passwords: tuple[str, ...], keys: _Keys) -> str:
    return next((p for p in passwords[:MAX_KEYS] if _unpack(folder, 4_096, p, keys)), "")


def _unpack(folder: _Folder, limit: int, password: str, keys: _Keys) -> bytes:
    """The first bytes of a folder; nothing where a step is not known."""
    content = folder.packed
    filters: list[dict[str, int]] = []
    for method, properties in folder.coders:
        if method == _AES:
            content = _decipher(content, properties, password, keys)
            continue
        known = _filter(method, properties, limit)
        if known is None:
            content = _simple(method, content, limit)
        else:
            filters.insert(0, known)
    return (
        _raw(content, filters, min(limit, _whole(folder)))
        if filters
        else content[: min(limit, _whole(folder))]
    )


def _simple(method: bytes, content: bytes, limit: int) -> bytes:
    try:
        if method == b"\x00":
            return content
        if method == b"\x04\x02\x02":
            return bz2.BZ2Decompressor().decompress(content, limit)
        if method == b"\x04\x01\x08":
            return zlib.decompressobj(-15).decompress(content, limit)
    except (OSError, ValueError, zlib.error):
        return b""
    return b""


def _filter(method: bytes, properties: bytes, limit: int) -> dict[str, int] | None:
    size = max(4_096, min(limit, _LZMA_MEMORY))
    if method == b"\x21":
        return {"id": lzma.FILTER_LZMA2, "dict_size": size}
    if method == b"\x03\x01\x01" and len(properties) >= 5:
        rest, lc = divmod(properties[0], 9)
        pb, lp = divmod(rest, 5)
        return {"id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": size}
    if method in {b"\x03\x03\x01\x03", b"\x04"}:
        return {"id": lzma.FILTER_X86}
    if method == b"\x03" and properties:
        return {"id": lzma.FILTER_DELTA, "dist": properties[0] + 1}
    return None


def _raw(content: bytes, filters: list[dict[str, int]], limit: int) -> bytes:
    try:
        reader = lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=filters)
        return reader.decompress(content, max(limit, 0))
    except (lzma.LZMAError, ValueError, EOFError, OverflowError, MemoryError):
        return b""


def _decipher(content: bytes, properties: bytes, password: str, keys: _Keys) -> bytes:
    """AES-256 in CBC under a key of many hashes; nothing without a password."""
    if len(properties) < 2 or not password:
        return b""
    first, second = properties[0], properties[1]
    power = first & 63
    salt_size = (first >> 7) + (second >> 4)
    start_size = (first >> 6 & 1) + (second & 15)
    salt = properties[2 : 2 + salt_size]
    start = properties[2 + salt_size : 2 + salt_size + start_size].ljust(16, b"\x00")
    if len(start) != 16:
        return b""
    key = keys.key(power, salt + password.encode("utf-16-le", "replace"))
    if key is None:
        return b""
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    return cipher.update(content[: len(content) // 16 * 16])
