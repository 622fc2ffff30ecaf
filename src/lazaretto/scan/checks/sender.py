"""What is odd about the sender: where replies go, how the name is written, what the address looks like."""

from collections.abc import Iterator

import re2

from lazaretto.mail.domains import domain_of, registered_domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Address, Message
from lazaretto.scan.brands import folded, owner_of
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.gibberish import is_gibberish
from lazaretto.scan.hosts import ending_of, host_lists, is_freemail
from lazaretto.scan.reading import home_of, own_domains, read, recipient_addresses
from lazaretto.scan.thread import is_reply, list_domain
from lazaretto.scan.words import word_lists

FROM_MISSING = "from_missing"
REPLY_TO_FREEMAIL = "reply_to_freemail"
REPLY_TO_OTHER_FREEMAIL = "reply_to_other_freemail"
REPLY_TO_ELSEWHERE = "reply_to_elsewhere"
TURNED = "text_turned_around"
NAME_SPACED = "display_name_spaced"
NAME_DECORATED = "display_name_decorated"
NAME_NOBODY = "display_name_nobody"
NAME_ROLE = "display_name_role"
FROM_FREEMAIL = "from_freemail"
FROM_BRAND = "from_brand_domain"
FROM_GIBBERISH = "from_gibberish"
FROM_ABUSED_ENDING = "from_abused_ending"
FROM_SELF = "from_self"
SUBJECT_RECIPIENT = "subject_names_recipient"
REPLY_INVENTED = "reply_invented"

MAX_REPLY_TO = 10
"""Reply-To mailboxes that are looked at."""

MAX_NAME = 300
"""Characters of a display name that are read."""

MIN_LOCAL = 4
"""Letters of a recipient's local part that must be there before it is looked for: "info" is a word."""

_SPACED = re2.compile(r"(?:^|\W)(?:\w[ ._*-]){3,}\w(?:\W|$)")
_DECORATION = re2.compile(r"[_*|~®©™\x{2600}-\x{27BF}\x{1F300}-\x{1FAFF}\x{FFFD}\x{2190}-\x{21FF}]")
_ROLE = re2.compile(
    r"(?i)\b(it|mail|e-?mail|web ?mail|server|system|network|help ?desk|service ?desk|tech|technical) ?"
    r"(admin|administrator|support|desk|helpdesk|team|department|service|services|master|security)\b|"
    r"\b(webmaster|postmaster|sysadmin|mail ?box|web ?admin|administrator|human resources|hr department|"
    r"payroll (department|team|office))\b"
)


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    """Odd senders."""
    sender = message.header_from
    if sender is None or not home_of(sender):
        value = message.header("from") or ""
        yield _finding(FROM_MISSING, "From", value, "The message has no usable From address.")
    else:
        yield from _address(sender, envelope, facts)
        yield from _reply_to(message, envelope, sender)
    if sender is not None and sender.name:
        yield from _name(sender, envelope, facts)
    yield from _subject(message, envelope)


def _finding(rule: str, field: str, value: str, reason: str) -> Finding:
    return Finding(rule, reason=clipped(reason), place="header", field=field, value=clipped(value))


def _address(sender: Address, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    domain = home_of(sender)
    if is_freemail(domain):
        yield _finding(
            FROM_FREEMAIL, "From", sender.address, f"The sender writes from the free mail service {domain}."
        )
    elif (brand := owner_of(domain)) is not None:
        yield _finding(
            FROM_BRAND,
            "From",
            sender.address,
            f"The header from is at {domain}, which belongs to {brand.name}.",
        )
    elif domain not in own_domains(envelope, facts):
        label = domain.partition(".")[0]
        if is_gibberish(label):
            reason = f"The sender's domain {domain} looks thrown together by a machine."
            yield _finding(FROM_GIBBERISH, "From", sender.address, reason)
        if ending_of(domain) in host_lists().abused_endings:
            reason = f"The sender's domain ends in .{ending_of(domain)}, of which a large part is abused."
            yield _finding(FROM_ABUSED_ENDING, "From", sender.address, reason)
    if sender.address.lower() in recipient_addresses(envelope):
        reason = "The message claims to come from its own recipient."
        yield _finding(FROM_SELF, "From", sender.address, reason)


def _reply_to(message: Message, envelope: Envelope, sender: Address) -> Iterator[Finding]:
    home = registered_domain(sender.domain)
    harmless = {home, list_domain(message)}
    if message.sender is not None:
        harmless.add(registered_domain(message.sender.domain))
    for address in message.reply_to[:MAX_REPLY_TO]:
        domain = registered_domain(address.domain)
        if not domain:
            continue
        if is_freemail(domain) and not is_freemail(home):
            reason = f"Replies go to the free mail address {address.address}, the sender claims {home}."
            yield _finding(REPLY_TO_FREEMAIL, "Reply-To", address.address, reason)
        elif is_freemail(domain) and address.address.lower() != sender.address.lower():
            reason = f"Replies go to another free mail address, {address.address}."
            yield _finding(REPLY_TO_OTHER_FREEMAIL, "Reply-To", address.address, reason)
        elif domain not in harmless and domain != registered_domain(domain_of(envelope.mail_from)):
            reason = f"Replies go to {domain}, the sender claims {home}."
            yield _finding(REPLY_TO_ELSEWHERE, "Reply-To", address.address, reason)


def _name(sender: Address, envelope: Envelope, facts: Facts) -> Iterator[Finding]:
    name = sender.name[:MAX_NAME]
    ours = registered_domain(sender.domain) in own_domains(envelope, facts)
    if "\u202d" in name or "\u202e" in name:
        reason = f"A sign in the sender's name {quoted(name)} turns the direction of writing around."
        yield _finding(TURNED, "From", name, reason)
    if _SPACED.search(name):
        reason = f"The letters of the sender's name {quoted(name)} are set apart, as filters read words."
        yield _finding(NAME_SPACED, "From", name, reason)
    if len(_DECORATION.findall(name)) >= 1 and "(via" not in name:
        yield _finding(
            NAME_DECORATED, "From", name, f"The sender's name {quoted(name)} is decorated with signs."
        )
    words = folded(name).split()
    if not ours and len(words) >= 2 and all(w in word_lists().generic or w.isdigit() for w in words):
        reason = f"The sender's name {quoted(name)} says what the message wants to be, and names nobody."
        yield _finding(NAME_NOBODY, "From", name, reason)
    if not ours and _ROLE.search(name):
        reason = f"The sender calls itself {quoted(name)} and writes from outside, at {sender.domain}."
        yield _finding(NAME_ROLE, "From", name, reason)


def _subject(message: Message, envelope: Envelope) -> Iterator[Finding]:
    lowered = message.subject.lower()
    words = frozenset(lowered.replace(",", " ").replace(":", " ").split())
    for address in recipient_addresses(envelope):
        local, _, domain = address.partition("@")
        personal = len(local) >= MIN_LOCAL and local not in word_lists().mailboxes
        if address in lowered or (domain and domain in lowered) or (personal and local in words):
            reason = "The subject names the recipient's own address."
            yield _finding(SUBJECT_RECIPIENT, "Subject", message.subject, reason)
            break
    if is_reply(message.subject) and not message.in_reply_to and not message.references:
        texts = read(message).passages[1:]
        if not any(
            p.quoted or b"wrote:" in p.data or b"from:" in p.data or b"schrieb" in p.data for p in texts
        ):
            reason = "The subject claims a reply or a forward, and nothing in the message belongs to one."
            yield _finding(REPLY_INVENTED, "Subject", message.subject, reason)
