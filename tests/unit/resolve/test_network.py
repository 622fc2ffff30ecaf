"""The shipped table of networks."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.model.facts import Network
from lazaretto.resolve.network import Networks

NETWORKS = Networks.load()


@pytest.mark.parametrize(
    ("ip", "number", "name"),
    [
        ("1.1.1.1", 13335, "Cloudflare, Inc."),
        ("8.8.8.8", 15169, "Google LLC"),
        ("9.9.9.9", 19281, "Quad9"),
        ("40.107.22.83", 8075, "Microsoft Corporation"),
        ("2606:4700:4700::1111", 13335, "Cloudflare, Inc."),
        ("2001:4860:4860::8888", 15169, "Google LLC"),
    ],
)
def test_known_addresses(ip, number, name):
    """Networks that everybody knows."""
    network = NETWORKS.lookup(ip)

    assert network is not None
    assert (number, name) == (network.as_number, network.as_name)
    assert network.country


def test_country():
    """Two capital letters."""
    assert Network("8.8.8.8", 15169, "Google LLC", "US") == NETWORKS.lookup("8.8.8.8")


def test_mapped_address():
    """An IPv4 address in IPv6 clothes is the IPv4 address."""
    assert NETWORKS.lookup("8.8.8.8") == NETWORKS.lookup("::ffff:8.8.8.8")


@pytest.mark.parametrize(
    "text",
    ["10.0.0.1", "192.168.1.1", "172.16.5.4", "127.0.0.1", "169.254.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1"],
)  # fmt: skip
def test_private_addresses(text):
    """They belong to nobody on the Internet."""
    assert NETWORKS.lookup(text) is None


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "1.2.3.4.5", "1.2.3.4/8", "999.1.1.1", "0" * 100_000, "[8.8.8.8]", "８.8.8.8"]
)
def test_garbage(text):
    """No address, no network, no exception."""
    assert NETWORKS.lookup(text) is None


@given(st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address)))
def test_every_address_has_an_answer(address):
    """All of both spaces, to their last address."""
    network = NETWORKS.lookup(str(address))

    assert network is None or network.country is None or len(network.country) == 2


@pytest.mark.parametrize(
    "text", ["1.0.0.0", "223.255.255.255", "2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]
)
def test_edges(text):
    """The first and last public addresses do not fall off the table."""
    NETWORKS.lookup(text)
