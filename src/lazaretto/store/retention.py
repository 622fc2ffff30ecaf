"""How long things are kept: bytes, facts and records each have an age, per account.

Rules. Work is done in bounded steps, each its own transaction, oldest scans first. What still has to be sent
keeps its bytes and its record; quarantined copies age like everything else. A blob is removed when no record
refers to it and its file is old enough not to be one that is just coming in.

Limits: a record that never got a place in the lists is settled by recovery first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lazaretto.store import flags, uploads
from lazaretto.store.blobs import Blobs
from lazaretto.store.history import forget_seen
from lazaretto.store.search_text import remove
from lazaretto.store.times import MICROSECOND, micros
from lazaretto.store.transaction import Database, Transaction
from lazaretto.store.uploads import forget_submissions, forget_uploads

STEP = 200
"""Records of one transaction: the writer is free for mail again within milliseconds."""

BLOB_GRACE = timedelta(days=1)
"""A file younger than this may belong to a message whose record is not committed yet."""

FOLDERS = 256
HOURS = 24

OWED = " AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.account = r.account AND d.record = r.number"
OWED += " AND d.next_attempt_at IS NOT NULL)"

RECORD_TABLES = ("scan", "decision", "delivery", "trace", "action", "submission", "label", "report")


@dataclass(frozen=True, slots=True)
class Ages:
    """How long to keep what; None keeps it for ever."""

    bytes: timedelta | None = None
    facts: timedelta | None = None
    records: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Expired:
    """What one run removed."""

    bytes: int  # records whose bytes are no longer kept
    facts: int  # records whose facts and verdict are no longer kept
    records: int
    blobs: int  # files


async def set_ages(tx: Transaction, account: str, ages: Ages) -> None:
    """An account's own ages; where one is None the default of the installation counts."""
    stored = [None if age is None else age // MICROSECOND for age in (ages.bytes, ages.facts, ages.records)]
    await tx.execute(
        "UPDATE account SET keep_bytes = ?, keep_facts = ?, keep_records = ? WHERE id = ?", *stored, account
    )


async def get_ages(tx: Transaction, account: str) -> Ages:
    """An account's own ages."""
    row = await tx.row("SELECT keep_bytes, keep_facts, keep_records FROM account WHERE id = ?", account)
    return _ages(row or (None, None, None))


def _ages(row: Sequence[Any]) -> Ages:
    return Ages(*(None if age is None else timedelta(microseconds=age) for age in row))


async def expire(database: Database, blobs: Blobs, *, ages: Ages, now: datetime) -> Expired:
    """Remove what is too old. `ages` is the default of the installation.

    Files of no record are looked for in a share of the folders: in all of them within a day of hourly runs.
    """
    run = _Run(database, blobs, now - BLOB_GRACE)
    without_bytes = without_facts = removed = 0
    for account, own in await database.read(_accounts):
        limits = _limits(own, ages, now)
        without_bytes += await run.steps(account, limits.bytes, flags.BYTES_GONE, _forget_bytes)
        without_facts += await run.steps(account, limits.facts, flags.FACTS_GONE, _forget_facts)
        removed += await run.steps(account, limits.records, 0, _forget_records)
        await run.uploads(account, limits.bytes, forget_uploads)
        await run.uploads(account, limits.records, forget_submissions)
        await run.senders(account, own.records or ages.records, now)
    for folder in range(now.hour % HOURS, FOLDERS, HOURS):
        await run.sweep(folder)
    await asyncio.to_thread(blobs.clean)
    return Expired(without_bytes, without_facts, removed, run.files)


@dataclass(frozen=True, slots=True)
class _Limits:
    """Positions below which things are too old; 0 where they are kept for ever."""

    bytes: int
    facts: int
    records: int


@dataclass(frozen=True, slots=True)
class _Old:
    """A record that is too old for something."""

    number: int
    position: int
    blob: str


Forget = Callable[[Transaction, str, Sequence[_Old]], Awaitable[None]]
ForgetUploads = Callable[[Transaction, str, int], Awaitable[list[str]]]


@dataclass(slots=True)
class _Run:
    """One run over the store."""

    database: Database
    blobs: Blobs
    older_than: datetime
    files: int = 0

    async def steps(self, account: str, limit: int, gone: int, forget: Forget) -> int:
        """Forget something about all records below a position, a few at a time."""
        total, after = 0, 0
        while after < limit:
            old = await self.database.write(lambda tx: _step(tx, account, (after, limit), gone, forget))  # noqa: B023
            total += len(old)
            await self.remove({one.blob for one in old})
            after = old[-1].position if len(old) == STEP else limit
        return total

    async def uploads(self, account: str, before: int, forget: ForgetUploads) -> None:
        """Forget what came with submissions before a time, or the submissions, a few at a time."""
        going_on = True
        while going_on:
            names = await self.database.write(lambda tx: forget(tx, account, before))
            await self.remove({name for name in names if name})
            going_on = len(names) == uploads.STEP

    async def senders(self, account: str, records: timedelta | None, now: datetime) -> None:
        """Forget some of the senders that have not written for long."""
        await self.database.write(lambda tx: forget_seen(tx, account, now=now, records=records))

    async def sweep(self, folder: int) -> None:
        """Remove files that no record refers to: a crash between the bytes and the record left them."""
        names = await asyncio.to_thread(self.blobs.names, folder, older_than=self.older_than)
        for start in range(0, len(names), STEP):
            await self.remove(set(names[start : start + STEP]))

    async def remove(self, names: set[str]) -> None:
        """Remove those of the files that no record refers to."""
        if not names:
            return
        wanted = await self.database.read(lambda tx: _wanted(tx, sorted(names)))
        for name in sorted(names - wanted):
            self.files += await asyncio.to_thread(self.blobs.discard, name, older_than=self.older_than)


async def _accounts(tx: Transaction) -> list[tuple[str, Ages]]:
    rows: list[Any] = await tx.rows(
        "SELECT id, keep_bytes, keep_facts, keep_records FROM account ORDER BY id"
    )
    return [(row[0], _ages(row[1:])) for row in rows]


def _limits(own: Ages, default: Ages, now: datetime) -> _Limits:
    chosen = (own.bytes or default.bytes, own.facts or default.facts, own.records or default.records)
    return _Limits(*(0 if age is None else micros(now - age) for age in chosen))


async def _step(
    tx: Transaction, account: str, bounds: tuple[int, int], gone: int, forget: Forget
) -> list[_Old]:
    """Forget something about the oldest records within bounds that still have it."""
    owed = "" if gone == flags.FACTS_GONE else OWED
    rows: list[Any] = await tx.rows(
        "SELECT r.number, r.position, r.blob FROM record r"
        f" WHERE r.account = ? AND r.position > ? AND r.position < ? AND (r.flags & ?) = 0{owed}"
        " ORDER BY r.position LIMIT ?",
        account,
        *bounds,
        gone,
        STEP,
    )
    old = [_Old(*row) for row in rows]
    if old:
        await forget(tx, account, old)
    return old


async def _wanted(tx: Transaction, names: Sequence[str]) -> set[str]:
    """Those of the blobs that a record refers to, or a submission that brought them."""
    kept = "SELECT 1 FROM record WHERE blob = ? AND (flags & ?) = 0 LIMIT 1"
    wanted = {name for name in names if await tx.row(kept, name, flags.BYTES_GONE)}
    brought = "SELECT 1 FROM submission WHERE blob = ? LIMIT 1"
    return wanted | {name for name in names if await tx.row(brought, name)}


async def _forget_bytes(tx: Transaction, account: str, old: Sequence[_Old]) -> None:
    await _set(tx, account, old, flags.BYTES_GONE)


async def _forget_facts(tx: Transaction, account: str, old: Sequence[_Old]) -> None:
    statement = "UPDATE scan SET facts = NULL, verdict = NULL WHERE account = ? AND record = ?"
    await tx.many(statement, [(account, one.number) for one in old])
    await _set(tx, account, old, flags.FACTS_GONE)


async def _set(tx: Transaction, account: str, old: Sequence[_Old], bit: int) -> None:
    statement = "UPDATE record SET flags = flags | ? WHERE account = ? AND number = ?"
    await tx.many(statement, [(bit, account, one.number) for one in old])


async def _forget_records(tx: Transaction, account: str, old: Sequence[_Old]) -> None:
    await remove(tx, account, [one.position for one in old])
    keys = [(account, one.number) for one in old]
    for table in RECORD_TABLES:
        await tx.many(f"DELETE FROM {table} WHERE account = ? AND record = ?", keys)
    await tx.many("DELETE FROM record WHERE account = ? AND number = ?", keys)
