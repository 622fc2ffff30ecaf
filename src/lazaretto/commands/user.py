"""`lazaretto user`: who works in an account, and as what."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs
from lazaretto.model.access import Role

if TYPE_CHECKING:
    from lazaretto.model.account import Account
    from lazaretto.model.audit import Json
    from lazaretto.model.user import User
    from lazaretto.store.database import Transaction

_ROLES = tuple(role.value for role in Role)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    add = verb(group, "add", "add a user")
    change = verb(group, "set", "change a user's role or name, disable or enable a user")
    listing = verb(group, "list", "list all users")
    remove = verb(group, "remove", "remove a user with all credentials")
    for named in (add, change, remove):
        named.add_argument("email", metavar="EMAIL")
    add.add_argument("--role", choices=_ROLES, default=Role.READ_ONLY.value, help="default: read_only")
    change.add_argument("--role", choices=_ROLES)
    for with_name in (add, change):
        with_name.add_argument("--name", help="the person's name")
    state = change.add_mutually_exclusive_group()
    state.add_argument("--disable", action="store_true", help="all credentials of the user end")
    state.add_argument("--enable", action="store_true", help="they work again")
    for with_account in (add, change, listing, remove):
        with_account.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def run(parsed: argparse.Namespace) -> int:
    """Add, set, list or remove."""
    from lazaretto.commands.store import in_store

    settings = load(parsed)
    if parsed.verb == "list":
        found = in_store(settings, lambda tx: _list(tx, parsed))
        show(parsed, [_value(user) for user in found], table(_row(user) for user in found))
    elif parsed.verb == "remove":
        gone = in_store(settings, lambda tx: _remove(tx, parsed))
        show(parsed, _value(gone), f"removed {gone.email}")
    else:
        kept = in_store(settings, lambda tx: _keep(tx, parsed))
        show(parsed, _value(kept), table([_row(kept)]))
    return OK


async def the_user(tx: "Transaction", account: "Account", ref: str) -> "User":
    """The user of that email address or id."""
    from lazaretto.store.users import get_user

    user = await get_user(tx, account.id, ref)
    if user is None:
        raise CommandFailed(f"There is no user '{ref}' in this account; see `lazaretto user list`.")
    return user


async def _keep(tx: "Transaction", parsed: argparse.Namespace) -> "User":
    from lazaretto.commands.audited import audit_command
    from lazaretto.commands.store import the_account
    from lazaretto.store.users import add_user, set_user

    account, now = await the_account(tx, parsed.account), datetime.now(UTC)
    if parsed.verb == "add":
        kept = await add_user(
            tx,
            account.id,
            email=_email(parsed.email),
            role=Role(parsed.role),
            name=parsed.name or "",
            now=now,
        )
    else:
        user = await the_user(tx, account, parsed.email)
        disabled_at = None if parsed.enable else user.disabled_at
        if parsed.disable:
            disabled_at = user.disabled_at or now
        role, name = Role(parsed.role or user.role), user.name if parsed.name is None else parsed.name
        kept = await set_user(tx, replace(user, role=role, name=name, disabled_at=disabled_at))
    told: dict[str, Json] = {
        "email": kept.email,
        "name": kept.name,
        "role": kept.role.value,
        "disabled": kept.disabled_at is not None,
    }
    await audit_command(tx, account.id, f"user {parsed.verb}", {"user_id": kept.id}, told)
    return kept


async def _list(tx: "Transaction", parsed: argparse.Namespace) -> "tuple[User, ...]":
    from lazaretto.commands.store import the_account
    from lazaretto.store.users import list_users

    return await list_users(tx, (await the_account(tx, parsed.account)).id)


async def _remove(tx: "Transaction", parsed: argparse.Namespace) -> "User":
    from lazaretto.commands.audited import audit_command
    from lazaretto.commands.store import the_account
    from lazaretto.store.users import remove_user

    account = await the_account(tx, parsed.account)
    user = await the_user(tx, account, parsed.email)
    await remove_user(tx, account.id, user.id)
    await audit_command(tx, account.id, "user remove", {"user_id": user.id}, {"email": user.email})
    return user


def _email(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or not text.isprintable() or " " in text:
        raise CommandFailed(f"'{text}' is not an email address.")
    return text


def _value(user: "User") -> dict[str, object]:
    return {
        "id": user.id,
        "account": user.account,
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "disabled": user.disabled_at is not None,
        "created_at": user.created_at.isoformat(timespec="seconds"),
    }


def _row(user: "User") -> tuple[str, ...]:
    return (user.email, user.role.value, "disabled" if user.disabled_at else "enabled", user.name)
