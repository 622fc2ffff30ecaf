"""The verbs of `lazaretto rules` about editions: promote a folder, go back, list what is kept."""

import argparse
import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, CommandFailed
from lazaretto.commands.shared import load, show, table, verb

if TYPE_CHECKING:
    from lazaretto.settings import Settings
    from lazaretto.store.database import Database
    from lazaretto.store.editions import Edition

VERBS = ("promote", "rollback", "editions")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a promotion."""

    edition: int | None  # None: the shipped rules alone
    ruleset: str
    server: str  # "running", "refused" or "none": what the server of this data folder says
    reason: str = ""


def add_verbs(group: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What can be said to them."""
    promote = verb(group, "promote", "make the rule files of a folder what runs")
    promote.add_argument("folder", metavar="DIR", help="rule files, laid over the shipped ones")
    verb(group, "rollback", "let what ran before run again")
    verb(group, "editions", "list what was promoted")


def run_verb(parsed: argparse.Namespace) -> int:
    """One of VERBS."""
    settings = load(parsed)
    if parsed.verb == "editions":
        return _list(parsed, settings)
    told = asyncio.run(_promote(settings, parsed.folder) if parsed.verb == "promote" else _rollback(settings))
    show(parsed, edition_value(told), edition_text(told))
    return FAILED if told.server == "refused" else OK


async def promote_here(settings: "Settings", database: "Database", files: Mapping[str, bytes]) -> Told:
    """Check the files, make them what runs, and wait until a running server took them."""
    from lazaretto.actions.promote import promote
    from lazaretto.app import worker_options
    from lazaretto.commands.audited import actor
    from lazaretto.store.editions import Editions

    editions = Editions(settings.data_folder)
    now = datetime.now(UTC)
    edition = await promote(editions, worker_options(settings), files, by=actor(), now=now)
    await _audit(database, "rules promote", {"edition": edition.number, "ruleset": edition.ruleset})
    return await _told(settings, edition.number, edition.ruleset)


async def _promote(settings: "Settings", folder: str) -> Told:
    from lazaretto.commands.store import open_store
    from lazaretto.store.editions import read_folder

    files = read_folder(Path(folder))
    if not files:
        raise CommandFailed(f"{folder} holds no rule files: names end in .toml or .bin.")
    async with open_store(settings) as database:
        return await promote_here(settings, database, files)


async def _rollback(settings: "Settings") -> Told:
    from lazaretto.actions.promote import check_rules
    from lazaretto.app import worker_options
    from lazaretto.commands.store import open_store
    from lazaretto.store.editions import Editions

    editions = Editions(settings.data_folder)
    before = editions.before()
    files = {} if before is None else editions.find(before).files
    ruleset = await check_rules(worker_options(settings), files)
    async with open_store(settings) as database:
        number = editions.go_back(before)
        await _audit(database, "rules rollback", {"edition": number, "ruleset": ruleset})
        return await _told(settings, number, ruleset)


async def _told(settings: "Settings", number: int | None, ruleset: str) -> Told:
    from lazaretto.actions.promote import confirmed
    from lazaretto.store.editions import Editions

    try:
        running = await confirmed(Editions(settings.data_folder), number)
    except TimeoutError:
        return Told(number, ruleset, "silent")
    if running is None:
        return Told(number, ruleset, "none")
    if running.refused is not None and running.refused == number:
        return Told(number, ruleset, "refused", running.reason)
    return Told(number, running.ruleset, "running")


async def _audit(database: "Database", operation: str, target: Mapping[str, str | int | None]) -> None:
    """The rules judge the mail of all accounts, so each account's log tells it."""
    from lazaretto.commands.audited import audit_command
    from lazaretto.store.accounts import list_accounts

    for account in await database.read(list_accounts):
        await database.write(
            partial(audit_command, account=account.id, operation=operation, target=target, parameters={})
        )


def edition_value(told: Told) -> dict[str, object]:
    """For --json."""
    return {"edition": told.edition, "ruleset": told.ruleset, "server": told.server, "reason": told.reason}


def edition_text(told: Told) -> str:
    """In words."""
    name = "The shipped rules" if told.edition is None else f"Edition {told.edition}"
    return {
        "running": f"{name}, ruleset {told.ruleset}: the server judges by it from now on.",
        "none": f"{name}, ruleset {told.ruleset}: a server will judge by it when it starts.",
        "silent": f"{name}, ruleset {told.ruleset}: the server has not taken it yet; its log says why.",
        "refused": f"{name}: the server refused it, and the old rules go on: {told.reason}",
    }[told.server]


def _list(parsed: argparse.Namespace, settings: "Settings") -> int:
    from lazaretto.store.editions import Editions

    editions = Editions(settings.data_folder)
    kept, current = editions.kept(), editions.current()
    rows = [_row(edition, current) for edition in kept]
    value = [
        {
            "edition": edition.number,
            "current": edition.number == current,
            "before": edition.before,
            "promoted_at": edition.promoted_at.isoformat(),
            "by": edition.by,
            "ruleset": edition.ruleset,
            "files": sorted(edition.files),
        }
        for edition in kept
    ]
    head = ("edition", "", "promoted", "by", "ruleset", "files")
    show(
        parsed, value, table([head, *rows]) if rows else "Nothing was promoted: the shipped rules run alone."
    )
    return OK


def _row(edition: "Edition", current: int | None) -> tuple[str, ...]:
    return (
        str(edition.number),
        "runs" if edition.number == current else "",
        edition.promoted_at.isoformat(timespec="seconds"),
        edition.by,
        edition.ruleset,
        ", ".join(sorted(edition.files)),
    )
