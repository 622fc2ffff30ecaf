"""The PROXY protocol header."""

import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.proxy import BadProxyHeaderError, ProxyHeader, parse_proxy

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"


def version_2(command: int, family: int, body: bytes) -> bytes:
    return SIGNATURE + struct.pack("!BBH", 0x20 | command, family, len(body)) + body


IPV4 = socket.inet_aton("192.0.2.9") + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 5555, 25)
IPV6 = (
    socket.inet_pton(socket.AF_INET6, "2001:db8::9")
    + socket.inet_pton(socket.AF_INET6, "::1")
    + struct.pack("!HH", 5555, 25)
)
GOOD = [
    (b"PROXY TCP4 192.0.2.9 192.0.2.1 5555 25\r\n", "192.0.2.9", 5555),
    (b"PROXY TCP6 2001:db8::9 ::1 5555 25\r\n", "2001:db8::9", 5555),
    (b"PROXY UNKNOWN\r\n", None, None),
    (b"PROXY UNKNOWN what ever 1 2\r\n", None, None),
    (version_2(1, 0x11, IPV4), "192.0.2.9", 5555),
    (version_2(1, 0x21, IPV6), "2001:db8::9", 5555),
    (version_2(1, 0x11, IPV4 + b"\x03\x00\x04abcd"), "192.0.2.9", 5555),
    (version_2(0, 0x00, b""), None, None),
    (version_2(0, 0x11, IPV4), None, None),
    (version_2(1, 0x00, b"xyz"), None, None),
]


@pytest.mark.parametrize(("header", "ip", "port"), GOOD)
def test_a_header_is_read_however_slowly_it_comes(header, ip, port):
    """Each prefix asks for more, what follows is left alone."""
    assert ProxyHeader(ip, port, len(header)) == parse_proxy(header + b"EHLO x\r\n")
    assert [None] * len(header) == [parse_proxy(header[:n]) for n in range(len(header))]


@pytest.mark.parametrize(
    "data",
    [
        b"EHLO client.test\r\n",
        b"PROXY TCP4 192.0.2.9 192.0.2.1 5555\r\n",
        b"PROXY TCP4 192.0.2.9 192.0.2.1 5555 65536\r\n",
        b"PROXY TCP4 192.0.2.9 192.0.2.1 -1 25\r\n",
        b"PROXY TCP4 2001:db8::9 ::1 5555 25\r\n",
        b"PROXY TCP6 192.0.2.9 192.0.2.1 5555 25\r\n",
        b"PROXY TCP4 300.0.2.9 192.0.2.1 5555 25\r\n",
        b"PROXY UDP4 192.0.2.9 192.0.2.1 5555 25\r\n",
        b"PROXY \r\n",
        b"PROXY TCP4 " + b"1" * 200,
        b"PROXY UNKNOWN " + b"x" * 93 + b"\r\n",
        version_2(2, 0x11, IPV4),
        version_2(1, 0x11, IPV4[:-1]),
        version_2(1, 0x12, IPV4),
        version_2(1, 0x31, b"x" * 216),
        version_2(1, 0x11, IPV4)[:12] + b"\x11" + version_2(1, 0x11, IPV4)[13:],
        version_2(1, 0x11, b"x" * 4081),
    ],
)
def test_what_is_not_exactly_a_header_is_none(data):
    """Wrong words, wrong families, wrong lengths."""
    with pytest.raises(BadProxyHeaderError):
        parse_proxy(data)


@given(st.binary() | st.binary().map(b"PROXY ".__add__) | st.binary().map(SIGNATURE.__add__))
def test_any_bytes_are_a_header_or_not(data):
    """Total, and never longer than what was given."""
    try:
        header = parse_proxy(data)
    except BadProxyHeaderError:
        return

    assert header is None or 0 < header.length <= len(data)
