"""Calendar parts: their text as a reader sees it, and the people they name. RFC 5545.

Limits: MAX_TEXT characters that are read, MAX_ATTENDEES addresses. Dates and repetitions are not read.
"""

import re
from dataclasses import dataclass

MAX_TEXT = 200_000
"""Characters of one calendar that are searched for people."""

MAX_ATTENDEES = 200
"""Attendees that are kept."""

_FOLD = re.compile(r"\r?\n[ \t]")
_ESCAPE = re.compile(r"\\([nN,;\\])")
_PERSON = re.compile(
    r"^(ORGANIZER|ATTENDEE)(?=[;:])(?:[^:\"\r\n]++|\"[^\"\r\n]*+\")*+:mailto:([^\s\r\n]{1,320})",
    re.IGNORECASE | re.MULTILINE,
)
"""Nothing is given back: parameters could be divided at their semicolons in more ways than there is time."""

_METHOD = re.compile(r"^METHOD:([A-Za-z]{1,20})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom a calendar part names."""

    method: str  # "REQUEST", "CANCEL", ...; "" if none
    organizer: str  # address in lower case, "" if none
    attendees: tuple[str, ...]


def readable(text: str) -> str:
    """Lines put together and signs as they are shown: an address may be folded. RFC 5545 3.1."""
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub("", text)
    return _ESCAPE.sub(_sign, text) if "\\" in text else text


def _sign(found: re.Match[str]) -> str:
    """RFC 5545 3.3.11."""
    return "\n" if found[1] in "nN" else found[1]


def people(text: str) -> Invitation:
    """The people in a calendar part whose lines are put together."""
    text = text[:MAX_TEXT]
    organizer = ""
    attendees: dict[str, None] = {}
    for found in _PERSON.finditer(text):
        address = found[2].lower()
        if found[1].upper() == "ORGANIZER":
            organizer = organizer or address
        elif len(attendees) < MAX_ATTENDEES:
            attendees[address] = None
    method = _METHOD.search(text)
    return Invitation(method[1].upper() if method else "", organizer, tuple(attendees))
