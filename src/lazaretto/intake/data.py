"""The two ways a message is sent: DATA with its dots, BDAT with its counts.

The end of DATA is CRLF "." CRLF and nothing else (RFC 5321 4.1.1.4): LF "." LF, CR "." CR and all mixtures
are content. Who takes one of them for the end lets a sender smuggle a second message past the server before.
Dots are unstuffed at the start of lines that CRLF ended. Chunks may be cut anywhere.
"""

from typing import Protocol

from lazaretto.intake.buffer import InputBuffer

_END = b"\r\n.\r\n"
_BEGINNINGS = tuple(_END[:length] for length in range(4, 0, -1))


class Reader(Protocol):
    """Takes content out of the input."""

    def read(self, source: InputBuffer) -> tuple[bytes, bool]:
        """The content that is certain so far, and whether the end was reached; the rest stays."""


class DotReader:
    """DATA. RFC 5321 4.5.2."""

    def __init__(self) -> None:
        self._held = b"\r\n"  # may become the end; at first the line end of the DATA command itself
        self._virtual = 2  # bytes of it that are not content

    def read(self, source: InputBuffer) -> tuple[bytes, bool]:
        """See Reader."""
        data = self._held + source.take()
        # The first place is the end: whether a line begins depends only on the CRLF right before it.
        end = data.find(_END)
        if end >= 0:
            source.put_back(data[end + len(_END) :])
            return self._unstuffed(data[: end + 2]), True
        self._held = next((b for b in _BEGINNINGS if data.endswith(b)), b"")
        return self._unstuffed(data[: len(data) - len(self._held)]), False

    def _unstuffed(self, data: bytes) -> bytes:
        if not data:
            return data
        data = data.replace(b"\r\n.", b"\r\n")
        if self._virtual:  # what comes out first begins with it, whole
            data, self._virtual = data[self._virtual :], 0
        return data


class ChunkReader:
    """One chunk of BDAT. RFC 3030 2."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, source: InputBuffer) -> tuple[bytes, bool]:
        """See Reader."""
        data = source.take(self._left)
        self._left -= len(data)
        return data, not self._left
