"""A small renderer: the octets of a message as shades of grey."""

import struct
import zlib

from lazaretto.preview import PNG_SIGNATURE

WIDTH = 64


class Grey:
    """Fits the interface; shows that the stored bytes reached it."""

    async def render(self, raw: bytes) -> bytes:
        rows = [raw[at : at + WIDTH].ljust(WIDTH, b"\xff") for at in range(0, len(raw), WIDTH)]
        head = struct.pack(">IIBBBBB", WIDTH, len(rows), 8, 0, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
        return PNG_SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
