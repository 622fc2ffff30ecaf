"""Addresses of clients: in one spelling, in lists of networks, and as that which is counted as one client."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

CLIENT_PREFIX = 64
"""Bits of an IPv6 address that make one client: whoever has one address has the whole /64."""


class Peers:
    """A list of networks, as CIDR; wrong ones raise ValueError."""

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(text, strict=False) for text in networks
        )

    def __contains__(self, ip: str) -> bool:
        if not self._networks or not ip:
            return False
        address = _address(ip)
        return any(address in network for network in self._networks)


def plain_ip(ip: str) -> str:
    """IPv4 mapped into IPv6 becomes IPv4, scope ids go."""
    return str(_address(ip)) if ":" in ip else ip


def client_key(ip: str) -> str:
    """What counts as one client."""
    if ":" not in ip:
        return ip
    return str(ip_network(f"{ip}/{CLIENT_PREFIX}", strict=False))


def _address(ip: str) -> IPv4Address | IPv6Address:
    address = ip_address(ip.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
