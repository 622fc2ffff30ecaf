"""Message content on its way in: in memory while small, in an unlinked file once large, hashed as it grows.

Limits: no size limit of its own, the door that writes has one. Used by one thread at a time.
"""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

MEMORY_LIMIT = 1024 * 1024
"""Larger content goes to a file: most mail is smaller, and memory must not grow with what clients send."""

CHUNK = 64 * 1024
"""Size of the pieces in which content is read."""

type_bytes = bytes  # the class has a method of this name


class Spool:
    """Written once, then read any number of times. Close it in every case."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = folder
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._size = 0
        self._hash = sha256()

    def write(self, data: type_bytes | bytearray | memoryview) -> None:
        """Append."""
        self._size += len(data)
        self._hash.update(data)
        if self._file is not None:
            self._file.write(data)
        elif self._size <= MEMORY_LIMIT:
            self._memory += data
        else:
            self._file = self._move_to_file()
            self._file.write(data)

    def _move_to_file(self) -> BinaryIO:
        file = tempfile.TemporaryFile(dir=self._folder, prefix="spool-")  # noqa: SIM115  # closed by close()
        file.write(self._memory)
        self._memory = bytearray()
        return file

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._size

    @property
    def sha256(self) -> str:
        """Hash of the bytes so far, 64 hex digits."""
        return self._hash.hexdigest()

    @property
    def on_disk(self) -> bool:
        """The content outgrew the memory limit."""
        return self._file is not None

    def chunks(self) -> Iterator[type_bytes]:
        """Everything, in pieces of at most 64 KiB."""
        offset = 0
        while offset < self._size:
            piece = self._piece(offset)
            offset += len(piece)
            yield piece

    def _piece(self, offset: int) -> type_bytes:
        if self._file is None:
            return type_bytes(self._memory[offset : offset + CHUNK])
        self._file.seek(offset)
        piece = self._file.read(CHUNK)
        self._file.seek(0, 2)
        if not piece:
            raise OSError("the spool file ends before its content does")
        return piece

    def bytes(self) -> type_bytes:
        """Everything, in memory."""
        return type_bytes(self._memory) if self._file is None else b"".join(self.chunks())

    def close(self) -> None:
        """Let go of memory and file. May be called again."""
        self._memory = bytearray()
        if self._file is not None:
            self._file.close()
        self._file = None
        self._size = 0
