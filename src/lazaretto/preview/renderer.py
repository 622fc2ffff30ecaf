"""What a renderer of messages promises.

Rules. Nothing in the message makes it reach out: no picture, font or style is fetched. The same bytes give
the same picture. It may be asked for several pictures at once and may be cancelled at any time; whoever asks
bounds number, time and size.
"""

from typing import Protocol

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
"""The first eight octets of every PNG file. RFC 2083 3.1"""


class NoPicture(Exception):  # noqa: N818  # the outcome of a rendering, not a mistake of the caller
    """The message cannot be shown as a picture; the text says why, and may be told to a client."""


class Renderer(Protocol):
    """Makes a picture of a message as a reader would see it."""

    async def render(self, raw: bytes) -> bytes:
        """The message as a PNG file. Raises NoPicture."""
