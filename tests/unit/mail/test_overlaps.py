"""A thousand names for the same megabytes: images and cabinets that overlap cost no more than their limits."""

import struct
import time

import pytest

from lazaretto.mail.files import fat, iso, udf
from lazaretto.mail.files.cab import Cabinet
from lazaretto.mail.files.fat import fat_files
from lazaretto.mail.files.iso import iso_files
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import codes, file_part, multipart

MEGABYTES = bytes(4 << 20)


def fat_of_one_file(names):
    """An image whose directory names one chain of clusters again and again."""
    clusters = len(MEGABYTES) // 4_096
    table = (
        b"\xf8\xff\xff\xff" + b"".join(struct.pack("<H", n + 3) for n in range(clusters - 1)) + b"\xff\xff"
    )
    sectors = -(-len(table) // 512)
    head = bytearray(512)
    head[:3] = b"\xeb\x3c\x90"
    struct.pack_into("<HBHBHHBH", head, 11, 512, 8, 1, 1, names, 0, 0xF8, sectors)
    struct.pack_into("<I", head, 32, 70_000)
    head[510:] = b"\x55\xaa"
    entries = b"".join(
        f"F{n:07}BIN".encode() + bytes(15) + struct.pack("<HI", 2, len(MEGABYTES)) for n in range(names)
    )
    return (
        bytes(head)
        + table.ljust(sectors * 512, b"\0")
        + entries.ljust(-(-names // 16) * 512, b"\0")
        + MEGABYTES
    )


def cab_of_one_stream(names):
    """A cabinet whose files lie upon each other."""
    block = bytes(32_000)
    files = b"".join(
        struct.pack("<IIHHHH", len(block), 0, 0, 0, 0, 0) + f"{n}.bin".encode() + b"\0" for n in range(names)
    )
    start = 36 + 8 + len(files)
    head = struct.pack("<4sIIIIIBBHHHHH", b"MSCF", 0, 0, 0, 44, 0, 3, 1, 1, names, 0, 0, 0)
    data = struct.pack("<IHH", 0, len(block), len(block)) + block
    return head + struct.pack("<IHH", start, 1, 0) + files + data


def test_images():
    """Their files are read until all of them together are too many."""
    found = [len(content) for _, content in fat_files(fat_of_one_file(500))]

    assert len(MEGABYTES) == found[0]
    assert sum(found) <= fat.MAX_BYTES
    assert (48 << 20, 48 << 20) == (iso.MAX_BYTES, udf.MAX_BYTES)


def test_iso(monkeypatch):
    """The same for the older kind of image."""
    from tests.unit.mail.packed import archive

    monkeypatch.setattr(iso, "MAX_BYTES", 210)
    assert 210 >= sum(len(content) for _, content in iso_files(archive("iso_joliet")))


def test_cabinets():
    """Twice the bytes that are wanted of a stream."""
    found = [len(content) for _, content in Cabinet(cab_of_one_stream(900)).contents(64_000)]

    assert sum(found) <= 2 * 64_000


@pytest.mark.parametrize("data", [fat_of_one_file(500), cab_of_one_stream(900)], ids=["fat", "cab"])
def test_in_a_message(data):
    """They end in a moment, it is said, and the file beside them is found."""
    before = time.process_time()
    message = parse(multipart(file_part(data, "a.img"), file_part(b"MZ" + bytes(90), "b.exe")))

    assert "archive_too_large" in codes(message)
    assert "application/x-dosexec" == message.attachments[-1].detected_type
    assert time.process_time() - before < 20
