"""One SMTP reply as a value, and its bytes.

RFC 5321 4.2 for the form, RFC 2034 for the enhanced code, which stands on every line of the reply.
The text may hold anything: what would break the line is replaced, what is too long is cut.
"""

from dataclasses import dataclass

MAX_TEXT = 480
"""Characters of one line of text: with code and line end it stays below 512 octets. RFC 5321 4.5.3.1.5"""

MAX_LINES = 20
"""Lines of one reply: enough for EHLO, too few for a door to write novels."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the server; line feeds in the text make several lines."""

    code: int
    enhanced: str  # "" where none belongs: greeting, EHLO, 354
    text: str

    @property
    def positive(self) -> bool:
        """Done, or go on."""
        return self.code < 400

    @property
    def temporary(self) -> bool:
        """The client should try again."""
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        """The client should give up."""
        return self.code >= 500

    def render(self) -> bytes:
        """The bytes to send."""
        lines = self.text.split("\n")[:MAX_LINES]
        prefix = f"{self.enhanced} " if self.enhanced else ""
        shown = [f"{prefix}{_printable(line)}" for line in lines]
        out = [f"{self.code}-{line}\r\n" for line in shown[:-1]]
        return "".join((*out, f"{self.code} {shown[-1]}\r\n")).encode("ascii")


def _printable(line: str) -> str:
    if line.isascii() and line.isprintable() and len(line) <= MAX_TEXT:
        return line
    return "".join(c if " " <= c <= "~" else "?" for c in line[:MAX_TEXT])
