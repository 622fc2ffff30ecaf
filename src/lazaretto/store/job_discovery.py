"""Discovery of a bulk job: pages of what it is about, recorded with the place that was reached.

Rules. A page is read without holding anything, and recorded only when the job still is where the reading
began. So two that discover at once, and one that dies between two pages, record nothing twice and miss
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.model.job import Counts, Job, JobStatus
from lazaretto.model.record import DeliveryState
from lazaretto.query.criteria import Criteria, Place
from lazaretto.store import flags
from lazaretto.store.job_items import COMPLETED, NewItem, add_items
from lazaretto.store.jobs import get_place, lock_job, write_progress
from lazaretto.store.rows import in_list
from lazaretto.store.search import places
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's copy of a message that the search found."""

    record: int
    queue_id: str
    is_submission: bool
    bytes_kept: bool
    delivery: int | None  # None, with an empty recipient, when the message has no copies
    recipient: str
    domain: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class FoundCopies:
    """One page of discovery."""

    copies: tuple[Copy, ...]
    place: int | None  # the next page begins below this position; None when there is no other


@dataclass(frozen=True, slots=True)
class MovedItem:
    """An item of an earlier job that moved a copy, may have moved it, or found it in its place."""

    number: int
    record: int
    delivery: int | None
    queue_id: str
    recipient: str
    folder: str | None  # where it went, when the job did not say it for all
    origin: str | None


async def find_copies(
    tx: Transaction, account: str, criteria: Criteria, *, before: int | None, limit: int
) -> FoundCopies:
    """All copies of the next messages of a search."""
    begin = None if before is None else Place(before)
    found = await places(tx, account, criteria, begin, limit)
    if not found:
        return FoundCopies((), None)
    numbers = [number for number, _ in found]
    copies = await _copies(tx, account, numbers)
    return FoundCopies(copies, found[-1][1] if len(found) == limit else None)


async def _copies(tx: Transaction, account: str, numbers: Sequence[int]) -> tuple[Copy, ...]:
    marks, args = in_list(numbers)
    rows: list[Any] = await tx.rows(
        "SELECT r.number, r.queue_id, r.flags, d.number, d.recipient, d.domain, d.state FROM record r"
        " LEFT JOIN delivery d ON d.account = r.account AND d.record = r.number"
        f" WHERE r.account = ? AND r.number IN {marks} ORDER BY r.number DESC, d.generation",
        account,
        *args,
    )
    newest: dict[tuple[int, str], Copy] = {}
    for record, queue_id, bits, delivery, recipient, domain, state in rows:
        newest[record, recipient or ""] = Copy(
            record=record,
            queue_id=queue_id,
            is_submission=bool(bits & flags.SUBMISSION),
            bytes_kept=not bits & flags.BYTES_GONE,
            delivery=delivery,
            recipient=recipient or "",
            domain=domain or "",
            state=DeliveryState(state) if state else DeliveryState.NONE,
        )
    return tuple(newest.values())


async def moved_items(
    tx: Transaction, account: str, job: int, *, after: int, limit: int
) -> tuple[MovedItem, ...]:
    """Items of a job that succeeded, or that were begun when it ended, in their order."""
    rows: list[Any] = await tx.rows(
        "SELECT number, record, delivery, queue_id, recipient, folder, origin FROM job_item"
        " WHERE account = ? AND job = ? AND number > ? AND (state = ? OR origin IS NOT NULL)"
        " ORDER BY number LIMIT ?",
        account,
        job,
        after,
        COMPLETED,
        limit,
    )
    return tuple(MovedItem(*row) for row in rows)


async def first_origin(tx: Transaction, account: str, job: int) -> str | None:
    """The folder that the first copy that a job moved came from; None when it moved none."""
    origin: Any = await tx.value(
        "SELECT origin FROM job_item WHERE account = ? AND job = ? AND origin IS NOT NULL"
        " ORDER BY number LIMIT 1",
        account,
        job,
    )
    return None if origin is None else str(origin)


async def record_page(
    tx: Transaction,
    account: str,
    number: int,
    items: Sequence[NewItem],
    *,
    reached: int | None,
    place: int | None,
    now: datetime,
) -> Job | None:
    """Record a page that was read at `reached`, and that the next one is read at `place`, None for the last.

    Gives the job as it was, None when it does not want pages any more.
    """
    job = await lock_job(tx, account, number)
    if job is None or job.paused or job.status not in (JobStatus.PENDING, JobStatus.DISCOVERING):
        return None
    if await get_place(tx, account, number) != reached:
        return job
    fresh, skipped = await add_items(tx, account, number, items, now=now)
    was = job.counts
    counts = Counts(was.discovered + fresh, was.successful, was.failed, was.skipped + skipped)
    await tx.execute(
        "UPDATE job SET status = ?, started_at = coalesce(started_at, ?), place = ?, discovered = ?,"
        " skipped = ? WHERE account = ? AND number = ?",
        JobStatus.DISCOVERING.value,
        micros(now),
        place,
        counts.discovered,
        counts.skipped,
        account,
        number,
    )
    if place is None:
        await write_progress(tx, job, counts, now=now)
    return job
