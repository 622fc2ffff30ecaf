"""Lists of a bulk job's items, in the order in which they were discovered.

Rules. Totals come from the counters of the job, so nothing is counted row by row. While the items of a job
that has ended are being swept, those that had not ended read as cancelled already.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from lazaretto.model.job import ItemStatus, Job, JobItem
from lazaretto.store.job_items import OPEN, PENDING, STATUS, UNDER_WAY
from lazaretto.store.times import moment, moment_or_none
from lazaretto.store.transaction import Transaction, Value

COLUMNS = (
    "i.number, i.record, i.queue_id, i.recipient, i.folder, i.origin, i.state, i.note, i.attempts, i.due,"
    " i.created_at, i.processed_at, d.attempts, d.next_attempt_at"
)


async def list_items(
    tx: Transaction, job: Job, status: ItemStatus | None, *, after: int, skip: int, limit: int
) -> tuple[JobItem, ...]:
    """Items above a number. The job must have been read in the same transaction."""
    states = None if status is None else _states(job, status)
    if states == ():
        return ()
    condition, args = "", tuple[Value, ...]()
    if states is not None:
        condition, args = f" AND i.state IN ({', '.join('?' * len(states))})", states
    rows = await tx.rows(
        f"SELECT {COLUMNS} FROM job_item i"
        " LEFT JOIN delivery d ON d.account = i.account AND d.number = i.delivery"
        f" WHERE i.account = ? AND i.job = ? AND i.number > ?{condition}"
        " ORDER BY i.number LIMIT ? OFFSET ?",
        job.account,
        job.number,
        after,
        *args,
        limit,
        skip,
    )
    return tuple(_item(job, row) for row in rows)


async def count_items(tx: Transaction, job: Job, status: ItemStatus | None) -> int:
    """How many items a list has in all. The job must have been read in the same transaction."""
    counts = job.counts
    known = {
        None: counts.discovered,
        ItemStatus.COMPLETED: counts.successful,
        ItemStatus.FAILED: counts.failed,
        ItemStatus.SKIPPED: counts.skipped,
        ItemStatus.CANCELLED: counts.cancelled,
    }
    if status in known:
        return known[status]
    if job.status.terminal:
        return 0
    under_way: Any = await tx.value(
        f"SELECT count(*) FROM job_item WHERE account = ? AND job = ? AND state IN ({', '.join('?' * 3)})",
        job.account,
        job.number,
        *UNDER_WAY,
    )
    return int(under_way) if status is ItemStatus.PROCESSING else max(0, counts.pending - int(under_way))


def _states(job: Job, status: ItemStatus) -> tuple[str, ...]:
    """Stored states that read as a status now."""
    states = tuple(state for state, shown in STATUS.items() if shown is status)
    if not job.status.terminal:
        return states
    if status is ItemStatus.CANCELLED:
        return (*states, *OPEN)
    return tuple(state for state in states if state not in OPEN)


def _item(job: Job, row: Sequence[Any]) -> JobItem:
    number, record, queue_id, recipient, folder, origin, state, note, attempts, due = row[:10]
    created_at, processed_at, sent_attempts, sent_due = row[10:]
    retries, retry_at = _retries(state, attempts, due, sent_attempts, sent_due)
    swept_later = job.status.terminal and state in OPEN
    return JobItem(
        number=number,
        id=str(uuid.uuid5(uuid.UUID(job.id), str(number))),
        record=record,
        queue_id=queue_id,
        recipient=recipient,
        folder=folder,
        origin=origin,
        status=ItemStatus.CANCELLED if swept_later else STATUS[state],
        status_message=note,
        retries=retries,
        retry_at=None if swept_later else moment_or_none(retry_at),
        created_at=moment(created_at),
        processed_at=job.completed_at if swept_later else moment_or_none(processed_at),
    )


def _retries(
    state: str, attempts: int, due: int | None, sent_attempts: int | None, sent_due: int | None
) -> tuple[int, int | None]:
    """Attempts after the first, and when the next one is: those of the relay once a copy was released."""
    if state in UNDER_WAY and due is None:
        return max(0, sent_attempts or 0), sent_due if sent_attempts else None
    waits = state == PENDING and attempts > 0
    return (attempts, due) if waits else (max(0, attempts - 1), None)
