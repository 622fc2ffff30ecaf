"""Received bytes: one file a content, named by its SHA-256, compressed, durable before `put` returns.

Rules. A temporary file is written, fsynced, renamed into one of 256 folders, and that folder is fsynced:
after a power cut a file under its final name is complete. Putting the same bytes again writes nothing, but
syncs what the first one wrote and makes the file young again, so that retention leaves it alone.
Synchronous: callers use threads. Safe from many threads and processes.

Limits: content is not hashed again when it is read.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from backports import zstd

from lazaretto.store.errors import BytesDamaged, BytesMissing
from lazaretto.store.spool import CHUNK, Spool

LEVEL = 3
"""Of zstd: halves real mail at 340 MB/s; higher levels give little."""

HEX_LENGTH = 64

ABANDONED_SECONDS = 24 * 3600
"""A temporary file of this age belongs to a process that died."""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """The name of stored bytes."""

    sha256: str  # 64 hex digits
    size: int  # bytes as received

    @classmethod
    def of(cls, content: bytes) -> "BlobRef":
        """The name that these bytes have, stored or not."""
        return cls(sha256(content).hexdigest(), len(content))


class Blobs:
    """The folder."""

    def __init__(self, root: Path | str) -> None:
        self._root = Path(root)
        self._temporary = self._root / "tmp"
        if not self._temporary.is_dir():
            _create_folders(self._root)

    def put(self, content: Spool | bytes) -> BlobRef:
        """Store bytes; they survive a power cut once this returns."""
        if isinstance(content, Spool):
            ref, chunks = BlobRef(content.sha256, content.size), content.chunks()
        else:
            ref, chunks = BlobRef.of(content), iter((content,))
        target = self._path(ref.sha256)
        if not _refresh(target):
            self._write(target, chunks, ref.size)
        _sync_folder(target.parent)
        return ref

    def _write(self, target: Path, chunks: Iterator[bytes], size: int) -> None:
        temporary = self._temporary / secrets.token_hex(12)
        try:
            with open(temporary, "xb", opener=_private) as file:
                compressor = zstd.ZstdCompressor(level=LEVEL)
                compressor.set_pledged_input_size(size)
                file.writelines(compressor.compress(chunk) for chunk in chunks)
                file.write(compressor.flush())
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def get(self, sha256: str) -> bytes:
        """All bytes. Raises BytesMissing."""
        with self._open(sha256) as file, _damage(sha256):
            return zstd.decompress(file.read())

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes in pieces of at most 64 KiB. Raises BytesMissing before the first piece."""
        return self._pieces(self._open(sha256), sha256)

    def _pieces(self, file: BinaryIO, sha256: str) -> Iterator[bytes]:
        with file, _damage(sha256), zstd.ZstdFile(file) as content:
            while piece := content.read(CHUNK):
                yield piece

    def _open(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise BytesMissing(sha256) from None

    def exists(self, sha256: str) -> bool:
        """Whether the bytes are there."""
        return self._path(sha256).exists()

    def remove(self, sha256: str) -> None:
        """Forget bytes. Nothing happens when they are not there."""
        self._path(sha256).unlink(missing_ok=True)

    def discard(self, sha256: str, *, older_than: datetime) -> bool:
        """Forget bytes that nobody put since a moment. True when they are gone now.

        The file is taken away first and looked at then: a `put` that met it in between made it young, and it
        returns.
        """
        path = self._path(sha256)
        aside = self._temporary / f"{sha256}.{secrets.token_hex(4)}"
        try:
            if path.stat().st_mtime >= older_than.timestamp():
                return False
            path.rename(aside)
        except FileNotFoundError:
            return False
        if aside.stat().st_mtime >= older_than.timestamp():
            aside.rename(path)
            _sync_folder(path.parent)
            return False
        aside.unlink()
        return True

    def names(self, folder: int, *, older_than: datetime) -> list[str]:
        """Names of old content in one of the 256 folders."""
        with os.scandir(self._root / f"{folder:02x}") as entries:
            limit = older_than.timestamp()
            return [e.name for e in entries if len(e.name) == HEX_LENGTH and e.stat().st_mtime < limit]

    def clean(self) -> int:
        """Remove temporary files of processes that died. Returns how many."""
        removed, limit = 0, time.time() - ABANDONED_SECONDS
        for path in self._temporary.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, sha256: str) -> Path:
        if len(sha256) != HEX_LENGTH or not all(c in "0123456789abcdef" for c in sha256):
            raise BytesMissing(sha256)
        return self._root / sha256[:2] / sha256


def _private(path: str, flags: int) -> int:
    """Mail is nobody else's business."""
    return os.open(path, flags, 0o600)


def _create_folders(root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for number in range(256):
        (root / f"{number:02x}").mkdir(exist_ok=True)
    _sync_folder(root)
    (root / "tmp").mkdir(exist_ok=True)  # last: where it exists, the others do too
    _sync_folder(root)


def _refresh(path: Path) -> bool:
    """Make an existing file young and durable; False when there is none."""
    try:
        os.utime(path)
        with path.open("rb") as file:
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    return path.exists()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _damage(sha256: str) -> Iterator[None]:
    """Say which blob it was that could not be decompressed."""
    try:
        yield
    except (zstd.ZstdError, EOFError) as problem:
        raise BytesDamaged(sha256) from problem
