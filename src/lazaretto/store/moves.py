"""What became of moving copies: the state of each delivery, the log of actions and the trace, together.

Rules. Only copies that have left us can be moved: what is held or still to be sent keeps its state. A move
that failed is in the log of actions and is not found by a search for moved messages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from lazaretto.model.job import MoveStatus
from lazaretto.model.record import ActionEntry, DeliveryState, Operation
from lazaretto.store import steps
from lazaretto.store.claim import lock_record
from lazaretto.store.codec import plain_text
from lazaretto.store.rows import fold_states
from lazaretto.store.times import micros
from lazaretto.store.trace import add_action, add_trace
from lazaretto.store.transaction import Transaction

HERE = (DeliveryState.QUARANTINED.value, DeliveryState.REJECTED.value)
"""States of copies that never left: a move says nothing about them."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One copy that a mailbox was asked to move, and its answer."""

    record: int
    recipient: str
    folder: str
    origin: str | None  # where it was before
    status: MoveStatus
    detail: str = ""


async def own_domains(tx: Transaction, account: str) -> frozenset[str]:
    """Names of the domains whose recipients belong to an account."""
    rows: list[Any] = await tx.rows("SELECT name FROM domain WHERE account = ?", account)
    return frozenset(name for (name,) in rows)


async def write_moves(
    tx: Transaction, account: str, moves: Iterable[Moved], *, actor: str, now: datetime
) -> None:
    """Write all of them down. Records are locked in the order of their numbers, so that nobody meets."""
    ordered = sorted(moves, key=lambda one: one.record)
    for number, some in groupby(ordered, lambda one: one.record):
        await lock_record(tx, account, number)
        await _write_record(tx, account, number, tuple(some), actor=actor, now=now)


async def _write_record(
    tx: Transaction, account: str, number: int, moves: Sequence[Moved], *, actor: str, now: datetime
) -> None:
    await tx.many(
        "UPDATE delivery SET state = ?, updated_at = ? WHERE account = ? AND record = ? AND recipient = ?"
        f" AND next_attempt_at IS NULL AND state NOT IN ({', '.join('?' * len(HERE))})",
        [
            (_state(move).value, micros(now), account, number, plain_text(move.recipient), *HERE)
            for move in moves
        ],
    )
    for move in moves:
        await _log(tx, account, move, actor=actor, now=now)
    await add_trace(tx, account, number, tuple(steps.outbound(_line(move, actor), now) for move in moves))
    await fold_states(tx, account, number)


def _state(move: Moved) -> DeliveryState:
    return DeliveryState.MOVED if move.status is MoveStatus.OK else DeliveryState.MOVE_FAILED


async def _log(tx: Transaction, account: str, move: Moved, *, actor: str, now: datetime) -> None:
    if move.status is MoveStatus.OK:
        entry = ActionEntry(Operation.MOVE, now, actor, "OK", recipient=move.recipient, folder=move.folder)
        await add_action(tx, account, move.record, entry)
        return
    await tx.execute(
        "INSERT INTO action (account, record, operation, at, actor, status, recipient, folder)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        account,
        move.record,
        Operation.MOVE.value,
        micros(now),
        plain_text(actor),
        move.status.value,
        plain_text(move.recipient),
        plain_text(move.folder),
    )


def _line(move: Moved, actor: str) -> str:
    if move.status is MoveStatus.OK:
        return f"<{move.recipient}>: moved from {move.origin or 'unknown'} to {move.folder} by {actor}"
    why = f": {move.detail}" if move.detail else ""
    return f"<{move.recipient}>: not moved to {move.folder} for {actor}, {move.status.value}{why}"
