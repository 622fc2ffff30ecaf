"""What the account knows of a message that somebody hands in later: its record, and how it came in.

Limits: found by Message-ID and author, so a message without a Message-ID is never found; of one Message-ID
MAX_NAMESAKES records are looked at.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from lazaretto.intake.envelopes import stored_envelope
from lazaretto.intake.sources import Found
from lazaretto.mail.address import parse_addresses
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.message import Header
from lazaretto.model.record import Record
from lazaretto.query.criteria import Criteria
from lazaretto.store.search import search
from lazaretto.store.transaction import Transaction

PROTOCOL = "REPORT"
"""The protocol in the envelope of a reported message: it came in through no door."""

LOOK_BACK = timedelta(days=400)
"""How long before its report a message may have come: longer than records are kept by default."""

MAX_NAMESAKES = 20
"""Records with one Message-ID that are looked at: whoever wants can send a thousand."""


async def find_original(
    tx: Transaction, account: str, headers: tuple[Header, ...], *, reporter: str, at: datetime
) -> Record | None:
    """The regular record with this Message-ID and author, one that the reporter got before others."""
    values = {header.key: header.value for header in reversed(headers)}
    message_id = values.get("message-id", "").strip()
    author = next((found.address.lower() for found in parse_addresses(values.get("from", ""))), "")
    if not message_id:
        return None
    anybodys = Criteria(
        start=at - LOOK_BACK, end=at + LOOK_BACK, detections_only=False, message_id=message_id
    )
    for criteria in (replace(anybodys, recipient=reporter), anybodys):
        page = await search(tx, account, criteria, None, MAX_NAMESAKES)
        known = [one for one in page.records if one.summary and one.summary.from_address.lower() == author]
        if known:
            return next((one for one in known if _came_to(one, reporter)), known[0])
    return None


def _came_to(record: Record, person: str) -> bool:
    """To them by the envelope: the header of the same mail to somebody else may name them too."""
    return any(recipient.address.lower() == person.lower() for recipient in record.envelope.recipients)


def handed_in(
    raw: bytes,
    headers: tuple[Header, ...],
    original: Record | None,
    *,
    account: str,
    queue_id: str,
    reporter: str,
    at: datetime,
) -> Envelope:
    """How the message came in, as far as it is known: from its record, else from its own headers."""
    if original is not None:
        known = original.envelope
    else:
        found = Found(path="", name="", id="", raw=raw)
        known = stored_envelope(found, None, account=account, queue_id=queue_id, at=at, headers=headers)
    return replace(
        known,
        queue_id=queue_id,
        mode=Mode.REVIEW_SUBMISSION,
        recipients=known.recipients or (Recipient(reporter),),
        received_at=at,
        protocol=PROTOCOL,
        tls=None,
        ret=None,
        envid=None,
        reporting=False,
    )
