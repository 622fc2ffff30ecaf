"""Where a request comes from.

Behind a proxy the connection is the proxy's: of those that the settings name, the last address that they
themselves did not write into X-Forwarded-For is believed. Everybody else may write there what they like.
"""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from starlette.requests import Request

MAX_FORWARDED = 32
"""Addresses in X-Forwarded-For that are looked at, from the end: a chain of proxies is shorter."""

UNKNOWN = "unknown"
"""A connection without an address, as over a Unix socket."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(request: Request, proxies: Sequence[str]) -> str:
    """The address that asks, in its usual form."""
    found = request.client.host if request.client else UNKNOWN
    if not proxies:
        return _plain(found)
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).rsplit(",", MAX_FORWARDED)
    while forwarded and is_within(found, proxies):
        before = forwarded.pop().strip()
        if _address(before) is None:
            break
        found = before
    return _plain(found)


def is_within(address: str, networks: Sequence[str]) -> bool:
    """The address is in one of the networks."""
    found = _address(address)
    return found is not None and any(found in _network(network) for network in networks)


def bucket(address: str) -> str:
    """Whom to count together: an IPv6 customer has at least a whole /64."""
    found = _address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return address


def _plain(text: str) -> str:
    found = _address(text)
    return text if found is None else str(found)


def _address(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


@lru_cache(maxsize=1_000)
def _network(text: str) -> Network:
    return ipaddress.ip_network(text, strict=False)
