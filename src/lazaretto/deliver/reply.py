"""Replies of a next hop, read from bytes without any I/O.

RFC 5321 4.2 and RFC 2034. A reply that breaks the syntax or a limit ends the connection: the two sides no
longer agree on where they are.
"""

import re
from dataclasses import dataclass

MAX_LINE = 4096
"""Bytes of one reply line. RFC 5321 4.5.3.1.5 allows 512; some servers write short novels."""

MAX_LINES = 128
"""Lines of one reply: an EHLO reply has about twenty."""

MAX_TEXT = 500
"""Characters of a reply that go into traces, log lines and notifications."""

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


class BadReplyError(Exception):
    """The next hop said something that is not an SMTP reply."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete reply; lines are without code and line ends."""

    code: int
    lines: tuple[str, ...]

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code, when it is there and of the same class as the code. RFC 3463."""
        found = _ENHANCED.match(self.lines[0]) if self.lines else None
        return found.group() if found and found.group(1) == str(self.code)[0] else None

    @property
    def status(self) -> str:
        """The enhanced status code, or the vaguest one of the class."""
        return self.enhanced or f"{self.code // 100}.0.0"

    @property
    def text(self) -> str:
        """Code and text on one line, printable, bounded."""
        words = " ".join(" ".join(self.lines).split())
        return f"{self.code} {words}".strip()[:MAX_TEXT]

    @property
    def positive(self) -> bool:
        """2xx: done."""
        return 200 <= self.code < 300

    @property
    def intermediate(self) -> bool:
        """3xx: go on."""
        return 300 <= self.code < 400

    @property
    def permanent(self) -> bool:
        """5xx: the same wish will be refused again."""
        return 500 <= self.code < 600


class ReplyReader:
    """Cuts a stream of bytes into replies."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._lines: list[str] = []
        self._code = 0

    @property
    def pending(self) -> bool:
        """Bytes or lines have come that no complete reply has used up."""
        return bool(self._buffer or self._lines)

    def feed(self, data: bytes) -> list[Reply]:
        """All replies that the bytes complete, in order."""
        self._buffer += data
        replies: list[Reply] = []
        start = 0
        while (end := self._buffer.find(b"\n", start)) >= 0:
            if end - start > MAX_LINE:
                raise BadReplyError("reply line too long")
            if reply := self._line(bytes(self._buffer[start:end])):
                replies.append(reply)
            start = end + 1
        del self._buffer[:start]
        if len(self._buffer) > MAX_LINE:
            raise BadReplyError("reply line too long")
        return replies

    def _line(self, line: bytes) -> Reply | None:
        text = "".join(c if c.isprintable() else " " for c in line.rstrip(b"\r").decode("utf-8", "replace"))
        code, mark, rest = text[:3], text[3:4], text[4:]
        if not (code.isascii() and code.isdigit() and 200 <= int(code) < 600 and mark in ("", " ", "-")):
            raise BadReplyError(f"not an SMTP reply: {text[:80]!r}")
        if self._lines and int(code) != self._code:
            raise BadReplyError(f"reply changes its code from {self._code} to {code}")
        self._code = int(code)
        self._lines.append(rest)
        if len(self._lines) > MAX_LINES:
            raise BadReplyError("reply has too many lines")
        if mark == "-":
            return None
        reply = Reply(code=self._code, lines=tuple(self._lines))
        self._lines.clear()
        return reply
