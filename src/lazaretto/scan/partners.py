"""Domains that an account trusts, against domains that are made to be taken for them.

Whom an account trusts is worth imitating: suppliers, banks, lawyers. These are the trusted domains, and the
domains of trusted senders. They are compared as our own domains are, see `lookalike`; a domain that is itself
trusted imitates nobody.
Limits: MAX_PARTNERS domains; patterns that are regular expressions name no domain.
"""

from collections.abc import Iterator

from lazaretto.mail.domains import registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.lists import Lists, PatternType
from lazaretto.model.message import Message
from lazaretto.scan.evidence import clipped
from lazaretto.scan.hosts import is_freemail
from lazaretto.scan.lookalike import Likeness, imitated_own
from lazaretto.scan.reading import home_of, own_domains, read
from lazaretto.scan.unwrap import unwrapped

LIKE_TRUSTED = "from_lookalike_trusted"
REPLY_LIKE_TRUSTED = "reply_to_lookalike_trusted"
LINK_LIKE_TRUSTED = "link_lookalike_trusted"

MAX_PARTNERS = 200
"""Domains that are compared: each costs a microsecond for every host that was not seen before."""

MAX_REPLY_TO = 10
"""Reply-To mailboxes that are compared."""


def partners_of(lists: Lists) -> tuple[str, ...]:
    """The registered domains that the lists trust, in the order in which they are listed."""
    patterns = [entry.pattern for entry in lists.trusted if not entry.is_regex]
    patterns += [
        entry.pattern.rpartition("@")[2]
        for entry in lists.allow
        if entry.is_trusted_sender
        and not entry.is_regex
        and entry.pattern_type in {PatternType.DOMAIN, PatternType.EMAIL}
    ]
    domains = dict.fromkeys(registered_domain(pattern.strip().lower()) for pattern in patterns)
    return tuple(domain for domain in domains if domain and not is_freemail(domain))[:MAX_PARTNERS]


def check_partners(
    message: Message, envelope: Envelope, facts: Facts, partners: tuple[str, ...]
) -> Iterator[Finding]:
    """Senders, replies and links that seem to be of somebody whom the account trusts."""
    if not partners:
        return
    known = {*partners, *own_domains(envelope, facts)}
    sender = message.header_from
    if sender is not None and home_of(sender) not in known:
        yield from _finding(LIKE_TRUSTED, "From", sender.address, imitated_own(sender.domain, partners))
    for address in message.reply_to[:MAX_REPLY_TO]:
        if home_of(address) not in known:
            like = imitated_own(address.domain, partners)
            yield from _finding(REPLY_LIKE_TRUSTED, "Reply-To", address.address, like)
    for link in read(message).links:
        host = unwrapped(link).host
        if registered_domain(host) not in known and (like := imitated_own(host, partners)) is not None:
            reason = f"The host {host} {like.words} {like.name}, which is trusted here, and is not it."
            yield Finding(LINK_LIKE_TRUSTED, clipped(reason), "link", "href", clipped(link.href), link.part)


def _finding(rule: str, field: str, address: str, like: Likeness | None) -> Iterator[Finding]:
    if like is not None:
        domain = address.rpartition("@")[2]
        reason = f"The domain {domain} {like.words} {like.name}, which is trusted here, and is not it."
        yield Finding(rule, clipped(reason), "header", field, clipped(address))
