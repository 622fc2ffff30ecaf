"""Streams inside streams: compressed files and tar archives, read once from front to back.

Works on pipes: nothing seeks. Memory is bounded by one block of each layer.
"""

import bz2
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import IO, cast

from backports.zstd import DecompressionParameter, ZstdError, ZstdFile

MAX_WRAPPERS = 4
"""Archives in archives: a file can be made that unpacks into itself for ever."""

ZSTD_WINDOW_LOG = 27
"""128 MiB: what `zstd --long` makes. A larger window is a claim on our memory that no mail archive needs."""

HEAD_BYTES = 1024
"""What is looked at to tell the kind of a stream."""

UNREADABLE = (OSError, EOFError, tarfile.TarError, ZstdError, lzma.LZMAError, ValueError)
"""What broken archives raise in the libraries that read them. ValueError: numbers in tar headers."""

_USTAR = slice(257, 262)


class Rejoined(RawIOBase):
    """A head that was read to look at it, and the stream that it was taken from."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        super().__init__()
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # BufferedReader gives a writable buffer
        """As RawIOBase.readinto."""
        if self._head:
            count = min(len(self._head), len(buffer))
            buffer[:count] = self._head[:count]
            self._head = self._head[count:]
            return count
        data = self._rest.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def with_head(stream: IO[bytes]) -> tuple[bytes, IO[bytes]]:
    """The first bytes, and a stream that still begins with them."""
    head = stream.read(HEAD_BYTES)
    return head, cast("IO[bytes]", BufferedReader(Rejoined(head, stream)))


def unwrapped(head: bytes, stream: IO[bytes]) -> IO[bytes] | None:
    """The decompressed stream, or None when the head is not that of a compressed one."""
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        options: dict[int, int] = {DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
        return cast("IO[bytes]", BufferedReader(ZstdFile(stream, "rb", options=options)))
    if head.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb"))
    if head.startswith(b"BZh"):
        return cast("IO[bytes]", bz2.BZ2File(stream, "rb"))
    if head.startswith(b"\xfd7zXZ\x00"):
        return cast("IO[bytes]", lzma.LZMAFile(stream, "rb"))
    return None


def looks_like_tar(head: bytes, name: str) -> bool:
    """By the mark of every modern tar, else by the name."""
    return head[_USTAR] == b"ustar" or name.lower().endswith(".tar")


def tar_members(stream: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """Name and content of every regular file in order. The content must be read before the next member."""
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isreg() else None
            if content is not None:
                yield member.name, content
            # The library remembers every member, and an archive may have millions.
            archive.members.clear()  # type: ignore[attr-defined]
