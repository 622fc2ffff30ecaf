"""Watches the content of one message while it streams by, and says what makes it unacceptable.

What is found depends only on the bytes, never on how they were cut, so each fault is looked for to the end
and the gravest is told. Whole chunks are looked at with find and count; no loop goes over single lines.
"""

from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.replies import BARE_LINE_END, LONG_HEADER, LONG_LINE, LOOP, NUL_BYTE, TOO_LARGE
from lazaretto.intake.reply import Reply

_RECEIVED = b"\nreceived:"
_HEADER_END = b"\r\n\r\n"


class Content:
    """Feed all content, then call `end`."""

    def __init__(self, limits: GatewayLimits) -> None:
        self.size = 0
        self._limits = limits
        self._bare = self._nul = self._long_line = self._long_header = False
        self._after_cr = False  # the last byte was CR: its LF may follow
        self._line = 0  # bytes of the unfinished line
        self._in_header = True
        self._tail = (
            b"\r\n"  # end of the header section so far; a message may begin with Received or without header
        )
        self._received = 0

    @property
    def fault(self) -> Reply | None:
        """The gravest fault so far."""
        limits = self._limits
        if self.size > limits.message_bytes:
            return TOO_LARGE
        if self._bare:
            return BARE_LINE_END
        if self._nul:
            return NUL_BYTE
        if self._long_line:
            return LONG_LINE
        if self._long_header:
            return LONG_HEADER
        return LOOP if self._received > limits.received_fields else None

    @property
    def beyond_drain(self) -> bool:
        """So large that not even throwing it away is worth the while."""
        return self.size > self._limits.message_bytes + self._limits.drain_bytes

    def feed(self, data: bytes) -> None:
        """The next bytes of content, at least one."""
        self._line_ends(data)
        self._line_length(data)
        if self._in_header:
            self._header(data)
        # RFC 2045 2.7 and 2.8: neither 7bit nor 8bit data holds NUL. A next hop that drops it may find an
        # end of data where there was none.
        self._nul = self._nul or b"\0" in data
        self.size += len(data)

    def end(self) -> None:
        """No more content comes."""
        self._bare = self._bare or self._after_cr

    def _line_ends(self, data: bytes) -> None:
        if self._bare:
            return
        pairs = data.count(b"\r\n") + (self._after_cr and data.startswith(b"\n"))
        returns = data.count(b"\r") + self._after_cr
        self._after_cr = data.endswith(b"\r")
        self._bare = not pairs == data.count(b"\n") == returns - self._after_cr

    def _line_length(self, data: bytes) -> None:
        if self._long_line:
            return
        reach = self._limits.line_bytes
        start = -self._line  # where the unfinished line began
        while start + reach <= len(data):
            end = data.rfind(b"\n", max(start, 0), start + reach)
            if end < 0:
                self._long_line = True
                return
            start = end + 1
        last = data.rfind(b"\n", max(start, 0))
        self._line = len(data) - (last + 1 if last >= 0 else start)

    def _header(self, data: bytes) -> None:
        window = self._tail + data
        begin = self.size - len(self._tail)  # of the window, in the content
        end = window.find(_HEADER_END)
        head = window if end < 0 else window[: end + 2]
        self._received += head.lower().count(_RECEIVED)
        length = begin + (len(window) if end < 0 else end + len(_HEADER_END))
        self._long_header = self._long_header or length > self._limits.header_bytes
        self._in_header = end < 0 and not self._long_header
        self._tail = window[-(len(_RECEIVED) - 1) :]
