"""Signs of mail to many: list headers, unsubscribe headers, sending services, the words of newsletters.

Rules: a letter of a discussion list is mail of a person. It is told from a newsletter by what it answers
and quotes, and where it begins a thread, by who writes: a person from elsewhere, or one whose address is made
from the name, and neither a machine nor an announcement.
"""

from collections.abc import Iterator

import re2

from lazaretto.mail.domains import domain_of
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.brands import folded
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.hosts import host_lists, listed
from lazaretto.scan.reading import read
from lazaretto.scan.thread import MAX_HEADER, is_list, is_reply, list_domain

LIST_ID = "list_mail"
DISCUSSION = "list_discussion"
UNSUBSCRIBE = "list_unsubscribe"
ONE_CLICK = "list_one_click"
PRECEDENCE = "precedence_bulk"
FEEDBACK_ID = "feedback_id"
SERVICE = "sending_service"
UNSUBSCRIBE_TEXT = "text_unsubscribe"
NEWSLETTER_WORDS = "newsletter_words"
AUTOMATIC = "automatic_mail"
NEWSLETTER_NAME = "newsletter_name"
CATALOGUE = "many_links"
MAILER_RETURN = "return_path_of_mailer"

MAX_TARGETS = 5
"""Links whose host is looked up among the sending services."""

MIN_NAME = 3
"""Letters of a name that must be there before they are looked for in an address."""

CATALOGUE_LINKS = 6
CATALOGUE_WORDS = 150
"""Links and words of a message that is read like a paper: letters have fewer of either."""

_TITLE = re2.compile(
    r"(?i)news ?letter|e-?zine\b|e-?news\b|\bdigest\b|\bdispatch\b|\bbulletin\b|\bgazette\b|\bnews\b|"
    r"\b(daily|weekly|monthly)\b|\bannouncements?\b|\bissue \W?\d|\bvol(ume)?\W{0,2}\d|\brundbrief\b|"
    r"\binfolettre\b|\bbolet[ií]n\b|\bbollettino\b|\bnieuwsbrief\b|\bnyhedsbrev\b|\bnyhetsbrev\b"
)
_NEWS_HOST = re2.compile(
    r"(^|\.)(e?news(letters?)?|mailings?|promo(tions)?|marketing|campaigns?|bulletins?)\d*\.[^.]+\."
)
_NEWS_LIST = re2.compile(r"(?i)<(e?news(letters?)?|announce(ments?)?|marketing|promo(tions)?|campaigns?)\b")
_MAILER_LOCAL = re2.compile(
    r"(?i)bounce|(^|[-._+])(owner|returns?|errors?|mailer|subscribers?)([-._+]|$)|=|\d{6,}"
)
_ANNOUNCEMENT = re2.compile(r"(?i)^\W*(\[[^\]]{1,60}\]\s*)?\W*ann(ounc(e|ed|es|ing|ements?))?\b")
_MACHINE_MAILER = re2.compile(r"(?i)\b(git admin|jenkins|bugzilla|jira|buildbot)\b")

_UNSUBSCRIBE = re2.compile(
    r"unsubscrib|opt.?out|manage (your )?(\w+ )?(preferences|subscription)|"
    r"abbestell|abmelde|newsletter (ab|k.ndig)|d.sabonn|d.sinscri|afmelden|uitschrijven|avregistrera|"
    r"darse de baja|cancelar (la |tu |su )?suscripci|cancelar (a )?(sua )?(inscri|assinatura)|descadastr|"
    r"disiscri|annulla l.iscrizione|отписаться|配信停止|登録解除|退订|wypisz"
)
_NEWSLETTER = re2.compile(
    r"newsletter|news ?letter|view (this )?(e?.?mail |message |it )?(in|on) (your |a )?(web ?)?browser|"
    r"(daily|weekly|monthly) "
    r"(digest|update|news|report|bulletin|summary|headlines|issue)|e.?zine|this week in|subscription center|"
    r"im browser (ansehen|.ffnen|anzeigen)|online.?version|version en ligne|"
    r"voir (ce message|cet e?.?mail) dans|ver en (el |tu )?navegador|"
    r"update your (profile|preferences|e?.?mail preferences)|why did i get this|"
    r"you (are )?(receiving|received) this (e?.?mail|newsletter|message) because|"
    r"(current|latest|back) issues?|in this issue|today's (headlines|news|top stories)|"
    r"issue (no|number|#)|advertise with us|to subscribe"
)
_AUTOMATIC_SENDER = re2.compile(
    r"(?i)^(no.?reply|do.?not.?reply|jenkins|buildbot|notifications?|ci|cron|root|git|jira|bot|build|mailer|news|newsletter|announce|alerts?|updates?)\b"
)


