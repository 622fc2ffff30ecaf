"""`lazaretto account`: the organisations that this server works for."""

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, USAGE, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs

if TYPE_CHECKING:
    from lazaretto.model.account import Account
    from lazaretto.store.database import Transaction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    add = verb(group, "add", "add an account and print its id")
    add.add_argument("name")
    add.add_argument("--id", help="32 hex digits of your own, to move an account from elsewhere")
    verb(group, "list", "list all accounts")
    remove = verb(group, "remove", "remove an account with all its records")
    remove.add_argument("account", help="id or name")
    remove.add_argument("--yes", action="store_true", help="really remove: nothing brings the records back")


def run(parsed: argparse.Namespace) -> int:
    """Add, list or remove."""
    from lazaretto.commands.store import in_store, the_account
    from lazaretto.store.accounts import add_account, list_accounts, remove_account

    settings = load(parsed)
    if parsed.verb == "add":
        new = in_store(settings, lambda tx: add_account(tx, parsed.name, now=datetime.now(UTC), id=parsed.id))
        show(parsed, _value(new), f"{new.id}  {new.name}")
    elif parsed.verb == "list":
        accounts = in_store(settings, list_accounts)
        show(parsed, [_value(account) for account in accounts], table((a.id, a.name) for a in accounts))
    else:
        if not parsed.yes:
            raise CommandFailed("This removes all records of the account; say --yes to do it.", USAGE)

        async def remove(tx: "Transaction") -> "Account":
            account = await the_account(tx, parsed.account)
            await remove_account(tx, account.id)
            return account

        gone = in_store(settings, remove)
        show(parsed, _value(gone), f"removed {gone.id}  {gone.name}")
    return OK


def _value(account: "Account") -> dict[str, object]:
    return {"id": account.id, "name": account.name, "created_at": account.created_at.isoformat()}
