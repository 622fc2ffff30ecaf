"""`lazaretto audit`: who did what, and whether the log that says so is whole.

Rules. An anchor is a file with the last entry of each chain. It is compared and then brought up to date, so
it belongs where whoever can write the database cannot write.
"""

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, CommandFailed
from lazaretto.commands.shared import load, show, table, verb, verbs

if TYPE_CHECKING:
    from lazaretto.model.audit import AuditEntry, Head
    from lazaretto.settings import Settings
    from lazaretto.store.audit import AuditFilter, Verification
    from lazaretto.store.database import Database, Transaction

Anchors = dict[str, "Head"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    verify = verb(group, "verify", "walk over the log and find what was changed, removed or put in")
    verify.add_argument("--anchor", metavar="FILE", help="compare with this file, then bring it up to date")
    show_ = verb(group, "show", "list what was done, newest first")
    show_.add_argument("--actor", help="only of this user, token or operator")
    show_.add_argument("--operation", help="only this operation")
    show_.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default 50)")
    export = verb(group, "export", "print the whole log as JSON lines, oldest first")
    for each in (verify, show_, export):
        each.add_argument("--account", metavar="REF", help="id or name; also the id of one that is gone")


def run(parsed: argparse.Namespace) -> int:
    """Verify, show or export."""
    settings = load(parsed)
    if parsed.verb == "verify":
        return _tell(parsed, asyncio.run(_verify(parsed, settings)))
    if parsed.verb == "export":
        asyncio.run(_export(parsed, settings))
        return OK
    entries = asyncio.run(_show(parsed, settings))
    show(parsed, [entry.exported for entry in entries], table(_row(entry) for entry in entries))
    return OK


async def _verify(parsed: argparse.Namespace, settings: "Settings") -> "dict[str, Verification]":
    from lazaretto.commands.store import open_store
    from lazaretto.store.audit import verify_audit

    path = Path(parsed.anchor) if parsed.anchor else None
    anchors = _read(path) if path else {}
    async with open_store(settings) as database:
        chosen = await database.read(lambda tx: _accounts(tx, parsed.account))
        # A chain that is gone altogether is damaged, too: the anchor knows of it.
        chosen += tuple(account for account in anchors if account not in chosen and not parsed.account)
        found = {
            account: await verify_audit(
                database, account, anchors=[anchors[account]] if account in anchors else []
            )
            for account in chosen
        }
    if path and not any(each.damage for each in found.values()):
        _write(path, anchors | {account: each.head for account, each in found.items()})
    return found


def _tell(parsed: argparse.Namespace, found: "dict[str, Verification]") -> int:
    values = [
        {
            "account": account,
            "intact": each.damage is None,
            "sequence": each.head.sequence,
            "hash": each.head.hash,
            "broken_sequence": each.damage.sequence if each.damage else None,
            "reason": each.damage.reason if each.damage else None,
        }
        for account, each in found.items()
    ]
    lines = [
        f"{account}  broken at {each.damage.sequence}: {each.damage.reason}"
        if each.damage
        else f"{account}  intact  {each.head.sequence} entries  {each.head.hash}"
        for account, each in found.items()
    ]
    show(parsed, values, "\n".join(lines) or "nothing was logged yet")
    return FAILED if any(each.damage for each in found.values()) else OK


async def _show(parsed: argparse.Namespace, settings: "Settings") -> "tuple[AuditEntry, ...]":
    from lazaretto.commands.store import open_store
    from lazaretto.store.audit import AuditFilter, list_audit

    if parsed.limit < 1:
        raise CommandFailed("--limit must be at least 1.")
    wanted = AuditFilter(actor=parsed.actor, operation=parsed.operation)
    async with open_store(settings) as database:
        account = await database.read(lambda tx: _one(tx, parsed.account))
        return await database.read(lambda tx: list_audit(tx, account, wanted, limit=parsed.limit))


async def _export(parsed: argparse.Namespace, settings: "Settings") -> None:
    from lazaretto.commands.store import open_store
    from lazaretto.model.audit import canonical
    from lazaretto.store.audit import AuditFilter

    async with open_store(settings) as database:
        for account in await database.read(lambda tx: _accounts(tx, parsed.account)):
            async for entries in _chunks(database, account, AuditFilter()):
                for entry in entries:
                    print(canonical(entry.exported))


async def _chunks(
    database: "Database", account: str, wanted: "AuditFilter"
) -> "AsyncIterator[tuple[AuditEntry, ...]]":
    from lazaretto.store.audit import CHUNK, LOWEST, read_audit

    after = LOWEST
    while True:
        entries = await database.read(partial(read_audit, account=account, wanted=wanted, after=after))
        yield entries
        if len(entries) < CHUNK:
            return
        after = entries[-1].sequence


async def _one(tx: "Transaction", ref: str | None) -> str:
    """One account: named, or the only one."""
    from lazaretto.commands.store import the_account

    return (await _accounts(tx, ref))[0] if ref else (await the_account(tx, None)).id


async def _accounts(tx: "Transaction", ref: str | None) -> tuple[str, ...]:
    """The named account, or all that have a log; the log of one that was removed stays."""
    from lazaretto.store.accounts import find_account
    from lazaretto.store.audit import audited_accounts

    logged = await audited_accounts(tx)
    if ref is None:
        return logged
    account = await find_account(tx, ref)
    if account is None and ref not in logged:
        raise CommandFailed(f"There is no account '{ref}', and no log of one.")
    return (account.id if account else ref,)


def _read(path: Path) -> Anchors:
    """The anchors of last time; none when the file is not there yet."""
    from lazaretto.model.audit import Head

    try:
        kept = json.loads(path.read_text("utf-8"))
        return {
            str(account): Head(int(head["sequence"]), str(head["hash"])) for account, head in kept.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CommandFailed(f"{path} is no anchor: it was not written by `lazaretto audit verify`.") from None


def _write(path: Path, anchors: Anchors) -> None:
    """In one step: a file that was half written would be no anchor."""
    beginning = path.with_name(f"{path.name}.new")
    heads = {account: {"sequence": head.sequence, "hash": head.hash} for account, head in anchors.items()}
    with beginning.open("w", encoding="utf-8") as file:
        json.dump(heads, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    beginning.replace(path)


def _row(entry: "AuditEntry") -> tuple[str, ...]:
    deed = entry.deed
    details: Iterable[str] = (str(value) for value in deed.target.values())
    state = deed.stage if deed.status is None else str(deed.status)
    at = entry.at.isoformat(timespec="seconds")
    return (str(entry.sequence), at, deed.actor, deed.operation, " ".join(details), str(state))