def check(message: Message, envelope: Envelope, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001
    """Mail to many."""
    if is_list(message) and _is_discussion(message):
        name = message.header("list-id") or message.header("precedence") or ""
        yield _header(DISCUSSION, "List-Id", name, "A letter in a discussion on a mailing list.")
        return
    yield from _lists(message)
    yield from _services(message, envelope)
    yield from _newsletter(message, envelope)
    yield from _words(message)


def _header(rule: str, field: str, value: str, reason: str) -> Finding:
    return Finding(rule, reason=clipped(reason), place="header", field=field, value=clipped(value))


def _lists(message: Message) -> Iterator[Finding]:
    unsubscribe = message.header("list-unsubscribe")
    if is_list(message):
        name = message.header("list-id") or message.header("precedence") or ""
        yield _header(LIST_ID, "List-Id", name, f"The message went through the list {quoted(name)}.")
    precedence = (message.header("precedence") or "").strip().lower()
    if precedence in {"bulk", "junk"}:
        yield _header(PRECEDENCE, "Precedence", precedence, "The sender marks the message as bulk.")
    if unsubscribe is not None:
        yield _header(
            UNSUBSCRIBE,
            "List-Unsubscribe",
            unsubscribe,
            "The message offers a way to unsubscribe in its headers.",
        )
    if message.header("list-unsubscribe-post") is not None:  # RFC 8058 3.1
        yield _header(
            ONE_CLICK, "List-Unsubscribe-Post", "", "The message offers to unsubscribe with one click."
        )
    if feedback := message.header("feedback-id"):
        yield _header(FEEDBACK_ID, "Feedback-ID", feedback, "The sender counts complaints by campaign.")


def _is_discussion(message: Message) -> bool:
    if _MACHINE_MAILER.search((message.header("x-mailer") or "")[:MAX_HEADER]):
        return False
    if message.in_reply_to or message.references or is_reply(message.subject):
        return True
    name = message.header_from.name if message.header_from else ""
    if _TITLE.search(name[:MAX_HEADER]) or _TITLE.search(message.subject[:MAX_HEADER]):
        return False
    return any(p.quoted for p in read(message).passages) or _is_letter_to_list(message)


def _is_letter_to_list(message: Message) -> bool:
    """A thread begins with it: a person writes to a list, and the list only passes it on."""
    sender, home = message.header_from, list_domain(message)
    if sender is None or not home or message.header("list-unsubscribe-post") is not None:
        return False
    if _NEWS_LIST.search((message.header("list-id") or "")[:MAX_HEADER]):
        return False
    if _AUTOMATIC_SENDER.search(sender.local) or _ANNOUNCEMENT.search(message.subject):
        return False
    reading = read(message)
    if len(reading.links) >= CATALOGUE_LINKS:
        return False
    via = sender.name.rpartition(" via ")[0]  # lists that write in their own name, for DMARC
    return reading.from_domain != home or bool(via) or _is_named_after(sender.local, sender.name)


def _is_named_after(local: str, name: str) -> bool:
    """The address is made from a person's name."""
    words = [word for word in folded(name).split() if len(word) >= MIN_NAME]
    return len(name.split()) >= 2 and any(word in folded(local) for word in words)


def _newsletter(message: Message, envelope: Envelope) -> Iterator[Finding]:
    """It calls itself one, it is as long and as full of links as one, and a mailer sent it."""
    sender, reading = message.header_from, read(message)
    name = sender.name if sender else ""
    if _TITLE.search(name[:MAX_HEADER]) or (sender and _NEWS_HOST.search(sender.domain)):
        shown = f"{name} {sender.address if sender else ''}".strip()
        yield _header(NEWSLETTER_NAME, "From", shown, "The sender calls itself a newsletter.")
    elif _TITLE.search(message.subject[:MAX_HEADER]):
        reason = "The subject is that of a newsletter."
        yield _header(NEWSLETTER_NAME, "Subject", message.subject, reason)
    if len(reading.links) >= CATALOGUE_LINKS and reading.words >= CATALOGUE_WORDS:
        reason = f"{reading.words} words with {len(reading.links)} links: more than a letter has."
        yield Finding(CATALOGUE, reason, "message", "links")
    local = envelope.mail_from.rpartition("@")[0]
    if _MAILER_LOCAL.search(local[:MAX_HEADER]):
        reason = "Errors go to an address that a mailing program made for this message."
        yield Finding(MAILER_RETURN, reason, "envelope", "mail_from", clipped(envelope.mail_from))


def _services(message: Message, envelope: Envelope) -> Iterator[Finding]:
    services = host_lists().senders_for_others
    hosts = [domain_of(envelope.mail_from), *(link.host for link in read(message).links[:MAX_TARGETS])]
    for host in hosts:
        if name := listed(host, services):
            yield _header(
                SERVICE,
                "envelope",
                host,
                f"The message was sent or is counted by the mailing service {name}.",
            )
            return


def _words(message: Message) -> Iterator[Finding]:
    reading = read(message)
    sender = message.header_from
    if message.header("auto-submitted") not in {None, "no"} or (
        sender and _AUTOMATIC_SENDER.search(sender.local)
    ):
        yield _header(AUTOMATIC, "From", sender.address if sender else "", "The sender is a machine.")
    for passage in reading.passages:
        match = _NEWSLETTER.search(passage.data)
        if match is not None:
            span = passage.characters(*match.span())
            reason = f"The text speaks as newsletters do: {quoted(passage.text[slice(*span)])}."
            yield Finding(
                NEWSLETTER_WORDS, reason, "body", "text", passage.text[slice(*span)], passage.part, *span
            )
            break
    for passage in reading.passages[1:]:
        match = _UNSUBSCRIBE.search(passage.data)
        if match is not None:
            span = passage.characters(*match.span())
            yield Finding(
                UNSUBSCRIBE_TEXT,
                "The text offers a way to unsubscribe.",
                "body",
                "text",
                passage.text[slice(*span)],
                passage.part,
                *span,
            )
            break
