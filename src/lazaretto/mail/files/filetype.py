"""What a file is, by its bytes. Names and declared types are what attackers choose.

A table of signatures, then the two container families (ZIP and OLE) by what they contain, then text by the
way it is written. The name is asked only for scripts, where it decides what Windows does with a text.

Limits: TEXT_SAMPLE bytes are looked at where text has to be understood.
"""

import re

from lazaretto.mail.files.cms import cms_kind
from lazaretto.mail.files.fat import partitions
from lazaretto.mail.files.ole import ole_type
from lazaretto.mail.files.signatures import LANGUAGES, RIFF, SCRIPT_NAMES, SIGNATURES
from lazaretto.mail.files.zipfiles import zip_type

TEXT_SAMPLE = 8_192
"""Bytes of a text from which its language is judged."""

UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"

_FTYP = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif"}
_LZH = frozenset({b"-lh0-", b"-lh1-", b"-lh4-", b"-lh5-", b"-lh6-", b"-lh7-"})
_ISO_SECTORS = (0x8000, 0x8800, 0x9000)
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|script|iframe|meta\s|form[\s>]|table[\s>]|a\s+href|div[\s>])",
    re.IGNORECASE,
)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)


def detect(data: bytes, name: str | None = None) -> str:
    """The media type of some content."""
    if not data:
        return EMPTY
    return _by_signature(data) or _by_offset(data) or _text_type(data, name) or UNKNOWN


def _by_signature(data: bytes) -> str:
    head = data[:1024]
    if head.startswith(b"MZ"):
        return "application/x-dosexec"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00PK\x03\x04")):
        return zip_type(data)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return ole_type(data)
    if head.startswith(b"\xca\xfe\xba\xbe"):
        return _java_or_mach(head)
    for signature, media_type in SIGNATURES:
        if head.startswith(signature):
            return media_type
    at = head.find(b"%PDF-")  # readers accept it anywhere in the first 1,024 bytes
    return "application/pdf" if at > 0 else "application/pkcs7-mime" if cms_kind(head) else ""


def _java_or_mach(head: bytes) -> str:
    """A Java class has a version of 45 and more where a fat binary counts its architectures."""
    return "application/java-vm" if int.from_bytes(head[4:8]) > 44 else "application/x-mach-binary"


def _by_offset(data: bytes) -> str:
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12], UNKNOWN)
    if data[4:8] == b"ftyp":
        return _FTYP.get(data[8:12], "video/mp4")
    if data[257:262] == b"ustar":
        return "application/x-tar"
    if data[2:7] in _LZH:
        return "application/x-lzh-compressed"
    if data[7:14] == b"**ACE**":
        return "application/x-ace"
    return _disk_image(data)


def _disk_image(data: bytes) -> str:
    if any(data[at + 1 : at + 6] == b"CD001" for at in _ISO_SECTORS):
        return "application/x-iso9660-image"
    if data[0x8000:0x8006] == b"\x00BEA01":
        return "application/x-udf-image"
    if len(data) > 512 and data[-512:-504] == b"conectix":
        return "application/x-vhd"
    bootable = data[510:512] == b"\x55\xaa" and (data[:1] in {b"\xeb", b"\xe9"} or bool(partitions(data)))
    return "application/x-raw-disk-image" if bootable else ""


def _text_type(data: bytes, name: str | None) -> str:
    sample = _as_text(data[:TEXT_SAMPLE])
    if sample is None:
        return ""
    extension = name.rpartition(".")[2].lower().strip() if name and "." in name else ""
    lower = sample.lower()
    stripped = lower.lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        _markup_type(lower, stripped, extension)
        or _marked_text(stripped)
        or SCRIPT_NAMES.get(extension, "")
        or _language(lower)
        or "text/plain"
    )


def _as_text(sample: bytes) -> bytes | None:
    """The sample in an ASCII-compatible form, or None where it is no text."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        sample = sample.decode("utf-16", "replace").encode("utf-8", "replace")
    elif b"\x00" in sample:
        return None
    controls = sum(sample.count(bytes((c,))) for c in (*range(1, 9), 14, 15, 16, 17, 18, 19, 20, 127))
    return None if controls * 50 > len(sample) else sample


def _markup_type(lower: bytes, stripped: bytes, extension: str) -> str:
    if b"<hta:application" in lower:
        return "application/hta"
    if stripped.startswith((b"<job", b"<package", b"<?wsf")) or b"<scriptlet" in lower[:2_000]:
        return "text/x-windows-script"
    svg, html = _SVG.search(lower), _HTML.search(lower)
    if svg and (html is None or svg.start() < html.start() or extension == "svg"):
        return "image/svg+xml"
    if html and (stripped.startswith(b"<") or extension in {"html", "htm", "shtml", "xhtml", "hta"}):
        return "application/hta" if extension == "hta" else "text/html"
    if stripped.startswith(b"<?xml"):
        return "application/x-office-xml" if b'progid="word.document"' in lower else "text/xml"
    return ""


def _marked_text(stripped: bytes) -> str:
    for mark, media_type in (
        (b"begin:vcalendar", "text/calendar"),
        (b"begin:vcard", "text/vcard"),
        (b"[internetshortcut]", "application/x-mswinurl"),
        (b"-----begin pgp", "application/pgp"),
        (b"windows registry editor", "text/x-registry"),
        (b"web\r\n1\r\n", "text/x-web-query"),
        (b"id;p", "text/x-sylk"),
    ):
        if stripped.startswith(mark):
            return media_type
    if stripped.startswith(b"#!"):
        line = stripped.partition(b"\n")[0]
        return (
            "text/x-python"
            if b"python" in line
            else "text/x-perl"
            if b"perl" in line
            else "text/x-shellscript"
        )
    fields = (
        b"received:",
        b"return-path:",
        b"from:",
        b"delivered-to:",
        b"mime-version:",
        b"message-id:",
        b"date:",
    )
    if stripped.startswith(fields) and b"\nsubject:" in stripped:
        return "message/rfc822"
    return ""


def _language(lower: bytes) -> str:
    best, most = "", 0.0
    for media_type, needed, marks in LANGUAGES:
        seen = sum(mark in lower for mark in marks)
        if seen >= needed + 1 and seen > most:
            best, most = media_type, seen
    prose = lower.count(b". ") + lower.count(b", ")
    code = sum(lower.count(bytes((c,))) for c in b"(){}=;$%")
    return best if code > prose else ""
