"""Submissions as they are published, and what creates, escalates and reviews them.

`requested_ts` is an older name of `requested_at`. `purpose`, `reason` and `similar_count` are ours: how the
outcome came about, and how many messages are like this one. The filter spells the type TEAM, the result Team.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from lazaretto.actions.verdicts import published
from lazaretto.api.paging import Paged
from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.model.disposition import Disposition
from lazaretto.model.job import Destination
from lazaretto.model.submission import Submission as Stored
from lazaretto.query.submissions import Direction, Order

Said = Literal["MALICIOUS", "SUSPICIOUS", "SPOOF", "SPAM", "BULK", "NONE"]
Reviewed = Literal["escalated", "reviewed", "unreviewed"]
FollowUp = Literal["none", "release", "move"]

MAX_MESSAGES = 1_000
"""Messages of one request: as many as may be released or moved at once."""

MAX_NOTE = 1_000
"""Characters that an analyst may write about a review."""

Reference = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One submission."""

    submission_id: str
    requested_at: str
    requested_ts: str
    requested_by: str
    type: Literal["Team", "User"]
    customer_status: Reviewed
    status: str
    outcome: str | None
    original_disposition: Said | None
    requested_disposition: Said | None
    outcome_disposition: Said | None
    original_edf_hash: str | None
    original_postfix_id: str | None
    subject: str | None
    escalated_as: Said | None
    escalated_at: str | None
    escalated_by: str | None
    escalated_submission_id: str | None
    purpose: str
    reason: str | None
    similar_count: int | None
    completed_at: str | None


class Reclassify(msgspec.Struct, frozen=True, kw_only=True):
    """What a message really is. `follow_up` and `destination` are ours."""

    expected_disposition: Said
    eml_content: str | None = None  # base64
    escalated_submission_id: Reference | None = None
    follow_up: FollowUp | None = None
    destination: Destination | None = None


class Item(Reclassify, frozen=True, kw_only=True):
    """The same with the message that is meant, by either name."""

    id: Reference | None = None
    postfix_id: Reference | None = None


class Create(msgspec.Struct, frozen=True, kw_only=True):
    """Several at once: all are made, or none."""

    type: Literal["reclassification", "missed_detection"]
    messages: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=MAX_MESSAGES)]


class Escalate(msgspec.Struct, frozen=True, kw_only=True):
    """What the analyst says; without it what the user said."""

    expected_disposition: Said | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What the analyst found; without an outcome that of our scan stays."""

    outcome: Literal["accepted", "rejected"] | None = None
    note: Annotated[str, msgspec.Meta(max_length=MAX_NOTE)] | None = None


class Listing(Paged, frozen=True, kw_only=True):
    """The filters and the order of the list."""

    start: datetime | None = None
    end: datetime | None = None
    type: Literal["TEAM", "USER"] | None = None
    submission_id: str | None = None
    original_disposition: Said | None = None
    requested_disposition: Said | None = None
    outcome_disposition: Said | None = None
    status: Reviewed | None = None
    customer_status: Reviewed | None = None
    query: str | None = None
    escalated_from_user: bool | None = None
    order: Order | None = None
    direction: Direction | None = None


RECLASSIFY = msgspec.json.Decoder(Reclassify)
CREATE = msgspec.json.Decoder(Create)
ESCALATE = msgspec.json.Decoder(Escalate)
REVIEW = msgspec.json.Decoder(Review)


def submission(stored: Stored) -> Submission:
    """One stored submission in its published form."""
    original, escalation = stored.original, stored.escalation
    requested_at = rfc3339(stored.requested_at)
    return Submission(
        submission_id=stored.id,
        requested_at=requested_at,
        requested_ts=requested_at,
        requested_by=stored.requested_by,
        type=stored.type.value,
        customer_status=stored.review.value,
        status=stored.processing.value,
        outcome=stored.outcome.value if stored.outcome else None,
        original_disposition=_said(original.disposition),
        requested_disposition=_said(stored.requested),
        outcome_disposition=_said(stored.outcome_disposition),
        original_edf_hash=original.fingerprint,
        original_postfix_id=original.queue_id,
        subject=original.subject or None,
        escalated_as=_said(escalation.as_) if escalation else None,
        escalated_at=rfc3339(escalation.at) if escalation else None,
        escalated_by=escalation.by if escalation else None,
        escalated_submission_id=escalation.submission if escalation else None,
        purpose=stored.purpose.value,
        reason=stored.reason or None,
        similar_count=stored.similar,
        completed_at=rfc3339_or_none(stored.completed_at),
    )


def _said(disposition: Disposition | None) -> Said | None:
    """One of the six words, null for those that say nothing about the content."""
    six = published(disposition) if disposition else None
    return _WORDS[six] if six else None


_WORDS: dict[Disposition, Said] = {
    Disposition.MALICIOUS: "MALICIOUS",
    Disposition.SUSPICIOUS: "SUSPICIOUS",
    Disposition.SPOOF: "SPOOF",
    Disposition.SPAM: "SPAM",
    Disposition.BULK: "BULK",
    Disposition.NONE: "NONE",
}
