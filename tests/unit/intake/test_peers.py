"""Addresses of clients and lists of networks."""

import pytest

from lazaretto.intake.peers import Peers, client_key, plain_ip


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("::ffff:10.1.2.3", True),
        ("2001:db8:1::5", True),
        ("2001:db8:2::5", False),
        ("", False),
    ],
)
def test_membership(ip, expected):
    """IPv4 in any spelling, IPv6, single addresses."""
    assert expected == (ip in Peers(["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1"]))


def test_no_networks_contain_nobody():
    """The default."""
    assert "127.0.0.1" not in Peers(())


def test_a_wrong_network_is_an_error_at_start():
    """A list with a typing error must not be silently shorter."""
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        Peers(["10.0.0.0/33"])


@pytest.mark.parametrize(
    ("ip", "plain", "key"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::/64"),
        ("2001:db8::1:2:3:4", "2001:db8::1:2:3:4", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
    ],
)
def test_one_spelling_and_one_client(ip, plain, key):
    """Who has one address of a /64 has all of them."""
    assert plain == plain_ip(ip)
    assert key == client_key(plain_ip(ip))
