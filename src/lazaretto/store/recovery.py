"""What is done once at start: settle what an earlier process left behind."""

from datetime import datetime, timedelta
from typing import Any

from lazaretto.model.record import RecordState
from lazaretto.store.messages import mark
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction

MAX_UNDECIDED = timedelta(minutes=15)
"""On PostgreSQL other servers may be at work: a record of theirs is decided or given up long before."""

MAX_AT_ONCE = 1_000
"""Records abandoned in one go: far more than are open at once. The rest waits for the next start."""


async def recover(tx: Transaction, now: datetime) -> int:
    """Records without a decision become ABANDONED, leases are let go. Returns how many were abandoned.

    Abandoned records were never acknowledged: the client comes back with them.
    Call it before work begins. An SQLite store has one server, so everything in it is of an earlier process;
    on PostgreSQL only records older than MAX_UNDECIDED are touched, and leases end by their time.
    """
    alone = tx.dialect == "sqlite"
    limit = micros(now if alone else now - MAX_UNDECIDED)
    rows: list[Any] = await tx.rows(
        "SELECT account, number, received_at FROM record WHERE state = 'received' ORDER BY number LIMIT ?",
        MAX_AT_ONCE,
    )
    left = [(account, number) for account, number, received_at in rows if alone or received_at < limit]
    for account, number in left:
        await mark(tx, number, account, RecordState.ABANDONED, at=now)
    if alone:
        await tx.execute(
            "UPDATE delivery SET lease_owner = NULL, lease_until = NULL"
            " WHERE next_attempt_at IS NOT NULL AND lease_owner IS NOT NULL"
        )
    return len(left)
