"""What the engine of bulk jobs has to do, and what is cleared away behind jobs that ended or were removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from lazaretto.model.job import JobAction, JobStatus
from lazaretto.store.job_items import CANCELLED, OPEN, PENDING, PUT_OFF, SENT, TAKEN
from lazaretto.store.rows import in_list
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction

Work = Literal["remove", "sweep", "discover", "release", "move"]

SENT_BEFORE = "the copy was released before the job ended, and is on its way"


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that the engine has something to do for."""

    account: str
    number: int
    work: Work
    paused: bool


async def open_jobs(tx: Transaction) -> tuple[OpenJob, ...]:
    """All of them, of all accounts: at most some hundreds."""
    rows: list[Any] = await tx.rows(
        "SELECT account, number, action, status, paused, removed FROM job WHERE open = 1 ORDER BY number"
    )
    return tuple(
        OpenJob(
            account, number, _work(JobAction(action), JobStatus(status), removed=bool(removed)), bool(paused)
        )
        for account, number, action, status, paused, removed in rows
    )


def _work(action: JobAction, status: JobStatus, *, removed: bool) -> Work:
    if removed:
        return "remove"
    if status.terminal:
        return "sweep"
    if status is not JobStatus.PROCESSING:
        return "discover"
    return "release" if action is JobAction.RELEASE else "move"


async def sweep(tx: Transaction, account: str, job: int, *, limit: int, now: datetime) -> bool:
    """Cancel some items of a job that has ended. True when there may be more."""
    for state in OPEN:
        numbers = await _numbers(tx, account, job, state, limit)
        if numbers:
            await tx.many(
                "UPDATE job_item SET state = ?, due = NULL, owner = NULL, processed_at = ?,"
                " note = coalesce(?, note) WHERE account = ? AND number = ?",
                [
                    (
                        CANCELLED,
                        micros(now),
                        SENT_BEFORE if state in (SENT, PUT_OFF) else None,
                        account,
                        number,
                    )
                    for number in numbers
                ],
            )
            return True
    await tx.execute("UPDATE job SET open = 0 WHERE account = ? AND number = ? AND removed = 0", account, job)
    return False


async def _numbers(tx: Transaction, account: str, job: int, state: str, limit: int) -> list[int]:
    rows: list[Any] = await tx.rows(
        "SELECT number FROM job_item WHERE account = ? AND job = ? AND state = ? LIMIT ?",
        account,
        job,
        state,
        limit,
    )
    return [number for (number,) in rows]


async def remove_some(tx: Transaction, account: str, job: int, *, limit: int) -> bool:
    """Remove some items of a removed job, and at the end the job. True when there may be more."""
    rows: list[Any] = await tx.rows(
        "SELECT number FROM job_item WHERE account = ? AND job = ? ORDER BY number LIMIT ?",
        account,
        job,
        limit,
    )
    if rows:
        marks, args = in_list([number for (number,) in rows])
        await tx.execute(f"DELETE FROM job_item WHERE account = ? AND number IN {marks}", account, *args)
        return True
    await tx.execute("DELETE FROM job WHERE account = ? AND number = ? AND removed = 1", account, job)
    return False


async def let_go(tx: Transaction, now: datetime, *, owner: str | None = None) -> int:
    """Give up leases of an owner, or all: the items are due again at once. Returns how many."""
    count = 0
    for job in await open_jobs(tx):
        condition, args = ("", ()) if owner is None else (" AND owner = ?", (owner,))
        rows = await tx.rows(
            "UPDATE job_item SET state = ?, due = ?, owner = NULL"
            f" WHERE account = ? AND job = ? AND state = ?{condition} RETURNING number",
            PENDING,
            micros(now),
            job.account,
            job.number,
            TAKEN,
            *args,
        )
        count += len(rows)
    return count
