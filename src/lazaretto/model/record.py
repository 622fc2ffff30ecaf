"""The record: our stored row of a message, its deliveries, its trace and what was done to it later."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lazaretto.model.disposition import DETECTIONS, AuthResult, Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.judgement import ListMatch


class RecordState(StrEnum):
    """How far a record has come."""

    RECEIVED = "received"  # bytes and record are durable, no decision yet
    DECIDED = "decided"
    DEFERRED = "deferred"  # the client was told to come back; nothing is owed
    REJECTED = "rejected"  # refused at the door, kept to be seen
    ABANDONED = "abandoned"  # the process died before the decision; the client got no 250


class DeliveryState(StrEnum):
    """Where one recipient's copy is."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    DEFERRED = "deferred"  # the next hop said not now, or the client was told to come back
    BOUNCED = "bounced"  # the next hop refused for good
    MOVED = "moved"
    MOVE_FAILED = "move_failed"
    NONE = "none"  # nothing is to be delivered: imported or copied mail


class Direction(StrEnum):
    """Which side of us a trace line is about."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Operation(StrEnum):
    """What can be done to a record after the decision."""

    MOVE = "MOVE"
    RELEASE = "RELEASE"
    RECLASSIFY = "RECLASSIFY"
    SUBMISSION = "SUBMISSION"
    QUARANTINE_RELEASE = "QUARANTINE_RELEASE"
    PREVIEW = "PREVIEW"


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One step on the way of a message, in words."""

    at: datetime
    direction: Direction
    text: str


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """One thing that someone did to a record."""

    operation: Operation
    at: datetime
    actor: str  # token or user name
    status: str  # "OK", "FAILED", ...
    recipient: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class FindingSummary:
    """A weighed finding in the form that lists and the detail view need."""

    rule: str
    title: str
    reason: str
    disposition: Disposition | None
    place: str
    field: str
    value: str
    attachment: str | None
    part: int | None
    start: int | None
    end: int | None
    points: float


@dataclass(frozen=True, slots=True)
class AttachmentSummary:
    """An attachment as the detail view shows it."""

    filename: str | None
    content_type: str
    detected_type: str
    size: int
    md5: str
    sha1: str
    sha256: str
    encrypted: bool
    disposition: Disposition | None


@dataclass(frozen=True, slots=True)
class LinkSummary:
    """A link as the detail view and the search index need it."""

    href: str
    shown: str
    host: str
    domain: str


@dataclass(frozen=True, slots=True)
class ValidationSummary:
    """Authentication as an analyst sees it."""

    spf: AuthResult
    dkim: AuthResult
    dmarc: AuthResult
    comment: str | None


@dataclass(frozen=True, slots=True)
class SenderSummary:
    """Where the boundary client belongs."""

    ip: str | None
    as_number: int | None
    as_name: str | None
    country: str | None
    domain: str | None  # registered domain of the header from, else of the return path


@dataclass(frozen=True, slots=True)
class Summary:
    """What a parsed and judged message shows in lists, in detail and to the search. Built by scan.summary."""

    subject: str
    from_address: str
    from_name: str
    to: tuple[str, ...]
    to_names: tuple[str, ...]
    cc: tuple[str, ...]
    reply_to: str
    message_id: str
    sent_at: datetime | None
    fingerprint: str
    structure_hash: str
    previous_hop_ip: str | None
    originating_ip: str | None
    headers: tuple[tuple[str, str], ...]
    findings: tuple[FindingSummary, ...]
    reasons: tuple[str, ...]
    categories: tuple[str, ...]
    attachments: tuple[AttachmentSummary, ...]
    links: tuple[LinkSummary, ...]
    validation: ValidationSummary
    sender: SenderSummary
    score: float
    ruleset: str
    body_words: str  # visible text for the search index, at most 20,000 characters; not stored in the row
    version: int = 1
    matches: tuple[ListMatch, ...] = ()  # entries of the account's lists that matched


@dataclass(frozen=True, slots=True)
class Delivery:
    """One recipient's way out."""

    id: int
    account: str
    record: int
    recipient: str
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    updated_at: datetime
    reply: str  # last reply of the next hop, "" if none
    tagged: bool
    generation: int  # 0 for the first sending, one more for each release
    outbound_queue_id: str | None = None  # the next hop's id, when its reply names one


@dataclass(frozen=True, slots=True)
class Record:
    """One message as we keep it."""

    number: int  # row number, allotted in order of arrival
    id: str  # investigate id: "{queue id}-{UTC second}-{8 digits}"
    envelope: Envelope
    state: RecordState
    blob: str  # sha-256 of the received bytes, 64 hex digits
    size: int
    scanned_at: datetime | None
    disposition: Disposition | None
    summary: Summary | None
    deliveries: tuple[Delivery, ...]
    actions: tuple[ActionEntry, ...]
    is_submission: bool
    bytes_kept: bool  # False once retention removed the blob

    @property
    def alert_id(self) -> str | None:
        """Only detections have one: "{queue id}-{UTC second}"."""
        return self.id.rsplit("-", 1)[0] if self.is_detection else None

    @property
    def is_detection(self) -> bool:
        """The disposition is one that an analyst should see."""
        return self.disposition in DETECTIONS

    @property
    def is_quarantined(self) -> bool:
        """At least one recipient's copy is held."""
        return any(d.state is DeliveryState.QUARANTINED for d in self.deliveries)

    @property
    def account(self) -> str:
        """The account that owns it."""
        return self.envelope.account
