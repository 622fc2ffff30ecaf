"""Moves of a bulk job: items taken with a lease, carried, settled; the failed ones tried again later.

Rules. Where a copy lies is durable before it is moved, so that an undo knows it even when the process died
in between. What a mailbox did is written in the same transaction as the item that it belongs to.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from lazaretto.actions.bulk_tools import NOW, Tools
from lazaretto.actions.move import moved, sought, worth_writing
from lazaretto.actions.porter import Carried, Errand
from lazaretto.model.job import Job, JobStatus, MoveStatus
from lazaretto.model.record import DeliveryState, Record
from lazaretto.store.database import Transaction
from lazaretto.store.job_items import (
    COMPLETED,
    FAILED,
    PENDING,
    ItemEnd,
    Taken,
    due_items,
    next_due,
    set_origins,
    settle,
    take,
)
from lazaretto.store.job_sweep import OpenJob
from lazaretto.store.jobs import lock_job
from lazaretto.store.moves import write_moves
from lazaretto.store.rows import load

LANE = ""
"""All moves of a job are in one lane: their limits are those of the porter."""

GONE = "the message was removed meanwhile"
ON_ITS_WAY = frozenset({DeliveryState.QUEUED, DeliveryState.DEFERRED})


async def move_some(tools: Tools, open_job: OpenJob) -> float:
    """Take some items and move their copies. Returns the seconds until the next step."""
    account, number, options = open_job.account, open_job.number, tools.options
    if open_job.paused:
        return options.poll
    job, items = await tools.database.write(partial(_take, tools=tools, open_job=open_job))
    if job is None or not items:
        due = await tools.database.read(lambda tx: next_due(tx, account, number, LANE))
        wait = options.poll if due is None else (due - tools.clock()).total_seconds()
        return min(max(wait, options.look), options.poll)
    records = await tools.database.read(lambda tx: load(tx, account, sorted({item.record for item in items})))
    known = {record.number: record for record in records}
    there = [item for item in items if item.record in known]
    errands = [_errand(job, item, known[item.record]) for item in there]
    of = {(item.record, item.recipient): item for item in there}

    async def remember(going: Sequence[Carried]) -> None:
        origins = [(of[_key(one)].number, one.origin or "") for one in going]
        await tools.database.write(lambda tx: set_origins(tx, account, origins))

    carried = await tools.porter.carry(account, errands, before=remember)
    carried = tuple(_as_begun(one, of[_key(one)]) for one in carried)
    ends = [ItemEnd(i.number, FAILED, GONE, owner=tools.owner) for i in items if i.record not in known]
    ends += [_end(tools, one, of[_key(one)], known[one.errand.record]) for one in carried]
    await tools.database.write(partial(_settle, tools=tools, job=job, carried=carried, ends=ends))
    return NOW


def _key(one: Carried) -> tuple[int, str]:
    return one.errand.record, one.errand.recipient


async def _take(tx: Transaction, *, tools: Tools, open_job: OpenJob) -> tuple[Job | None, tuple[Taken, ...]]:
    account, number, now = open_job.account, open_job.number, tools.clock()
    job = await lock_job(tx, account, number)
    if job is None or job.paused or job.status is not JobStatus.PROCESSING:
        return None, ()
    items = await due_items(tx, account, number, LANE, limit=tools.options.moves, now=now)
    return job, await take(tx, account, items, owner=tools.owner, until=now + tools.options.lease)


def _errand(job: Job, item: Taken, record: Record) -> Errand:
    folder = item.folder or (job.destination.value if job.destination else "")
    return Errand(record.number, item.recipient, sought(record), folder)


def _as_begun(one: Carried, item: Taken) -> Carried:
    """An attempt that died may have moved the copy already: then it came from where that one found it."""
    if one.status is MoveStatus.OK and item.origin is not None:
        return replace(one, origin=item.origin)
    return one


def _end(tools: Tools, one: Carried, item: Taken, record: Record) -> ItemEnd:
    if one.status is MoveStatus.OK:
        return ItemEnd(item.number, COMPLETED, owner=tools.owner)
    note = f"{one.status.value}: {one.detail}" if one.detail else one.status.value
    if _may_succeed_later(one, record) and item.attempts < tools.options.attempts:
        due = tools.clock() + timedelta(seconds=tools.options.wait_after(item.attempts))
        return ItemEnd(item.number, PENDING, note, due, owner=tools.owner)
    return ItemEnd(item.number, FAILED, note, owner=tools.owner)


def _may_succeed_later(one: Carried, record: Record) -> bool:
    """The mailbox had trouble, or the copy is still on its way to it."""
    if one.status is MoveStatus.NOT_FOUND:
        recipient = one.errand.recipient
        return any(d.recipient == recipient and d.state in ON_ITS_WAY for d in record.deliveries)
    return one.status is MoveStatus.FAILED


async def _settle(
    tx: Transaction, *, tools: Tools, job: Job, carried: Sequence[Carried], ends: Sequence[ItemEnd]
) -> None:
    """What the mailboxes did, and the items: together. What will be tried again is no news yet."""
    now = tools.clock()
    await settle(tx, job.account, job.number, ends, now=now)
    ended = ends[len(ends) - len(carried) :]
    moves = [
        moved(one)
        for one, end in zip(carried, ended, strict=True)
        if end.state != PENDING and worth_writing(one)
    ]
    await write_moves(tx, job.account, moves, actor=job.actor, now=now)
