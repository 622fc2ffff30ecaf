"""XCLIENT: a trusted proxy tells who the client really is. Postfix XCLIENT_README is the definition.

Values are xtext; "[UNAVAILABLE]" and "[TEMPUNAVAIL]" mean that the proxy does not know.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address

from lazaretto.intake.parameters import is_xtext
from lazaretto.intake.path import MAX_DOMAIN

ATTRIBUTES = "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT"
"""As announced in the answer to EHLO."""

_UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})
_ENCODED = re.compile(r"\+([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Client:
    """Who is at the other end, as far as is known."""

    ip: str | None
    port: int | None = None
    name: str | None = None  # reverse name
    helo: str | None = None  # given by a proxy; goes before what the proxy says in its own greeting
    login: str | None = None


def parse_xclient(argument: str, client: Client) -> Client | None:
    """The client with what the proxy said of it, None when the argument is wrong."""
    seen: set[str] = set()
    for word in argument.split():
        name, _, value = word.partition("=")
        name = name.upper()
        if name in seen or name not in _SETTERS or not is_xtext(value):
            return None
        seen.add(name)
        text = None if value.upper() in _UNKNOWN else decode_xtext(value)
        if text is not None and not (text.isascii() and text.isprintable() and len(text) <= MAX_DOMAIN):
            return None
        changed = _SETTERS[name](client, text)
        if changed is None:
            return None
        client = changed
    return client if seen else None


def decode_xtext(value: str) -> str:
    """The text behind xtext. RFC 3461 4."""
    return _ENCODED.sub(lambda found: chr(int(found.group(1), 16)), value)


def _addr(client: Client, value: str | None) -> Client | None:
    if value is None:
        return replace(client, ip=None)
    text = value[5:] if value[:5].upper() == "IPV6:" else value
    try:
        return replace(client, ip=str(ip_address(text)))
    except ValueError:
        return None


def _port(client: Client, value: str | None) -> Client | None:
    if value is None:
        return replace(client, port=None)
    return replace(client, port=int(value)) if _is_port(value) else None


def _destport(client: Client, value: str | None) -> Client | None:
    return client if value is None or _is_port(value) else None


def _is_port(value: str) -> bool:
    return value.isdigit() and len(value) <= 5 and int(value) <= 65535


def _proto(client: Client, value: str | None) -> Client | None:
    return client if value in ("SMTP", "ESMTP") else None


_SETTERS: Mapping[str, Callable[[Client, str | None], Client | None]] = {
    "NAME": lambda client, value: replace(client, name=value),
    "ADDR": _addr,
    "PORT": _port,
    "PROTO": _proto,
    "HELO": lambda client, value: replace(client, helo=value),
    "LOGIN": lambda client, value: replace(client, login=value),
    "DESTADDR": lambda client, _: client,
    "DESTPORT": _destport,
}
