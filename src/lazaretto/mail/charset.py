"""Bytes to text under the character set that a message declares, as mail clients really do it.

Senders lie: gb2312 means gb18030, latin-1 means windows-1252, us-ascii means anything.
The label is looked up in a fixed table, so that a message can never import a module or reach a codec that is
not a character set (zlib, rot13) or that takes quadratic time (punycode, idna).

Limits: a message that declares nothing is UTF-8 if it can be, else windows-1252; no statistics are made.
"""

import re
from encodings.aliases import aliases

from lazaretto.mail.remembered import remembered

MAX_LABEL = 40
"""No name of a character set is longer."""

META_BYTES = 1024
"""How far into HTML a declaration of its character set may stand. HTML Living Standard 13.2.3.2."""

_NOT_TEXT = {
    "mbcs",
    "base64_codec",
    "bz2_codec",
    "hex_codec",
    "quopri_codec",
    "rot_13",
    "uu_codec",
    "zlib_codec",
}
"""What the table of aliases names besides character sets."""

_NAMELESS = (
    *("cp1006", "cp720", "cp737", "cp856", "cp874", "cp875", "koi8_r", "koi8_t", "koi8_u"),
    *("mac_arabic", "mac_croatian", "mac_farsi", "mac_romanian", "palmos"),
)
"""Character sets of the standard library that its table of aliases does not list."""

_LIARS = {
    "latin_1": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_11": "cp874",
    "tis_620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
    "utf_8_sig": "utf_8",
}
"""What a name says, and the superset that the sender's software wrote."""

_ODD_LABELS = {
    "unicode_1_1_utf_7": "utf_7",
    "unicode_1_1_utf_8": "utf_8",
    "unicode11utf7": "utf_7",
    "utf8mb4": "utf_8",
    "utf_8mb4": "utf_8",
    "cp_850": "cp850",
    "unicode": "utf_16",
    "x_sjis": "cp932",
    "x_ms_cp932": "cp932",
    "windows_31j": "cp932",
    "x_gbk": "gb18030",
    "gb_2312_80": "gb18030",
    "x_euc_jp": "euc_jp",
    "x_big5": "big5hkscs",
    "big5_hkscs": "big5hkscs",
    "ks_c_5601_1987": "cp949",
    "ks_c_5601": "cp949",
    "windows_949": "cp949",
    "x_windows_949": "cp949",
    "windows_874": "cp874",
    "dos_874": "cp874",
    "x_mac_roman": "mac_roman",
    "macintosh": "mac_roman",
    "x_mac_cyrillic": "mac_cyrillic",
    "x_mac_greek": "mac_greek",
    "x_mac_turkish": "mac_turkish",
    "x_user_defined": "cp1252",
    "iso_8859_8_i": "iso8859_8",
    "iso_8859_8_e": "iso8859_8",
    "iso_8859_6_i": "iso8859_6",
    "ansi": "cp1252",
    "ansi_x3_110_1983": "cp1252",
    "x_ansi": "cp1252",
    "iso_ir_100": "cp1252",
    "windows1252": "cp1252",
    "windows1251": "cp1251",
    "x_cp1250": "cp1250",
    "x_cp1251": "cp1251",
    "x_cp1252": "cp1252",
    "cp1251": "cp1251",
    "koi8_ru": "koi8_u",
    "koi": "koi8_r",
    "iso_2022_cn": "gb18030",
}

_KNOWN = ({*aliases.values()} | {*_NAMELESS}) - _NOT_TEXT
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_META = re.compile(
    rb"<meta[^>]{0,300}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_LONE = re.compile("[\ud800-\udfff]")


@remembered(1024, 4 * MAX_LABEL)
def codec_of(label: str) -> str | None:
    """The Python codec for a declared character set; None for a name that nobody knows."""
    key = _SEPARATORS.sub("_", label.strip().lower()).strip("_")
    if not key or len(key) > MAX_LABEL:
        return None
    name = _ODD_LABELS.get(key) or aliases.get(key) or (key if key in _KNOWN else None)
    if name is None or name not in _KNOWN | {*_LIARS.values()}:
        return None
    return _LIARS.get(name, name)


def decode_text(data: bytes, label: str | None) -> tuple[str, bool]:
    """The text, and whether the declared character set was known and fitted."""
    codec = codec_of(label) if label else None
    marked = _byte_order(data)
    if marked:
        return _clean(data.decode(marked, "replace")), True
    if codec is None or codec == "ascii":
        return _guess(data), label is None or (codec is not None and data.isascii())
    try:
        return _clean(data.decode(codec)), True
    except (UnicodeError, ValueError):
        return _clean(data.decode(codec, "replace")), False


def html_charset(data: bytes) -> str | None:
    """The character set that HTML declares in itself, for parts whose header declares none."""
    found = _META.search(data, 0, META_BYTES)
    return found.group(1).decode("ascii").lower() if found else None


def _guess(data: bytes) -> str:
    try:
        return _clean(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _clean(data.decode("cp1252", "replace"))


def _byte_order(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    return "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""


def _clean(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii() and _LONE.search(text):  # UTF-7 can write halves of surrogate pairs
        text = _LONE.sub("\ufffd", text)
    return text
