"""Whether a domain of ours takes mail from this client: what its settings say to the client at RCPT.

What may change by itself or by the operator's hand is a temporary refusal, so that no mail is lost by it.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from lazaretto.intake.reply import Reply
from lazaretto.mail.challenge import record_name
from lazaretto.model.account import Domain
from lazaretto.model.disposition import Mode

CACHED_NETWORKS = 4_096
"""Restrictions that are kept read: the same hundred are compared with every message."""

NO_DIRECT = Reply(550, "5.7.1", "This domain does not take mail by SMTP")
NOT_FROM_THERE = Reply(550, "5.7.1", "This domain takes mail from known servers only")
# RFC 3207 4 names this reply. It also forbids it on public servers: only given where the domain asks for it.
TLS_FIRST = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
NO_CERTIFICATE = Reply(451, "4.3.5", "This domain requires TLS, which this server does not offer yet")
NO_ROUTE = Reply(451, "4.3.5", "This domain has no next hop yet; try again later")


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a door is told of the client, besides what it says."""

    ip: str | None = None  # None: not known, or a local socket
    tls: str | None = None  # version and cipher of the session


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation says for all domains."""

    require_verification: bool = True
    default_route: bool = False  # there is a next hop for domains that name none
    offers_tls: bool = False


def refusal(domain: Domain, visitor: Visitor, rules: Rules) -> Reply | None:
    """The reply that turns the recipient away; None when mail for it is taken."""
    if rules.require_verification and domain.status != "ACTIVE":
        text = f"The domain is not verified yet: its TXT record {record_name(domain.name)} is not there"
        return Reply(450, "4.7.1", text)
    if Mode.DIRECT not in domain.modes:
        return NO_DIRECT
    if domain.ip_restrictions and not is_within(visitor.ip, domain.ip_restrictions):
        return NOT_FROM_THERE
    if domain.require_tls_inbound and visitor.tls is None:
        return TLS_FIRST if rules.offers_tls else NO_CERTIFICATE
    if domain.next_hop is None and not rules.default_route:
        return NO_ROUTE
    return None


def is_within(client: str | None, networks: tuple[str, ...]) -> bool:
    """The address lies in one of the networks; an unknown one lies in none."""
    try:
        address = ip_address(client or "")
    except ValueError:
        return False
    return any(address in _network(text) for text in networks)


@lru_cache(CACHED_NETWORKS)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)
