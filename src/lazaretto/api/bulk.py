"""`investigate/bulk`: jobs over everything that a search finds.

A job that is in the wrong state for a wish is 400, never 409, since SDKs repeat a request after that.
`pause`, `resume` and `undo` are ours. A paused job stays in its status, for SDKs that know no other words.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.bulk_create import create_job, created, read_key
from lazaretto.api.bulk_pages import HIGHEST, BulkPaged, Given, Wanted, page_of, read_turn
from lazaretto.api.call import Call
from lazaretto.api.entry import INVESTIGATE, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire import bulk as wire
from lazaretto.api.wire.message import message
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid
from lazaretto.model.job import Destination, ItemStatus, Job, JobAction, JobItem, JobStatus
from lazaretto.store import job_list, jobs, moves
from lazaretto.store.database import Transaction
from lazaretto.store.job_discovery import first_origin
from lazaretto.store.rows import load

BULK = INVESTIGATE + "/bulk"
JOB = BULK + "/{job_id}"

JobStatusWord = Literal["PENDING", "DISCOVERING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "SKIPPED"]
"""Older SDKs know SKIPPED for jobs. None ever has it."""


class JobsQuery(BulkPaged, frozen=True, kw_only=True):
    """The parameters of the list of jobs."""

    action_type: JobAction | None = None
    status: JobStatusWord | None = None


class ItemsQuery(BulkPaged, frozen=True, kw_only=True):
    """The parameters of the list of a job's messages."""

    status: ItemStatus | None = None


async def list_jobs(call: Call) -> Response:
    """Newest first."""
    turn = read_turn(call, JobsQuery, "jobs")
    word = turn.query.status

    async def fetch(tx: Transaction, wanted: Wanted) -> Given[Job]:
        if word == "SKIPPED":
            return Given((), (), 0)
        chosen = jobs.JobFilter(turn.query.action_type, JobStatus(word) if word else None)
        found = await jobs.list_jobs(
            tx, call.account, chosen, before=wanted.before, skip=wanted.skip, limit=wanted.limit
        )
        total = await jobs.count_jobs(tx, call.account, chosen)
        return Given(found, tuple(job.number for job in found), total)

    page = await page_of(call, turn, fetch)
    return success([wire.bulk_job(job) for job in page.rows], result_info=page.info)


async def get_job(call: Call) -> Response:
    """One job."""
    return success(wire.bulk_job(await call.read(lambda tx: jobs.get_job(tx, call.account, _id(call)))))


async def list_items(call: Call) -> Response:
    """The messages of a job in the order they were discovered, one row for each recipient."""
    turn = read_turn(call, ItemsQuery, f"items/{_id(call)}")

    async def fetch(tx: Transaction, wanted: Wanted) -> Given[wire.BulkMessage]:
        job = await jobs.get_job(tx, call.account, _id(call))
        found = await job_list.list_items(
            tx,
            job,
            turn.query.status,
            after=HIGHEST - wanted.before,
            skip=wanted.skip,
            limit=wanted.limit,
        )
        total = await job_list.count_items(tx, job, turn.query.status)
        rows = await _rows(tx, job, found[: turn.query.per_page])
        more = found[turn.query.per_page :]
        shown = (*rows, *(wire.bulk_message(job, item, None) for item in more))
        return Given(shown, tuple(HIGHEST - item.number for item in found), total)

    page = await page_of(call, turn, fetch)
    return success(page.rows, result_info=page.info)


async def _rows(tx: Transaction, job: Job, items: Sequence[JobItem]) -> list[wire.BulkMessage]:
    domains = await moves.own_domains(tx, job.account)
    records = await load(tx, job.account, tuple(dict.fromkeys(item.record for item in items)))
    shown = {record.number: message(record, domains) for record in records}
    return [wire.bulk_message(job, item, shown.get(item.record)) for item in items]


