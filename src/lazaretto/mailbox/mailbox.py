"""What an action needs from a mailbox, whatever kind of server it is on.

Rules. Nothing here raises for a state of the world: every call tells an outcome, and a failure says whether
it is temporary. Moving a copy to where it lies already is OK. Folders are named by `Destination` where they
are one of those, and by the server's own name elsewhere. Callers put a limit of time around each call.

Limits: no implementation for a real server is here yet.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How a call to a mailbox ended."""

    OK = "ok"
    NOT_FOUND = "not_found"  # the message is not, or not any more, in the mailbox
    TEMPORARY = "temporary"  # not now; the same call may succeed later
    REFUSED = "refused"  # we may not, and will not be allowed later


@dataclass(frozen=True, slots=True)
class Sought:
    """A message as a mailbox can recognise it."""

    queue_id: str  # ours, in the Received field that we put on top
    message_id: str  # of its Message-ID field, "" when it has none
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a copy lies now."""

    folder: str
    key: str  # the server's own name for this copy, to be used at once


@dataclass(frozen=True, slots=True)
class Sighting:
    """The answer to `find`. There is a place exactly when the outcome is OK."""

    outcome: Outcome
    place: Place | None = None
    detail: str = ""  # for the trace and the log


@dataclass(frozen=True, slots=True)
class Landing:
    """The answer to `move`."""

    outcome: Outcome
    detail: str = ""


class Mailbox(Protocol):
    """One recipient's mailbox."""

    async def find(self, sought: Sought) -> Sighting:
        """Where the copy of a message lies."""

    async def move(self, place: Place, folder: str) -> Landing:
        """Bring a copy to another folder."""


class Mailboxes(Protocol):
    """All mailboxes that we were told how to reach."""

    async def find(self, account: str, recipient: str) -> Mailbox | None:
        """The mailbox of a recipient; None when there is no integration for it."""


class NoMailboxes:
    """An installation that has no integration."""

    async def find(self, account: str, recipient: str) -> Mailbox | None:  # noqa: ARG002  # the interface
        """Never one."""
        return None
