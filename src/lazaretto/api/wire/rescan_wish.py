"""A rescan as clients ask for it, and the row that tells how far it is. All of it is ours."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.bulk import Search
from lazaretto.api.wire.rescan import OutcomeValue, outcome_value
from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.rescan import Rescan


class RescanRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is different about one rule."""

    id: str
    weight: float | None = None
    limit: Annotated[int, Meta(ge=1)] | None = None
    floor: Disposition | None = None
    enabled: bool = True


class RescanWish(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages, and under what."""

    search_params: Annotated[Search | None, Meta(description="Default: the last 30 days.")] = None
    ids: Annotated[
        list[str],
        Meta(max_length=1_000, description="Messages by id, instead of a search."),
    ] = []
    limit: Annotated[int, Meta(ge=1, description="Only the newest so many.")] | None = None
    rules: Annotated[list[RescanRule], Meta(max_length=2_000)] = []
    thresholds: dict[str, float] = {}
    orders: Annotated[
        dict[Disposition, Order], Meta(description="Laid over the policy of every domain.")
    ] = {}
    without_lists: Annotated[bool, Meta(description="As if the account had listed nothing.")] = False


class RescanRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rescan."""

    id: str
    status: str
    status_message: str | None
    created_at: str
    created_by: str
    started_at: str | None
    completed_at: str | None
    messages_done: int
    outcome: OutcomeValue | UnsetType = UNSET  # only of one that has completed, and not in lists


class RescanRemoved(msgspec.Struct, frozen=True):
    """What was removed."""

    id: str


DECODER = msgspec.json.Decoder(RescanWish)


def rescan_row(rescan: Rescan) -> RescanRow:
    """A rescan in its published form."""
    return RescanRow(
        id=rescan.id,
        status=rescan.status.value,
        status_message=rescan.reason or None,
        created_at=rfc3339(rescan.created_at),
        created_by=rescan.actor,
        started_at=rfc3339_or_none(rescan.started_at),
        completed_at=rfc3339_or_none(rescan.completed_at),
        messages_done=rescan.done,
        outcome=outcome_value(rescan.outcome) if rescan.outcome else UNSET,
    )
