"""Items of bulk jobs: recorded, taken, settled, listed, swept.

Rules. Whoever changes items has locked their job. An item is taken for a move with a lease, which is its
`due` time, so that one whose taker died becomes due by itself. A release needs no lease: the copy is set
free in the transaction that says so. Items of a job that has ended read as cancelled before they are swept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.model.job import Counts, ItemStatus, Job
from lazaretto.store.codec import plain_text
from lazaretto.store.jobs import lock_job, write_progress
from lazaretto.store.rows import in_list
from lazaretto.store.times import micros, moment_or_none
from lazaretto.store.transaction import Transaction

PENDING = "pending"
TAKEN = "taken"  # a move is under way
SENT = "sent"  # released, on its way
PUT_OFF = "put_off"  # released, and the next hop said not now
COMPLETED, FAILED, SKIPPED, CANCELLED = "completed", "failed", "skipped", "cancelled"

OPEN = (PENDING, TAKEN, SENT, PUT_OFF)
UNDER_WAY = (TAKEN, SENT, PUT_OFF)

STATUS = {
    PENDING: ItemStatus.PENDING,
    TAKEN: ItemStatus.PROCESSING,
    SENT: ItemStatus.PROCESSING,
    PUT_OFF: ItemStatus.PROCESSING,
    COMPLETED: ItemStatus.COMPLETED,
    FAILED: ItemStatus.FAILED,
    SKIPPED: ItemStatus.SKIPPED,
    CANCELLED: ItemStatus.CANCELLED,
}

MAX_NOTE = 500
"""Characters of an item's note: next hops may say a lot, a million times."""

AFTER_ALL = "it ended after the job had ended: {}"


@dataclass(frozen=True, slots=True)
class NewItem:
    """One copy that discovery found."""

    record: int
    delivery: int | None
    queue_id: str
    recipient: str
    lane: str
    skipped: str | None = None  # why the job cannot act on it
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One item that is ours to move until the lease ends."""

    number: int
    record: int
    recipient: str
    folder: str | None
    origin: str | None  # found by an earlier attempt that did not end
    attempts: int  # this one included


@dataclass(frozen=True, slots=True)
class ItemEnd:
    """How an attempt ended: for good, or with another one to come."""

    number: int
    state: str  # COMPLETED, FAILED, PUT_OFF, or PENDING with `due`
    note: str | None = None
    due: datetime | None = None
    owner: str | None = None  # who must hold it; None where nobody does


async def add_items(
    tx: Transaction, account: str, job: int, items: Sequence[NewItem], *, now: datetime
) -> tuple[int, int]:
    """Record at most 1,000 messages' copies. Returns how many are new, and how many of these are skipped."""
    known = await _known(tx, account, job, [item.record for item in items])
    fresh = {
        (item.record, name): item
        for item in items
        if (item.record, name := plain_text(item.recipient)) not in known
    }
    at = micros(now)
    await tx.many(
        "INSERT INTO job_item (account, job, record, delivery, queue_id, recipient, lane, folder, state,"
        " attempts, due, note, created_at, processed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)",
        [
            (
                account,
                job,
                record,
                item.delivery,
                item.queue_id,
                name,
                item.lane,
                item.folder,
                SKIPPED if item.skipped else PENDING,
                None if item.skipped else at,
                item.skipped,
                at,
                at if item.skipped else None,
            )
            for (record, name), item in fresh.items()
        ],
    )
    return len(fresh), sum(item.skipped is not None for item in fresh.values())


async def _known(tx: Transaction, account: str, job: int, records: Iterable[int]) -> set[tuple[int, str]]:
    numbers = sorted(set(records))
    if not numbers:
        return set()
    marks, args = in_list(numbers)
    rows: list[Any] = await tx.rows(
        f"SELECT record, recipient FROM job_item WHERE account = ? AND job = ? AND record IN {marks}",
        account,
        job,
        *args,
    )
    return {(record, recipient) for record, recipient in rows}


async def lanes(tx: Transaction, account: str, job: int) -> tuple[str, ...]:
    """Lanes that have items to be taken, now or later."""
    found: list[str] = []
    where = "account = ? AND job = ? AND due IS NOT NULL"
    lane: Any = await tx.value(f"SELECT min(lane) FROM job_item WHERE {where}", account, job)
    while lane is not None:
        found.append(lane)
        lane = await tx.value(
            f"SELECT lane FROM job_item WHERE {where} AND lane > ? ORDER BY lane LIMIT 1", account, job, lane
        )
    return tuple(found)


