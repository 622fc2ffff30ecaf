"""`lazaretto account`: the organisations that this server works for."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from lazaretto.commands.outcome import OK, USAGE, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs
from lazaretto.model.account import AfterReclassify
from lazaretto.model.learning import Learn

if TYPE_CHECKING:
    from lazaretto.model.account import Account
    from lazaretto.store.database import Transaction

_YES = {"yes": True, "no": False}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    add = verb(group, "add", "add an account and print its id")
    add.add_argument("name")
    add.add_argument("--id", help="32 hex digits of your own, to move an account from elsewhere")
    verb(group, "list", "list all accounts")
    change = verb(group, "set", "change options of an account; without any they are shown")
    change.add_argument("--account", metavar="REF", help="id or name, if there is more than one")
    change.add_argument(
        "--block-wins", choices=tuple(_YES), help="a blocked sender is blocked though it is trusted"
    )
    change.add_argument("--report-addresses", metavar="ADDRESS,...", help="take reported mail; '' is none")
    change.add_argument(
        "--after-reclassify", choices=get_args(AfterReclassify), help="what follows of itself"
    )
    change.add_argument("--learn", choices=get_args(Learn), help="train a classifier of the account's labels")
    remove = verb(group, "remove", "remove an account with all its records")
    remove.add_argument("account", help="id or name")
    remove.add_argument("--yes", action="store_true", help="really remove: nothing brings the records back")


def run(parsed: argparse.Namespace) -> int:
    """Add, list, set or remove."""
    from lazaretto.commands.store import in_store
    from lazaretto.store.accounts import list_accounts

    settings = load(parsed)
    if parsed.verb == "add":
        new = in_store(settings, lambda tx: _add(tx, parsed))
        show(parsed, _value(new), f"{new.id}  {new.name}")
    elif parsed.verb == "list":
        accounts = in_store(settings, list_accounts)
        show(parsed, [_value(account) for account in accounts], table((a.id, a.name) for a in accounts))
    elif parsed.verb == "set":
        options = in_store(settings, lambda tx: _set(tx, parsed))
        show(parsed, options, table((name, _word(value)) for name, value in options.items()))
    else:
        if not parsed.yes:
            raise CommandFailed("This removes all records of the account; say --yes to do it.", USAGE)
        gone = in_store(settings, lambda tx: _remove(tx, parsed))
        show(parsed, _value(gone), f"removed {gone.id}  {gone.name}")
    return OK


async def _add(tx: "Transaction", parsed: argparse.Namespace) -> "Account":
    from lazaretto.commands.audited import audit_command
    from lazaretto.store.accounts import add_account

    account = await add_account(tx, parsed.name, now=datetime.now(UTC), id=parsed.id)
    await audit_command(tx, account.id, "account add", {}, {"name": account.name})
    return account


async def _remove(tx: "Transaction", parsed: argparse.Namespace) -> "Account":
    """Its audit log stays, and tells of this as the last."""
    from lazaretto.commands.audited import audit_command
    from lazaretto.commands.store import the_account
    from lazaretto.store.accounts import remove_account

    account = await the_account(tx, parsed.account)
    await remove_account(tx, account.id)
    await audit_command(tx, account.id, "account remove", {}, {"name": account.name})
    return account


async def _set(tx: "Transaction", parsed: argparse.Namespace) -> dict[str, Any]:
    from lazaretto.actions.choose import choose
    from lazaretto.commands.audited import audit_command
    from lazaretto.commands.store import the_account

    account = await the_account(tx, parsed.account)
    wanted = _wanted(parsed)
    options = asdict(await choose(tx, account.id, wanted, now=datetime.now(UTC)))
    if wanted:
        await audit_command(tx, account.id, "account set", {}, {name: options[name] for name in wanted})
    return options


def _wanted(parsed: argparse.Namespace) -> dict[str, Any]:
    """The options that are named."""
    wanted: dict[str, Any] = {}
    if parsed.block_wins:
        wanted["block_wins"] = _YES[parsed.block_wins]
    if parsed.report_addresses is not None:
        wanted["report_addresses"] = tuple(parsed.report_addresses.replace(",", " ").split())
    if parsed.after_reclassify:
        wanted["after_reclassify"] = parsed.after_reclassify
    if parsed.learn:
        wanted["learn"] = parsed.learn
    return wanted


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value) or "-"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _value(account: "Account") -> dict[str, object]:
    return {"id": account.id, "name": account.name, "created_at": account.created_at.isoformat()}
