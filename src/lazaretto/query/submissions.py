"""What a list of submissions may be narrowed by, and its order, as one value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import Review, SubmissionType

Order = Literal[
    "submission_id",
    "subject",
    "original_disposition",
    "requested_disposition",
    "outcome_disposition",
    "requested_at",
]
Direction = Literal["asc", "desc"]


@dataclass(frozen=True, slots=True)
class SubmissionCriteria:
    """All given filters must hold. None means not asked for."""

    start: datetime  # inclusive, on the time of the request
    end: datetime  # exclusive
    type: SubmissionType | None = None
    id: str | None = None
    original: frozenset[Disposition] | None = None  # any of these
    requested: frozenset[Disposition] | None = None
    outcome: frozenset[Disposition] | None = None
    review: Review | None = None
    words: tuple[
        str, ...
    ] = ()  # each occurs in the subject, the id, the queue id, the fingerprint or the name
    escalated_from_user: bool | None = None  # True: a user said so first
    record: int | None = None
    order: Order = "requested_at"
    direction: Direction = "desc"
