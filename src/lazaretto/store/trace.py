"""The trace of a record and what was done to it later: appended, never changed."""

from typing import Any

from lazaretto.model.record import ActionEntry, Direction, TraceLine
from lazaretto.store import flags
from lazaretto.store.codec import plain_text
from lazaretto.store.steps import MAX_TEXT
from lazaretto.store.times import micros, moment
from lazaretto.store.transaction import Transaction


async def get_trace(tx: Transaction, account: str, number: int) -> tuple[TraceLine, ...]:
    """All steps, oldest first."""
    rows: list[Any] = await tx.rows(
        "SELECT at, direction, text FROM trace WHERE account = ? AND record = ? ORDER BY number",
        account,
        number,
    )
    return tuple(TraceLine(moment(at), Direction(direction), text) for at, direction, text in rows)


async def add_trace(tx: Transaction, account: str, number: int, lines: tuple[TraceLine, ...]) -> None:
    """Append steps."""
    await tx.many(
        "INSERT INTO trace (account, record, at, direction, text) VALUES (?, ?, ?, ?, ?)",
        [
            (account, number, micros(line.at), line.direction.value, plain_text(line.text[:MAX_TEXT]))
            for line in lines
        ],
    )


async def add_action(tx: Transaction, account: str, number: int, entry: ActionEntry) -> None:
    """Append something that was done; the search by message action sees it at once."""
    await tx.execute(
        "INSERT INTO action (account, record, operation, at, actor, status, recipient, folder)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        account,
        number,
        entry.operation.value,
        micros(entry.at),
        plain_text(entry.actor),
        entry.status,
        None if entry.recipient is None else plain_text(entry.recipient),
        None if entry.folder is None else plain_text(entry.folder),
    )
    await tx.execute(
        "UPDATE record SET flags = flags | ? WHERE account = ? AND number = ?",
        flags.OPERATIONS[entry.operation],
        account,
        number,
    )
