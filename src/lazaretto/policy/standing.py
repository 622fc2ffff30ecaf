"""Whether the sender of a report may report: only people of the account, as far as can be told.

The address in From decides, because that is who the analyst will believe to have spoken.
A domain that publishes no policy, or one that asks for nothing, proves nothing against its own users: mail of
the inside often carries no signature.
"""

from collections.abc import Collection

from lazaretto.model.facts import Authentication, Facts
from lazaretto.model.report import Standing


def standing_of(domain: str, own_domains: Collection[str], facts: Facts | None) -> Standing:
    """The standing of an address in this domain. Without facts nothing is proven."""
    if domain not in own_domains:
        return Standing.OUTSIDE
    if facts is None or facts.offline:
        return Standing.UNVERIFIED
    dmarc = facts.authentication.dmarc
    if (dmarc.result == "pass" and dmarc.domain == domain) or _proven(domain, facts.authentication):
        return Standing.VERIFIED
    if dmarc.result == "fail" and dmarc.policy in {"quarantine", "reject"}:
        return Standing.FORGED
    return Standing.UNVERIFIED


def _proven(domain: str, found: Authentication) -> bool:
    """What a domain without a DMARC record can show: a return path or a signature of the same name."""
    if found.spf.result == "pass" and found.spf.identity == "mailfrom" and found.spf.domain == domain:
        return True
    return any(one.result == "pass" and one.domain == domain for one in found.dkim)
