"""Attachments of the samples, made by hand so that they are small and harmless.

Each has just enough of its format for its type to be recognised; none of them does anything.
"""

import io
import struct
import zipfile
import zlib

_CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_DOCUMENT = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"
)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def pdf(line: str) -> bytes:
    """One page with one line of text."""
    drawn = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode("latin-1", "replace")
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def png(red: int, green: int, blue: int, *, side: int = 16) -> bytes:
    """A square of one colour."""
    rows = (b"\x00" + bytes((red, green, blue)) * side) * side
    header = struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(name, data) for name, data in chunks)


def zipped(files: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def word(text: str, *, macro: bool = False) -> bytes:
    """A Word document; with a project of macros that holds nothing but its mark."""
    files = {"[Content_Types].xml": _CONTENT_TYPES, "word/document.xml": _DOCUMENT.format(text).encode()}
    if macro:
        files["word/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
    return zipped(files)


def locked_zip(name: str, size: int) -> bytes:
    """An archive whose one member is marked as encrypted; its content is noise that no password opens."""
    noise = zlib.compress(name.encode() * 20)[:40].ljust(size, b"\x5a")
    called = name.encode()
    checksum = zlib.crc32(noise)
    common = struct.pack("<HHHHHIIIHH", 20, 1, 0, 0, 0x21, checksum, len(noise), len(noise), len(called), 0)
    local = b"PK\x03\x04" + common + called + noise
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + called
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end


def program() -> bytes:
    """The first bytes of a Windows program, and nothing behind them."""
    header = b"MZ" + b"\x00" * 58 + struct.pack("<I", 64)
    return header + b"PE\x00\x00" + struct.pack("<HH", 0x14C, 0) + b"\x00" * 192


def eicar() -> bytes:
    """The harmless file that every virus scanner reports; put together here so that this source is none."""
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def gtube() -> str:
    """The line that every spam filter agreed to report."""
    return "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-" + "ANTI-UBE-TEST-EMAIL*C.34X"


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
