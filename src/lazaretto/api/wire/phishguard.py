"""Reports as the PhishGuard call gives them: what people reported, each with the message that it is about.

`id` is a number here, while submissions have their ids as text; it is the same number.
Tags say what the published fields have no place for.
"""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.times import rfc3339
from lazaretto.model.disposition import Disposition
from lazaretto.model.record import Record
from lazaretto.model.report import ReportMail
from lazaretto.model.submission import Submission


class Fields(msgspec.Struct, frozen=True):
    """The message."""

    to: tuple[str, ...]
    from_: str | None = msgspec.field(name="from")
    postfix_id: str | None
    occurred_at: str | UnsetType = UNSET
    ts: str | UnsetType = UNSET


class Tag(msgspec.Struct, frozen=True):
    """One more thing to know."""

    category: str
    value: str


class Report(msgspec.Struct, frozen=True):
    """ReportListResponse of the contract."""

    id: int
    title: str
    content: str
    priority: str
    disposition: str
    fields: Fields
    created_at: str
    updated_at: str
    ts: str
    tags: tuple[Tag, ...]


_PRIORITIES = {
    Disposition.MALICIOUS: "high",
    Disposition.MALICIOUS_BEC: "high",
    Disposition.SUSPICIOUS: "medium",
    Disposition.SPOOF: "medium",
    Disposition.UNKNOWN: "medium",
}
"""By what our scan says: people report newsletters as attacks, and attacks as newsletters."""


def report(submission: Submission, message: Record | None, mail: ReportMail | None) -> Report:
    """A user submission; `message` is what it is about, `mail` what brought it."""
    disposition = _disposition(submission, message)
    at = rfc3339(submission.requested_at)
    return Report(
        id=int(submission.id),
        title=submission.original.subject or "(no subject)",
        content="\n\n".join(filter(None, (mail.said if mail else "", submission.reason))),
        priority=_PRIORITIES.get(disposition, "low"),
        disposition=disposition.value,
        fields=_fields(submission, message),
        created_at=at,
        updated_at=rfc3339(_updated(submission)),
        ts=at,
        tags=tuple(_tags(submission, mail)),
    )


def _disposition(submission: Submission, message: Record | None) -> Disposition:
    found = submission.outcome_disposition or (message.disposition if message else None)
    return found or submission.original.disposition or Disposition.UNKNOWN


def _fields(submission: Submission, message: Record | None) -> Fields:
    if message is None:
        return Fields((), None, submission.original.queue_id)
    summary, envelope = message.summary, message.envelope
    at = rfc3339(envelope.received_at)
    return Fields(
        to=(summary.to if summary else ()) or tuple(r.address for r in envelope.recipients),
        from_=((summary.from_address if summary else "") or envelope.mail_from) or None,
        postfix_id=envelope.queue_id,
        occurred_at=at,
        ts=at,
    )


def _updated(submission: Submission) -> datetime:
    known = (submission.requested_at, submission.decided_at, submission.completed_at)
    escalated = submission.escalation.at if submission.escalation else None
    return max(at for at in (*known, escalated) if at is not None)


def _tags(submission: Submission, mail: ReportMail | None) -> list[Tag]:
    tags = [Tag("reporter", submission.requested_by), Tag("status", submission.processing.value)]
    tags.append(Tag("review", submission.review.value))
    if submission.requested is not None:
        tags.append(Tag("requested", submission.requested.value))
    if mail is not None and mail.standing is not None:
        tags.append(Tag("standing", mail.standing.value))
    return tags
