"""What lists, the detail view and the search show of a judged message.

Every list of a summary is bounded, because it is stored in a row and every value in it comes from a
stranger.
"""

from lazaretto.mail.domains import domain_of, is_ip, registered_domain
from lazaretto.model.disposition import AuthResult, Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Authentication, Facts
from lazaretto.model.judgement import ListMatch
from lazaretto.model.message import Address, Attachment, Link, Message
from lazaretto.model.record import (
    AttachmentSummary,
    FindingSummary,
    LinkSummary,
    SenderSummary,
    Summary,
    ValidationSummary,
)
from lazaretto.model.verdict import Kind, Verdict, Weighed
from lazaretto.scan.evidence import clipped
from lazaretto.scan.reading import MAX_LINKS_READ

MAX_ADDRESSES = 100
"""Addressees that are listed."""

MAX_LINKS = 100
"""Links that are listed."""

MAX_FINDINGS = 100
"""Findings that are listed, heaviest first."""

MAX_ATTACHMENTS = 100
"""Attachments that are listed."""

MAX_HEADERS = 200
"""Header fields that are listed."""

MAX_HEADER_VALUE = 2_000
"""Characters of one header value."""

MAX_FIELD = 1_000
"""Characters of a subject, a name, an address or a link."""

MAX_BODY_WORDS = 20_000
"""Characters of text for the search index."""

LIKELY = 3.0
"""Points from which a single finding is shown as the disposition of its kind and not as a weaker one."""

_STRONG: dict[Kind, Disposition] = {
    "malicious": Disposition.MALICIOUS,
    "bec": Disposition.MALICIOUS_BEC,
    "spoof": Disposition.SPOOF,
    "spam": Disposition.SPAM,
    "learned": Disposition.SPAM,
    "bulk": Disposition.BULK,
    "good": Disposition.NONE,
}
_WORST_FIRST = tuple(Disposition)


def summarise(
    message: Message,
    envelope: Envelope,
    facts: Facts,
    verdict: Verdict,
    *,
    matches: tuple[ListMatch, ...] = (),
) -> Summary:
    """The summary of a message under a verdict, with the entries of the account's lists that matched."""
    sender = message.header_from
    return Summary(
        subject=clipped(message.subject, MAX_FIELD),
        from_address=clipped(sender.address, MAX_FIELD) if sender else "",
        from_name=clipped(sender.name, MAX_FIELD) if sender else "",
        to=_addresses(message.to),
        to_names=tuple(clipped(a.name, MAX_FIELD) for a in message.to[:MAX_ADDRESSES] if a.name),
        cc=_addresses(message.cc),
        reply_to=", ".join(_addresses(message.reply_to[:5])),
        message_id=clipped(message.message_id, MAX_FIELD),
        sent_at=message.date,
        fingerprint=message.fingerprint,
        structure_hash=message.structure_hash,
        previous_hop_ip=envelope.client_ip or facts.boundary.client_ip,
        originating_ip=originating_ip(message),
        headers=tuple(
            (clipped(h.name, MAX_FIELD), clipped(h.value, MAX_HEADER_VALUE))
            for h in message.headers[:MAX_HEADERS]
        ),
        findings=tuple(_finding(w) for w in verdict.findings[:MAX_FINDINGS]),
        reasons=verdict.reasons,
        categories=verdict.categories,
        attachments=tuple(_attachment(a, verdict) for a in message.attachments[:MAX_ATTACHMENTS]),
        links=_links(message),
        validation=_validation(facts),
        sender=_sender(message, envelope, facts),
        score=verdict.score,
        ruleset=verdict.ruleset,
        body_words=message.visible_text[:MAX_BODY_WORDS],
        matches=matches,
    )


def disposition_of(weighed: Weighed) -> Disposition | None:
    """What one finding would make of the message by itself; None for a note."""
    if weighed.rule.floor is not None:
        return weighed.rule.floor
    if weighed.points == 0 or weighed.rule.kind == "note":
        return None
    strong = _STRONG[weighed.rule.kind]
    weak = strong is Disposition.MALICIOUS and weighed.points < LIKELY
    return Disposition.SUSPICIOUS if weak else strong


