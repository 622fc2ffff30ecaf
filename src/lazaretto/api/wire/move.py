"""Move: what clients send, in the forms that SDKs have had, and what became of each copy.

SDKs up to 4 send `postfix_ids`, newer ones `ids`; both together are one wish.
`expected_disposition` is published as without function; it is checked for its words and changes nothing.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.actions.move import MoveOutcome
from lazaretto.api.wire.times import rfc3339
from lazaretto.model.disposition import Disposition
from lazaretto.model.job import Destination, MoveStatus


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Of one message, which the path names."""

    destination: Destination
    expected_disposition: Annotated[Disposition | None, Meta(description="Accepted; changes nothing.")] = None


class WishForMany(Wish, frozen=True, kw_only=True):
    """Of many messages."""

    ids: list[str] | UnsetType = UNSET
    postfix_ids: list[str] | UnsetType = UNSET


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """One row of MoveCreateResponse and MoveBulkResponse: a message and a recipient."""

    success: bool
    completed_at: str
    completed_timestamp: str
    destination: str
    item_count: int = 1
    message_id: str  # the investigate id
    operation: str = "MOVE"
    recipient: str | None
    status: str


DECODER = msgspec.json.Decoder(Wish)
DECODER_FOR_MANY = msgspec.json.Decoder(WishForMany)


def references(wish: WishForMany) -> tuple[str, ...]:
    """The ids of both forms together, in order, each once."""
    return tuple(dict.fromkeys((*(wish.ids or ()), *(wish.postfix_ids or ()))))


def moved(outcome: MoveOutcome) -> Moved:
    """What became of one copy, under the old and the new names."""
    at = rfc3339(outcome.at)
    return Moved(
        success=outcome.status is MoveStatus.OK,
        completed_at=at,
        completed_timestamp=at,
        destination=outcome.folder,
        message_id=outcome.id,
        recipient=outcome.recipient,
        status=outcome.status.value,
    )
