"""SPF macros: what "%{i}" and its like become. RFC 7208 7.

Syntax is checked when a record is read, expansion happens when a term is evaluated.
Only "%{p}" needs the DNS, so the caller brings its value along.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

MAX_DOMAIN = 253
"""Longer expanded names lose labels on the left. RFC 7208 7.3."""

MAX_VALUE = 320
"""Characters of one expanded macro: a record of many "%{l}" must not become megabytes."""

_ESCAPES = {"%%": "%", "%_": " ", "%-": "%20"}
_MACRO = re.compile(r"%(?:[%_-]|\{([A-Za-z])([0-9]*)([rR]?)([.\-+,/_=]*)\})")
_VISIBLE = re.compile(r"[\x21-\x7e]*")
_TOPLABEL = re.compile(r"(?=[0-9A-Za-z\-]*[A-Za-z\-])[0-9A-Za-z](?:[0-9A-Za-z\-]*[0-9A-Za-z])?")

_RECORD_LETTERS = frozenset("slodipvh")
_TEXT_LETTERS = _RECORD_LETTERS | frozenset("crt")  # RFC 7208 7.2: only in explanations


@dataclass(frozen=True, slots=True)
class MacroValues:
    """What the letters stand for. RFC 7208 7.2."""

    ip: IPv4Address | IPv6Address
    local: str
    sender_domain: str
    domain: str  # the domain whose record is read now
    helo: str
    receiver: str
    at: datetime
    validated: str = "unknown"  # %{p}


def is_macro_string(text: str, *, explanation: bool = False) -> bool:
    """The text is visible ASCII and every "%" begins a macro that is allowed here."""
    letters = _TEXT_LETTERS if explanation else _RECORD_LETTERS
    plain = text.replace(" ", "") if explanation else text
    if not _VISIBLE.fullmatch(plain):
        return False
    found = list(_MACRO.finditer(text))
    if sum(m.group().count("%") for m in found) != text.count("%"):
        return False
    return all(m[1].lower() in letters and (not m[2] or int(m[2][-9:]) > 0) for m in found if m[1])


def is_domain_spec(text: str) -> bool:
    """A macro string that ends in a macro or in a dot and a top label. RFC 7208 7.1."""
    if not text or not is_macro_string(text):
        return False
    if any(m.end() == len(text) for m in _MACRO.finditer(text)):
        return True
    before, dot, top = text.removesuffix(".").rpartition(".")
    return bool(dot and before) and _TOPLABEL.fullmatch(top) is not None


def asks_for_validated_name(text: str) -> bool:
    """The text uses "%{p}"."""
    return any((m[1] or "").lower() == "p" for m in _MACRO.finditer(text))


def expand(text: str, values: MacroValues) -> str:
    """The text with every macro replaced."""
    return _MACRO.sub(lambda m: _ESCAPES.get(m.group()) or _expand_one(m, values), text)


def expand_domain(text: str, values: MacroValues) -> str:
    """The expanded text as a name to ask for, cut from the left to what the DNS can hold."""
    name = expand(text, values).removesuffix(".")
    while len(name) > MAX_DOMAIN and "." in name:  # RFC 7208 7.3
        cut = name.find(".", len(name) - MAX_DOMAIN - 1)
        name = name[cut + 1 :] if cut >= 0 else name.rpartition(".")[2]
    return name


def _expand_one(macro: re.Match[str], values: MacroValues) -> str:
    letter, digits, reverse, delimiters = macro[1], macro[2], macro[3], macro[4]
    value = _LETTERS[letter.lower()](values)[:MAX_VALUE]
    if digits or reverse or delimiters:
        pieces = re.split(f"[{re.escape(delimiters)}]", value) if delimiters else value.split(".")
        if reverse:
            pieces.reverse()
        if digits:
            pieces = pieces[-min(int(digits[:9]), len(pieces)) :]
        value = ".".join(pieces)
    return quote(value, safe="-._~") if letter.isupper() else value


def _dotted(ip: IPv4Address | IPv6Address) -> str:
    return str(ip) if ip.version == 4 else ".".join(ip.packed.hex())


_LETTERS: dict[str, Callable[[MacroValues], str]] = {
    "s": lambda v: f"{v.local}@{v.sender_domain}",
    "l": lambda v: v.local,
    "o": lambda v: v.sender_domain,
    "d": lambda v: v.domain,
    "i": lambda v: _dotted(v.ip),
    "p": lambda v: v.validated,
    "v": lambda v: "in-addr" if v.ip.version == 4 else "ip6",
    "h": lambda v: v.helo,
    "c": lambda v: str(v.ip),
    "r": lambda v: v.receiver,
    "t": lambda v: str(int(v.at.timestamp())),
}
