"""Finding the message that a report mail complains about, and what its sender says that the message is.

A report carries the message as an attached message (whatever its transfer encoding), as a file that holds
one (whatever type was declared), or as the third part of a feedback report, there perhaps its header block
alone.
Only the outermost messages count: what is attached to a reported message belongs to it.
Reading never fails: where nothing can be found the problem says why, in words for whoever reported.

The subject may begin with what report buttons of Outlook write there: "1|" or "Junk:", "2|" or "Not junk:",
"3|" or "Phishing:"; what follows it is the button's own bookkeeping.

Limits: MAX_REPORTED messages, MAX_FILES files that are looked at, MAX_SAID characters of what was written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lazaretto.mail.arf import FEEDBACK_TYPE, Feedback, read_feedback
from lazaretto.mail.charset import decode_text
from lazaretto.mail.defects import DefectList
from lazaretto.mail.html import read_html
from lazaretto.mail.mime import MESSAGE_TYPES, decode_body, read_tree
from lazaretto.mail.parse import parse_headers
from lazaretto.model.disposition import Disposition
from lazaretto.model.message import Part

MAX_REPORTED = 10
"""Messages of one report: a user selects some and forwards them; each one is scanned."""

MAX_FILES = 50
"""Files that are decoded to see whether they are messages."""

MAX_SAID = 2_000
"""Characters of what the reporter wrote that are kept."""

MAX_PAGE = 20_000
"""Characters of a page that are looked through for what the reporter wrote."""

Kind = Literal["message", "headers"]

AUTOMATIC = "This is a notification about a delivery, written by a mail server, and no report."
NOTHING_ATTACHED = "No message is attached. Forward the message as an attachment, or use a report button."
WRONG_TYPE = "What is attached is no message. Attach the message itself, as a file ending in .eml."
OUTLOOK_ITEM = "An Outlook item is attached, which only Outlook can read. Attach the message as .eml."
EMPTY = "The attached message is empty."
NOT_A_MESSAGE = "The attached file ends in .eml and holds no message."

_NOTIFICATIONS = frozenset(
    {"message/delivery-status", "message/global-delivery-status", "message/disposition-notification"}
)
_HEADER_TYPES = frozenset({"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"})
_FILE_TYPES = frozenset({"application/octet-stream", "application/eml", "application/x-eml"})
_OUTLOOK_TYPES = frozenset({"application/vnd.ms-outlook", "application/ms-tnef", "application/vnd.ms-tnef"})
_KNOWN = frozenset(
    {"from", "to", "subject", "date", "message-id", "received", "return-path", "mime-version", "content-type"}
)
_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}\Z")
_PREFIX = re.compile(r"\s*(?:([123])\s?\||(not[ -]?junk|junk|phishing|phish)\s?:)", re.IGNORECASE)
_ASKED = {
    "1": Disposition.SPAM,
    "2": Disposition.NONE,
    "3": Disposition.MALICIOUS,
    "junk": Disposition.SPAM,
    "notjunk": Disposition.NONE,
    "phishing": Disposition.MALICIOUS,
    "phish": Disposition.MALICIOUS,
}
_FEEDBACK = {
    "fraud": Disposition.MALICIOUS,
    "virus": Disposition.MALICIOUS,
    "abuse": Disposition.SPAM,
    "not-spam": Disposition.NONE,  # RFC 6430 2
}
_ADDRESS_WORDS = {
    "spam": Disposition.SPAM,
    "junk": Disposition.SPAM,
    "ham": Disposition.NONE,
    "notspam": Disposition.NONE,
    "notjunk": Disposition.NONE,
}


@dataclass(frozen=True, slots=True)
class Reported:
    """One message that is complained about."""

    raw: bytes
    kind: Kind  # headers: only its header block was given


@dataclass(frozen=True, slots=True)
class Report:
    """A report mail, read. Either something was found, or the problem is named."""

    reported: tuple[Reported, ...]
    feedback: Feedback | None  # of a report that machines can read
    said: str  # what the reporter wrote
    problem: str | None
    more: bool = False  # there were more messages than are taken


def read_report(raw: bytes) -> Report:
    """Everything that a report mail holds. Of its content only what is needed is decoded."""
    tree = read_tree(raw, DefectList())
    top = tuple(_outermost(entity.part for entity in tree.entities))
    automatic = any(part.content_type in _NOTIFICATIONS for part in top)
    found = () if automatic else tuple(_messages(top, raw))
    given = tuple(one for one in found if one.raw.strip())
    if not given and not automatic:
        given = tuple(Reported(head, "headers") for head in _headers(top, raw))
    return Report(
        reported=given[:MAX_REPORTED],
        feedback=_feedback(top, raw),
        said=_said(top, raw),
        problem=None if given else AUTOMATIC if automatic else _problem(top, found),
        more=len(given) > MAX_REPORTED,
    )


def asked_disposition(subject: str, feedback: Feedback | None, address: str) -> Disposition:
    """What the reporter says it is: by the subject, the feedback type, the address; else MALICIOUS."""
    if found := _PREFIX.match(subject[:MAX_SAID]):
        word = found[1] or re.sub(r"[ -]", "", found[2].lower())
        return _ASKED[word]
    if feedback is not None and feedback.type in _FEEDBACK:
        return _FEEDBACK[feedback.type]
    words = re.split(
        r"[^a-z]+", address.lower().partition("@")[0].replace("not-", "not").replace("not.", "not")
    )
    return next((_ADDRESS_WORDS[word] for word in words if word in _ADDRESS_WORDS), Disposition.MALICIOUS)


def _outermost(parts: Iterable[Part]) -> Iterator[Part]:
    """All parts that are not inside an attached message, the attached messages included."""
    inside: set[int] = set()
    for part in parts:
        if part.parent is not None and part.parent in inside:
            inside.add(part.index)
            continue
        if part.content_type in MESSAGE_TYPES:
            inside.add(part.index)
        yield part


def _messages(top: tuple[Part, ...], raw: bytes) -> Iterator[Reported]:
    """What is declared a message, and what is a file that holds one."""
    looks = MAX_FILES
    for part in top:
        if part.content_type in MESSAGE_TYPES:
            yield Reported(decode_body(raw, part), "message")
        elif _may_hold_message(part) and looks > 0:
            looks -= 1
            content = decode_body(raw, part)
            if not content.strip() or is_message(content):
                yield Reported(content, "message")


def _may_hold_message(part: Part) -> bool:
    if part.multipart or part.content_type in _HEADER_TYPES or part.content_type == FEEDBACK_TYPE:
        return False
    name = (part.filename or "").lower()
    return name.endswith(".eml") or (part.content_type in _FILE_TYPES and not _EXTENSION.search(name))


def is_message(content: bytes) -> bool:
    """The bytes begin like a message: with header fields, two known ones among them."""
    known = {header.key for header in parse_headers(content)} & _KNOWN
    return len(known) > 1


def _headers(top: tuple[Part, ...], raw: bytes) -> Iterator[bytes]:
    for part in top:
        if part.content_type in _HEADER_TYPES:
            content = decode_body(raw, part)
            if is_message(content):
                yield content


def _feedback(top: tuple[Part, ...], raw: bytes) -> Feedback | None:
    part = next((part for part in top if part.content_type == FEEDBACK_TYPE), None)
    return read_feedback(decode_body(raw, part)) if part is not None else None


def _said(top: tuple[Part, ...], raw: bytes) -> str:
    """What the reporter wrote: the first plain text, else the first page without its markup."""
    for wanted in ("text/plain", "text/html"):
        for part in top:
            if part.content_type == wanted and part.filename is None and part.disposition != "attachment":
                text, _ = decode_text(decode_body(raw, part), part.charset)
                if said := (text if wanted == "text/plain" else _visible(text)).strip():
                    return said[:MAX_SAID]
    return ""


def _visible(page: str) -> str:
    """Without a tree: the builder of trees is not for the process that takes mail in."""
    return read_html(page[:MAX_PAGE], 0, DefectList(), tree=False).visible


def _problem(top: tuple[Part, ...], found: tuple[Reported, ...]) -> str:
    """Why nothing was found, the most helpful reason first."""
    if found:
        return EMPTY
    files = [part for part in top if part.filename is not None or part.disposition == "attachment"]
    names = [(part.filename or "").lower() for part in files]
    if any(name.endswith(".eml") for name in names):
        return NOT_A_MESSAGE
    if any(part.content_type in _OUTLOOK_TYPES for part in top) or any(
        name.endswith(".msg") for name in names
    ):
        return OUTLOOK_ITEM
    return WRONG_TYPE if files else NOTHING_ATTACHED
