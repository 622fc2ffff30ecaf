"""Cabinets: the files in them, stored or packed with MSZIP. MS-CAB.

Cabinets packed with LZX or Quantum, and files that go on in another cabinet, are only named.
Limits: MAX_FOLDERS, MAX_FILES, MAX_BLOCKS of one folder, the bytes that the caller wants of a folder.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FOLDERS = 100
"""Streams of one cabinet."""

MAX_FILES = 1_000
"""Files of one cabinet."""

MAX_BLOCKS = 2_000
"""Blocks of one stream: each is 32 KiB at most."""

MAX_NAME = 500
"""Bytes of one name."""

_HEAD = struct.Struct("<4s4xI4xI4xBBHHHHH")
_PREVIOUS, _NEXT, _RESERVED = 1, 2, 4
_STORED, _MSZIP = 0, 1
_WINDOW = 32_768
_UTF8 = 0x80
_ELSEWHERE = 0xFFFD  # from here on the number of a folder says that the file is in another cabinet too


@dataclass(frozen=True, slots=True)
class CabFile:
    """One file."""

    name: str
    size: int
    folder: int
    start: int  # in what the folder unpacks to


@dataclass(frozen=True, slots=True)
class _Folder:
    start: int
    blocks: int
    packing: int


class Cabinet:
    """What the head says, and the contents where they are asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._folders: tuple[_Folder, ...] = ()
        self._reserved = 0  # bytes in front of each block
        self.files: tuple[CabFile, ...] = ()
        self.cut = False  # something could not be unpacked
        try:
            self._read()
        except struct.error:
            self.cut = True

    def _read(self) -> None:
        _, _, files, _, _, folders, count, flags, _, _ = _HEAD.unpack_from(self._data)
        at, extra = _HEAD.size, 0
        if flags & _RESERVED:
            head, extra, self._reserved = struct.unpack_from("<HBB", self._data, at)
            at += 4 + head
        for bit in (_PREVIOUS, _NEXT):
            for _ in range(2 if flags & bit else 0):
                at = self._data.find(b"\x00", at, at + MAX_NAME) + 1
        found = []
        for index in range(min(folders, MAX_FOLDERS)):
            start, blocks, packing = struct.unpack_from("<IHH", self._data, at + index * (8 + extra))
            found.append(_Folder(start, blocks, packing & 15))
        self._folders = tuple(found)
        self.cut = folders > MAX_FOLDERS or count > MAX_FILES
        self.files = tuple(self._listed(files, min(count, MAX_FILES)))

    def _listed(self, at: int, count: int) -> Iterator[CabFile]:
        for _ in range(count):
            if at + 16 > len(self._data):
                return
            size, start, folder, attributes = struct.unpack_from("<IIH4xH", self._data, at)
            end = self._data.find(b"\x00", at + 16, at + 16 + MAX_NAME)
            if end < 0:
                return
            raw = self._data[at + 16 : end]
            name = raw.decode("utf-8" if attributes & _UTF8 else "cp1252", "replace").replace("\\", "/")
            yield CabFile(name, size, folder, start)
            at = end + 1

    def contents(self, limit: int) -> Iterator[tuple[str, bytes]]:
        """Names and contents, folder by folder; of each folder as many bytes as may be taken."""
        left = 2 * limit  # files may overlap
        for number, folder in enumerate(self._folders):
            files = [file for file in self.files if file.folder == number]
            stream = self._stream(folder, limit) if files else b""
            for file in files:
                content = stream[file.start : file.start + min(file.size, left)]
                left -= len(content)
                self.cut = self.cut or len(content) < file.size
                yield file.name, content
        self.cut = self.cut or any(file.folder >= _ELSEWHERE for file in self.files)

    def _stream(self, folder: _Folder, limit: int) -> bytes:
        out = bytearray()
        at = folder.start
        for _ in range(min(folder.blocks, MAX_BLOCKS)):
            if at + 8 > len(self._data) or len(out) >= limit:
                break
            packed, plain = struct.unpack_from("<HH", self._data, at + 4)
            at += 8 + self._reserved
            piece = _unpacked(self._data[at : at + packed], folder.packing, plain, bytes(out[-_WINDOW:]))
            at += packed
            if not piece:
                break
            out += piece
        return bytes(out[:limit])


def _unpacked(block: bytes, packing: int, size: int, window: bytes) -> bytes:
    if packing == _STORED:
        return block
    if packing != _MSZIP or block[:2] != b"CK":
        return b""
    try:
        reader = zlib.decompressobj(-15, window) if window else zlib.decompressobj(-15)
        return reader.decompress(block[2:], max(1, min(size, _WINDOW)))
    except zlib.error:
        return b""
