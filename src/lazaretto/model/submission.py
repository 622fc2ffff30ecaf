"""Submissions: someone says what a message really is, and what became of that.

A user submission comes from the person who got the mail; it waits until an analyst reviews it or escalates
it. A team submission comes from an analyst or a program that acts for one; its word holds.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from lazaretto.model.disposition import Disposition

REQUESTABLE: tuple[Disposition, ...] = (
    Disposition.MALICIOUS,
    Disposition.SUSPICIOUS,
    Disposition.SPOOF,
    Disposition.SPAM,
    Disposition.BULK,
    Disposition.NONE,
)
"""What a submission may ask for, and all that it shows: the published set of six."""


class SubmissionType(StrEnum):
    """Who speaks."""

    TEAM = "Team"
    USER = "User"


class Purpose(StrEnum):
    """What is said."""

    RECLASSIFICATION = "reclassification"  # the disposition that we gave is wrong
    MISSED_DETECTION = "missed_detection"  # it was let through and should not have been
    REPORT = "report"  # a user's report by mail


class Processing(StrEnum):
    """How far the work has come."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"  # the work could not be done; the reason says why
    INVALID = "invalid"  # there was nothing to work on; the reason says why


class Review(StrEnum):
    """What people have done with it."""

    UNREVIEWED = "unreviewed"  # no analyst has looked at a user's submission
    REVIEWED = "reviewed"  # team submissions always are
    ESCALATED = "escalated"  # a team submission was made of it


class Outcome(StrEnum):
    """Whether the wish was granted."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


FollowUpKind = Literal["none", "release", "move", "suitable"]
"""suitable: let held copies go when the message is harmless, move delivered ones away when it is not."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is to be done with the message afterwards."""

    kind: FollowUpKind = "none"
    destination: str | None = None  # a folder, for moves; None: the one that suits the disposition


@dataclass(frozen=True, slots=True)
class Original:
    """The message that is spoken of, as it was when the submission was made."""

    record: int | None  # row number; None when we never saw it come by
    queue_id: str | None
    fingerprint: str | None
    disposition: Disposition | None
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A submission that is to be made."""

    account: str
    type: SubmissionType
    purpose: Purpose
    requested_by: str  # a token or user name, or the address of who reported
    original: Original
    requested: Disposition | None  # one of REQUESTABLE; None when a user only says that it looks odd
    blob: str | None = None  # the bytes that came with it: an uploaded EML, or what was attached to a report
    report: int | None = None  # row number of the mail that brought it, in the store of submissions
    escalates: str | None = None  # id of the user submission that this one takes up
    follow_up: FollowUp = FollowUp()
    invalid: str | None = None  # there is nothing to work on: the sentence that says why


@dataclass(frozen=True, slots=True)
class Escalation:
    """A user submission that an analyst took up."""

    as_: Disposition
    at: datetime
    by: str
    submission: str  # id of the team submission that came of it


@dataclass(frozen=True, slots=True)
class Submission:
    """One submission as it is now."""

    id: str  # decimal digits
    account: str
    type: SubmissionType
    purpose: Purpose
    requested_at: datetime
    requested_by: str
    original: Original
    requested: Disposition | None
    blob: str | None
    report: int | None
    escalates: str | None
    follow_up: FollowUp
    processing: Processing
    review: Review
    outcome: Outcome | None
    outcome_disposition: Disposition | None
    reason: str  # sentences for people: how the outcome came about, or what was wrong; "" while pending
    similar: int | None  # messages like this one, counted when it was judged
    escalation: Escalation | None
    decided_at: datetime | None  # the message carries the outcome since then
    completed_at: datetime | None
    attempts: int  # times that the work was begun


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said that a message is: kept for whoever trains a classifier."""

    account: str
    record: int
    blob: str
    label: Disposition
    by: str
    at: datetime
    submission: str
