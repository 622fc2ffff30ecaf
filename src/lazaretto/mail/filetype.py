"""What a file is, by its bytes. Names and declared types are what attackers choose.

A table of signatures, then the two container families (ZIP and OLE) by what they contain, then text by the
way it is written. The name is asked only for scripts, where it decides what Windows does with a text.

Limits: TEXT_SAMPLE bytes are looked at where text has to be understood.
"""

import re
import struct

from lazaretto.mail.ole import ole_type
from lazaretto.mail.zipfiles import zip_type

TEXT_SAMPLE = 8_192
"""Bytes of a text from which its language is judged."""

UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x7fELF", "application/x-elf"),
    (b"{\\rt", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/x-rar"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x1f\x9d", "application/x-compress"),
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"ISc(", "application/x-installshield"),
    (b"\x60\xea", "application/x-arj"),
    (b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", "application/x-ms-shortcut"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (b"vhdxfile", "application/x-vhdx"),
    (b"conectix", "application/x-vhd"),
    (b"ITSF", "application/vnd.ms-htmlhelp"),
    (b"FWS", "application/x-shockwave-flash"),
    (b"CWS", "application/x-shockwave-flash"),
    (b"ZWS", "application/x-shockwave-flash"),
    (b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/vnd.microsoft.icon"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x00asm", "application/wasm"),
    (b"dex\n", "application/vnd.android.dex"),
    (b"#@~^", "text/vbscript.encode"),
    (b"!<arch>\n", "application/x-archive"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"wOFF", "font/woff"),
    (b"%!PS", "application/postscript"),
)
"""Bytes at the very beginning and the media type they mean."""

_SCRIPT_NAMES = {
    **dict.fromkeys(("js", "jse", "mjs"), "text/javascript"),
    **dict.fromkeys(("vbs", "vbe", "vb"), "text/vbscript"),
    **dict.fromkeys(("ps1", "psm1", "psd1"), "text/x-powershell"),
    **dict.fromkeys(("bat", "cmd"), "text/x-msdos-batch"),
    **dict.fromkeys(("wsf", "wsh", "sct", "wsc"), "text/x-windows-script"),
    "hta": "application/hta",
    "py": "text/x-python",
    "sh": "text/x-shellscript",
    "url": "application/x-mswinurl",
    "reg": "text/x-registry",
    "scf": "text/x-shell-command",
    "inf": "text/x-setup",
    "settingcontent-ms": "application/x-settingcontent",
    "library-ms": "application/x-library-ms",
    "search-ms": "application/x-search-ms",
    "iqy": "text/x-web-query",
    "slk": "text/x-sylk",
    "csv": "text/csv",
    "css": "text/css",
}
"""Texts that a system runs, or opens with power, by their name."""

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|script|iframe|meta\s|form[\s>]|table[\s>]|a\s+href|div[\s>])", re.IGNORECASE)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_LANGUAGES: tuple[tuple[str, int, tuple[bytes, ...]], ...] = (
    ("text/x-powershell", 2, (b"$env:", b"invoke-expression", b"invoke-webrequest", b"new-object ", b"-encodedcommand",
                              b"frombase64string", b"start-process", b"iex(", b"iex ", b"param(", b"write-host",
                              b"downloadstring", b"set-executionpolicy", b"add-type", b"powershell")),
    ("text/x-msdos-batch", 2, (b"@echo off", b"%~dp0", b"setlocal", b"%temp%", b"%appdata%", b"start /b", b"cmd /c",
                               b"\nset ", b"goto ", b"powershell", b"rem ", b"certutil")),
    ("text/vbscript", 2, (b"createobject(", b"wscript.", b"dim ", b"end sub", b"end function", b"on error resume",
                          b"chr(", b"execute(", b"set ", b"private sub")),
    ("text/javascript", 2, (b"function(", b"function ", b"var ", b"eval(", b"activexobject", b"wscript.", b"=>",
                            b"document.", b"window.", b"fromcharcode", b"const ", b"return ", b"unescape(")),
)
"""A language, how many of its marks must be seen, and the marks."""


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
        # a Java class has a version of 45 and more where a fat binary counts its architectures
        return "application/java-vm" if struct.unpack(">I", head[4:8].rjust(4, b"\0"))[0] > 44 else "application/x-mach-binary"
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    at = head.find(b"%PDF-")  # readers accept it anywhere in the first 1,024 bytes
    return "application/pdf" if at > 0 else ""


def _by_offset(data: bytes) -> str:
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"ACON": "application/x-navi-animation"}.get(
            data[8:12], UNKNOWN
        )
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        return "image/heic" if brand in {b"heic", b"heix", b"mif1"} else "image/avif" if brand == b"avif" else "video/mp4"
    if data[257:262] == b"ustar":
        return "application/x-tar"
    if data[2:7] in {b"-lh0-", b"-lh1-", b"-lh4-", b"-lh5-", b"-lh6-", b"-lh7-"}:
        return "application/x-lzh-compressed"
    if data[7:14] == b"**ACE**":
        return "application/x-ace"
    if any(data[at + 1 : at + 6] == b"CD001" for at in (0x8000, 0x8800, 0x9000)):
        return "application/x-iso9660-image"
    if data[0x8000:0x8006] in {b"\x00BEA01"}:
        return "application/x-udf-image"
    if len(data) > 512 and data[-512:-504] == b"conectix":
        return "application/x-vhd"
    return "application/x-raw-disk-image" if data[510:512] == b"\x55\xaa" and data[:1] in b"\xeb\xe9" else ""


def _text_type(data: bytes, name: str | None) -> str:
    sample = _as_text(data[:TEXT_SAMPLE])
    if sample is None:
        return ""
    extension = name.rpartition(".")[2].lower().strip() if name and "." in name else ""
    lower = sample.lower()
    stripped = lower.lstrip(b"\xef\xbb\xbf \t\r\n")
    return _markup_type(lower, stripped, extension) or _marked_text(stripped) or _SCRIPT_NAMES.get(
        extension, ""
    ) or _language(lower) or "text/plain"


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
        return "application/x-office-xml" if b"progid=\"word.document\"" in lower else "text/xml"
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
        return "text/x-python" if b"python" in line else "text/x-perl" if b"perl" in line else "text/x-shellscript"
    fields = (b"received:", b"return-path:", b"from:", b"delivered-to:", b"mime-version:", b"message-id:", b"date:")
    if stripped.startswith(fields) and b"\nsubject:" in stripped:
        return "message/rfc822"
    return ""


def _language(lower: bytes) -> str:
    best, most = "", 0.0
    for media_type, needed, marks in _LANGUAGES:
        seen = sum(mark in lower for mark in marks)
        if seen >= needed + 1 and seen > most:
            best, most = media_type, seen
    prose = lower.count(b". ") + lower.count(b", ")
    code = sum(lower.count(bytes((c,))) for c in b"(){}=;$%")
    return best if code > prose else ""
