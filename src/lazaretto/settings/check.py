"""What can be wrong with a setting beyond its kind: addresses, networks and URLs that cannot be meant."""

import ipaddress
from collections.abc import Callable, Iterator

from lazaretto.settings.sections import Settings

STORE_KINDS = ("sqlite:///", "postgresql://", "postgres://")


def mistakes(settings: Settings) -> Iterator[str]:
    """One sentence for each mistake."""
    smtp = settings.smtp
    yield from _each(
        "smtp.proxy_peers", smtp.proxy_peers, _is_network, "an address or a network such as 192.0.2.0/24"
    )
    yield from _each(
        "smtp.xclient_peers", smtp.xclient_peers, _is_network, "an address or a network such as 192.0.2.0/24"
    )
    yield from _each(
        "http.trusted_proxies",
        settings.http.trusted_proxies,
        _is_network,
        "an address or a network such as 192.0.2.0/24",
    )
    yield from _each("dns.servers", settings.dns.servers, _is_server, "an address, or address:port")
    if settings.store.url and not settings.store.url.startswith(STORE_KINDS):
        yield "store.url must begin with sqlite:/// or postgresql://."
    if settings.store.url.startswith("sqlite:///") and not settings.store.url.startswith("sqlite:////"):
        yield "store.url needs an absolute path, with four slashes: sqlite:////var/lib/lazaretto.db."
    if settings.relay.default_next_hop and not is_host_port(settings.relay.default_next_hop):
        yield f"relay.default_next_hop must be host:port, not '{settings.relay.default_next_hop}'."
    if settings.relay.bounce_next_hop and not is_host_port(settings.relay.bounce_next_hop):
        yield f"relay.bounce_next_hop must be host:port, not '{settings.relay.bounce_next_hop}'."
    if not settings.relay.retry_waits:
        yield "relay.retry_waits must name at least one wait."
    if smtp.tls_key and not smtp.tls_cert:
        yield "smtp.tls_key is set without smtp.tls_cert."


def is_host_port(text: str) -> bool:
    """host:port or [address]:port."""
    host, _, port = text.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536


def _each(name: str, values: tuple[str, ...], holds: Callable[[str], bool], what: str) -> Iterator[str]:
    for value in values:
        if not holds(value):
            yield f"{name}: '{value}' is not {what}."


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_server(text: str) -> bool:
    host = text.rpartition(":")[0] if is_host_port(text) and text.count(":") == 1 else text
    if text.startswith("["):
        host = text.rpartition("]")[0].lstrip("[")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
