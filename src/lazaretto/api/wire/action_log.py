"""The action log of a message, as its own call gives it.

Its published set of operations is smaller than that of the log inside a message: a release of either kind is
QUARANTINE_RELEASE, and a reclassification, which hands in a message to be judged anew, is SUBMISSION.
"""

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.message import PUBLISHED_OPERATIONS
from lazaretto.api.wire.times import rfc3339
from lazaretto.model.record import ActionEntry, Operation

OPERATIONS = {**PUBLISHED_OPERATIONS, Operation.RECLASSIFY: "SUBMISSION"}

SUCCESS = "OK"
"""The status of an action that did what it should; every other word names what was in the way."""


class Properties(msgspec.Struct, frozen=True):
    """Details. Their shape is not published; these are the names of the log inside a message."""

    folder: str | UnsetType = UNSET
    requested_by: str | UnsetType = UNSET
    recipient: str | UnsetType = UNSET
    operation: str | UnsetType = UNSET  # ours: the word inside a message, where this set has another one


class Action(msgspec.Struct, frozen=True):
    """ActionEntry of the contract."""

    operation: str
    started_at: str | None
    completed_at: str | None
    status: str | None
    success: bool | None
    properties: Properties


def action(entry: ActionEntry) -> Action:
    """One stored entry: it is written when the action is done, so both times are that one."""
    at, published = rfc3339(entry.at), OPERATIONS[entry.operation]
    return Action(
        operation=published,
        started_at=at,
        completed_at=at,
        status=entry.status,
        success=entry.status == SUCCESS,
        properties=Properties(
            folder=entry.folder or UNSET,
            requested_by=entry.actor or UNSET,
            recipient=entry.recipient or UNSET,
            operation=entry.operation.value if entry.operation.value != published else UNSET,
        ),
    )
