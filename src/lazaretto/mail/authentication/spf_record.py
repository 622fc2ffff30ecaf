"""An SPF record as a value: mechanisms in order, redirect and exp. RFC 7208 4.6, 5, 6.

Reading is strict, as the RFC demands: one error anywhere makes the whole record unusable.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

from lazaretto.mail.authentication.spf_macro import is_domain_spec, is_macro_string
from lazaretto.mail.remembered import remembered

MAX_RECORD = 16_384
"""Characters of a record that is read: 64 KB of TXT would be 20,000 terms for one question."""

CACHED_RECORDS = 2_048
"""The records of the big senders are read over and over."""

MAX_CACHED = 512
"""Characters of a record that is remembered: what fits into one answer over UDP."""

Qualified = Literal["pass", "fail", "softfail", "neutral"]

_QUALIFIERS: dict[str, Qualified] = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(r"([+\-?~]?)([A-Za-z][A-Za-z0-9\-_.]*)(.*)", re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9\-_.]*)=(.*)", re.DOTALL)
_CIDR = re.compile(r"(?:/(0|[1-9][0-9]{0,2}))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_OPTIONAL_DOMAIN = frozenset({"a", "mx", "ptr"})
_REQUIRED_DOMAIN = frozenset({"include", "exists"})
SHOWN = 80
"""Characters of a bad term that a reason quotes."""


class SpfSyntaxError(Exception):
    """The record cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive."""

    result: Qualified
    name: str  # lower case: all include a mx ptr ip4 ip6 exists
    domain: str = ""  # domain-spec before expansion, "" where the record leaves it out
    network: IPv4Network | IPv6Network | None = None
    prefix4: int = 32
    prefix6: int = 128
    text: str = ""  # as written


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """All that a record says."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""  # domain-spec, "" if none
    exp: str = ""


def is_spf(text: str) -> bool:
    """The TXT record is an SPF record of version 1. RFC 7208 4.5."""
    return text[:6].lower() == "v=spf1" and (len(text) == 6 or text[6] == " ")


@remembered(CACHED_RECORDS, MAX_CACHED)
def parse_record(text: str) -> SpfRecord:
    """Read a record that `is_spf`; raises SpfSyntaxError."""
    if not text.isascii():
        raise SpfSyntaxError("the record is not ASCII")
    if len(text) > MAX_RECORD:
        raise SpfSyntaxError("the record is too long")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text[6:].split(" "):
        if not term:
            continue
        modifier = _MODIFIER.fullmatch(term)
        if modifier:
            _add_modifier(modifiers, modifier[1].lower(), modifier[2], term)
        else:
            mechanisms.append(_parse_mechanism(term))
    return SpfRecord(tuple(mechanisms), modifiers.get("redirect", ""), modifiers.get("exp", ""))


def _bad(term: str) -> SpfSyntaxError:
    return SpfSyntaxError(f"bad term {ascii(term[:SHOWN])[1:-1]}")


def _add_modifier(modifiers: dict[str, str], name: str, value: str, term: str) -> None:
    if name not in ("redirect", "exp"):  # RFC 7208 6: unknown ones are checked and ignored
        if not is_macro_string(value):
            raise _bad(term)
        return
    if name in modifiers:
        raise SpfSyntaxError(f"{name} appears twice")  # RFC 7208 6
    if not is_domain_spec(value):
        raise _bad(term)
    modifiers[name] = value


def _parse_mechanism(term: str) -> Mechanism:
    parsed = _TERM.fullmatch(term)
    if not parsed:
        raise _bad(term)
    result, name, rest = _QUALIFIERS[parsed[1]], parsed[2].lower(), parsed[3]
    if name == "all" and not rest:
        return Mechanism(result, name, text=term)
    if name in ("ip4", "ip6"):
        return Mechanism(result, name, network=_network(name, rest, term), text=term)
    if name in _REQUIRED_DOMAIN and rest.startswith(":") and is_domain_spec(rest[1:]):
        return Mechanism(result, name, domain=rest[1:], text=term)
    if name in _OPTIONAL_DOMAIN:
        return _with_domain(result, name, rest, term)
    raise _bad(term)


def _with_domain(result: Qualified, name: str, rest: str, term: str) -> Mechanism:
    prefix4, prefix6 = 32, 128
    if name != "ptr":
        cidr = _CIDR.search(rest)
        if cidr and cidr.group():
            rest = rest[: cidr.start()]
            prefix4 = int(cidr[1]) if cidr[1] else 32
            prefix6 = int(cidr[2]) if cidr[2] else 128
    if prefix4 > 32 or prefix6 > 128 or (rest and not (rest[0] == ":" and is_domain_spec(rest[1:]))):
        raise _bad(term)
    return Mechanism(result, name, domain=rest[1:], prefix4=prefix4, prefix6=prefix6, text=term)


def _network(name: str, rest: str, term: str) -> IPv4Network | IPv6Network:
    address, slash, prefix = rest[1:].partition("/")
    if not rest.startswith(":") or "%" in address or (slash and not _CIDR.fullmatch(slash + prefix)):
        raise _bad(term)
    try:
        if name == "ip4":
            return IPv4Network((int(IPv4Address(address)), int(prefix or 32)), strict=False)
        return IPv6Network((int(IPv6Address(address)), int(prefix or 128)), strict=False)
    except (AddressValueError, ValueError):
        raise _bad(term) from None
