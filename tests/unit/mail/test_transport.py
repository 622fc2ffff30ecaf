"""Next hops as people write them."""

import pytest

from lazaretto.mail.transport import MAX_TRANSPORT, BadTransportError, read_transport, show_transport
from lazaretto.model.account import NextHop


@pytest.mark.parametrize(
    ("text", "host", "port", "protocol", "shown"),
    [
        ("mx.example.com", "mx.example.com", 25, "smtp", "mx.example.com"),
        ("transport", "transport", 25, "smtp", "transport"),
        (" MX.Example.com. ", "mx.example.com", 25, "smtp", "mx.example.com"),
        ("127.0.0.1:10025", "127.0.0.1", 10025, "smtp", "127.0.0.1:10025"),
        ("[2001:db8::1]:587", "2001:db8::1", 587, "smtp", "[2001:db8::1]:587"),
        ("[IPv6:2001:DB8::1]", "2001:db8::1", 25, "smtp", "[2001:db8::1]"),
        ("::1", "::1", 25, "smtp", "[::1]"),
        ("lmtp://mail:24", "mail", 24, "lmtp", "lmtp://mail"),
        ("LMTP:mail:2003", "mail", 2003, "lmtp", "lmtp://mail:2003"),
        ("smtp:[mail.example.com]:2525", "mail.example.com", 2525, "smtp", "mail.example.com:2525"),
        ("bücher.example:25", "xn--bcher-kva.example", 25, "smtp", "xn--bcher-kva.example"),
    ],
)
def test_forms(text, host, port, protocol, shown):
    """Each is read, and what is shown of it is read as the same."""
    hop = read_transport(text)

    assert NextHop(host, port, protocol) == hop
    assert shown == show_transport(hop)
    assert hop == read_transport(shown)
    assert "off" == read_transport(text, tls="off").tls


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a b",
        "mail:",
        "mail:0",
        "mail:65536",
        "mail:123456",
        "http://mail",
        "smtp://mail/",
        "[mail",
        "[]",
        "1.2.3",
        "-mail",
        "mail..example",
        "ann@mail",
        "mail\r\nQUIT",
        "mail\0",
        f"{'x' * 64}.example",
        "x." * 127 + "xy",
        "m" * (MAX_TRANSPORT + 1),
    ],
)
def test_what_is_none(text):
    """Refused with a reason."""
    with pytest.raises(BadTransportError, match=r"\w+ \w+"):
        read_transport(text)
