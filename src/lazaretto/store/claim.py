"""The statements that take something for one worker alone, where the two databases lock differently.

SQLite has one writer, so whoever writes has everything. PostgreSQL locks rows, and passes by what others hold.
"""

from lazaretto.store.transaction import Row, Transaction, Value

CLAIMED_COLUMNS = (
    "number, account, record, recipient, notify, orcpt, domain, attempts, generation, tagged, queued_at,"
    " lease_owner, in_doubt_since"
)

_LOCK = {"sqlite": "", "postgres": " FOR UPDATE SKIP LOCKED"}


async def take_due(
    tx: Transaction, *, owner: str, now: int, until: int, limit: int, conditions: str, args: tuple[Value, ...]
) -> list[Row]:
    """Lease due deliveries to an owner: the longest waiting, and their due neighbours of the same record and domain."""
    lock = _LOCK[tx.dialect]
    due = "next_attempt_at <= ? AND (lease_until IS NULL OR lease_until <= ?)"
    picked = (
        f"SELECT account, record, domain, number FROM delivery WHERE {due}{conditions}"
        f" ORDER BY next_attempt_at, number LIMIT ?{lock}"
    )
    neighbours = (
        f"SELECT number FROM delivery WHERE {due}{conditions}"
        f" AND (account, record, domain) IN (SELECT account, record, domain FROM picked){lock}"
    )
    return await tx.rows(
        f"WITH picked AS MATERIALIZED ({picked}), due AS MATERIALIZED ({neighbours})"
        " UPDATE delivery SET lease_owner = ?, lease_until = ? WHERE number IN (SELECT number FROM due)"
        f" RETURNING {CLAIMED_COLUMNS}",
        now,
        now,
        *args,
        limit,
        now,
        now,
        *args,
        owner,
        until,
    )


async def lock_record(tx: Transaction, account: str, number: int) -> None:
    """Nobody else folds this record until the transaction ends: two folds at once would each miss the other's facts."""
    if tx.dialect == "postgres":
        await tx.rows("SELECT 1 FROM record WHERE account = ? AND number = ? FOR UPDATE", account, number)


async def next_position(tx: Transaction, account: str, at: int) -> int:
    """A position that is higher than all before it: the time, or the next microsecond when that is taken.

    Whoever asks waits until an earlier asker has committed, so rows appear in the order of their positions and
    a page never grows in its middle. Ask late in a transaction.
    """
    scope = account if tx.dialect == "postgres" else ""
    await tx.execute("INSERT INTO clock (scope, position) VALUES (?, 0) ON CONFLICT (scope) DO NOTHING", scope)
    given = await tx.value(
        "UPDATE clock SET position = CASE WHEN position < ? THEN ? ELSE position + 1 END WHERE scope = ?"
        " RETURNING position",
        at,
        at,
        scope,
    )
    assert isinstance(given, int)
    return given
