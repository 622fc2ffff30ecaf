"""Small files that cost a lot to read: the same bytes again and again, and keys that take long to make."""

import struct
import zlib
from io import BytesIO

from PIL import Image

from lazaretto.mail.files.locked import _Keys
from tests.unit.mail.files import seven_with

AES_FIELD = struct.pack("<HHHHBH", 0x9901, 7, 2, 0x4541, 3, 8)
SECTOR = 2_048


def overlapping(
    names: list[bytes], packed: bytes, *, method: int = 8, flags: int = 0, crc: int = 0, extra: bytes = b""
) -> bytes:
    """A ZIP file whose members are all the same bytes."""
    common = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 0x21, crc, len(packed), 1 << 20, 1, len(extra))
    local = b"PK\x03\x04" + common + b"x" + extra + packed
    central = b"".join(
        b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, flags, method, 0, 0x21, crc, len(packed), 1 << 20,
                                    len(name), 0, 0, 0, 0, 0, 0) + name
        for name in names
    )  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def crowd(names: str, count: int, content: bytes) -> bytes:
    """A ZIP file with so many members of one content; the names count."""
    return overlapping([names.format(i).encode() for i in range(count)], deflated(content))


def deflated(content: bytes, *, broken: bool = False) -> bytes:
    """As ZIP packs it; or with a fault where the end should be."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(content)
    return packed + (packer.flush(zlib.Z_SYNC_FLUSH) + b"\xff\xff\xff" if broken else packer.flush())


def macros(modules: int = 50, chunks: int = 64) -> bytes:
    """Modules that share their bytes: each unpacks to chunks of 4,096. MS-OVBA 2.4.1."""
    chunk = b"\x02a" + struct.pack("<H", 4_095 - 3)
    shared = (struct.pack("<H", 0xB000 | len(chunk) - 1) + chunk) * chunks
    heads = b""
    for left in range(modules, 0, -1):
        heads += b"\x01" + struct.pack("<H", 0xB000 | left * 12 - 4) + b"\x00Attribut"
    return heads + shared


def document_of_macros(projects: int) -> bytes:
    """A document of Office with so many projects of macros, all the same."""
    return overlapping([b"[Content_Types].xml", *[b"word/vbaProject.bin"] * projects], deflated(macros()))


def document_of_relations(files: int) -> bytes:
    """A document of Office with so many relation files of a megabyte."""
    relations = b"<Relationship Target='http://a.test/' TargetMode='External'>" * 17_000
    names = [b"[Content_Types].xml", *(b"word/_rels/%d.rels" % i for i in range(files))]
    return overlapping(names, deflated(relations))


def locked_for_ever(members: int) -> bytes:
    """A ZIP file whose members ask for an AES key each, and open under none."""
    return overlapping([b"a.exe"] * members, bytes(40), method=99, flags=1, extra=AES_FIELD)


def locked_the_old_way(members: int, password: bytes, size: int = 30_000) -> bytes:
    """A ZIP file whose members pass the check byte of a password, and then have a wrong checksum."""
    crc = _Keys(password).decipher(bytes(12))[-1] << 24 | 1
    return overlapping([b"a.exe"] * members, bytes(size), method=0, flags=1, crc=crc)


def seven_of_keys(folders: int, *, power: int = 20, coders: int = 4) -> bytes:
    """A 7z file in which every step of every folder needs a key of its own."""
    header = b"\x01\x04\x06\x00" + _number(folders) + b"\x09" + b"\x10" * folders + b"\x00"
    header += b"\x07\x0b" + _number(folders) + b"\x00"
    for folder in range(folders):
        header += _number(coders)
        for coder in range(coders):
            salt = struct.pack("<HB", folder, coder).ljust(16, b"s")
            header += b"\x24\x06\xf1\x07\x01\x22" + bytes((power | 0xC0, 0xFF)) + salt + bytes(16)
        header += b"".join(_number(i) + _number(i + 1) for i in range(coders - 1))
    header += b"\x0c" + b"\x10" * (folders * coders) + b"\x00\x00\x05" + _number(folders) + b"\x11"
    names = "".join(f"{i}.exe\0" for i in range(folders)).encode("utf-16-le")
    return seven_with(bytes(16 * folders), header + _number(len(names) + 1) + b"\x00" + names + b"\x00\x00")


def _number(value: int) -> bytes:
    return bytes((value,)) if value < 128 else bytes((0x80 | value >> 8, value & 255))


def image_of_itself(sectors: int) -> bytes:
    """An ISO 9660 image with a directory that holds nothing but itself."""
    size = sectors * SECTOR
    record = bytearray(34)
    record[0], record[25], record[32], record[33] = 34, 2, 1, ord("d")
    struct.pack_into("<I", record, 2, 17)
    struct.pack_into("<I", record, 10, size)
    volume = b"\x01CD001".ljust(156, b"\0") + record
    return (
        bytes(0x8000)
        + volume.ljust(SECTOR, b"\0")
        + (bytes(record) * (SECTOR // 34)).ljust(SECTOR, b"\0") * sectors
    )


def pdf_of_streams() -> bytes:
    """A PDF whose object streams are full of addresses."""
    stream = b"/ObjStm stream\n" + zlib.compress(b"/URI (aaaa) " * 21_000, 9) + b"endstream"
    return b"%PDF-1.5" + stream * 60


def picture(side: int = 4_400) -> bytes:
    """A picture of a kilobyte that is decoded to eighty megabytes."""
    out = BytesIO()
    Image.new("RGBA", (side, side)).save(out, "WEBP", lossless=True)
    return out.getvalue()
