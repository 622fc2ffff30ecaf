"""Senders that want to be taken for a brand, for us, or for another address.

Rules: a brand on its own domain is never reported. A display name alone is weak where the name is also a
word.
"""

from collections.abc import Iterator

import re2

from lazaretto.mail.domains import registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Address, Message
from lazaretto.scan.brands import named_in, owner_of
from lazaretto.scan.confusables import latin, mixed_scripts
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.hosts import MAX_HOST, host_lists, is_freemail, listed
from lazaretto.scan.lookalike import Likeness, imitated_brand, imitated_own, unicode_label
from lazaretto.scan.reading import home_of, own_domains
from lazaretto.scan.thread import is_list

NAME_ADDRESS = "display_name_address"
NAME_OWN = "display_name_own_domain"
NAME_BRAND = "display_name_brand"
NAME_BRAND_FREEMAIL = "display_name_brand_freemail"
NAME_SCRIPTS = "display_name_mixed_scripts"
LIKE_BRAND = "from_lookalike_brand"
LIKE_OWN = "from_lookalike_own"
PUNYCODE = "from_punycode"
REPLY_LIKE = "reply_to_lookalike"
SUBJECT_BRAND = "subject_names_brand"

MAX_REPLY_TO = 10
"""Reply-To mailboxes that are compared."""

MAX_NAME = 300
"""Characters of a display name that are searched."""

_ADDRESS = re2.compile(r"[\w.+%-]+@((?:[\w-]+\.)+[A-Za-z][\w-]+)")


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Borrowed names in the sender."""
    sender = message.header_from
    if sender is None:
        return
    own = own_domains(envelope, facts)
    domain = home_of(sender)
    if domain in own or len(sender.domain) > MAX_HOST:
        return
    yield from _domain(sender, own)
    yield from _name(message, sender, own)
    yield from _subject(message, domain)
    for address in message.reply_to[:MAX_REPLY_TO]:
        like = imitated_own(address.domain, own) or imitated_brand(address.domain)
        if like is not None and registered_domain(address.domain) != domain:
            yield _likeness(REPLY_LIKE, "Reply-To", address, like)


def _domain(sender: Address, own: tuple[str, ...]) -> Iterator[Finding]:
    if like := imitated_own(sender.domain, own):
        yield _likeness(LIKE_OWN, "From", sender, like)
    elif like := imitated_brand(sender.domain):
        yield _likeness(LIKE_BRAND, "From", sender, like)
    for label in sender.domain.split(".")[:10]:
        shown = unicode_label(label)
        if shown != label and mixed_scripts(shown):
            reason = (
                f"The sender's domain is shown as {quoted(shown)}, letters of several scripts in one word."
            )
            yield Finding(
                PUNYCODE, reason=reason, place="header", field="From", value=clipped(sender.address)
            )
            break


def _likeness(rule: str, field: str, address: Address, like: Likeness) -> Finding:
    reason = f"The domain {address.domain} {like.words} {like.called} and does not belong to it."
    return Finding(rule, reason=clipped(reason), place="header", field=field, value=clipped(address.address))


def _name(message: Message, sender: Address, own: tuple[str, ...]) -> Iterator[Finding]:
    name = latin(sender.name[:MAX_NAME])
    domain = home_of(sender)
    match = _ADDRESS.search(name)
    if match is not None and registered_domain(match.group(1)) not in {"", domain} and not is_list(message):
        shown = quoted(match.group())
        reason = f"The sender's name shows the address {shown}, the mail comes from {sender.address}."
        yield _named(NAME_ADDRESS, sender, reason)
    if any(d in name for d in own):
        reason = f"The sender's name {quoted(sender.name)} uses our own domain, the mail comes from {domain}."
        yield _named(NAME_OWN, sender, reason)
    brand = named_in(sender.name) or (named_in(name) if name != sender.name.lower() else None)
    if brand is not None and not brand.writes_from(domain):
        other = owner_of(domain)
        who = quoted(sender.name)
        reason = f"The sender calls itself {who} and writes from {domain}, which {brand.name} does not own."
        if is_freemail(domain):
            yield _named(NAME_BRAND_FREEMAIL, sender, reason)
        elif other is None and not listed(domain, host_lists().senders_for_others):
            yield _named(NAME_BRAND, sender, reason)
    if any(mixed_scripts(word) for word in sender.name[:MAX_NAME].split()):
        reason = f"The sender's name {quoted(sender.name)} mixes letters of several scripts in one word."
        yield _named(NAME_SCRIPTS, sender, reason)


def _named(rule: str, sender: Address, reason: str) -> Finding:
    value = f"{sender.name} <{sender.address}>"
    return Finding(rule, reason=clipped(reason), place="header", field="From", value=clipped(value))


def _subject(message: Message, domain: str) -> Iterator[Finding]:
    brand = named_in(message.subject)
    if brand is not None and not brand.common and owner_of(domain) is None:
        reason = f"The subject speaks of {brand.name}, the sender's domain {domain} is not one of its."
        yield Finding(
            SUBJECT_BRAND, reason=reason, place="header", field="Subject", value=clipped(message.subject)
        )
