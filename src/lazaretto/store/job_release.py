"""Releases of a bulk job: copies set free, and looks at what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from lazaretto.model.record import DeliveryState
from lazaretto.store.job_items import Taken, mark_sent
from lazaretto.store.outbox import release
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A released copy of an item that has not ended."""

    item: int
    lane: str
    state: DeliveryState | None  # None when the record was removed meanwhile
    reply: str


async def look(
    tx: Transaction, account: str, job: int, item_state: str, *, limit: int
) -> tuple[OnItsWay, ...]:
    """What became of the copies of items in a state."""
    rows: list[Any] = await tx.rows(
        "SELECT i.number, i.lane, d.state, d.reply FROM job_item i"
        " LEFT JOIN delivery d ON d.account = i.account AND d.number = i.delivery"
        " WHERE i.account = ? AND i.job = ? AND i.state = ? LIMIT ?",
        account,
        job,
        item_state,
        limit,
    )
    return tuple(
        OnItsWay(item, lane, DeliveryState(state) if state else None, reply or "")
        for item, lane, state, reply in rows
    )


async def hop_keys(tx: Transaction, account: str) -> dict[str, object]:
    """Something for each domain that is equal exactly where their mail goes to the same next hop."""
    rows = await tx.rows("SELECT name, next_hop FROM domain WHERE account = ?", account)
    return {str(name): hop for name, hop in rows}


async def set_free(
    tx: Transaction, account: str, items: Sequence[Taken], *, actor: str, now: datetime
) -> None:
    """Release the copies of items. Records are locked in the order of their numbers, so that nobody meets.

    A copy that somebody else released is not touched: the next look sees what became of it.
    """
    ordered = sorted(items, key=lambda item: item.record)
    for record, some in groupby(ordered, lambda item: item.record):
        await release(tx, account, record, [item.recipient for item in some], actor=actor, now=now)
    await mark_sent(tx, account, [item.number for item in ordered])
