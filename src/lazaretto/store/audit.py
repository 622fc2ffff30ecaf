"""The audit log: entries are added to the end of an account's chain and never touched again.

Rules. The head of the chain is locked while an entry is added, so that two servers cannot make two chains of
it. The database refuses to change or remove a row. The log outlives its account.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from lazaretto.model.audit import AuditEntry, ChainCheck, Damage, Deed, Head, Json, canonical, link
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment
from lazaretto.store.transaction import Database, Transaction, Value

CHUNK = 1_000
"""Entries that are read at one time, when all of them are."""

LOWEST = -(2**62)
"""Below every sequence, also those that only somebody else can have written."""

_COLUMNS = (
    "account, sequence, at, actor, token, client, operation, target, parameters, stage, begun, status,"
    " request, previous, hash"
)
_INSERT = f"INSERT INTO audit ({_COLUMNS}) VALUES ({', '.join('?' * 15)})"


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What is wanted of the log; None means all."""

    actor: str | None = None
    operation: str | None = None
    start: datetime | None = None  # inclusive
    end: datetime | None = None  # exclusive
    before: int | None = None  # sequence, exclusive


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk over the whole chain found."""

    head: Head  # how far it is good
    damage: Damage | None


async def add_audit(tx: Transaction, account: str, deeds: Sequence[Deed], now: datetime) -> tuple[int, ...]:
    """Add entries to the end of the chain, in this order; their sequences."""
    head = await _lock(tx, account)
    entries: list[AuditEntry] = []
    for deed in deeds:
        entries.append(link(account, head, _storable(deed), now))
        head = Head(entries[-1].sequence, entries[-1].hash)
    await tx.many(_INSERT, [_row(entry) for entry in entries])
    await tx.execute(
        "UPDATE audit_head SET sequence = ?, hash = ? WHERE account = ?", head.sequence, head.hash, account
    )
    return tuple(entry.sequence for entry in entries)


async def _lock(tx: Transaction, account: str) -> Head:
    lock = " FOR UPDATE" if tx.dialect == "postgres" else ""
    statement = f"SELECT sequence, hash FROM audit_head WHERE account = ?{lock}"
    row: Any = await tx.row(statement, account)
    if row is None:
        await tx.execute(
            "INSERT INTO audit_head (account, sequence, hash) VALUES (?, 0, ?)"
            " ON CONFLICT (account) DO NOTHING",
            account,
            Head().hash,
        )
        row = await tx.row(statement, account)
    return Head(*row)


async def get_head(tx: Transaction, account: str) -> Head:
    """The last entry; the empty head before the first."""
    row: Any = await tx.row("SELECT sequence, hash FROM audit_head WHERE account = ?", account)
    return Head(*row) if row else Head()


async def audited_accounts(tx: Transaction) -> tuple[str, ...]:
    """All accounts that have a chain, also those that are gone."""
    rows = await tx.rows("SELECT account FROM audit_head ORDER BY account")
    return tuple(str(row[0]) for row in rows)


async def list_audit(
    tx: Transaction, account: str, wanted: AuditFilter, *, limit: int, offset: int = 0
) -> tuple[AuditEntry, ...]:
    """Entries that fit, newest first."""
    where, args = _where(account, wanted)
    statement = f"SELECT {_COLUMNS} FROM audit{where} ORDER BY sequence DESC LIMIT ? OFFSET ?"
    return tuple(_entry(row) for row in await tx.rows(statement, *args, limit, offset))


async def count_audit(tx: Transaction, account: str, wanted: AuditFilter) -> int:
    """How many entries fit."""
    where, args = _where(account, wanted)
    count: Any = await tx.value(f"SELECT count(*) FROM audit{where}", *args)
    return int(count)


async def read_audit(
    tx: Transaction, account: str, wanted: AuditFilter, *, after: int = LOWEST
) -> tuple[AuditEntry, ...]:
    """The next CHUNK entries that fit, oldest first."""
    where, args = _where(account, wanted)
    statement = f"SELECT {_COLUMNS} FROM audit{where} AND sequence > ? ORDER BY sequence LIMIT ?"
    return tuple(_entry(row) for row in await tx.rows(statement, *args, after, CHUNK))


async def verify_audit(database: Database, account: str, *, anchors: Iterable[Head] = ()) -> Verification:
    """Walk over the chain as it is now; entries that are added meanwhile are not looked at."""
    head, after = await database.read(lambda tx: _ends(tx, account)), LOWEST
    check = ChainCheck(anchors=anchors)
    while True:
        entries = await database.read(partial(read_audit, account=account, wanted=AuditFilter(), after=after))
        damage = check.walk(entry for entry in entries if entry.sequence <= head.last)
        if damage is not None:
            return Verification(check.head, damage)
        if len(entries) < CHUNK or entries[-1].sequence >= head.last:
            return Verification(check.head, check.end(head.head))
        after = entries[-1].sequence


@dataclass(frozen=True, slots=True)
class _Ends:
    head: Head
    last: int  # of the rows that are there


async def _ends(tx: Transaction, account: str) -> _Ends:
    last: Any = await tx.value("SELECT max(sequence) FROM audit WHERE account = ?", account)
    return _Ends(await get_head(tx, account), last or 0)


def _where(account: str, wanted: AuditFilter) -> tuple[str, tuple[Value, ...]]:
    conditions: list[tuple[str, Value]] = [("account = ?", account)]
    if wanted.actor is not None:
        conditions.append(("actor = ?", plain_text(wanted.actor)))
    if wanted.operation is not None:
        conditions.append(("operation = ?", plain_text(wanted.operation)))
    if wanted.start is not None:
        conditions.append(("at >= ?", micros(wanted.start)))
    if wanted.end is not None:
        conditions.append(("at < ?", micros(wanted.end)))
    if wanted.before is not None:
        conditions.append(("sequence < ?", wanted.before))
    return " WHERE " + " AND ".join(text for text, _ in conditions), tuple(value for _, value in conditions)


def _storable(deed: Deed) -> Deed:
    """Texts as the database gives them back, or the hash would not fit any more."""
    return Deed(
        actor=plain_text(deed.actor),
        operation=plain_text(deed.operation),
        stage=deed.stage,
        target=deed.target,
        parameters=deed.parameters,
        token=deed.token,
        client=None if deed.client is None else plain_text(deed.client),
        begun=deed.begun,
        status=deed.status,
        request=None if deed.request is None else plain_text(deed.request),
    )


def _row(entry: AuditEntry) -> tuple[Value, ...]:
    deed = entry.deed
    return (
        entry.account,
        entry.sequence,
        micros(entry.at),
        deed.actor,
        deed.token,
        deed.client,
        deed.operation,
        canonical(deed.target),
        canonical(deed.parameters),
        deed.stage,
        deed.begun,
        deed.status,
        deed.request,
        entry.previous,
        entry.hash,
    )


def _entry(row: Sequence[Any]) -> AuditEntry:
    (
        account,
        sequence,
        at,
        actor,
        token,
        client,
        operation,
        target,
        parameters,
        stage,
        begun,
        status,
        request,
        *hashes,
    ) = row
    deed = Deed(
        actor,
        operation,
        stage=stage,
        target=_json(target),
        parameters=_json(parameters),
        token=token,
        client=client,
        begun=begun,
        status=status,
        request=request,
    )
    return AuditEntry(account, sequence, moment(at), deed, *hashes)


def _json(text: str) -> Any:
    """What was stored; a text that we did not write is shown as it is, and breaks the hash."""
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value if canonical(value) == text else text
