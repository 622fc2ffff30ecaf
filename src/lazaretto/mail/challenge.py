"""What TXT records say of a domain: whether it is proven, and how good its SPF and DMARC records are."""

from collections.abc import Sequence
from typing import Literal

from lazaretto.mail.authentication import dmarc_record
from lazaretto.mail.authentication.spf_record import SpfSyntaxError, is_spf, parse_record
from lazaretto.model.account import DmarcStatus, SpfStatus

LABEL = "_cf-email-sec-challenge"
"""Fixed by the published API."""

PREFIX = "lazaretto-verification="

Proof = Literal["found", "other", "absent"]

_SPF_END: dict[str, SpfStatus] = {"pass": "open", "neutral": "neutral", "softfail": "good", "fail": "good"}


def record_name(domain: str) -> str:
    """Where the record must stand."""
    return f"{LABEL}.{domain}"


def record_value(challenge: str) -> str:
    """What it must hold."""
    return PREFIX + challenge


def find_proof(texts: Sequence[str], challenge: str) -> Proof:
    """Whether one of the TXT records proves the domain; "other" when there is one for somebody else."""
    found = {text.strip().strip('"') for text in texts}
    if challenge and record_value(challenge) in found:
        return "found"
    return "other" if any(text.startswith(PREFIX) for text in found) else "absent"


def spf_status(texts: Sequence[str]) -> SpfStatus:
    """How strict the domain's own SPF record ends. RFC 7208 4.7, 5.1."""
    records = [text for text in texts if is_spf(text)]
    if not records:
        return "none"
    if len(records) > 1:  # RFC 7208 4.5
        return "invalid"
    try:
        record = parse_record(records[0])
    except SpfSyntaxError:
        return "invalid"
    for mechanism in record.mechanisms:
        if mechanism.name == "all":
            return _SPF_END[mechanism.result]
    return "good" if record.redirect else "neutral"


def dmarc_status(texts: Sequence[str]) -> DmarcStatus:
    """Whether there is exactly one DMARC record that asks for something. RFC 9989 4.10."""
    claims = [text for text in texts if text.strip()[:8].lower() == "v=dmarc1"]
    if not claims:
        return "none"
    record = dmarc_record.select_record(tuple(claims))
    return "good" if record is not None and record.policy is not None else "invalid"
