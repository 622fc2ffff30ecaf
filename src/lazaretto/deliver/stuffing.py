"""A message as it travels inside DATA: dots stuffed, ended by CRLF, for any way of cutting it into chunks.

RFC 5321 4.5.2. A bare CR or LF cannot be sent in DATA unchanged: next hops disagree on what it means, which
is what SMTP smuggling lives on. It is reported and the message is not sent.
"""


class BareLineEndError(Exception):
    """The content holds CR or LF that is not part of CRLF. RFC 5321 2.3.8."""


class Stuffing:
    """Feed chunks, send what comes out, then send `last()`."""

    def __init__(self) -> None:
        self._held = b"\r\n"  # stands for the line end before the first line; is never sent
        self._first = True

    def feed(self, chunk: bytes) -> bytes:
        """The chunk with dots stuffed; a line end at its end is held back until the next chunk is known."""
        data = self._held + chunk
        held = 2 if data.endswith(b"\r\n") else 1 if data.endswith(b"\r") else 0
        body, self._held = data[: len(data) - held], data[len(data) - held :]
        whole = data if held != 1 else body
        if not whole.count(b"\r\n") == whole.count(b"\r") == whole.count(b"\n"):
            raise BareLineEndError
        return self._out(body.replace(b"\r\n.", b"\r\n.."))

    def last(self) -> bytes:
        """What ends the content so that the final dot stands on its own line. Without the dot."""
        if self._held == b"\r":
            raise BareLineEndError
        return self._out(b"\r\n")

    def _out(self, data: bytes) -> bytes:
        if self._first and data:
            self._first = False
            return data[2:]
        return data
