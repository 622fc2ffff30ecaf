"""Messages of an mbox, one after the other.

A message begins at a line "From address date" that follows an empty line or begins the file.
The line must hold a time of day: a body line "From here on" that nobody quoted then does no harm.
Quoting: one ">" is taken off every ">From ", ">>From " and so on. That is what the mboxrd writer put there,
and for the older mboxo it is right wherever the original did not begin with ">From " itself.
The empty line before the next separator belongs to the mbox and not to the message.
Limits: does not follow Content-Length; the count of a careless writer would swallow messages.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

LINE_BYTES = 64 * 1024
"""A longer line is read in pieces, so that one line cannot fill the memory."""

SEPARATOR_BYTES = 300
"""A separator is looked at so far."""

_TIME = re.compile(rb" \d{1,2}:\d\d")
_EMPTY = (b"\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class Unquoted:
    """One message of an mbox; raw is None when it was larger than the limit."""

    number: int  # from 1
    raw: bytes | None
    mail_from: str | None


def looks_like_mbox(head: bytes) -> bool:
    """The bytes begin with a separator."""
    return _is_separator(head[:SEPARATOR_BYTES].split(b"\n", 1)[0] + b"\n")


def mbox_messages(stream: IO[bytes], *, limit: int) -> Iterator[Unquoted]:
    """All messages; at most `limit` bytes of one are held."""
    gathered = _Gathered(limit)
    number = 0
    mail_from: str | None = None
    line_begins, after_empty = True, True
    while line := stream.readline(LINE_BYTES):
        if line_begins and after_empty and _is_separator(line):
            if number:
                yield Unquoted(number, gathered.taken(), mail_from)
            number += 1
            mail_from = _address(line)
        elif number:
            gathered.add(_unquoted(line) if line_begins else line)
        after_empty = line_begins and line in _EMPTY
        line_begins = line.endswith(b"\n")
    if number:
        yield Unquoted(number, gathered.taken(), mail_from)


class _Gathered:
    """The bytes of one message up to a limit. Not a list of lines: a list of short lines is large."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._content = bytearray()
        self._size = 0
        self._last = b""

    def add(self, line: bytes) -> None:
        self._size += len(line)
        self._last = line
        if self._size <= self._limit:
            self._content += line
        else:
            self._content.clear()

    def taken(self) -> bytes | None:
        content, self._content = self._content, bytearray()
        size, self._size = self._size, 0
        if size > self._limit:
            return None
        if self._last in _EMPTY:
            del content[len(content) - len(self._last) :]
        return bytes(content)


def _is_separator(line: bytes) -> bool:
    return line.startswith(b"From ") and _TIME.search(line[:SEPARATOR_BYTES]) is not None


def _unquoted(line: bytes) -> bytes:
    return line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line


def _address(line: bytes) -> str | None:
    """The return path that the delivering program wrote into the separator, if it is one."""
    word = line[5:SEPARATOR_BYTES].split(b" ", 1)[0].decode("ascii", "replace").strip("<>")
    return word if "@" in word else None
