"""ClamAV, asked by its socket: it gets the whole message and opens mail and archives itself. clamd(8).

Limits: SECONDS for the whole conversation, MAX_REPLY bytes of the answer. A scanner that does not answer is
said to be silent; it never holds a message up.
"""

import asyncio
import struct

SECONDS = 10.0
"""For one message."""

CHUNK = 64 << 10
"""Bytes that are sent at once."""

MAX_REPLY = 4_096
"""Bytes of the answer: a name of a signature has some dozens."""


class ScannerSilentError(Exception):
    """ClamAV gave no verdict."""


async def ask_clamav(path: str, raw: bytes) -> str:
    """The name of the signature that fits, "" for none. Raises ScannerSilentError."""
    try:
        async with asyncio.timeout(SECONDS):
            reply = await _converse(path, raw)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as problem:
        raise ScannerSilentError(type(problem).__name__) from problem
    text = reply.rstrip(b"\x00").decode("utf-8", "replace").strip()
    _, _, verdict = text.partition(": ")
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    if verdict != "OK":
        raise ScannerSilentError(text)
    return ""


async def _converse(path: str, raw: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path, limit=MAX_REPLY)
    try:
        writer.write(b"zINSTREAM\x00")
        for start in range(0, len(raw), CHUNK):
            piece = raw[start : start + CHUNK]
            writer.write(struct.pack("!I", len(piece)) + piece)
            await writer.drain()
        writer.write(struct.pack("!I", 0))
        await writer.drain()
        return await reader.readuntil(b"\x00")
    finally:
        writer.close()
