"""Bulk jobs: created, listed, paused, ended, removed.

Rules. What a job is and how its items stand changes in one transaction, with the job locked first, so that
every look at it adds up. Ending a job touches one row however many items it has: what has not ended counts
as cancelled from that moment, and the items follow in bounded steps (`sweep` in `job_items`). Removing
works the same way.

Limits: an idempotency key is remembered for KEY_AGE, and only as long as its job is kept.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.model.job import TERMINAL, Counts, Destination, Job, JobAction, JobSearch, JobStatus
from lazaretto.query.criteria import Criteria
from lazaretto.store import codec
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction, Value

NO_JOB = 1200
NOT_TERMINAL = 1201
ALREADY_TERMINAL = 1202
KEY_TAKEN = 1203
TOO_MANY_JOBS = 1204

MAX_OPEN = 100
"""Jobs of one account that have not ended: each costs the engine a look, and more help nobody."""

KEY_AGE = timedelta(hours=24)
"""How long the same idempotency key means the same job."""

COLUMNS = (
    "number, id, account, action, destination, comment, actor, search, status, status_message, paused,"
    " undo_of, created_at, started_at, completed_at, discovered, successful, failed, skipped, cancelled"
)
ACTIVE = tuple(status.value for status in JobStatus if status not in TERMINAL)


@dataclass(frozen=True, slots=True)
class JobKey:
    """An idempotency key: who gave it, what it is, and what was asked for with it."""

    owner: str  # id of the credential
    text: str
    body: str  # SHA-256


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is made from."""

    action: JobAction
    destination: Destination | None
    comment: str | None
    actor: str
    search: JobSearch
    criteria: Criteria
    undo_of: str | None = None
    key: JobKey | None = None


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs a list shows."""

    action: JobAction | None = None
    status: JobStatus | None = None


async def add_job(tx: Transaction, account: str, new: NewJob, *, now: datetime) -> Job:
    """A new job, or the one that the same key made before.

    Raises Conflict when the key was used for something else, Invalid when too many jobs are at work.
    """
    if new.key is not None and (earlier := await _by_key(tx, account, new.key, now)):
        return earlier
    await _check_room(tx, account)
    key = new.key or JobKey("", "", "")
    row = await tx.row(
        "INSERT INTO job (account, id, action, destination, comment, actor, search, criteria, undo_of,"
        " status, paused, open, removed, created_at, discovered, successful, failed, skipped, cancelled,"
        " key_owner, key_text, key_body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0, ?, 0, 0, 0, 0, 0, ?, ?, ?)"
        f" ON CONFLICT DO NOTHING RETURNING {COLUMNS}",
        account,
        str(uuid.uuid4()),
        new.action.value,
        new.destination.value if new.destination else None,
        None if new.comment is None else plain_text(new.comment),
        plain_text(new.actor),
        codec.encode(new.search),
        codec.encode(new.criteria),
        new.undo_of,
        JobStatus.PENDING.value,
        micros(now),
        key.owner or None,
        key.text or None,
        key.body or None,
    )
    if row is not None:
        return _job(row)
    assert new.key is not None, "only a key can be taken"
    made = await _by_key(tx, account, new.key, now)  # by a request that came at the same time
    assert made is not None
    return made


async def _by_key(tx: Transaction, account: str, key: JobKey, now: datetime) -> Job | None:
    where = "account = ? AND key_owner = ? AND key_text = ?"
    args = (account, key.owner, key.text)
    await tx.execute(
        f"UPDATE job SET key_text = NULL WHERE {where} AND created_at < ?", *args, micros(now - KEY_AGE)
    )
    row: Any = await tx.row(f"SELECT key_body, {COLUMNS} FROM job WHERE {where}", *args)
    if row is None:
        return None
    if row[0] != key.body:
        raise Conflict(
            KEY_TAKEN, "This idempotency key was used for another request", pointer="Idempotency-Key"
        )
    return _job(row[1:])


async def _check_room(tx: Transaction, account: str) -> None:
    count: Any = await tx.value(
        "SELECT count(*) FROM job WHERE account = ? AND open = 1 AND completed_at IS NULL", account
    )
    if count >= MAX_OPEN:
        text = f"{count} bulk jobs of this account are at work: let them end, or cancel some"
        raise Invalid(TOO_MANY_JOBS, text, pointer="")


async def get_job(tx: Transaction, account: str, id: str) -> Job:  # noqa: A002
    """A job by its id. Raises NotFound."""
    row = await tx.row(
        f"SELECT {COLUMNS} FROM job WHERE account = ? AND id = ? AND removed = 0", account, plain_text(id)
    )
    if row is None:
        raise NotFound(NO_JOB, "There is no such bulk job in this account", pointer="job_id")
    return _job(row)


async def list_jobs(
    tx: Transaction, account: str, chosen: JobFilter, *, before: int, skip: int, limit: int
) -> tuple[Job, ...]:
    """Jobs below a number, newest first."""
    where, args = _where(account, chosen)
    rows = await tx.rows(
        f"SELECT {COLUMNS} FROM job WHERE {where} AND number < ? ORDER BY number DESC LIMIT ? OFFSET ?",
        *args,
        before,
        limit,
        skip,
    )
    return tuple(_job(row) for row in rows)


async def count_jobs(tx: Transaction, account: str, chosen: JobFilter) -> int:
    """How many jobs a list has in all."""
    where, args = _where(account, chosen)
    count: Any = await tx.value(f"SELECT count(*) FROM job WHERE {where}", *args)
    return int(count)


def _where(account: str, chosen: JobFilter) -> tuple[str, tuple[Value, ...]]:
    where, args = "account = ? AND removed = 0", tuple[Value, ...]((account,))
    for column, value in (("action", chosen.action), ("status", chosen.status)):
        if value is not None:
            where, args = f"{where} AND {column} = ?", (*args, value.value)
    return where, args


async def find_job(tx: Transaction, account: str, number: int) -> Job | None:
    """A job by its number, without holding it. None when it was removed."""
    row = await tx.row(
        f"SELECT {COLUMNS} FROM job WHERE account = ? AND number = ? AND removed = 0", account, number
    )
    return _job(row) if row else None


async def lock_job(tx: Transaction, account: str, number: int) -> Job | None:
    """The job as it is now, and nobody else changes it or its items until the transaction ends.

    None when it was removed.
    """
    if tx.dialect == "postgres":
        await tx.rows("SELECT 1 FROM job WHERE account = ? AND number = ? FOR UPDATE", account, number)
    return await find_job(tx, account, number)


async def _locked(tx: Transaction, account: str, id: str) -> Job:  # noqa: A002
    job = await get_job(tx, account, id)
    return await lock_job(tx, account, job.number) or await get_job(tx, account, id)


async def cancel_job(tx: Transaction, account: str, id: str, *, now: datetime) -> Job:  # noqa: A002
    """End a job now. Raises NotFound, and Invalid when it has ended already."""
    job = await _locked(tx, account, id)
    _refuse_ended(job)
    await end_early(tx, job, JobStatus.CANCELLED, None, now=now)
    return await get_job(tx, account, id)


async def pause_job(tx: Transaction, account: str, id: str, *, paused: bool) -> Job:  # noqa: A002
    """Begin nothing new for a job, or go on. Raises NotFound, and Invalid when it has ended."""
    job = await _locked(tx, account, id)
    _refuse_ended(job)
    await tx.execute(
        "UPDATE job SET paused = ? WHERE account = ? AND number = ?", int(paused), account, job.number
    )
    return await get_job(tx, account, id)


async def remove_job(tx: Transaction, account: str, id: str) -> None:  # noqa: A002
    """A job that has ended is gone from now on. Raises NotFound, and Invalid when it has not ended."""
    job = await _locked(tx, account, id)
    if not job.status.terminal:
        text = f"The job is {job.status.value}: cancel it first, or let it end"
        raise Invalid(NOT_TERMINAL, text, pointer="job_id")
    await _hide(tx, account, (job.number,))


async def remove_old_jobs(tx: Transaction, *, ended_before: datetime, limit: int) -> int:
    """Jobs of all accounts that ended long ago are gone from now on. Returns how many."""
    rows: list[Any] = await tx.rows(
        "SELECT account, number FROM job WHERE removed = 0 AND completed_at < ? ORDER BY number LIMIT ?",
        micros(ended_before),
        limit,
    )
    for account, number in rows:
        await _hide(tx, account, (number,))
    return len(rows)


async def _hide(tx: Transaction, account: str, numbers: Sequence[int]) -> None:
    await tx.many(
        "UPDATE job SET removed = 1, open = 1, key_text = NULL WHERE account = ? AND number = ?",
        [(account, number) for number in numbers],
    )


def _refuse_ended(job: Job) -> None:
    if job.status.terminal:
        text = f"The job has ended already: it is {job.status.value}"
        raise Invalid(ALREADY_TERMINAL, text, pointer="job_id")


async def end_early(
    tx: Transaction, job: Job, status: JobStatus, message: str | None, *, now: datetime
) -> None:
    """End a locked job whatever its items are doing: all that have not ended count as cancelled."""
    await tx.execute(
        "UPDATE job SET status = ?, status_message = ?, completed_at = ?, paused = 0,"
        " cancelled = discovered - successful - failed - skipped WHERE account = ? AND number = ?",
        status.value,
        message,
        micros(now),
        job.account,
        job.number,
    )


async def get_criteria(tx: Transaction, account: str, number: int) -> tuple[Criteria, int | None]:
    """What a job searches for, and how far that has come: None when it has not begun."""
    row: Any = await tx.row(
        "SELECT criteria, place FROM job WHERE account = ? AND number = ?", account, number
    )
    if row is None:
        raise LookupError(f"no job {number} in account {account}")
    return codec.decode(row[0], Criteria), row[1]


async def get_place(tx: Transaction, account: str, number: int) -> int | None:
    """How far discovery has come."""
    place: Any = await tx.value("SELECT place FROM job WHERE account = ? AND number = ?", account, number)
    return None if place is None else int(place)


async def write_progress(tx: Transaction, job: Job, counts: Counts, *, now: datetime) -> None:
    """New counters of a locked job in PROCESSING; it ends when nothing is pending any more."""
    ended = counts.pending == 0
    status, message = conclusion(counts) if ended else (JobStatus.PROCESSING, None)
    await tx.execute(
        "UPDATE job SET discovered = ?, successful = ?, failed = ?, skipped = ?, status = ?,"
        " status_message = ?, completed_at = ?, paused = CASE WHEN ? = 1 THEN 0 ELSE paused END, open = ?"
        " WHERE account = ? AND number = ?",
        counts.discovered,
        counts.successful,
        counts.failed,
        counts.skipped,
        status.value,
        message,
        micros(now) if ended else None,
        int(ended),
        int(not ended),
        job.account,
        job.number,
    )


def conclusion(counts: Counts) -> tuple[JobStatus, str | None]:
    """How a job ends whose items have all ended."""
    if not counts.discovered:
        return JobStatus.COMPLETED, "The search found nothing"
    if counts.failed and not counts.successful:
        return JobStatus.FAILED, f"None of the {counts.failed} items that were tried succeeded"
    if counts.failed:
        return JobStatus.COMPLETED, f"{counts.failed} of {counts.discovered} items failed"
    return JobStatus.COMPLETED, None


def _job(row: Sequence[Any]) -> Job:
    (number, id_, account, action, destination, comment, actor, search, status, message, paused, undo_of) = (
        row[:12]
    )
    created, started, completed, *counted = row[12:]
    return Job(
        number=number,
        id=id_,
        account=account,
        action=JobAction(action),
        destination=Destination(destination) if destination else None,
        comment=comment,
        actor=actor,
        search=codec.decode(search, JobSearch),
        status=JobStatus(status),
        status_message=message,
        paused=bool(paused),
        undo_of=undo_of,
        created_at=moment(created),
        started_at=moment_or_none(started),
        completed_at=moment_or_none(completed),
        counts=Counts(*counted),
    )
