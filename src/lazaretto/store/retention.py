"""How long things are kept: bytes, facts and records each have an age, per account.

Rules. Work is done in bounded steps, each its own transaction. A record with a copy that still waits, or is held,
keeps its bytes. A blob is removed when no record refers to it and its file is old enough not to be one that is
just coming in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Ages:
    """How long to keep what; None keeps it for ever."""

    bytes: timedelta | None = None
    facts: timedelta | None = None
    records: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """What one run removed."""

    bytes: int  # records whose bytes are no longer kept
    facts: int  # records whose facts and verdict are no longer kept
    records: int
    blobs: int  # files


async def set_ages(tx: Transaction, account: str, ages: Ages) -> None:
    """An account's own ages; where one is None the default of the installation counts."""
    raise NotImplementedError


async def get_ages(tx: Transaction, account: str) -> Ages:
    """An account's own ages."""
    raise NotImplementedError


async def expire(database: Database, blobs: Blobs, *, ages: Ages, now: datetime) -> Expired:
    """Remove what is too old. `ages` is the default of the installation."""
    raise NotImplementedError
