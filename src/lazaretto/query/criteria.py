"""Search criteria: every filter of the investigation search as one value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lazaretto.model.disposition import Disposition
from lazaretto.model.record import DeliveryState

MessageAction = Literal["PREVIEW", "QUARANTINE_RELEASED", "MOVED"]


@dataclass(frozen=True, slots=True)
class Criteria:
    """All given filters must hold. None means not asked for."""

    start: datetime  # inclusive, on the time of the scan
    end: datetime  # exclusive
    detections_only: bool = True
    submissions: bool = False  # look in the store of submissions instead of the regular one
    words: tuple[str, ...] = ()  # the free query: every word must occur, case-insensitive, whole word
    subject_words: tuple[str, ...] = ()  # every word occurs in the subject, any order
    exact_subject: str | None = None
    dispositions: frozenset[Disposition] | None = (
        None  # any of these; the API widens MALICIOUS to include BEC
    )
    delivery_status: DeliveryState | None = None
    message_action: MessageAction | None = None
    sender: str | None = None  # an address or a domain: header from or return path
    recipient: str | None = None  # an address or a domain: envelope recipients, To, Cc
    domain: str | None = None  # of the sender, of a recipient or of a link
    helo_ip: str | None = None
    message_id: str | None = None
    alert_id: str | None = None
    link_host: str | None = None  # the exact host of a link
    attachment: str | None = None  # SHA-256 of an attachment, hex
    fingerprint: str | None = None  # the fuzzy hash of the content


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins, newest first. Positions are stored, unique and in the order of the scans."""

    before: int  # only rows with a smaller position
    skip: int = 0  # rows to skip after that