def originating_ip(message: Message) -> str | None:
    """The address in X-Originating-IP, without brackets; None where there is none."""
    value = (message.header("x-originating-ip") or "")[:MAX_FIELD].strip().strip("[]").strip()
    return value if is_ip(value) else None


def _addresses(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(clipped(a.address, MAX_FIELD) for a in addresses[:MAX_ADDRESSES] if a.address)


def _finding(weighed: Weighed) -> FindingSummary:
    finding = weighed.finding
    return FindingSummary(
        rule=weighed.rule.id,
        title=weighed.rule.title,
        reason=finding.reason,
        disposition=disposition_of(weighed),
        place=finding.place,
        field=finding.field,
        value=clipped(finding.value),
        attachment=finding.attachment,
        part=finding.part,
        start=finding.start,
        end=finding.end,
        points=weighed.points,
    )


def _attachment(attachment: Attachment, verdict: Verdict) -> AttachmentSummary:
    about = (
        d
        for w in verdict.findings
        if w.finding.place == "attachment" and w.finding.part == attachment.part
        if w.finding.attachment == attachment.filename and (d := disposition_of(w)) is not None
    )
    return AttachmentSummary(
        filename=clipped(attachment.filename, MAX_FIELD) if attachment.filename else None,
        content_type=clipped(attachment.declared_type, MAX_FIELD),
        detected_type=attachment.detected_type,
        size=attachment.size,
        md5=attachment.md5,
        sha1=attachment.sha1,
        sha256=attachment.sha256,
        encrypted=attachment.encrypted,
        disposition=min(about, key=_WORST_FIRST.index, default=None),
    )


def _links(message: Message) -> tuple[LinkSummary, ...]:
    """Different targets, those that a reader can click first."""
    links = message.links[:MAX_LINKS_READ]
    ordered = sorted(
        links, key=lambda link: link.place not in {"a", "area", "form", "text", "meta", "attachment"}
    )
    different: dict[str, Link] = {}
    for link in ordered:
        different.setdefault(link.href, link)
        if len(different) >= MAX_LINKS:
            break
    return tuple(
        LinkSummary(clipped(k.href, MAX_HEADER_VALUE), clipped(k.shown, MAX_FIELD), k.host, k.domain)
        for k in different.values()
    )


def _validation(facts: Facts) -> ValidationSummary:
    auth = facts.authentication
    if facts.offline:
        comment = "Authentication was not asked for: the scan was made offline."
        return ValidationSummary(AuthResult.NONE, AuthResult.NONE, AuthResult.NONE, comment)
    return ValidationSummary(auth.folded_spf, auth.folded_dkim, auth.folded_dmarc, _comment(auth))


def _comment(auth: Authentication) -> str | None:
    """What folding hides: softfail, the two kinds of error, the domains that were judged."""
    parts = []
    if auth.spf.result not in {"pass", "fail", "none", "neutral"}:
        parts.append(f"spf={auth.spf.result} ({auth.spf.domain})")
    parts += [
        f"dkim={d.result} ({d.domain})"
        for d in auth.dkim[:5]
        if d.result in {"policy", "temperror", "permerror"}
    ]
    if auth.dmarc.result in {"temperror", "permerror"}:
        parts.append(f"dmarc={auth.dmarc.result} ({auth.dmarc.domain})")
    elif auth.dmarc.result == "fail":
        domain = auth.dmarc.organisational_domain or auth.dmarc.domain
        parts.append(f"dmarc policy {auth.dmarc.policy or 'none'} of {domain}")
    if auth.arc.result != "none":
        parts.append(f"arc={auth.arc.result} ({auth.arc.sealer})")
    return clipped("; ".join(parts)) or None


def _sender(message: Message, envelope: Envelope, facts: Facts) -> SenderSummary:
    sender = message.header_from
    domain = registered_domain(sender.domain) if sender else ""
    domain = domain or registered_domain(domain_of(envelope.mail_from))
    network = facts.network
    return SenderSummary(
        ip=facts.boundary.client_ip or envelope.client_ip,
        as_number=network.as_number if network else None,
        as_name=network.as_name if network else None,
        country=network.country if network else None,
        domain=domain or None,
    )
