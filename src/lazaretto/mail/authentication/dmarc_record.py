"""A DMARC policy record as a value. RFC 9989 4.7, with pct= of the older RFC 7489.

Reading is lenient, as the RFC wants it: a tag that makes no sense counts as absent.
"""

from dataclasses import dataclass
from typing import Literal

MAX_TAGS = 50
"""Tags of one record that are read; the standard knows a dozen."""

Policy = Literal["none", "quarantine", "reject"]

_POLICIES: dict[str, Policy] = {"none": "none", "quarantine": "quarantine", "reject": "reject"}
_WEAKER: dict[Policy, Policy] = {"reject": "quarantine", "quarantine": "none", "none": "none"}


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """What the owner of a domain asks for."""

    text: str
    policy: Policy | None  # None: p= is missing or senseless and nobody wants reports either
    subdomain_policy: Policy | None
    nonexistent_policy: Policy | None
    strict_dkim: bool
    strict_spf: bool
    psd: Literal["y", "n", "u"]  # the domain is a public suffix, is none, or does not say
    testing: bool  # t=y, or pct=0 of old: apply the next weaker policy

    def for_own(self) -> Policy | None:
        """What applies to mail from the record's own domain."""
        return self._applied(self.policy)

    def for_subdomain(self, *, exists: bool) -> Policy | None:
        """What applies to mail from a domain below."""
        chosen = self.subdomain_policy or self.policy
        return self._applied(chosen if exists else self.nonexistent_policy or chosen)

    def _applied(self, policy: Policy | None) -> Policy | None:
        return _WEAKER[policy] if policy and self.testing else policy


def select_record(records: tuple[str, ...]) -> DmarcRecord | None:
    """The one DMARC record among TXT records; None when there is none, or more than one. RFC 9989 4.10."""
    found = [record for text in records if (record := parse_record(text))]
    return found[0] if len(found) == 1 else None


def parse_record(text: str) -> DmarcRecord | None:
    """Read one TXT record; None when it is not a DMARC record."""
    parts = [part.partition("=") for part in text.split(";", MAX_TAGS)[:MAX_TAGS]]
    name, _, version = parts[0]
    if name.strip() != "v" or version.strip() != "DMARC1":  # RFC 9989 4.7: exactly so, and first
        return None
    tags: dict[str, str] = {}
    for name, _, value in parts:
        tags.setdefault(name.strip().lower(), value.strip().lower())
    policy = _POLICIES.get(tags.get("p", ""))
    if policy is None and "mailto:" in tags.get("rua", ""):
        policy = "none"  # RFC 9989 4.10.1: reports are wanted, so the domain takes part
    psd = tags.get("psd", "u")
    return DmarcRecord(
        text=text,
        policy=policy,
        subdomain_policy=_POLICIES.get(tags.get("sp", "")),
        nonexistent_policy=_POLICIES.get(tags.get("np", "")),
        strict_dkim=tags.get("adkim") == "s",
        strict_spf=tags.get("aspf") == "s",
        psd="y" if psd == "y" else "n" if psd == "n" else "u",
        testing=tags.get("t") == "y" or tags.get("pct") == "0",
    )
