"""Reading the times that clients send: RFC 3339 and its looser cousins.

Accepted: `Z`, numeric offsets, no zone at all (UTC), the date alone (midnight UTC), any number of decimals.
A `+` that a client forgot to encode arrives as a space, and is understood as the `+` that was meant.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

MAX_TEXT = 64
"""Longest text that is looked at."""

_FORM = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s?(?:([Zz])|([+\- ])(\d{2}):?(\d{2}))?)?",
    re.ASCII,
)


def read_time(text: str) -> datetime | None:
    """The instant in UTC, or None when the text is no time."""
    found = _FORM.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
    if found is None:
        return None
    year, month, day, hour, minute, second, decimals, _, sign, zone_hours, zone_minutes = found.groups()
    microsecond = int(((decimals or "") + "000000")[:6])
    try:
        zone = _zone(sign, zone_hours, zone_minutes)
        at = datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            microsecond,
            zone,
        )
        return at.astimezone(UTC)
    except (ValueError, OverflowError):  # the 31st of February, or an offset that leaves the calendar
        return None


def _zone(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    if sign is None or hours is None or minutes is None:
        return UTC
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
