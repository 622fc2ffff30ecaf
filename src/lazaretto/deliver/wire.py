"""One TCP connection to a next hop: replies in, bytes out, TLS when asked.

Replies that came before the connection ended are still read in order; only then the loss is told.
Every await has a duration. What was sent in clear behind the reply to STARTTLS is never taken for something
that came under TLS: the connection is given up instead.
"""

import asyncio
import ssl
from collections import deque
from typing import cast

from lazaretto.deliver.reply import BadReplyError, Reply, ReplyReader

MAX_UNREAD = 1_000
"""Replies that wait to be read: more than we have commands on the way at any time."""


class HopError(Exception):
    """The connection cannot be used (any more): temporary for everything that was not yet answered."""


class Wire(asyncio.Protocol):
    """The protocol object of one connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self._wake = asyncio.Event()  # a reply, or the loss
        self._writable = asyncio.Event()
        self._writable.set()
        self._loss: str | None = None

    @classmethod
    async def connect(cls, host: str, port: int, *, seconds: float) -> "Wire":
        """A fresh connection in clear; the greeting is not read yet."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                _, wire = await loop.create_connection(cls, host, port)
        except TimeoutError as error:
            raise HopError(f"no connection to {host}:{port} within {seconds:g} s") from error
        except (OSError, ValueError) as error:
            raise HopError(f"no connection to {host}:{port}: {error}") from error
        return wire

    @property
    def lost(self) -> bool:
        """The connection is gone; unread replies may still be there."""
        return self._loss is not None

    @property
    def unread(self) -> int:
        """Replies that have come and were not read."""
        return len(self._replies)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        try:
            self._replies.extend(self._reader.feed(data))
        except BadReplyError as error:
            self._give_up(str(error))
        if len(self._replies) > MAX_UNREAD:
            self._give_up("too many unasked replies")
        self._wake.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self._loss = self._loss or (f"connection lost: {exc}" if exc else "connection closed by next hop")
        self._wake.set()
        self._writable.set()

    def pause_writing(self) -> None:
        """Called by the event loop: the next hop is slower than we are."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Called by the event loop."""
        self._writable.set()

    async def reply(self, *, seconds: float, what: str) -> Reply:
        """The next reply."""
        try:
            async with asyncio.timeout(seconds):
                while not self._replies:
                    if self._loss:
                        raise HopError(f"{self._loss} ({what})")
                    self._wake.clear()
                    await self._wake.wait()
        except TimeoutError as error:
            self._give_up("timeout")
            raise HopError(f"no reply within {seconds:g} s ({what})") from error
        return self._replies.popleft()

    async def write(self, data: bytes, *, seconds: float, what: str) -> None:
        """Hands the bytes over and waits until the next hop takes them."""
        if self._loss or self._transport is None:
            raise HopError(f"{self._loss} ({what})")
        self._transport.write(data)
        try:
            async with asyncio.timeout(seconds):
                await self._writable.wait()
        except TimeoutError as error:
            self._give_up("timeout")
            raise HopError(f"next hop takes no bytes for {seconds:g} s ({what})") from error
        if self._loss:
            raise HopError(f"{self._loss} ({what})")

    async def start_tls(self, context: ssl.SSLContext, *, host: str, seconds: float) -> None:
        """The handshake, after the reply to STARTTLS was read."""
        if self._reader.pending or self._replies:
            self._give_up("bytes in clear after the reply to STARTTLS")
            raise HopError("bytes in clear after the reply to STARTTLS")
        if self._transport is None or self._loss:
            raise HopError(f"{self._loss} (STARTTLS)")
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                upgraded = await loop.start_tls(self._transport, self, context, server_hostname=host)
        except (TimeoutError, OSError) as error:  # ssl.SSLError is an OSError
            self._give_up("TLS handshake failed")
            raise HopError(f"TLS handshake failed: {error or 'timeout'}") from error
        if upgraded is None:
            raise HopError("TLS handshake failed: connection lost")
        self._transport = upgraded

    def tls(self) -> str | None:
        """Version and cipher in use, None in clear."""
        secured = self._transport.get_extra_info("ssl_object") if self._transport else None
        cipher = secured.cipher() if secured else None
        return f"{secured.version()} {cipher[0]}" if secured and cipher else None

    def close(self) -> None:
        """Ends the connection without further words."""
        self._give_up("closed")

    def _give_up(self, why: str) -> None:
        self._loss = self._loss or why
        if self._transport:
            self._transport.abort()
        self._wake.set()
        self._writable.set()
