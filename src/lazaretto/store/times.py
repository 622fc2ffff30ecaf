"""Stored time: whole microseconds since 1970, UTC, which both databases order and compare as numbers."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """An aware time as stored."""
    return (at - EPOCH) // MICROSECOND


def moment(stored: int) -> datetime:
    """A stored time, aware, UTC."""
    return EPOCH + timedelta(microseconds=stored)


def moment_or_none(stored: int | None) -> datetime | None:
    """As moment, for columns that may be NULL."""
    return None if stored is None else moment(stored)
