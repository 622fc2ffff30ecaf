"""The PROXY protocol, versions 1 and 2: a load balancer tells the client's address before the first byte.

Definition: proxy-protocol.txt of HAProxy. It is required from listed peers and never read from others.
Anything that is not exactly a header ends the connection. Extensions (TLVs) are passed over.
"""

from dataclasses import dataclass
from ipaddress import ip_address

MAX_V1 = 107
"""Bytes of a version 1 header with its line end."""

MAX_V2 = 4096
"""Bytes of a version 2 header: addresses take 216 at most, the rest are extensions."""

_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_V1 = b"PROXY "
_FIXED = 16
_ADDRESS_BYTES = {0x11: 4, 0x21: 16}  # TCP over IPv4, TCP over IPv6


class BadProxyHeaderError(Exception):
    """Not a PROXY header."""


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """Where the client is; no address means the proxy speaks for itself."""

    ip: str | None
    port: int | None
    length: int  # bytes of the header


def parse_proxy(data: bytes) -> ProxyHeader | None:
    """The header at the start of the data, None while more bytes are needed."""
    if data.startswith(_SIGNATURE):
        return _version_2(data)
    if data.startswith(_V1):
        return _version_1(data)
    if _SIGNATURE.startswith(data) or _V1.startswith(data):
        return None
    raise BadProxyHeaderError


def _version_1(data: bytes) -> ProxyHeader | None:
    end = data.find(b"\r\n", 0, MAX_V1)
    if end < 0:
        if len(data) >= MAX_V1:
            raise BadProxyHeaderError
        return None
    words = data[:end].decode("ascii", "replace").split(" ")
    if words[1] == "UNKNOWN":
        return ProxyHeader(None, None, end + 2)
    if len(words) != 6 or words[1] not in ("TCP4", "TCP6"):
        raise BadProxyHeaderError
    version = int(words[1][3])
    ports = [int(w) for w in words[4:] if w.isdigit() and len(w) <= 5 and int(w) <= 65535]
    try:
        source, target = ip_address(words[2]), ip_address(words[3])
    except ValueError:
        raise BadProxyHeaderError from None
    if len(ports) != 2 or not version == source.version == target.version:
        raise BadProxyHeaderError
    return ProxyHeader(str(source), ports[0], end + 2)


def _version_2(data: bytes) -> ProxyHeader | None:
    if len(data) < _FIXED:
        return None
    command, family = data[12], data[13]
    length = _FIXED + int.from_bytes(data[14:16], "big")
    if command not in (0x20, 0x21) or length > MAX_V2:
        raise BadProxyHeaderError
    if len(data) < length:
        return None
    if command == 0x20 or family == 0x00:  # LOCAL: the proxy's own health check; UNSPEC
        return ProxyHeader(None, None, length)
    size = _ADDRESS_BYTES.get(family)
    if size is None or length < _FIXED + 2 * size + 4:
        raise BadProxyHeaderError
    source = ip_address(data[_FIXED : _FIXED + size])
    port_at = _FIXED + 2 * size
    return ProxyHeader(str(source), int.from_bytes(data[port_at : port_at + 2], "big"), length)
