"""Rescans: a replay that was asked for over the API and runs in the background."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.replay import Outcome


class RescanStatus(StrEnum):
    """How far it is."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"  # the reason says why


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, as it is stored."""

    search: bytes  # the criteria as JSON; empty when ids are named
    ids: tuple[str, ...]
    limit: int | None
    overrides: bytes  # a rule file; empty when no rule is changed
    orders: tuple[tuple[Disposition, Order], ...]
    without_lists: bool
    version: int = 1


@dataclass(frozen=True, slots=True)
class Rescan:
    """One of them as it is now."""

    id: str  # decimal digits
    account: str
    created_at: datetime
    actor: str
    asked: Asked
    status: RescanStatus
    done: int
    attempts: int
    started_at: datetime | None
    completed_at: datetime | None
    reason: str
    outcome: Outcome | None  # not read for lists
