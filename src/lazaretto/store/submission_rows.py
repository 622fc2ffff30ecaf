"""Rows of the table of submissions to our dataclasses."""

from collections.abc import Iterable
from typing import Any

from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import (
    Escalation,
    FollowUp,
    Original,
    Outcome,
    Processing,
    Purpose,
    Review,
    Submission,
    SubmissionType,
)
from lazaretto.store import codec
from lazaretto.store.times import moment, moment_or_none

COLUMNS = (
    "number, account, type, purpose, requested_at, requested_by, requested, record, report, queue_id,"
    " fingerprint, disposition, subject, blob, escalates, follow_up, processing, review, outcome,"
    " outcome_disposition, reason, similar_count, escalated_as, escalated_at, escalated_by, escalated_to,"
    " decided_at, completed_at, attempts"
)


def read_submission(row: Iterable[Any]) -> Submission:
    """A row of COLUMNS."""
    (
        number,
        account,
        type_,
        purpose,
        requested_at,
        requested_by,
        requested,
        record,
        report,
        queue_id,
        fingerprint,
        disposition,
        subject,
        blob,
        escalates,
        follow_up,
        processing,
        review,
        outcome,
        outcome_disposition,
        reason,
        similar,
        *escalation,
        decided_at,
        completed_at,
        attempts,
    ) = row
    return Submission(
        id=str(number),
        account=account,
        type=SubmissionType(type_),
        purpose=Purpose(purpose),
        requested_at=moment(requested_at),
        requested_by=requested_by,
        original=Original(record, queue_id, fingerprint, _disposition(disposition), subject),
        requested=_disposition(requested),
        blob=blob,
        report=report,
        escalates=None if escalates is None else str(escalates),
        follow_up=codec.decode(follow_up, FollowUp),
        processing=Processing(processing),
        review=Review(review),
        outcome=Outcome(outcome) if outcome else None,
        outcome_disposition=_disposition(outcome_disposition),
        reason=reason,
        similar=similar,
        escalation=_escalation(*escalation),
        decided_at=moment_or_none(decided_at),
        completed_at=moment_or_none(completed_at),
        attempts=attempts,
    )


def _disposition(word: str | None) -> Disposition | None:
    return Disposition(word) if word else None


def _escalation(as_: str | None, at: int | None, by: str | None, to: int | None) -> Escalation | None:
    if as_ is None or at is None or by is None or to is None:
        return None
    return Escalation(Disposition(as_), moment(at), by, str(to))
