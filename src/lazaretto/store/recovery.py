"""What is done at the start, and now and then: settle what a process that died left behind."""

from datetime import datetime, timedelta
from typing import Any

from lazaretto.model.record import RecordState
from lazaretto.store.job_sweep import let_go
from lazaretto.store.messages import mark
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction

MAX_UNDECIDED = timedelta(minutes=15)
"""While servers are at work a record is decided or given up long before it is this old."""

MAX_AT_ONCE = 1_000
"""Records abandoned in one go: far more than are open at once. The rest waits for the next start."""


async def recover(tx: Transaction, now: datetime, *, starting: bool = True) -> int:
    """Records without a decision become ABANDONED, leases are let go. Returns how many were abandoned.

    Abandoned records were never acknowledged: the client comes back with them.
    At the start of an SQLite store, which has one server, everything in it is of an earlier process. On
    PostgreSQL, and when called again while work goes on, only records older than MAX_UNDECIDED are touched,
    and leases end by their time.
    """
    alone = starting and tx.dialect == "sqlite"
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
        await let_go(tx, now)
    return len(left)
