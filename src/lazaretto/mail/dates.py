"""Dates in headers, read whatever their shape. RFC 5322 3.3 and the shapes that were never allowed.

Limits: MAX_LENGTH characters are looked at; years outside 1970 to 2999 are no dates of mail.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

MAX_LENGTH = 120
"""A date with its comments is shorter; patterns see no more than this."""

FIRST_YEAR = 1970
LAST_YEAR = 2999

_MONTHS = {
    month: number
    for number, month in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
"""RFC 5322 4.3: the names that mean something; all others count as UTC."""

_CLOCK = r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s{0,3}([AaPp][Mm])?"
_ZONE = r"\s{0,4}(?:(?:UTC|GMT|ut|utc|gmt)?([+-]\d{1,2}:?\d{2})|\(?([A-Za-z]{1,5})\)?)?"
_MONTH = r"([A-Za-z]{3})[a-z]{0,6}\.?"
_INTERNET = re.compile(
    r"(\d{1,2})[\s-]{1,4}" + _MONTH + r",?[\s-]{1,4}(\d{2,4}),?[\sT]{1,4}" + _CLOCK + _ZONE
)
_ASCTIME = re.compile(_MONTH + r"\s{1,4}(\d{1,2}),?\s{1,4}" + _CLOCK + r"\s{1,4}(?:([A-Z]{3,4})\s)?(\d{4})")
_AMERICAN = re.compile(_MONTH + r"\s{1,4}(\d{1,2}),?\s{1,4}(\d{4}),?\s{1,4}" + _CLOCK + _ZONE)
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[\sT]{1,4}(?:[A-Za-z]{3}\s{1,4})?" + _CLOCK + _ZONE)


def parse_date(value: str) -> datetime | None:
    """The moment in UTC, or None where no date can be seen."""
    text = value[:MAX_LENGTH].strip()
    try:
        return _internet(text) or _asctime(text) or _american(text) or _iso(text)
    except (ValueError, OverflowError):  # 31 February, hour 25
        return None


def _internet(text: str) -> datetime | None:
    found = _INTERNET.search(text)
    if found is None:
        return None
    day, month, year, *clock, offset, zone = found.groups()
    return _moment(year, _MONTHS.get(month.lower()), day, clock, _offset(offset, zone))


def _asctime(text: str) -> datetime | None:
    found = _ASCTIME.search(text)
    if found is None:
        return None
    month, day, *clock, zone, year = found.groups()
    return _moment(year, _MONTHS.get(month.lower()), day, clock, _offset(None, zone))


def _american(text: str) -> datetime | None:
    found = _AMERICAN.search(text)
    if found is None:
        return None
    month, day, year, *clock, offset, zone = found.groups()
    return _moment(year, _MONTHS.get(month.lower()), day, clock, _offset(offset, zone))


def _iso(text: str) -> datetime | None:
    found = _ISO.search(text)
    if found is None:
        return None
    year, month, day, *clock, offset, zone = found.groups()
    return _moment(year, int(month), day, clock, _offset(offset, zone))


def _offset(offset: str | None, zone: str | None) -> timedelta:
    if offset:
        digits = offset[1:].replace(":", "").rjust(4, "0")
        minutes = int(digits[:2]) * 60 + int(digits[2:])
        if minutes >= 24 * 60:  # RFC 5322 3.3: no zone is a day away
            return timedelta()
        return timedelta(minutes=-minutes if offset[0] == "-" else minutes)
    return timedelta(hours=_ZONES.get((zone or "").lower(), 0))


def _moment(
    year: str, month: int | None, day: str, clock: list[str | None], offset: timedelta
) -> datetime | None:
    if month is None:
        return None
    full = int(year)
    if len(year) < 4:  # RFC 5322 4.3
        full += 2000 if full < 50 and len(year) == 2 else 1900
    if not FIRST_YEAR <= full <= LAST_YEAR:
        return None
    hour, minute, second, half = int(clock[0] or 0), int(clock[1] or 0), int(clock[2] or 0), clock[3]
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    local = datetime(full, month, int(day), hour, minute, min(second, 59), tzinfo=timezone(offset))
    return local.astimezone(UTC)
