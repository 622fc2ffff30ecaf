"""The statements that take something for one worker alone, where the two databases lock differently.

SQLite has one writer, so whoever writes has everything. PostgreSQL locks rows, and passes by what others
hold.
"""

from lazaretto.store.transaction import Row, Transaction, Value

CLAIMED_COLUMNS = (
    "number, account, record, recipient, notify, orcpt, domain, attempts, generation, tagged, queued_at,"
    " lease_owner, in_doubt_since"
)

_LOCK = {"sqlite": "", "postgres": " FOR UPDATE SKIP LOCKED"}
_LOCK_NEIGHBOURS = {"sqlite": "", "postgres": " FOR UPDATE OF d SKIP LOCKED"}
_OF_THESE = {
    "sqlite": "number IN (SELECT number FROM due)",
    "postgres": "(account, number) IN (SELECT account, number FROM due)",
}


async def take_due(
    tx: Transaction, *, owner: str, now: int, until: int, limit: int, conditions: str, args: tuple[Value, ...]
) -> list[Row]:
    """Lease due deliveries: the longest waiting, with their due neighbours of the same record and domain."""
    due = "next_attempt_at <= ? AND (lease_until IS NULL OR lease_until <= ?)"
    picked = (
        f"SELECT account, record, domain FROM delivery WHERE {due}{conditions}"
        f" ORDER BY next_attempt_at, number LIMIT ?{_LOCK[tx.dialect]}"
    )
    # CROSS JOIN keeps SQLite from walking over everything that is due
    neighbours = (
        "SELECT d.account, d.number FROM (SELECT DISTINCT account, record, domain FROM picked) p"
        " CROSS JOIN delivery d WHERE d.account = p.account AND d.record = p.record AND d.domain = p.domain"
        f" AND {due}{_LOCK_NEIGHBOURS[tx.dialect]}"
    )
    return await tx.rows(
        f"WITH picked AS MATERIALIZED ({picked}), due AS MATERIALIZED ({neighbours})"
        f" UPDATE delivery SET lease_owner = ?, lease_until = ? WHERE {_OF_THESE[tx.dialect]}"
        f" RETURNING {CLAIMED_COLUMNS}",
        now,
        now,
        *args,
        limit,
        now,
        now,
        owner,
        until,
    )


async def lock_record(tx: Transaction, account: str, number: int) -> None:
    """Nobody else folds this record until the transaction ends: two at once would miss each other's facts."""
    if tx.dialect == "postgres":
        await tx.rows("SELECT 1 FROM record WHERE account = ? AND number = ? FOR UPDATE", account, number)


async def next_position(tx: Transaction, account: str, at: int) -> int:
    """A position that is higher than all before it: the time, or the next microsecond when that is taken.

    Whoever asks waits until an earlier asker has committed, so rows appear in the order of their positions
    and a page never grows in its middle. Ask late in a transaction.
    """
    scope = account if tx.dialect == "postgres" else ""
    await tx.execute(
        "INSERT INTO clock (scope, position) VALUES (?, 0) ON CONFLICT (scope) DO NOTHING", scope
    )
    given = await tx.value(
        "UPDATE clock SET position = CASE WHEN position < ? THEN ? ELSE position + 1 END WHERE scope = ?"
        " RETURNING position",
        at,
        at,
        scope,
    )
    assert isinstance(given, int)
    return given
