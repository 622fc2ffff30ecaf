"""Signs of mail to many: list headers, unsubscribe headers, sending services, the words of newsletters.

Rules: a letter of a discussion list is mail of a person. It is told from a newsletter by what it answers
and quotes.
"""

from collections.abc import Iterator

import re2

from lazaretto.mail.domains import domain_of
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.finding import Finding
from lazaretto.model.message import Message
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.hosts import host_lists, listed
from lazaretto.scan.reading import read
from lazaretto.scan.thread import is_list, is_reply

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

MAX_TARGETS = 5
"""Links whose host is looked up among the sending services."""

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
    if message.in_reply_to or message.references or is_reply(message.subject):
        return True
    return any(p.quoted for p in read(message).passages)


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
