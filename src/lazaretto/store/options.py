"""The options of an account, one row each; without a row the defaults count."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lazaretto.model.account import AccountOptions
from lazaretto.store import codec
from lazaretto.store.list_head import lock_head, write_head
from lazaretto.store.transaction import Transaction


async def get_options(tx: Transaction, account: str) -> AccountOptions:
    """What the account has chosen."""
    row: Any = await tx.row("SELECT options FROM account_options WHERE account = ?", account)
    return codec.decode(row[0], AccountOptions) if row else AccountOptions()


async def set_options(tx: Transaction, account: str, options: AccountOptions, *, now: datetime) -> None:
    """Write all options."""
    await change_options(tx, account, lambda _: options, now=now)


async def change_options(
    tx: Transaction, account: str, change: Callable[[AccountOptions], AccountOptions], *, now: datetime
) -> AccountOptions:
    """The options after a change. Those that lists are read with make a new version of the lists."""
    head = await lock_head(tx, account)
    before = await get_options(tx, account)
    after = change(before)
    await tx.execute(
        "INSERT INTO account_options (account, options) VALUES (?, ?)"
        " ON CONFLICT (account) DO UPDATE SET options = excluded.options",
        account,
        codec.encode(after),
    )
    if before.block_wins != after.block_wins:
        await write_head(tx, account, head, now)
    return after
