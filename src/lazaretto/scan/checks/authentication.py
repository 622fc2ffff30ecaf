"""What SPF, DKIM and DMARC say about the claimed sender, weighed by whom the sender claims to be.

Rules: where nothing was asked (offline) or an answer was only delayed, nothing is concluded. A return path at
another domain than the header from is a note: every newsletter service has it.
"""

from collections.abc import Iterator
from ipaddress import ip_address

from lazaretto.mail.domains import domain_of, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Authentication, Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.brands import owner_of
from lazaretto.scan.evidence import clipped
from lazaretto.scan.reading import own_domains, read

SPF_FAIL = "spf_fail"
SPF_SOFTFAIL = "spf_softfail"
DKIM_FAIL = "dkim_fail"
DKIM_PARTIAL = "dkim_partial_body"
DMARC_REJECT = "dmarc_fail_reject"
DMARC_QUARANTINE = "dmarc_fail_quarantine"
DMARC_FAIL = "dmarc_fail_none"
DMARC_PASS = "dmarc_pass"  # noqa: S105, a rule name
OWN_UNPROVEN = "own_domain_unproven"
OWN_PROVEN = "own_domain_proven"
BRAND_UNPROVEN = "brand_domain_unproven"
BRAND_PROVEN = "brand_domain_proven"
UNPROVEN = "sender_unproven"
ARC_PASS = "arc_pass"  # noqa: S105, a rule name
RETURN_PATH = "return_path_elsewhere"

MAX_SIGNATURES = 20
"""DKIM results that are reported: what is proven needs one, and a hundred broken ones say the same."""

_DMARC_RULES = {"reject": DMARC_REJECT, "quarantine": DMARC_QUARANTINE, "none": DMARC_FAIL}


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Senders that authentication denies, cannot prove, or proves."""
    yield from _return_path(message, envelope)
    if facts.offline:
        return
    auth = facts.authentication
    yield from _spf(auth)
    yield from _dkim(auth)
    yield from _dmarc(auth)
    yield from _claims(message, envelope, facts)
    if auth.arc.result == "pass":
        yield _finding(
            ARC_PASS, "arc", auth.arc.sealer, f"An ARC chain sealed by {auth.arc.sealer} is intact."
        )


def _finding(rule: str, field: str, value: str, reason: str) -> Finding:
    return Finding(rule, reason=clipped(reason), place="authentication", field=field, value=clipped(value))


def _return_path(message: Message, envelope: Envelope) -> Iterator[Finding]:
    header_from = read(message).from_domain
    returned = registered_domain(domain_of(envelope.mail_from)) if envelope.mail_from else ""
    if header_from and returned and returned != header_from:
        yield Finding(
            RETURN_PATH,
            reason=f"The return path is at {returned}, the header from is at {header_from}.",
            place="envelope",
            field="mail_from",
            value=clipped(envelope.mail_from),
        )


def _spf(auth: Authentication) -> Iterator[Finding]:
    spf = auth.spf
    if spf.result == "fail":
        yield _finding(
            SPF_FAIL,
            "spf",
            spf.domain,
            f"{spf.domain} says that this client must not send for it (SPF fail).",
        )
    elif spf.result == "softfail":
        reason = f"{spf.domain} says that this client probably does not send for it (SPF softfail)."
        yield _finding(SPF_SOFTFAIL, "spf", spf.domain, reason)


def _dkim(auth: Authentication) -> Iterator[Finding]:
    results = auth.dkim[:MAX_SIGNATURES]
    failed = [d for d in results if d.result == "fail"]
    if failed and not any(d.result == "pass" for d in results):
        first = failed[0]
        what = "body was changed" if first.body_hash_ok is False else "signature does not fit"
        yield _finding(
            DKIM_FAIL, "dkim", first.domain, f"The DKIM signature of {first.domain} fails: the {what}."
        )
    for signature in results:
        if signature.result == "pass" and signature.body_length is not None:
            reason = (
                f"The signature of {signature.domain} covers {signature.body_length} bytes of the body only."
            )
            yield _finding(DKIM_PARTIAL, "dkim", signature.domain, reason)
            break


def _dmarc(auth: Authentication) -> Iterator[Finding]:
    dmarc = auth.dmarc
    if dmarc.result == "fail":
        policy = dmarc.policy or "none"
        reason = (
            f"Neither SPF nor DKIM proves {dmarc.domain}; the domain's DMARC policy for this is {policy}."
        )
        yield _finding(_DMARC_RULES.get(policy, DMARC_FAIL), "dmarc", dmarc.domain, reason)
    elif dmarc.result == "pass":
        how = " and ".join(
            n for n, aligned in (("SPF", dmarc.spf_aligned), ("DKIM", dmarc.dkim_aligned)) if aligned
        )
        yield _finding(
            DMARC_PASS,
            "dmarc",
            dmarc.domain,
            f"{how or 'Authentication'} proves {dmarc.domain} (DMARC pass).",
        )


def _claims(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Who the sender claims to be, against what is proven."""
    domain = read(message).from_domain
    dmarc = facts.authentication.dmarc
    if not domain or dmarc.result == "temperror":
        return
    proven = dmarc.result == "pass" or dmarc.spf_aligned or dmarc.dkim_aligned
    brand = owner_of(domain)
    if domain in own_domains(envelope, facts):
        if proven:
            yield _finding(
                OWN_PROVEN, "from", domain, f"The sender is proven to be at our own domain {domain}."
            )
        elif _from_outside(facts):
            reason = f"The header from claims our domain {domain}; the message came from outside, unproven."
            yield _finding(OWN_UNPROVEN, "from", domain, reason)
    elif brand is not None and brand.writes_from(domain):
        if proven:
            yield _finding(
                BRAND_PROVEN, "from", domain, f"The sender is proven to be {brand.name} ({domain})."
            )
        elif dmarc.result == "fail":
            reason = f"The header from claims {brand.name} ({domain}) and authentication denies it."
            yield _finding(BRAND_UNPROVEN, "from", domain, reason)
    elif not proven and dmarc.result == "none":
        yield _finding(UNPROVEN, "from", domain, f"Nothing proves that {domain} sent this.")


def _from_outside(facts: Facts) -> bool:
    if facts.boundary.source == "unknown" or not facts.boundary.client_ip:
        return False
    try:
        return ip_address(facts.boundary.client_ip).is_global
    except ValueError:
        return False
