"""Stored messages, one after the other, from .eml, mbox, Maildir, tar and standard input.

Content decides what a file is: a compressed stream is opened and looked at again.
Inside a folder, files that do not look like mail are passed over; a file that was named is always read.
Nothing is held in memory but one message, so an archive may be larger than the machine.
What cannot be read is told, and the reading goes on.

Line ends: mail on disk often has bare LF. The stored form of a message is what was on the wire,
so a message that holds any bare LF is given CRLF throughout; a bare CR is left as it is.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path, PurePosixPath
from typing import IO, cast

from lazaretto.intake.archives import (
    MAX_WRAPPERS,
    UNREADABLE,
    looks_like_tar,
    tar_members,
    unwrapped,
    with_head,
)
from lazaretto.intake.mbox import looks_like_mbox, mbox_messages

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
"""A larger message is told and passed over; without this one file could fill the memory."""

MAX_FOLDER_DEPTH = 64
"""Deeper folders are told and passed over: a mount inside itself would never end."""

STANDARD_INPUT = "-"

_MAIL_SUFFIXES = (".eml", ".mbox", ".mbx")
_COMMON_FIELDS = (
    *(b"from:", b"to:", b"subject:", b"date:", b"received:", b"return-path:", b"message-id:"),
    *(b"delivered-to:", b"mime-version:", b"content-type:", b"reply-to:", b"dkim-signature:"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One stored message."""

    path: str  # the file; "#3" behind it is the third message of an mbox, ":name" a member of an archive
    name: str  # the same without the folder or archive that was asked for
    id: str  # the name without folders and ending: what a list of envelopes calls it
    raw: bytes  # as it was on the wire
    mail_from: str | None = None  # from the separator line of an mbox


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that could not be read."""

    path: str
    reason: str  # half a sentence


@dataclass(frozen=True, slots=True)
class _Stream:
    """A stream with its names."""

    content: IO[bytes]
    path: str
    name: str
    certain: bool  # read it as a message even if it does not look like one
    depth: int = 0


class Sources:
    """All messages below some paths. `bytes_read` grows while they are read."""

    def __init__(self, paths: Sequence[str], *, stdin: IO[bytes], limit: int = MAX_MESSAGE_BYTES) -> None:
        self._paths = paths
        self._stdin = stdin
        self._limit = limit
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Found | Unreadable]:
        for path in self._paths:
            if path == STANDARD_INPUT:
                yield from self._stream(_Stream(self._counted(self._stdin), "-", "-", certain=True))
            elif Path(path).is_dir():
                yield from self._folder(Path(path), Path(path), 0)
            else:
                yield from self._file(Path(path), Path(path).name, certain=True)

    def _folder(self, folder: Path, root: Path, depth: int) -> Iterator[Found | Unreadable]:
        if depth > MAX_FOLDER_DEPTH:
            yield Unreadable(str(folder), f"lies more than {MAX_FOLDER_DEPTH} folders deep")
            return
        try:
            names = sorted(path.name for path in folder.iterdir())
        except OSError as error:
            yield Unreadable(str(folder), _reason(error))
            return
        maildir = "cur" in names and "new" in names
        for name in names:
            path = folder / name
            if path.is_dir():
                if not path.is_symlink() and not (maildir and name == "tmp") and _wanted(path):
                    yield from self._folder(path, root, depth + 1)
            elif path.is_file() and not name.startswith("."):
                mail = folder.name in ("cur", "new") or path.suffix.lower() in _MAIL_SUFFIXES
                yield from self._file(path, str(path.relative_to(root)), certain=mail)

    def _file(self, path: Path, name: str, *, certain: bool) -> Iterator[Found | Unreadable]:
        try:
            raw = path.open("rb", buffering=0)
        except OSError as error:
            yield Unreadable(str(path), _reason(error))
            return
        with raw:
            yield from self._stream(_Stream(self._counted(cast("IO[bytes]", raw)), str(path), name, certain))

    def _stream(self, stream: _Stream) -> Iterator[Found | Unreadable]:
        """Whatever the stream turns out to be."""
        try:
            head, content = with_head(stream.content)
            yield from self._kind(stream, head, content)
        except UNREADABLE as error:
            yield Unreadable(stream.path, _reason(error))

    def _kind(self, stream: _Stream, head: bytes, content: IO[bytes]) -> Iterator[Found | Unreadable]:
        if stream.depth > MAX_WRAPPERS:
            yield Unreadable(stream.path, f"is packed more than {MAX_WRAPPERS} times")
        elif (inner := unwrapped(head, content)) is not None:
            name = stream.name.rsplit(".", 1)[0]
            yield from self._stream(_Stream(inner, stream.path, name, stream.certain, stream.depth + 1))
        elif looks_like_tar(head, stream.name):
            yield from self._members(stream, content)
        elif looks_like_mbox(head):
            yield from self._mbox(stream, content)
        elif stream.certain or looks_like_message(head):
            yield self._message(stream, content)

    def _members(self, stream: _Stream, content: IO[bytes]) -> Iterator[Found | Unreadable]:
        for name, member in tar_members(content):
            certain = name.lower().endswith(_MAIL_SUFFIXES) or PurePosixPath(name).parent.name in (
                "cur",
                "new",
            )
            yield from self._stream(_Stream(member, f"{stream.path}:{name}", name, certain, stream.depth + 1))

    def _mbox(self, stream: _Stream, content: IO[bytes]) -> Iterator[Found | Unreadable]:
        for message in mbox_messages(content, limit=self._limit):
            path, name = f"{stream.path}#{message.number}", f"{stream.name}#{message.number}"
            if message.raw is None:
                yield self._too_large(path)
            else:
                id_ = f"{_id(stream.name)}#{message.number}"
                yield Found(path, name, id_, wire_form(message.raw), message.mail_from)

    def _message(self, stream: _Stream, content: IO[bytes]) -> Found | Unreadable:
        raw = content.read(self._limit + 1)
        if len(raw) > self._limit:
            return self._too_large(stream.path)
        if not raw.strip():
            return Unreadable(stream.path, "is empty")
        return Found(stream.path, stream.name, _id(stream.name), wire_form(raw))

    def _too_large(self, path: str) -> Unreadable:
        return Unreadable(path, f"is larger than {self._limit} bytes")

    def _counted(self, raw: IO[bytes]) -> IO[bytes]:
        return cast("IO[bytes]", BufferedReader(_Counting(raw, self)))


class _Counting(RawIOBase):
    """A stream that adds what goes through it to `Sources.bytes_read`."""

    def __init__(self, raw: IO[bytes], sources: Sources) -> None:
        super().__init__()
        self._raw = raw
        self._sources = sources

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # BufferedReader gives a writable buffer
        data = self._raw.read(len(buffer)) or b""
        buffer[: len(data)] = data
        self._sources.bytes_read += len(data)
        return len(data)


def wire_form(raw: bytes) -> bytes:
    """The bytes with CRLF line ends if any line ends otherwise; a bare CR is content."""
    if raw.count(b"\n") == raw.count(b"\r\n"):
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def looks_like_message(head: bytes) -> bool:
    """At least two of the usual header fields stand at the beginning of lines."""
    lines = head.lower().replace(b"\r", b"\n").split(b"\n")
    return sum(line.startswith(_COMMON_FIELDS) for line in lines) >= 2


def total_bytes(paths: Sequence[str]) -> int | None:
    """What there is to read, None when that cannot be known."""
    total = 0
    for path in paths:
        if path == STANDARD_INPUT:
            return None
        for folder, _, names in os.walk(path):
            total += sum(_size(Path(folder) / name) for name in names)
        if not Path(path).is_dir():
            total += _size(Path(path))
    return total


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _wanted(folder: Path) -> bool:
    """Hidden folders are passed over, except those of a Maildir."""
    return not folder.name.startswith(".") or (folder / "cur").is_dir()


def _id(name: str) -> str:
    path = PurePosixPath(name)
    if path.parent.name in ("cur", "new"):
        return path.name.split(":2,", 1)[0]
    return path.stem


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    if isinstance(error, EOFError):
        return "ends in the middle"
    return f"cannot be read: {error or type(error).__name__}"