async def due_items(
    tx: Transaction, account: str, job: int, lane: str, *, limit: int, now: datetime
) -> tuple[Taken, ...]:
    """Items of a lane whose time has come, the longest waiting first. Nothing is changed."""
    rows: list[Any] = await tx.rows(
        "SELECT number, record, recipient, folder, origin, attempts FROM job_item"
        " WHERE account = ? AND job = ? AND lane = ? AND due <= ? ORDER BY due LIMIT ?",
        account,
        job,
        lane,
        micros(now),
        limit,
    )
    return tuple(Taken(*row) for row in rows)


async def next_due(tx: Transaction, account: str, job: int, lane: str) -> datetime | None:
    """When the first item of a lane becomes due."""
    due: Any = await tx.value(
        "SELECT due FROM job_item WHERE account = ? AND job = ? AND lane = ? AND due IS NOT NULL"
        " ORDER BY due LIMIT 1",
        account,
        job,
        lane,
    )
    return moment_or_none(due)


async def take(
    tx: Transaction, account: str, items: Sequence[Taken], *, owner: str, until: datetime
) -> tuple[Taken, ...]:
    """Lease items for an attempt."""
    await tx.many(
        "UPDATE job_item SET state = ?, owner = ?, due = ?, attempts = attempts + 1"
        " WHERE account = ? AND number = ?",
        [(TAKEN, owner, micros(until), account, item.number) for item in items],
    )
    return tuple(Taken(i.number, i.record, i.recipient, i.folder, i.origin, i.attempts + 1) for i in items)


async def set_origins(tx: Transaction, account: str, origins: Sequence[tuple[int, str]]) -> None:
    """Where items were before anything was done to them; what an earlier attempt saw stays."""
    await tx.many(
        "UPDATE job_item SET origin = coalesce(origin, ?) WHERE account = ? AND number = ?",
        [(plain_text(folder), account, number) for number, folder in origins],
    )


async def mark_sent(tx: Transaction, account: str, numbers: Sequence[int]) -> None:
    """Items whose copies were set free in this transaction."""
    await tx.many(
        "UPDATE job_item SET state = ?, due = NULL, attempts = attempts + 1 WHERE account = ? AND number = ?",
        [(SENT, account, number) for number in numbers],
    )


async def settle(
    tx: Transaction, account: str, number: int, ends: Sequence[ItemEnd], *, now: datetime
) -> Job | None:
    """Write how attempts ended, with the counters of their job, which is given back as it was.

    Items of a job that has ended become cancelled and no counter changes. None when the job was removed.
    """
    job = await lock_job(tx, account, number)
    if job is None or not ends:
        return job
    held = await _states(tx, account, [end.number for end in ends])
    if job.status.terminal:
        late = [end for end in ends if end.number in held and held[end.number][0] in (*OPEN, CANCELLED)]
        await _write_late(tx, account, late, now)
        return job
    mine = [end for end in ends if end.number in held and _may_settle(end, *held[end.number])]
    await _write_ends(tx, account, mine, now)
    completed = sum(end.state == COMPLETED for end in mine)
    failed = sum(end.state == FAILED for end in mine)
    if completed or failed:
        was = job.counts
        counts = Counts(was.discovered, was.successful + completed, was.failed + failed, was.skipped)
        await write_progress(tx, job, counts, now=now)
    return job


def _may_settle(end: ItemEnd, state: str, owner: str | None) -> bool:
    return state == TAKEN and owner == end.owner if end.owner else state in (SENT, PUT_OFF)


async def _states(tx: Transaction, account: str, numbers: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    marks, args = in_list(numbers)
    rows: list[Any] = await tx.rows(
        f"SELECT number, state, owner FROM job_item WHERE account = ? AND number IN {marks}", account, *args
    )
    return {number: (state, owner) for number, state, owner in rows}


async def _write_ends(tx: Transaction, account: str, ends: Sequence[ItemEnd], now: datetime) -> None:
    await tx.many(
        "UPDATE job_item SET state = ?, note = ?, due = ?, owner = NULL, processed_at = ?"
        " WHERE account = ? AND number = ?",
        [
            (
                end.state,
                None if end.note is None else plain_text(end.note[:MAX_NOTE]),
                None if end.due is None else micros(end.due),
                micros(now) if end.state in (COMPLETED, FAILED) else None,
                account,
                end.number,
            )
            for end in ends
        ],
    )


async def _write_late(tx: Transaction, account: str, ends: Sequence[ItemEnd], now: datetime) -> None:
    await tx.many(
        "UPDATE job_item SET state = ?, note = ?, due = NULL, owner = NULL, processed_at = ?"
        " WHERE account = ? AND number = ?",
        [
            (
                CANCELLED,
                plain_text(AFTER_ALL.format(end.note or end.state)[:MAX_NOTE]),
                micros(now),
                account,
                end.number,
            )
            for end in ends
        ],
    )
