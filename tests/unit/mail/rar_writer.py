"""A small writer of RAR 5 archives for tests: Huffman codes of even length, matches that a test asks for."""

import struct
import zlib

LITERALS, DISTANCES, LOW, LENGTHS = 306, 64, 16, 44


class Pen:
    """Writes bits, the highest first."""

    def __init__(self):
        self.bits = ""

    def put(self, value, count):
        self.bits += f"{value:0{count}b}" if count else ""

    def data(self):
        return int(self.bits.ljust(-len(self.bits) % 8 + len(self.bits), "0") or "0", 2).to_bytes(
            -(-len(self.bits) // 8)
        )


def number(value):
    """Seven bits a byte, the low ones first."""
    out = b""
    while True:
        byte, value = value & 127, value >> 7
        out += bytes((byte | (128 if value else 0),))
        if not value:
            return out


def slot_of(value, small, step):
    """The slot of a length (from 2) or a distance (from 1), the extra bits and how many."""
    if value < small:
        return value, 0, 0
    extra = value.bit_length() - step
    return step_slots(value, extra, step), value & (1 << extra) - 1, extra


def step_slots(value, extra, step):
    return (extra + 1) * 4 + (value >> extra & 3) if step == 3 else (extra + 1) * 2 + (value >> extra & 1)


def packed(items, *, last=True):
    """One block.

    Items: bytes are literals, (distance, length) is a match, ("filter", start, size, kind, channels) a filter,
    ("again",) the last match again, ("old", n, length) the n-th distance before.
    """
    pen = Pen()
    for symbol in range(20):  # codes for lengths 0, 5, 6 and 9 only, of two bits each
        pen.put(2 if symbol in {0, 4, 6, 9} else 0, 4)
    order = {0: 0, 4: 1, 6: 2, 9: 3}
    for count, length in ((LITERALS, 9), (DISTANCES, 6), (LOW, 4), (LENGTHS, 6)):
        for _ in range(count):
            pen.put(order[length], 2)
    for item in items:
        _put(pen, item)
    bits = len(pen.bits)
    data = pen.data()
    flags = (bits - 1) % 8 | 0x80 | (0x40 if last else 0) | 2 << 3
    size = len(data)
    check = 0x5A ^ flags ^ (size & 255) ^ (size >> 8 & 255) ^ (size >> 16)
    return bytes((flags, check)) + size.to_bytes(3, "little") + data


def _put(pen, item):
    if isinstance(item, bytes):
        for byte in item:
            pen.put(byte, 9)
    elif item[0] == "filter":
        pen.put(256, 9)
        for value in item[1:3]:
            pen.put(3, 2)
            pen.put(int.from_bytes(value.to_bytes(4, "little")), 32)
        pen.put(item[3], 3)
        if item[3] == 0:
            pen.put(item[4] - 1, 5)
    elif item[0] == "again":
        pen.put(257, 9)
    elif item[0] == "old":
        pen.put(258 + item[1], 9)
        _length(pen, item[2], 0, 6)
    else:
        distance, length = item
        length -= (distance > 0x100) + (distance > 0x2000) + (distance > 0x40000)
        _length(pen, length, 262, 9)
        slot, extra, count = slot_of(distance - 1, 4, 2)
        pen.put(slot, 6)
        if count >= 4:
            pen.put(extra >> 4, count - 4)
            pen.put(extra & 15, 4)
        else:
            pen.put(extra, count)


def _length(pen, length, base, width):
    slot, extra, count = slot_of(length - 2, 8, 3)
    pen.put(base + slot, width)
    pen.put(extra, count)


def block(kind, body, data=b"", flags=0):
    flags |= 2 if data else 0
    head = number(kind) + number(flags) + (number(len(data)) if data else b"") + body
    size = number(len(head))
    return struct.pack("<I", zlib.crc32(size + head)) + size + head + data


def rar_of(files, *, solid=False, version=0):
    """An archive of (name, content, packed) files; with `packed` None the content is stored."""
    out = b"Rar!\x1a\x07\x01\x00" + block(1, number(4 if solid else 0))
    for at, (name, content, data) in enumerate(files):
        method = 0 if data is None else 3
        packing = version | (0x40 if solid and at else 0) | method << 7
        raw = name.encode()
        body = number(4) + number(len(content)) + number(0x20) + struct.pack("<I", zlib.crc32(content))
        body += number(packing) + number(1) + number(len(raw)) + raw
        out += block(2, body, content if data is None else data)
    return out + block(5, number(0))
