"""Discovery: what a bulk job is about, found page by page and recorded as items.

Rules. An item for each message and each recipient of ours. What the search finds and the job cannot act on
is recorded as skipped, with the reason, so that every message found is accounted for.
"""

from dataclasses import dataclass
from functools import partial

from lazaretto.actions.bulk_tools import NOW, Tools
from lazaretto.actions.move import kept_from_mailbox
from lazaretto.model.errors import NotFound
from lazaretto.model.job import Job, JobAction, JobStatus
from lazaretto.model.record import DeliveryState
from lazaretto.store.database import Transaction
from lazaretto.store.job_discovery import Copy, MovedItem, find_copies, moved_items, record_page
from lazaretto.store.job_items import NewItem
from lazaretto.store.job_sweep import OpenJob
from lazaretto.store.jobs import end_early, find_job, get_criteria, get_job, lock_job
from lazaretto.store.moves import own_domains

REPORTED = "a reported message cannot be acted on"
NOT_OURS = "the message has no recipient of this account"
NOT_HELD = "the copy is not held"
NO_BYTES = "the bytes of the message are no longer stored"
NEVER_MOVED = "the copy was there before"
SOURCE_GONE = "The job that was to be undone has been removed"


@dataclass(frozen=True, slots=True)
class Page:
    """Items that were found, where the reading began, and where it goes on."""

    items: tuple[NewItem, ...]
    reached: int | None
    place: int | None  # None when that was all


async def discover(tools: Tools, open_job: OpenJob) -> float:
    """Record one page. Returns the seconds until the next step."""
    account, number = open_job.account, open_job.number
    page = await tools.database.read(partial(_read, account=account, number=number, limit=tools.options.page))
    if page is None:
        await give_up(tools, open_job, SOURCE_GONE)
        return NOW
    await tools.database.write(
        lambda tx: record_page(
            tx,
            account,
            number,
            page.items,
            reached=page.reached,
            place=page.place,
            now=tools.clock(),
        )
    )
    return NOW


async def give_up(tools: Tools, open_job: OpenJob, message: str) -> None:
    """The set cannot be found: the job fails, and what was recorded of it is not worked on."""

    async def work(tx: Transaction) -> None:
        job = await lock_job(tx, open_job.account, open_job.number)
        if job is not None and not job.status.terminal:
            await end_early(tx, job, JobStatus.FAILED, message, now=tools.clock())

    await tools.database.write(work)


async def _read(tx: Transaction, *, account: str, number: int, limit: int) -> Page | None:
    """The next page; None when there is nothing to read from."""
    job = await find_job(tx, account, number)
    if job is None:
        return None
    criteria, reached = await get_criteria(tx, account, number)
    if job.undo_of is not None:
        return await _read_moved(tx, job, reached, limit)
    found = await find_copies(tx, account, criteria, before=reached, limit=limit)
    domains = await own_domains(tx, account)
    return Page(items_of(found.copies, job.action, domains), reached, found.place)


async def _read_moved(tx: Transaction, job: Job, reached: int | None, limit: int) -> Page | None:
    assert job.undo_of is not None
    try:
        source = await get_job(tx, job.account, job.undo_of)
    except NotFound:
        return None
    moved = await moved_items(tx, job.account, source.number, after=reached or 0, limit=limit)
    folder = source.destination.value if source.destination else ""
    items = tuple(_way_back(one, one.folder or folder) for one in moved)
    return Page(items, reached, moved[-1].number if len(moved) == limit else None)


def _way_back(one: MovedItem, folder: str) -> NewItem:
    stays = one.origin is None or one.origin == folder
    return NewItem(
        record=one.record,
        delivery=one.delivery,
        queue_id=one.queue_id,
        recipient=one.recipient,
        lane="",
        skipped=NEVER_MOVED if stays else None,
        folder=one.origin or folder,
    )


def items_of(copies: tuple[Copy, ...], action: JobAction, domains: frozenset[str]) -> tuple[NewItem, ...]:
    """An item for each copy of a recipient of ours, and one for each message that has none."""
    ours = {copy.record for copy in copies if copy.domain in domains}
    chosen = {
        (copy.record, copy.recipient if copy.record in ours else ""): copy
        for copy in copies
        if copy.domain in domains or copy.record not in ours
    }
    return tuple(_item(copy, action, ours=copy.record in ours) for copy in chosen.values())


def _item(copy: Copy, action: JobAction, *, ours: bool) -> NewItem:
    return NewItem(
        record=copy.record,
        delivery=copy.delivery,
        queue_id=copy.queue_id,
        recipient=copy.recipient,
        lane=copy.domain if action is JobAction.RELEASE else "",
        skipped=_reason(copy, action) if ours else NOT_OURS,
    )


def _reason(copy: Copy, action: JobAction) -> str | None:
    """Why a job cannot act on a copy; None when it can."""
    if copy.is_submission:
        return REPORTED
    if action is JobAction.MOVE:
        kept = kept_from_mailbox(copy.state)
        return kept[1] if kept else None
    if copy.state is not DeliveryState.QUARANTINED:
        return NOT_HELD
    return None if copy.bytes_kept else NO_BYTES
