"""Accounts."""

import secrets
from datetime import datetime
from typing import Any

from lazaretto.model.account import Account
from lazaretto.model.errors import Conflict
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment
from lazaretto.store.transaction import Transaction

GENERIC = 1000
NO_ACCOUNT = 1300
TAKEN = 1301
STILL_SENDING = 1302

ACCOUNT_TABLES = (
    "token",
    "users",
    "domain",
    "domain_traffic",
    "list_entry",
    "list_head",
    "rule_off",
    "account_options",
    "scan",
    "decision",
    "delivery",
    "trace",
    "action",
    "submission",
    "label",
    "learned_example",
    "learned_wording",
    "learning",
    "report",
    "seen",
    "job_item",
    "job",
    "rescan",
    "record",
)


async def add_account(tx: Transaction, name: str, *, now: datetime, id: str | None = None) -> Account:  # noqa: A002
    """A new account. Raises Conflict when the name or the id is taken."""
    account = Account(id or secrets.token_hex(16), plain_text(name), now)
    if (
        await tx.value("SELECT id FROM account WHERE id = ? OR name = ?", account.id, account.name)
        is not None
    ):
        raise Conflict(TAKEN, f"There is an account of that name or id already: {name}")
    await tx.execute(
        "INSERT INTO account (id, number, name, created_at)"
        " SELECT ?, coalesce(max(number), 0) + 1, ?, ? FROM account",
        account.id,
        account.name,
        micros(now),
    )
    return account


async def list_accounts(tx: Transaction) -> tuple[Account, ...]:
    """All accounts, by name."""
    rows: list[Any] = await tx.rows("SELECT id, name, created_at FROM account")
    accounts = (Account(key, name, moment(created)) for key, name, created in rows)
    return tuple(sorted(accounts, key=lambda account: account.name))


async def find_account(tx: Transaction, ref: str) -> Account | None:
    """An account by id or by name."""
    row: Any = await tx.row(
        "SELECT id, name, created_at FROM account WHERE id = ? OR name = ?", plain_text(ref), plain_text(ref)
    )
    return Account(row[0], row[1], moment(row[2])) if row else None


async def remove_account(tx: Transaction, account: str) -> bool:
    """Remove an account with all its records; retention removes the bytes later. False when it is not there.

    Raises Conflict while copies wait to be sent.
    """
    if await tx.value("SELECT id FROM account WHERE id = ?", account) is None:
        return False
    waiting = "SELECT count(*) FROM delivery WHERE account = ? AND next_attempt_at IS NOT NULL"
    count: Any = await tx.value(waiting, account)
    if count:
        raise Conflict(STILL_SENDING, f"{count} copies of this account wait to be sent: let them end first")
    await _remove_search(tx, account)
    for table in ACCOUNT_TABLES:
        await tx.execute(f"DELETE FROM {table} WHERE account = ?", account)
    await tx.execute("DELETE FROM account WHERE id = ?", account)
    return True


async def _remove_search(tx: Transaction, account: str) -> None:
    from lazaretto.store.search_text import remove  # here alone

    rows: list[Any] = await tx.rows(
        "SELECT position FROM record WHERE account = ? AND position IS NOT NULL", account
    )
    await remove(tx, account, [row[0] for row in rows])
