"""Reverse and forward paths of MAIL and RCPT. RFC 5321 4.1.2, RFC 6531 3.3.

Angle brackets are required, source routes are read and dropped (RFC 5321 appendix C), quoted local parts and
address literals are kept as given. Two things are allowed that the grammar forbids, because real senders
use them and nothing depends on them: dots anywhere in a local part, and "_" in a domain.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from ipaddress import AddressValueError, IPv4Address, IPv6Address

MAX_DOMAIN = 255
"""Octets. RFC 5321 4.5.3.1.2"""

MAX_PATH = 256
"""Octets with the angle brackets. RFC 5321 4.5.3.1.3"""

MAX_LABEL = 63
"""Characters of one label. RFC 1035 2.3.4"""

_ATOM = r"[^\x00-\x20\x7f<>()\[\]\\,;:@\"]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"'
_LITERAL = r"\[[\x21-\x5a\x5e-\x7e]*\]"
_PATH = re.compile(
    rf"<(?:@{_ATOM}(?:,@{_ATOM})*:)?(?P<local>{_QUOTED}|{_ATOM})(?:@(?P<domain>{_LITERAL}|{_ATOM}))?>"
)
_ASCII_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")
_GENERAL_LITERAL = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]:[\x21-\x5a\x5e-\x7e]+")


class PathFault(Enum):
    """What is wrong with a path."""

    SYNTAX = "syntax"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Path:
    """A path and what follows it on the line."""

    address: str  # "" is the null path; without "@" when no domain was given
    rest: str

    @property
    def has_domain(self) -> bool:
        """A quoted local part may hold "@" too, so the end of it decides."""
        return "@" in self.address.rpartition('"')[2]


def parse_path(text: str, *, max_local: int) -> Path | PathFault:
    """The path at the start of the text."""
    found = _PATH.match(text)
    end = found.end() if found else 2
    rest = text[end:]
    if (found is None and not text.startswith("<>")) or (rest and not rest.startswith(" ")):
        return PathFault.SYNTAX
    if found is None:
        return Path("", rest.strip(" "))
    local, domain = found["local"], found["domain"]
    if _octets(local) > max_local or _octets(domain or "") > MAX_DOMAIN or _octets(found[0]) > MAX_PATH:
        return PathFault.TOO_LONG
    if not local.isprintable() or not (domain is None or is_domain(domain)):
        return PathFault.SYNTAX
    return Path(local if domain is None else f"{local}@{domain}", rest.strip(" "))


def _octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def is_domain(text: str) -> bool:
    """A domain name, with U-labels too, or an address literal."""
    if text.startswith("["):
        return text.endswith("]") and is_literal(text[1:-1])
    return _octets(text) <= MAX_DOMAIN and all(map(_is_label, text.split(".")))


def is_literal(text: str) -> bool:
    """The inside of an address literal. RFC 5321 4.1.3."""
    try:
        if text[:5].upper() == "IPV6:":
            IPv6Address(text[5:])
        elif ":" in text:
            return _GENERAL_LITERAL.fullmatch(text) is not None
        else:
            IPv4Address(text)
    except AddressValueError:
        return False
    return "%" not in text  # a scope id means something only on the machine that wrote it


def _is_label(label: str) -> bool:
    if not 0 < len(label) <= MAX_LABEL:
        return False
    if label.isascii():
        return _ASCII_LABEL.fullmatch(label) is not None
    return not label.startswith("-") and not label.endswith("-") and all(map(_in_u_label, label))


def _in_u_label(char: str) -> bool:
    return char in "-_\u00b7\u200c\u200d" or char.isalnum() or unicodedata.category(char).startswith("M")
