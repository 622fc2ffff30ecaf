"""Times as text, the two forms that the API publishes."""

from datetime import UTC, datetime


def rfc3339(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and Z: the form that every SDK reads, Go included."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat("T", "milliseconds")[:-6] + "Z"


def rfc3339_or_none(at: datetime | None) -> str | None:
    """As rfc3339; null where there is no time."""
    return None if at is None else rfc3339(at)


def search_form(at: datetime | None) -> str | None:
    """The older form without zone, as typed into searches: 2026-01-05T09:59:58."""
    return None if at is None else at.astimezone(UTC).isoformat("T", "seconds")[:-6]