async def cancel_job(call: Call) -> Response:
    """End a job; it stays visible."""
    now = call.services.now()
    return await _changed(call, lambda tx: jobs.cancel_job(tx, call.account, _id(call), now=now))


async def pause_job(call: Call) -> Response:
    """Begin nothing new; what is under way ends."""
    return await _changed(call, lambda tx: jobs.pause_job(tx, call.account, _id(call), paused=True))


async def resume_job(call: Call) -> Response:
    """Go on."""
    return await _changed(call, lambda tx: jobs.pause_job(tx, call.account, _id(call), paused=False))


async def _changed(call: Call, work: Callable[[Transaction], Awaitable[Job]]) -> Response:
    job = await call.write(work)
    call.services.poke_bulk()
    return success(wire.bulk_job(job))


async def delete_job(call: Call) -> Response:
    """Forget a job that has ended."""
    await call.write(lambda tx: jobs.remove_job(tx, call.account, _id(call)))
    call.services.poke_bulk()
    return success(wire.Removed(_id(call)))


async def undo_job(call: Call) -> Response:
    """201 with a new job, which brings every copy that was moved back to where it was."""
    job, origin = await call.read(lambda tx: _undoable(tx, call.account, _id(call)))
    known = {destination.value: destination for destination in Destination}
    new = jobs.NewJob(
        action=JobAction.MOVE,
        destination=known.get(origin or "", Destination.INBOX),
        comment=f"Undo of {job.id}",
        actor=call.actor,
        search=job.search,
        criteria=(await call.read(lambda tx: jobs.get_criteria(tx, call.account, job.number)))[0],
        undo_of=job.id,
        key=read_key(call, f"undo {job.id}".encode()),
    )
    return await created(call, new)


async def _undoable(tx: Transaction, account: str, id: str) -> tuple[Job, str | None]:  # noqa: A002
    job = await jobs.get_job(tx, account, id)
    if job.action is not JobAction.MOVE:
        text = "A release cannot be undone: sent mail cannot be unsent"
        raise Invalid(codes.CANNOT_UNDO, text, pointer="job_id")
    if not job.status.terminal:
        text = f"The job is {job.status.value}: cancel it first, or let it end"
        raise Invalid(codes.JOB_NOT_ENDED, text, pointer="job_id")
    return job, await first_origin(tx, account, job.number)


def _id(call: Call) -> str:
    return str(call.request.path_params["job_id"]).lower()


ROUTES = (
    Entry(
        "POST",
        BULK,
        create_job,
        Capability.ACT,
        "Make a bulk job",
        body=wire.Wish,
        result=wire.BulkJob,
        status=201,
    ),
    Entry(
        "GET",
        BULK,
        list_jobs,
        Capability.READ,
        "List bulk jobs",
        query=JobsQuery,
        result=list[wire.BulkJob],
        pages="cursor",
    ),
    Entry("GET", JOB, get_job, Capability.READ, "Show one bulk job", result=wire.BulkJob),
    Entry("DELETE", JOB, delete_job, Capability.ACT, "Remove a bulk job that has ended", result=wire.Removed),
    Entry("POST", JOB + "/cancel", cancel_job, Capability.ACT, "Cancel a bulk job", result=wire.BulkJob),
    Entry(
        "POST", JOB + "/pause", pause_job, Capability.ACT, "Pause a bulk job", result=wire.BulkJob, ours=True
    ),
    Entry(
        "POST",
        JOB + "/resume",
        resume_job,
        Capability.ACT,
        "Let a paused bulk job go on",
        result=wire.BulkJob,
        ours=True,
    ),
    Entry(
        "POST",
        JOB + "/undo",
        undo_job,
        Capability.ACT,
        "Make a job that brings back what a job moved",
        result=wire.BulkJob,
        status=201,
        ours=True,
    ),
    Entry(
        "GET",
        JOB + "/messages",
        list_items,
        Capability.READ,
        "List the messages of a bulk job",
        query=ItemsQuery,
        result=list[wire.BulkMessage],
        pages="cursor",
    ),
)
