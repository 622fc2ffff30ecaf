"""`POST investigate/bulk`: make a job, or only tell what it would be about.

Rules. The end of the search is frozen when the job is made: mail that comes later is not swept in. The same
`Idempotency-Key` with the same wish gives the same job for a day; with another wish it is 422. SDKs send no
such header by themselves, and then each request makes a job.
"""

import re
from dataclasses import replace
from hashlib import sha256

import msgspec
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.query import read_criteria, read_values
from lazaretto.api.reply import HttpError, success
from lazaretto.api.wire import bulk as wire
from lazaretto.api.wire.message import message
from lazaretto.model.errors import Conflict, Invalid
from lazaretto.model.job import Job, JobAction, JobSearch
from lazaretto.model.record import DeliveryState
from lazaretto.query.criteria import Criteria
from lazaretto.store import jobs, moves, search
from lazaretto.store.database import Transaction

SAMPLE = 10
"""Messages that a dry run shows."""

MAX_COMMENT = 1_024
"""Characters, as of every other comment of the API."""

KEY_HEADER = "Idempotency-Key"
_KEY = re.compile(r"[ -~]{1,255}")  # printable ASCII
CREATED = 201


async def create_job(call: Call) -> Response:
    """201 with the new job; 200 with a count and a sample for a dry run."""
    wish = read_json(await read_body(call.request, call.services.options), wire.DECODER)
    _check(wish)
    found, criteria = _search(wish.search_params, call)
    if wish.dry_run:
        return await _dry_run(call, wish, found, criteria)
    new = jobs.NewJob(
        action=wish.action,
        destination=wish.destination if wish.action is JobAction.MOVE else None,
        comment=wish.comment,
        actor=call.actor,
        search=found,
        criteria=criteria,
        key=read_key(call, msgspec.json.encode(wish)),
    )
    return await created(call, new)


async def created(call: Call, new: jobs.NewJob) -> Response:
    """Store a job, wake the engine, answer."""
    now = call.services.now()
    try:
        job: Job = await call.write(lambda tx: jobs.add_job(tx, call.account, new, now=now))
    except Conflict as taken:
        raise HttpError(422, codes.KEY_TAKEN, taken.public, pointer=taken.pointer) from None
    call.services.poke_bulk()
    call.note("job", job.id)
    response = success(wire.bulk_job(job))
    response.status_code = CREATED
    return response


def read_key(call: Call, asked: bytes) -> jobs.JobKey | None:
    """The idempotency key of a request, bound to its credential and to what it asks for."""
    text = call.request.headers.get(KEY_HEADER)
    if text is None:
        return None
    if not _KEY.fullmatch(text):
        problem = f"{KEY_HEADER} must be 1 to 255 printable ASCII characters"
        raise Invalid(codes.GENERIC, problem, pointer=KEY_HEADER)
    return jobs.JobKey(call.token.id, text, sha256(asked).hexdigest())


def _check(wish: wire.Wish) -> None:
    if wish.action is JobAction.MOVE and wish.destination is None:
        raise Invalid(codes.MISSING_FIELD, "MOVE needs a destination", pointer="/destination")
    if len(wish.comment or "") > MAX_COMMENT:
        text = f"comment is longer than {MAX_COMMENT} characters"
        raise Invalid(codes.BAD_RANGE, text, pointer="/comment")


def _search(asked: wire.Search, call: Call) -> tuple[JobSearch, Criteria]:
    """The search as it will be made, and as it is told back."""
    now = call.services.now()
    for name, value in (("start", asked.start), ("end", asked.end)):
        if isinstance(value, str) and not value.strip():
            raise Invalid(codes.BAD_RANGE, f"{name} is no time", pointer=f"/search_params/{name}")
    try:
        criteria = read_criteria(read_values(wire.filters(asked)), now)
    except Invalid as problem:
        pointer = f"/search_params/{problem.pointer}"
        raise Invalid(problem.code, problem.public, pointer=pointer) from None
    criteria = replace(criteria, end=min(criteria.end, now))
    found = JobSearch(
        start=criteria.start,
        end=criteria.end,
        detections_only=criteria.detections_only,
        submissions=criteria.submissions,
        action_log=bool(asked.action_log),
        query=asked.query,
        subject=asked.subject,
        exact_subject=asked.exact_subject,
        final_disposition=asked.final_disposition,
        delivery_status=DeliveryState(asked.delivery_status) if asked.delivery_status else None,
        message_action=asked.message_action,
        sender=asked.sender,
        recipient=asked.recipient,
        domain=asked.domain,
        helo_ip=asked.smtp_helo_ip,
        message_id=asked.message_id,
        alert_id=asked.alert_id,
        metric=asked.metric,
        link_host=asked.link_host,
        attachment=asked.attachment_sha256,
        fingerprint=asked.fingerprint,
    )
    return found, criteria


async def _dry_run(call: Call, wish: wire.Wish, found: JobSearch, criteria: Criteria) -> Response:
    async def look(tx: Transaction) -> tuple[int, search.Page, frozenset[str]]:
        total = await search.count(tx, call.account, criteria, None)
        page = await search.search(tx, call.account, criteria, None, SAMPLE)
        return total, page, await moves.own_domains(tx, call.account)

    total, page, domains = await call.read(look)
    folder = wish.destination.value if wish.destination else None
    told = wire.DryRun(
        action_type=wish.action.value,
        action_params=wire.action_params(wish.action, folder),
        search_params=wire.search_params(found),
        messages_matched=total,
        sample=[message(record, domains) for record in page.records],
    )
    return success(told)
