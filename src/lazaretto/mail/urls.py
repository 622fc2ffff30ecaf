"""Where a link really leads: its scheme, host and registered domain, read as browsers read it.

Browsers forgive much, and attackers write for browsers: backslashes are slashes, tabs and line ends inside
are dropped, user names before "@" mislead, addresses are written as one number. WHATWG URL 4.4 is the model.

Total and linear. Limits: MAX_HREF characters are kept.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urljoin

from lazaretto.mail.domains import bare_ip, domain_of, to_alabel

MAX_HREF = 4_096
"""Characters of a target that are kept; browsers stop at about two thousand in practice."""

MAX_AUTHORITY = 2_000
"""Characters in which the host is looked for: long user names push it out of sight, not out of reach."""

CACHED_AUTHORITIES = 8_192
"""Hosts repeat within a message and between messages."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,40}):")
_DROPPED = re.compile(r"[\x00-\x1f\x7f]+")
_EDGES = "".join(map(chr, range(33))) + "\xa0\u200b\ufeff"
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{0,16}|[0-9]{1,20}")
_INVISIBLE = re.compile("[\u00ad\u034f\u200b-\u200f\u2060\ufeff]+")

HIERARCHICAL = frozenset({"http", "https", "ftp", "ws", "wss", ""})


@dataclass(frozen=True, slots=True)
class Target:
    """A link target, taken apart."""

    href: str
    scheme: str
    host: str


def read_target(href: str, base: str = "") -> Target:
    """Take a target apart, resolved against the base of its document."""
    text = href[: MAX_HREF * 2].strip(_EDGES)
    if not text.isprintable():
        text = _DROPPED.sub("", text)
    text = text[:MAX_HREF]
    found = _SCHEME.match(text)
    if found is None and base and not text.startswith("#"):
        text = _resolved(base, text)
        found = _SCHEME.match(text)
    scheme = found.group(1).lower() if found else ""
    rest = text[found.end() :] if found else text
    if scheme == "mailto":
        first = unquote(rest[:MAX_AUTHORITY].partition("?")[0]).partition(",")[0]
        return Target(text, scheme, domain_of(first))
    if scheme not in HIERARCHICAL or (not scheme and not rest.replace("\\", "/").startswith("//")):
        return Target(text, scheme, "")
    return Target(text, scheme, _host(rest[: MAX_AUTHORITY * 2].lstrip("/\\")))


def _resolved(base: str, text: str) -> str:
    try:
        return urljoin(base, text)[:MAX_HREF]
    except ValueError:  # a base with broken brackets
        return text


def _host(rest: str) -> str:
    end = min((e for e in (rest.find(c) for c in "/\\?#") if e >= 0), default=len(rest))
    return _host_of_authority(rest[:end][:MAX_AUTHORITY])


@lru_cache(CACHED_AUTHORITIES)
def _host_of_authority(authority: str) -> str:
    host = authority.rpartition("@")[2]
    if host.startswith("["):
        return bare_ip(host.partition("]")[0] + "]")
    host = host.partition(":")[0]
    if "%" in host:
        host = unquote(host)
    if not host.isascii():
        host = _INVISIBLE.sub("", host)
    host = to_alabel(host.strip())
    return _numeric_address(host) or ("" if any(c in host for c in " /<>\"'") else host)


def _numeric_address(host: str) -> str:
    """An IPv4 address in any of the forms that browsers take, or "". WHATWG URL 3.5."""
    labels = host.rstrip(".").split(".", 5)
    if not labels[-1] or not all(_NUMBER.fullmatch(label) for label in labels) or len(labels) > 4:
        return ""
    try:
        numbers = [_number(label) for label in labels]
    except ValueError:
        return ""
    value = numbers[-1]
    if value >= 256 ** (5 - len(numbers)) or any(n > 255 for n in numbers[:-1]):
        return ""
    for position, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - position))
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def _number(label: str) -> int:
    """Hexadecimal with 0x, octal with a zero in front, decimal otherwise."""
    if label[:2] in {"0x", "0X"}:
        return int(label[2:] or "0", 16)
    return int(label, 8 if label[0] == "0" and len(label) > 1 else 10)
