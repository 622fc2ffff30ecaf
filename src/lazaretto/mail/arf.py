"""Feedback reports: what the machine readable part of a complaint about a message says. RFC 5965.

The part is a block of fields like a message header. A field that may stand once counts where it stands first,
a field that may repeat is a list, and a name that nobody registered is kept with the rest.
Reading never fails: what the format requires and the part lacks is named in `missing`.

Limits: MAX_FIELDS fields, MAX_VALUE characters of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lazaretto.mail.dates import parse_date
from lazaretto.mail.domains import is_ip
from lazaretto.mail.parse import parse_headers
from lazaretto.model.message import Header

MAX_FIELDS = 200
"""Fields that are kept: a report about one message has about twenty, a hostile one has a thousand."""

MAX_VALUE = 1_000
"""Characters of one field that are kept: addresses and URLs, none of which is longer in earnest."""

FEEDBACK_TYPE = "message/feedback-report"

REQUIRED = ("feedback-type", "user-agent", "version")  # RFC 5965 3.1


@dataclass(frozen=True, slots=True)
class Feedback:
    """One machine readable part."""

    type: str  # "abuse", "fraud", "virus", "not-spam", "other", ...: lower case, "" when it is not said
    user_agent: str
    version: str
    original_mail_from: str  # without angle brackets
    original_rcpt_to: tuple[str, ...]
    arrival_date: datetime | None
    source_ip: str | None
    reported_domains: tuple[str, ...]
    reported_uris: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]  # everything, names in lower case
    missing: tuple[str, ...]  # required fields that are not there


def read_feedback(content: bytes) -> Feedback:
    """The fields of a part of type message/feedback-report."""
    fields = tuple((h.key, h.value[:MAX_VALUE]) for h in _fields(content)[:MAX_FIELDS])
    received = _first(fields, "arrival-date", "received-date")  # the second is of older drafts
    address = _first(fields, "source-ip").strip("[]")
    return Feedback(
        type=_first(fields, "feedback-type").lower(),
        user_agent=_first(fields, "user-agent"),
        version=_first(fields, "version"),
        original_mail_from=_bare(_first(fields, "original-mail-from")),
        original_rcpt_to=tuple(_bare(value) for value in _all(fields, "original-rcpt-to")),
        arrival_date=parse_date(received) if received else None,
        source_ip=address if is_ip(address) else None,
        reported_domains=_all(fields, "reported-domain"),
        reported_uris=_all(fields, "reported-uri"),
        fields=fields,
        missing=tuple(name for name in REQUIRED if not _first(fields, name)),
    )


def _fields(content: bytes) -> Sequence[Header]:
    """An empty line before the first field ends the block for a strict reader: it is passed over."""
    return parse_headers(content.lstrip(b"\r\n \t"))


def _all(fields: Sequence[tuple[str, str]], name: str) -> tuple[str, ...]:
    return tuple(value.strip() for key, value in fields if key == name and value.strip())


def _first(fields: Sequence[tuple[str, str]], *names: str) -> str:
    return next((value for name in names for value in _all(fields, name)), "")


def _bare(address: str) -> str:
    return address.strip().strip("<>").strip()
