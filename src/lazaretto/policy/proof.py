"""Whether a sender proved itself, as an allow policy with `verify_sender` asks.

One of SPF, DKIM and DMARC must pass for the domain that the policy matched: for that domain or for one of the
same organisation (RFC 7489 3.1, relaxed alignment). A pass for another domain proves another sender.
A policy that matched the address of the client, a server's name or a recipient asks for the header from.

Not taken as proof: an answer that was not asked for (offline), a signature over a part of the body only, a
letter with several authors.
"""

from lazaretto.mail.domains import domain_of, organisational_domain
from lazaretto.model.facts import Facts
from lazaretto.model.message import Message
from lazaretto.policy.sides import Side

MAX_SIGNATURES = 50
"""Signatures that are looked at."""

_NAMED = frozenset({"header from", "envelope from", "reply-to"})


def domain_to_prove(side: Side, message: Message) -> str:
    """The domain that must have proven itself; "" when there is no one such domain."""
    if side.field in _NAMED:
        return domain_of(side.value) if side.sole else ""
    return message.from_[0].domain if len(message.from_) == 1 else ""


def proof(domain: str, facts: Facts) -> str:
    """What passed, as a clause: "DMARC passes for firm.test"; "" when nothing did."""
    if facts.offline or not domain:
        return ""
    auth = facts.authentication
    if auth.dmarc.result == "pass" and _aligned(auth.dmarc.domain, domain):
        return f"DMARC passes for {auth.dmarc.domain}"
    for signature in auth.dkim[:MAX_SIGNATURES]:
        whole = signature.body_length is None
        if signature.result == "pass" and whole and _aligned(signature.domain, domain):
            return f"DKIM passes for {signature.domain}"
    if auth.spf.result == "pass" and _aligned(auth.spf.domain, domain):
        return f"SPF passes for {auth.spf.domain}"
    return ""


def _aligned(proven: str, domain: str) -> bool:
    """RFC 7489 3.1.1 and 3.1.2: the same organisational domain."""
    return bool(proven) and organisational_domain(proven) == organisational_domain(domain)
