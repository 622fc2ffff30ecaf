"""Bulk jobs: one wish over everything that a search finds, and one item for each message and recipient."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lazaretto.model.disposition import Disposition
from lazaretto.model.record import DeliveryState


class Destination(StrEnum):
    """The folders that every kind of mailbox has, by whatever name."""

    INBOX = "Inbox"
    JUNK = "JunkEmail"
    DELETED = "DeletedItems"
    RECOVERABLE = "RecoverableItemsDeletions"  # deleted, the user can bring it back
    PURGED = "RecoverableItemsPurges"  # deleted, only an administrator can


class MoveStatus(StrEnum):
    """What became of the wish to move one copy."""

    OK = "OK"  # it is there now, or was there already
    FAILED = "FAILED"  # the mailbox could not do it now
    NOT_FOUND = "NOT_FOUND"  # no such message, or it is not in the mailbox
    NO_INTEGRATION = "NO_INTEGRATION"  # nobody told us how to reach this mailbox
    QUARANTINED = "QUARANTINED"  # the copy is held here and never came to a mailbox
    NOT_ALLOWED = "NOT_ALLOWED"  # the mailbox refuses for good


class JobAction(StrEnum):
    """What a job does to each copy."""

    MOVE = "MOVE"
    RELEASE = "RELEASE"


class JobStatus(StrEnum):
    """How far a job has come."""

    PENDING = "PENDING"
    DISCOVERING = "DISCOVERING"  # items are being recorded
    PROCESSING = "PROCESSING"  # the set is complete, items are worked on
    COMPLETED = "COMPLETED"  # every item has ended, not all need to have succeeded
    FAILED = "FAILED"  # the search could not be made, or no item that was tried succeeded
    CANCELLED = "CANCELLED"

    @property
    def terminal(self) -> bool:
        """Nothing will be done any more."""
        return self in TERMINAL


TERMINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})


class ItemStatus(StrEnum):
    """How far one item has come."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"  # an attempt is under way, or the released copy is
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"  # the search found it and the job cannot act on it


@dataclass(frozen=True, slots=True)
class JobSearch:
    """The search as it was asked for, with the times and defaults that were taken."""

    start: datetime
    end: datetime  # not later than the creation of the job
    detections_only: bool = True
    submissions: bool = False
    action_log: bool = False  # changes nothing
    query: str | None = None
    subject: str | None = None
    exact_subject: str | None = None
    final_disposition: Disposition | None = None
    delivery_status: DeliveryState | None = None
    message_action: str | None = None
    sender: str | None = None
    recipient: str | None = None
    domain: str | None = None
    helo_ip: str | None = None
    message_id: str | None = None
    alert_id: str | None = None
    metric: str | None = None  # changes nothing
    link_host: str | None = None
    attachment: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Items of a job by how they ended. What has not ended is pending, so the sum always holds."""

    discovered: int = 0
    successful: int = 0
    failed: int = 0
    skipped: int = 0
    cancelled: int = 0

    @property
    def pending(self) -> int:
        """Items that have not ended, those under way included."""
        return self.discovered - self.successful - self.failed - self.skipped - self.cancelled


@dataclass(frozen=True, slots=True)
class Job:
    """One bulk job."""

    number: int  # row number, in the order of creation
    id: str  # UUID
    account: str
    action: JobAction
    destination: Destination | None  # of a MOVE; of an undo it is that of its first item
    comment: str | None
    actor: str  # who created it: the name in the action log of every message
    search: JobSearch
    status: JobStatus
    status_message: str | None
    paused: bool
    undo_of: str | None  # id of the job whose items are brought back
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class JobItem:
    """One message and recipient of a job."""

    number: int
    id: str  # UUID
    record: int  # number of the record, which may be gone by now
    queue_id: str
    recipient: str
    folder: str | None  # where it goes, when this differs from item to item
    origin: str | None  # where it was before it was moved
    status: ItemStatus
    status_message: str | None
    retries: int
    retry_at: datetime | None
    created_at: datetime
    processed_at: datetime | None
