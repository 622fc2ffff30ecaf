"""Small files of many kinds for tests, built byte by byte or by the standard library."""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib

END_OF_CHAIN = 0xFFFFFFFE
FREE = 0xFFFFFFFF


def zip_of(members: dict[str, bytes]) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def locked_zip_of(members: dict[str, bytes]) -> bytes:
    """A ZIP file whose members claim to need a password."""
    data = bytearray(zip_of(members))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


def tar_of(members: dict[str, bytes], mode: str = "w") -> bytes:
    """A TAR file, packed by the mode."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def ole_of(*names: str, content: bytes = b"") -> bytes:
    """A compound file with streams of these names, which share one content. MS-CFB 2.2 and 2.6."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIII", header, 44, 1, 1, 0, 4096)
    struct.pack_into("<109I", header, 76, 0, *[FREE] * 108)
    entries = b"".join(_ole_entry(name, 10) for name in ("Root Entry", *names))
    sectors = max(1, -(-len(entries) // 512))
    chain = [0xFFFFFFFD, *[2 + i for i in range(sectors - 1)], END_OF_CHAIN]
    fat = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    return (bytes(header) + fat + entries.ljust(sectors * 512, b"\x00")).ljust(
        512 * 11, b"\x00"
    ) + content.ljust(64, b"\x00")


def _ole_entry(name: str, sector: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    return raw.ljust(64, b"\x00") + struct.pack("<H50xII4x", len(raw), sector, 4096)


def seven_of(names: list[str], *, aes: bool = False, packer: int | None = lzma.FILTER_LZMA1) -> bytes:
    """The end of a 7z archive: a header with names, packed as 7-Zip packs it, or plain."""
    text = "".join(f"{name}\x00" for name in names).encode("utf-16-le")
    block = b"\x00" + text
    size = bytes((len(block),)) if len(block) < 128 else bytes((0x80 | len(block) >> 8, len(block) & 255))
    header = (
        b"\x01\x04" + (b"\x24\x06\xf1\x07\x01" if aes else b"") + b"\x05\x01\x11" + size + block + b"\x00\x00"
    )
    if packer is None:
        return seven_with(b"", header)
    filters = [{"id": packer, "dict_size": 1 << 16}]
    packed = lzma.compress(header, format=lzma.FORMAT_RAW, filters=filters)
    coder = (
        b"\x23\x03\x01\x01\x05\x5d\x00\x00\x01\x00" if packer == lzma.FILTER_LZMA1 else b"\x21\x21\x01\x0c"
    )
    two = lambda n: bytes((0x80 | n >> 8, n & 255))  # noqa: E731
    encoded = (
        b"\x17\x06\x00\x01\x09"
        + two(len(packed))
        + b"\x00\x07\x0b\x01\x00\x01"
        + coder
        + b"\x0c"
        + two(len(header))
    )
    return seven_with(packed, encoded + b"\x00\x00")


def seven_with(packed: bytes, header: bytes) -> bytes:
    """A 7z file with this header behind this content."""
    start = struct.pack("<QQ", len(packed), len(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + start + bytes(4) + packed + header


def pdf_of(body: bytes, compressed: bytes = b"") -> bytes:
    """Something that begins like a PDF, with an object stream where asked for."""
    stream = b""
    if compressed:
        stream = (
            b"7 0 obj <</Type /ObjStm /Filter /FlateDecode>>\nstream\n"
            + zlib.compress(compressed)
            + b"\nendstream\n"
        )
    return b"%PDF-1.5\n1 0 obj <<" + body + b">> endobj\n" + stream + b"%%EOF"


CONTENT_TYPES = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>"}


def relation(kind: str, target: str) -> bytes:
    """A relation file of an Office document with one external relation."""
    return (
        f'<Relationships><Relationship Id="r1" Type="http://schemas.test/{kind}" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    ).encode()
