"""Images of disks in a form that can be fuzzed: most of them is zeros, which are left out.

A run is the number of a block, how many bytes follow, and these bytes; what no run writes is zero.
"""

import struct

RUNS = b"\0runs\0"
"""What such a file begins with."""

BLOCK = 512
"""Bytes; runs begin at its multiples."""

MAX_IMAGE = 1 << 20
"""Bytes of an image."""

_HEAD = struct.Struct("<HH")


def runs_of(image: bytes) -> bytes:
    """An image as runs of one block each."""
    out = RUNS
    for at in range(0, len(image), BLOCK):
        piece = image[at : at + BLOCK].rstrip(b"\0")
        out += _HEAD.pack(at // BLOCK, len(piece)) + piece if piece else b""
    return out


def image_of(data: bytes) -> bytes:
    """The image that runs describe; other bytes as they are."""
    if not data.startswith(RUNS):
        return data
    image, at = bytearray(), len(RUNS)
    while at + _HEAD.size <= len(data):
        block, length = _HEAD.unpack_from(data, at)
        piece = data[at + _HEAD.size : at + _HEAD.size + length]
        at += _HEAD.size + length
        start = block * BLOCK
        if start + len(piece) <= MAX_IMAGE:
            image.extend(bytes(max(0, start + len(piece) - len(image))))
            image[start : start + len(piece)] = piece
    return bytes(image)
