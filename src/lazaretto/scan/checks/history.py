"""What our own records say about the sender: first contact, an invented thread, authentication that lapsed.

Rules. First contact is how every acquaintance begins, so it is a note; what it means beside a request for
money or a password is said by the combinations. Nothing is concluded before the records go back MIN_DAYS: in
a new installation everybody is a stranger. The domain of a free mail service says nothing about who writes.
A letter of a list comes from people whom the list knows.

Limits: what was recorded when the message came, in `facts.history`; without it this check is silent.
"""

from collections.abc import Iterator

from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts, History
from lazaretto.model.finding import Finding, Place
from lazaretto.model.message import Message
from lazaretto.scan.evidence import clipped
from lazaretto.scan.hosts import is_freemail
from lazaretto.scan.reading import home_of
from lazaretto.scan.thread import is_list, is_reply

FIRST_CONTACT = "first_contact"
FIRST_DOMAIN = "first_contact_domain"
FIRST_RECIPIENT = "first_contact_recipient"
KNOWN = "known_sender"
THREAD_UNKNOWN = "thread_unknown"
THREAD_KNOWN = "thread_known"
LAPSED = "authentication_lapsed"

MIN_DAYS = 14
"""Days that the records must go back before a stranger is one: a fortnightly letter has then come once."""

KNOWN_MESSAGES = 5
KNOWN_DAYS = 14
"""Who wrote so often, and first so long ago, is known."""

LAPSED_JUDGED = 5
"""Messages of a domain whose authentication was looked at, before its habit is one."""

_DENIED = frozenset({"fail", "none"})


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """Strangers, familiar senders, and familiar senders who are not themselves."""
    history, sender = facts.history, message.header_from
    if history is None or sender is None or is_list(message):
        return
    yield from _thread(message, history)
    domain = home_of(sender)
    yield from _lapsed(domain, history, facts)
    seen = history.sender
    if seen.messages >= KNOWN_MESSAGES and seen.days >= KNOWN_DAYS:
        reason = f"{sender.address} has written for {seen.days} days, at least {seen.messages} messages."
        yield _finding(KNOWN, "From", sender.address, reason)
    if history.days < MIN_DAYS:
        return
    if seen.messages == 0:
        reason = f"No harmless mail from {sender.address} came before, in {history.days} days of records."
        yield _finding(FIRST_CONTACT, "From", sender.address, reason)
        if history.domain.messages == 0 and not is_freemail(domain):
            reason = f"Nor did any from the whole domain {domain}."
            yield _finding(FIRST_DOMAIN, "From", domain, reason)
    elif not history.recipient:
        reason = f"{sender.address} has written here before, and never to this recipient."
        yield _finding(FIRST_RECIPIENT, "From", sender.address, reason)


def _thread(message: Message, history: History) -> Iterator[Finding]:
    if history.thread:
        reason = "It answers a message that has come here before."
        yield _finding(THREAD_KNOWN, "In-Reply-To", message.in_reply_to, reason)
    elif is_reply(message.subject) and not history.recipient and history.days >= MIN_DAYS:
        reason = "The subject claims an earlier conversation; the recipient has no mail of this sender,"
        reason += " and no message that it names has come here."
        yield _finding(THREAD_UNKNOWN, "Subject", message.subject, reason)


def _lapsed(domain: str, history: History, facts: Facts) -> Iterator[Finding]:
    """A domain that always proved itself, and does not now."""
    before, auth = history.domain, facts.authentication
    if facts.offline or before.judged < LAPSED_JUDGED or before.proven < before.judged:
        return
    proven = auth.dmarc.result == "pass" or auth.dmarc.spf_aligned or auth.dmarc.dkim_aligned
    if not proven and auth.dmarc.result in _DENIED:
        reason = f"At least {before.proven} earlier messages were proven to be from {domain}; this is not."
        yield _finding(LAPSED, "from", domain, reason, "authentication")


def _finding(rule: str, field: str, value: str, reason: str, place: Place = "header") -> Finding:
    return Finding(rule, reason=clipped(reason), place=place, field=field, value=clipped(value))
