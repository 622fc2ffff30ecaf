"""The version of an account's lists and the highest number given: one row that is locked by every change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Head:
    """Both are 0 before the first change."""

    version: int = 0
    last: int = 0


async def lists_version(tx: Transaction, account: str) -> int:
    """The version of all lists of the account; 0 when nothing was ever listed. One point read."""
    version: Any = await tx.value("SELECT version FROM list_head WHERE account = ?", account)
    return version or 0


async def lock_head(tx: Transaction, account: str) -> Head:
    """The head; nobody else changes a list of the account until the end of the work."""
    await tx.execute(
        "INSERT INTO list_head (account, version, last) VALUES (?, 0, 0) ON CONFLICT (account) DO NOTHING",
        account,
    )
    lock = " FOR UPDATE" if tx.dialect == "postgres" else ""
    row: Any = await tx.row(f"SELECT version, last FROM list_head WHERE account = ?{lock}", account)
    return Head(*row)


async def write_head(tx: Transaction, account: str, head: Head, now: datetime) -> None:
    """After a change: the next version.

    It is a time where it can be one, so that an account which was removed and made again does not repeat the
    versions that somebody remembers.
    """
    await tx.execute(
        "UPDATE list_head SET version = ?, last = ? WHERE account = ?",
        max(head.version + 1, micros(now)),
        head.last,
        account,
    )
