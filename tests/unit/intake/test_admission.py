"""Who may bring mail for a domain: each setting's reply, and which of them speaks first."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lazaretto.intake.admission import (
    NO_CERTIFICATE,
    NO_DIRECT,
    NO_ROUTE,
    NOT_FROM_THERE,
    TLS_FIRST,
    Rules,
    Visitor,
    is_within,
    refusal,
)
from lazaretto.model.account import Domain, NextHop
from lazaretto.model.disposition import Mode

OPEN = Domain(1, "a", "example.com", NextHop("mail", 25), datetime(2026, 1, 1, tzinfo=UTC))
CLIENT = Visitor("192.0.2.7", "TLSv1.3 X")


@pytest.mark.parametrize(
    ("wishes", "visitor", "rules", "reply"),
    [
        ({}, CLIENT, Rules(), None),
        ({}, Visitor(), Rules(), None),
        ({"modes": (Mode.BCC, Mode.API)}, CLIENT, Rules(), NO_DIRECT),
        ({"ip_restrictions": ("192.0.2.0/24",)}, CLIENT, Rules(), None),
        ({"ip_restrictions": ("192.0.3.0/24",)}, CLIENT, Rules(), NOT_FROM_THERE),
        ({"ip_restrictions": ("192.0.2.0/24",)}, Visitor(None), Rules(), NOT_FROM_THERE),
        ({"require_tls_inbound": True}, CLIENT, Rules(offers_tls=True), None),
        ({"require_tls_inbound": True}, Visitor("192.0.2.7"), Rules(offers_tls=True), TLS_FIRST),
        ({"require_tls_inbound": True}, Visitor("192.0.2.7"), Rules(), NO_CERTIFICATE),
        ({"require_tls_inbound": False}, Visitor("192.0.2.7"), Rules(), None),
        ({"next_hop": None}, CLIENT, Rules(), NO_ROUTE),
        ({"next_hop": None}, CLIENT, Rules(default_route=True), None),
        ({"status": "PENDING"}, CLIENT, Rules(require_verification=False), None),
        ({"modes": (), "ip_restrictions": ("::1",), "next_hop": None}, Visitor(), Rules(), NO_DIRECT),
        ({"ip_restrictions": ("::1",), "require_tls_inbound": True}, Visitor(), Rules(), NOT_FROM_THERE),
    ],
)
def test_replies(wishes, visitor, rules, reply):
    """One reply each; who may not come at all is not told about TLS."""
    assert reply == refusal(replace(OPEN, **wishes), visitor, rules)


@pytest.mark.parametrize("status", ["PENDING", "FAILED", "TIMEOUT"])
def test_a_domain_that_is_not_proven(status):
    """A temporary refusal that names what is missing, before all others."""
    reply = refusal(replace(OPEN, status=status, modes=()), CLIENT, Rules())

    assert (450, "4.7.1") == (reply.code, reply.enhanced)
    assert "_cf-email-sec-challenge.example.com" in reply.text


@pytest.mark.parametrize(
    ("client", "networks", "within"),
    [
        ("192.0.2.7", ("192.0.2.7",), True),
        ("192.0.2.7", ("198.51.100.0/24", "192.0.2.9/28"), True),
        ("2001:db8::7", ("2001:DB8::/32",), True),
        ("2001:db9::7", ("2001:db8::/32", "0.0.0.0/0"), False),
        ("192.0.2.7", ("::/0",), False),
        ("", ("0.0.0.0/0",), False),
        (None, ("0.0.0.0/0",), False),
    ],
)
def test_networks(client, networks, within):
    """Of both versions, with host bits or without."""
    assert within == is_within(client, networks)
