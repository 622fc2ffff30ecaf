r"""What scripts of a page say without being run: addresses that they open, pages that they carry in codes.

An attached page is opened in a browser, so what its script writes and where it goes is the page. Nothing is
run: strings are looked for, and undone where they are percent codes, Base64, \x codes or numbers of
characters. Names put together at run time, keys and ciphers stay closed; that they are there is a trait.

Limits: MAX_SCRIPT characters of a page, MAX_STRINGS strings that are undone, MAX_WRITTEN characters of a page
that comes out, MAX_LAYERS codes around each other, MAX_ADDRESSES.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

MAX_SCRIPT = 1_000_000
"""Characters of a page in which strings are looked for."""

MAX_STRINGS = 40
"""Strings of one page that are undone."""

MAX_WRITTEN = 500_000
"""Characters that all of them together may give."""

MAX_LAYERS = 3
"""Codes around each other that are undone."""

MAX_ADDRESSES = 40
"""Addresses of one script that are kept."""

MIN_STRING = 24
"""Characters of a string that is worth it."""

_OPENED = re.compile(
    r"(?:location(?:\.href|\.assign|\.replace)?\s{0,5}(?:=|\()|window\.open\s{0,5}\(|\.(?:href|action|src)\s{0,5}="
    r"|\bfetch\s{0,5}\(|\.open\s{0,5}\(\s{0,5}[\"'](?:GET|POST)[\"']\s{0,5},|\burl\s{0,5}[:=]|\$\.(?:post|get|ajax)\s{0,5}\()"
    r"\s{0,5}[\"'`](https?:\\?/\\?/[^\"'`\s<>]{4,2000})",
    re.IGNORECASE,
)
_STRING = re.compile(r"[\"'`]([^\"'`\r\n]{24,400000})[\"'`]")
_PERCENT = re.compile(r"(?:%u00|%|\\x|\\u00)([0-9a-fA-F]{2})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_NUMBERS = re.compile(r"(?:\d{1,3}\s{0,2},\s{0,2}){24,}\d{1,3}")
_PAGE = re.compile(r"<(?:html|body|form|script|iframe|input|meta|a\s|div|!doctype)", re.IGNORECASE)


def opened_addresses(script: str) -> Iterator[str]:
    """The addresses that a script goes to, sends to or loads from."""
    for found in islice(_OPENED.finditer(script[:MAX_SCRIPT]), MAX_ADDRESSES):
        yield found.group(1).replace("\\", "")


def written_pages(page: str) -> Iterator[str]:
    """Pages and addresses that strings of a page hold in codes."""
    left = MAX_WRITTEN
    for string in islice(_strings(page[:MAX_SCRIPT]), MAX_STRINGS):
        text = _undone(string)
        if text is not None:
            text = text[:left]
            left -= len(text)
            yield text
        if left <= 0:
            return


def _strings(page: str) -> Iterator[str]:
    for found in _STRING.finditer(page):
        if _coded(found.group(1)):
            yield found.group(1)
    for found in _NUMBERS.finditer(page):
        numbers = [int(n) for n in found.group().split(",")]
        yield "".join(map(chr, numbers))


def _coded(string: str) -> bool:
    return _BASE64.fullmatch(string) is not None or len(_PERCENT.findall(string)) * 8 > len(string)


def _undone(string: str) -> str | None:
    """The page or the address in a string; None where it is something else, or stays closed."""
    for _ in range(MAX_LAYERS):
        if _PAGE.search(string) or string.lstrip()[:8].lower().startswith(("http://", "https://")):
            return string
        string = _one_layer(string)
        if len(string) < MIN_STRING // 2:
            return None
    return string if _PAGE.search(string) else None


def _one_layer(string: str) -> str:
    if _BASE64.fullmatch(string) is not None:
        run = string.rstrip("=").replace("-", "+").replace("_", "/")
        try:
            data = base64.b64decode(run + "=" * (-len(run) % 4), validate=True)
        except (binascii.Error, ValueError):
            return ""
        return data.decode("utf-8", "replace") if b"\x00" not in data[:200] else ""
    return unquote(_PERCENT.sub(r"%\1", string))
