"""What a client sent and nobody has read yet: command lines and runs of message bytes, taken from the front.

A line is searched once however slowly it comes, and a line without end is forgotten while it comes.
"""

OVERLONG = b""
"""Stands for a line beyond the limit. No other line is empty: each ends with LF."""


class InputBuffer:
    """A queue of bytes."""

    def __init__(self, line_limit: int) -> None:
        self._bytes = bytearray()
        self._limit = line_limit
        self._searched = 0  # no LF before this
        self._skipping = False  # inside an over-long line

    def __len__(self) -> int:
        return len(self._bytes)

    def feed(self, data: bytes) -> None:
        """What has come."""
        self._bytes += data

    def clear(self) -> None:
        """Forgets all."""
        self._bytes.clear()
        self._searched = 0
        self._skipping = False

    def line(self) -> bytes | None:
        """The next line with its LF, OVERLONG, or None while there is no whole one."""
        end = self._bytes.find(b"\n", self._searched) + 1
        if not end:
            self._searched = len(self._bytes)
            if self._skipping or len(self._bytes) > self._limit:
                self.clear()
                self._skipping = True
            return None
        line = bytes(self._bytes[:end]) if end <= self._limit and not self._skipping else OVERLONG
        del self._bytes[:end]
        self._searched = 0
        self._skipping = False
        return line

    def take(self, count: int | None = None) -> bytes:
        """At most `count` bytes, all by default."""
        if count is None or count >= len(self._bytes):
            data = bytes(self._bytes)
            self._bytes.clear()
        else:
            data = bytes(self._bytes[:count])
            del self._bytes[:count]
        self._searched = 0
        return data

    def put_back(self, data: bytes) -> None:
        """What was taken too much; the buffer must be empty."""
        self._bytes[:] = data
