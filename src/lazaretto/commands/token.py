"""`lazaretto token`: credentials for the API. The secret is shown once, when it is made."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import OK, USAGE, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs
from lazaretto.model.access import Role

_PERMISSIONS = {"read": Role.READ_ONLY, "write": Role.ADMIN}

if TYPE_CHECKING:
    from lazaretto.model.account import Token
    from lazaretto.model.audit import Json
    from lazaretto.store.database import Transaction


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    add = verb(group, "add", "make a credential and print its secret")
    add.add_argument("name", help="what it is for")
    add.add_argument(
        "--role", choices=tuple(role.value for role in Role), help="what it may do (default: read_only)"
    )
    add.add_argument(
        "--permission", choices=tuple(_PERMISSIONS), help="the older words: read is read_only, write is admin"
    )
    add.add_argument("--user", metavar="EMAIL", help="whose it is; it never does more than its user may")
    add.add_argument(
        "--network", action="append", default=[], metavar="CIDR", help="where it may be used from, repeatable"
    )
    add.add_argument(
        "--kind", choices=("bearer", "key"), default="bearer", help="a key is sent with an email address"
    )
    add.add_argument("--email", help="the address that goes with a key")
    add.add_argument("--days", type=int, help="how long it is valid (default: for ever)")
    listing = verb(group, "list", "list credentials, without their secrets")
    remove = verb(group, "remove", "remove a credential")
    remove.add_argument("id")
    for parser_with_account in (add, listing, remove):
        parser_with_account.add_argument(
            "--account", metavar="REF", help="id or name, if there is more than one"
        )


def run(parsed: argparse.Namespace) -> int:
    """Add, list or remove."""
    from lazaretto.commands.store import in_store

    settings = load(parsed)
    if parsed.verb == "add":
        token, secret = in_store(settings, lambda tx: _add(tx, parsed))
        value = {**_value(token), "secret": secret}
        show(
            parsed,
            value,
            f"id      {token.id}\naccount {token.account}\nsecret  {secret}   (shown this once)",
        )
    elif parsed.verb == "list":
        tokens = in_store(settings, lambda tx: _list(tx, parsed))
        rows = ((t.id, t.role, t.kind, t.name, _holder(t), _time(t.last_used_at) or "never") for t in tokens)
        show(parsed, [_value(token) for token in tokens], table(rows))
    else:
        in_store(settings, lambda tx: _remove(tx, parsed))
        show(parsed, {"id": parsed.id}, f"removed {parsed.id}")
    return OK


async def _add(tx: "Transaction", parsed: argparse.Namespace) -> "tuple[Token, str]":
    from lazaretto.commands.audited import audit_command
    from lazaretto.commands.store import the_account
    from lazaretto.commands.user import the_user
    from lazaretto.store.credentials import add_token

    now = datetime.now(UTC)
    account = await the_account(tx, parsed.account)
    token, secret = await add_token(
        tx,
        account.id,
        name=parsed.name,
        role=_role(parsed),
        now=now,
        kind=parsed.kind,
        email=parsed.email,
        expires_at=now + timedelta(days=parsed.days) if parsed.days else None,
        user=await the_user(tx, account, parsed.user) if parsed.user else None,
        networks=parsed.network,
    )
    told = {name: value for name, value in _value(token).items() if name in _LOGGED}
    await audit_command(tx, account.id, "token add", {"token_id": token.id}, told)
    return token, secret


def _role(parsed: argparse.Namespace) -> Role:
    if parsed.role and parsed.permission:
        raise CommandFailed("Say either --role or --permission.", USAGE)
    if parsed.permission:
        return _PERMISSIONS[parsed.permission]
    return Role(parsed.role or Role.READ_ONLY)


async def _list(tx: "Transaction", parsed: argparse.Namespace) -> "tuple[Token, ...]":
    from lazaretto.commands.store import the_account
    from lazaretto.store.credentials import list_tokens

    return await list_tokens(tx, (await the_account(tx, parsed.account)).id if parsed.account else None)


async def _remove(tx: "Transaction", parsed: argparse.Namespace) -> None:
    from lazaretto.commands.audited import audit_command
    from lazaretto.commands.store import the_account
    from lazaretto.store.credentials import remove_token

    account = await the_account(tx, parsed.account)
    if not await remove_token(tx, account.id, parsed.id):
        raise CommandFailed(f"There is no token '{parsed.id}'; see `lazaretto token list`.")
    await audit_command(tx, account.id, "token remove", {"token_id": parsed.id}, {})


def _value(token: "Token") -> "dict[str, Json]":
    return {
        "id": token.id,
        "account": token.account,
        "name": token.name,
        "kind": token.kind,
        "email": token.email,
        "role": token.role.value,
        "user": token.user.email if token.user else None,
        "networks": list(token.networks),
        "created_at": _time(token.created_at),
        "expires_at": _time(token.expires_at),
        "last_used_at": _time(token.last_used_at),
    }


_LOGGED = ("name", "kind", "email", "role", "user", "networks", "expires_at")


def _holder(token: "Token") -> str:
    return (token.user.email if token.user else token.email) or ""


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
