"""The store as the commands of an administrator use it, beside a running server or without one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from lazaretto.commands.outcome import CommandFailed
from lazaretto.model.account import Account
from lazaretto.settings import Settings
from lazaretto.store.accounts import find_account, list_accounts
from lazaretto.store.database import Database, Transaction, open_database
from lazaretto.telemetry.log import configure_log

T = TypeVar("T")


def in_store(settings: Settings, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Run one work in a transaction of the store that the settings name."""
    return asyncio.run(_work(settings, work))


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Database]:
    """The database, open; the log tells only what is wrong, because standard output is for the result."""
    configure_log("warning", settings.log.format)
    _make(settings.data_folder)
    database = await open_database(settings.store_url)
    try:
        yield database
    finally:
        await database.close()


async def the_account(tx: Transaction, ref: str | None) -> Account:
    """The named account; without a name the only one there is."""
    if ref is not None:
        account = await find_account(tx, ref)
        if account is None:
            raise CommandFailed(f"There is no account '{ref}'; see `lazaretto account list`.")
        return account
    accounts = await list_accounts(tx)
    if not accounts:
        raise CommandFailed("There is no account yet; add one with `lazaretto account add NAME`.")
    if len(accounts) > 1:
        raise CommandFailed("There is more than one account; name it with --account.")
    return accounts[0]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        sentence = f"cannot make {folder} ({problem.strerror}): make its parent writable, or set server.data"
        raise CommandFailed(sentence) from None


async def _work(settings: Settings, work: Callable[[Transaction], Awaitable[T]]) -> T:
    async with open_store(settings) as database:
        return await database.write(work)
