"""Pages of what was done to one record, oldest first: later actions never move earlier ones."""

from typing import Any

from lazaretto.model.record import ActionEntry, Operation
from lazaretto.store.times import moment
from lazaretto.store.transaction import Transaction


async def list_actions(
    tx: Transaction, account: str, number: int, *, offset: int, limit: int
) -> tuple[tuple[ActionEntry, ...], int]:
    """Some of the actions of a record, and how many it has in all."""
    total: Any = await tx.value(
        "SELECT count(*) FROM action WHERE account = ? AND record = ?", account, number
    )
    rows: list[Any] = await tx.rows(
        "SELECT operation, at, actor, status, recipient, folder FROM action"
        " WHERE account = ? AND record = ? ORDER BY number LIMIT ? OFFSET ?",
        account,
        number,
        limit,
        offset,
    )
    entries = (
        ActionEntry(Operation(operation), moment(at), actor, status, recipient, folder)
        for operation, at, actor, status, recipient, folder in rows
    )
    return tuple(entries), int(total)
