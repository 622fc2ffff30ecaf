"""Transfer encodings: what stands between the bytes on the wire and the content. RFC 2045 6.

Decoding does what mail clients do with broken input, because a scanner that gives up where the reader's
client goes on sees nothing: foreign characters are skipped, an odd character at the end is dropped,
blocks that were padded each for itself and then put together are decoded one by one.

Limits: yEnc and BinHex are not read.
"""

import binascii
import re

from lazaretto.mail.files.uuencode import decode_lines

MAX_BLOCKS = 10_000
"""Base64 blocks with their own padding in one body; more is an attack, and is read as one block."""

IDENTITY = frozenset({"7bit", "8bit", "binary", ""})
_NAMES = ("base64", "quoted-printable", "7bit", "8bit", "binary")
_UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN = bytes(set(range(256)) - set(_ALPHABET))
_FOREIGN_BUT_PAD = bytes(set(_FOREIGN) - {ord("=")})
_TOKEN = re.compile(r"[a-z0-9-]+")


def encoding_name(value: str) -> tuple[str, bool]:
    """The encoding that a header value means, lower case, and whether it is a known one."""
    found = _TOKEN.search(value.lower())
    token = found.group() if found else ""
    if token in IDENTITY or token in _NAMES or token in _UU_NAMES:
        return token or "7bit", bool(token) or not value.strip()
    squeezed = re.sub(r"[^a-z0-9]", "", value.lower()[:80])
    for name in _NAMES:  # "base 64", "8-bit", "quoted printable": clients take them
        if squeezed.startswith(name.replace("-", "")):
            return name, False
    return token, False


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, bool]:
    """The content, and whether the encoding was kept to."""
    if encoding == "base64":
        return decode_base64(data)
    if encoding == "quoted-printable":
        return decode_quoted_printable(data), True
    if encoding in _UU_NAMES:
        return decode_lines(data)
    return data, True


def decode_base64(data: bytes) -> tuple[bytes, bool]:
    """Decode Base64 as clients do; False when it was not well formed."""
    first_pad = data.find(b"=")
    if first_pad < 0 or not data[first_pad:].strip(b"=\r\n\t "):
        try:
            return binascii.a2b_base64(data), not _has_foreign(data) and data.count(b"=") <= 2
        except binascii.Error:
            pass
    cleaned = data.translate(None, _FOREIGN_BUT_PAD)
    if cleaned.count(b"=") > 2 * MAX_BLOCKS:
        cleaned = cleaned.replace(b"=", b"")
    return b"".join(_decode_block(block) for block in cleaned.split(b"=") if block), False


def _has_foreign(data: bytes) -> bool:
    return bool(data.translate(None, _ALPHABET + b"=\r\n\t "))


def _decode_block(block: bytes) -> bytes:
    if len(block) % 4 == 1:
        block = block[:-1]
    return binascii.a2b_base64(block + b"=" * (-len(block) % 4))


def decode_quoted_printable(data: bytes) -> bytes:
    """Decode quoted-printable; what is no escape stays as it is. RFC 2045 6.7."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        # binascii swallows everything from "=" CR up to the next LF: text could be hidden there
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return binascii.a2b_qp(data)
