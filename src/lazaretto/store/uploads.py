"""What submissions leave behind when they are old: the bytes that came with them, then the submissions.

Submissions about a record go with it; these here never had one, or came later than the rest of it.
"""

from typing import Any

from lazaretto.store.transaction import Transaction

STEP = 200
"""Submissions of one transaction."""


async def forget_uploads(tx: Transaction, account: str, before: int) -> list[str]:
    """Let go of bytes that came with submissions requested before a time. Returns their names."""
    rows: list[Any] = await tx.rows(
        "SELECT number, blob FROM submission WHERE account = ? AND requested_at < ?"
        " AND blob IS NOT NULL AND next_attempt_at IS NULL ORDER BY requested_at LIMIT ?",
        account,
        before,
        STEP,
    )
    statement = "UPDATE submission SET blob = NULL WHERE account = ? AND number = ?"
    await tx.many(statement, [(account, number) for number, _ in rows])
    return [blob for _, blob in rows]


async def forget_submissions(tx: Transaction, account: str, before: int) -> list[str]:
    """Remove submissions requested before a time. Returns the names of the bytes that came with them."""
    rows: list[Any] = await tx.rows(
        "SELECT number, blob FROM submission WHERE account = ? AND requested_at < ?"
        " ORDER BY requested_at LIMIT ?",
        account,
        before,
        STEP,
    )
    keys = [(account, number) for number, _ in rows]
    await tx.many("DELETE FROM label WHERE account = ? AND submission = ?", keys)
    await tx.many("DELETE FROM submission WHERE account = ? AND number = ?", keys)
    return [blob or "" for _, blob in rows]
