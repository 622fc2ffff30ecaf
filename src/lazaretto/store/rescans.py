"""Rescans: asked for, claimed, told about, kept for a while.

Rules. One server works on one at a time, under a lease that its progress renews. A row that is removed while
it is worked on ends the work.
"""

from datetime import datetime, timedelta
from typing import Any

from lazaretto.model.errors import Invalid
from lazaretto.model.replay import Outcome
from lazaretto.model.rescan import Asked, Rescan, RescanStatus
from lazaretto.store import codec
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction

MAX_KEPT = 50
"""Of one account: outcomes hold subjects, and nobody compares with the fiftieth."""

MAX_OPEN = 5
"""Of one account that wait or run: each is hours of work at most."""

TOO_MANY = 1204
_HEAD = "number, account, created_at, actor, asked, status, done, attempts, started_at, completed_at, reason"


async def add_rescan(tx: Transaction, account: str, actor: str, asked: Asked, *, now: datetime) -> Rescan:
    """A new one that waits. Raises Invalid when too many wait already."""
    waiting: Any = await tx.value(
        "SELECT count(*) FROM rescan WHERE account = ? AND status IN ('PENDING', 'RUNNING')", account
    )
    if waiting >= MAX_OPEN:
        raise Invalid(TOO_MANY, f"{MAX_OPEN} rescans of this account wait or run already", pointer="")
    number: Any = await tx.value(
        "INSERT INTO rescan (account, created_at, actor, asked, status, done, attempts, reason)"
        " VALUES (?, ?, ?, ?, ?, 0, 0, '') RETURNING number",
        account,
        micros(now),
        plain_text(actor),
        codec.encode(asked),
        RescanStatus.PENDING.value,
    )
    await tx.execute(
        "DELETE FROM rescan WHERE account = ? AND number NOT IN"
        " (SELECT number FROM rescan WHERE account = ? ORDER BY number DESC LIMIT ?)"
        " AND status NOT IN ('PENDING', 'RUNNING')",
        account,
        account,
        MAX_KEPT,
    )
    found = await get_rescan(tx, account, str(number))
    assert found is not None
    return found


async def get_rescan(tx: Transaction, account: str, id: str) -> Rescan | None:  # noqa: A002
    """One with its outcome."""
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        return None
    row: Any = await tx.row(
        f"SELECT {_HEAD}, outcome FROM rescan WHERE account = ? AND number = ?", account, int(id)
    )
    return _rescan(*row) if row else None


async def list_rescans(tx: Transaction, account: str) -> tuple[Rescan, ...]:
    """All that are kept, newest first, without their outcomes."""
    rows: list[Any] = await tx.rows(
        f"SELECT {_HEAD}, NULL FROM rescan WHERE account = ? ORDER BY number DESC", account
    )
    return tuple(_rescan(*row) for row in rows)


async def remove_rescan(tx: Transaction, account: str, id: str) -> bool:  # noqa: A002
    """Forget one, which also ends it. False when there was none."""
    if await get_rescan(tx, account, id) is None:
        return False
    await tx.execute("DELETE FROM rescan WHERE account = ? AND number = ?", account, int(id))
    return True


async def claim_rescan(tx: Transaction, *, now: datetime, lease: timedelta) -> Rescan | None:
    """The oldest that nobody works on; from then on it is ours for the lease."""
    locked = " FOR UPDATE SKIP LOCKED" if tx.dialect == "postgres" else ""
    row: Any = await tx.row(
        "SELECT account, number FROM rescan WHERE status IN ('PENDING', 'RUNNING')"
        f" AND (lease_until IS NULL OR lease_until < ?) ORDER BY number LIMIT 1{locked}",
        micros(now),
    )
    if row is None:
        return None
    await tx.execute(
        "UPDATE rescan SET status = ?, attempts = attempts + 1, lease_until = ?, done = 0,"
        " started_at = coalesce(started_at, ?) WHERE account = ? AND number = ?",
        RescanStatus.RUNNING.value,
        micros(now + lease),
        micros(now),
        *row,
    )
    return await get_rescan(tx, row[0], str(row[1]))


async def note_progress(tx: Transaction, rescan: Rescan, done: int, *, until: datetime) -> bool:
    """Renew the lease. False when it was removed meanwhile."""
    row = await tx.row(
        "UPDATE rescan SET done = ?, lease_until = ? WHERE account = ? AND number = ? RETURNING number",
        done,
        micros(until),
        rescan.account,
        int(rescan.id),
    )
    return row is not None


async def finish_rescan(
    tx: Transaction,
    rescan: Rescan,
    status: RescanStatus,
    reason: str,
    outcome: Outcome | None,
    *,
    now: datetime,
) -> None:
    """It has ended."""
    await tx.execute(
        "UPDATE rescan SET status = ?, reason = ?, outcome = ?, completed_at = ?, lease_until = NULL,"
        " done = coalesce(?, done) WHERE account = ? AND number = ?",
        status.value,
        plain_text(reason),
        codec.pack(outcome) if outcome else None,
        micros(now),
        outcome.found if outcome else None,
        rescan.account,
        int(rescan.id),
    )


async def let_rescans_go(tx: Transaction) -> None:
    """Give up all leases, which is right where only one server can be."""
    await tx.execute("UPDATE rescan SET lease_until = NULL WHERE status IN ('PENDING', 'RUNNING')")


def _rescan(*row: Any) -> Rescan:
    number, account, created, actor, asked, status, done, attempts, started, completed, reason, outcome = row
    return Rescan(
        id=str(number),
        account=account,
        created_at=moment(created),
        actor=actor,
        asked=codec.decode(asked, Asked),
        status=RescanStatus(status),
        done=done,
        attempts=attempts,
        started_at=moment_or_none(started),
        completed_at=moment_or_none(completed),
        reason=reason,
        outcome=codec.unpack(outcome, Outcome) if outcome else None,
    )
