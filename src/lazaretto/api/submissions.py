"""`submissions`: the list, one, several new ones, and what an analyst does with those of users.

A list is made of pages by number. Several new ones are all made, or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from lazaretto.actions.submit import Ask, check_follow_up, escalate, find_user_submission, submit
from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call, is_reference
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.paging import page_info, read_query
from lazaretto.api.query import DEFAULT_DAYS, MAX_WORDS
from lazaretto.api.reclassify import ACCEPTED, read_ask, with_eml
from lazaretto.api.reply import success
from lazaretto.api.upload import upload
from lazaretto.api.wire import submissions as wire
from lazaretto.model.access import Capability
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Invalid, NotFound, Refusal
from lazaretto.model.submission import Outcome, Purpose, Review, Submission, SubmissionType
from lazaretto.query.submissions import Direction, Order, SubmissionCriteria
from lazaretto.store.submissions import get_submission, list_submissions, review_submission
from lazaretto.store.transaction import Transaction

SUBMISSIONS = SECURITY + "/submissions"
ONE = SUBMISSIONS + "/{submission_id}"

_DOWN: frozenset[Order] = frozenset({"requested_at", "submission_id"})
"""Orders that begin with the newest where no direction is given."""


async def list_all(call: Call) -> Response:
    """One page."""
    query = read_query(call.request, wire.Listing)
    criteria = _criteria(query, call.services.now())
    wish = query.wish
    rows, total = await call.read(
        lambda tx: list_submissions(tx, call.account, criteria, wish.offset, wish.per_page)
    )
    return success([wire.submission(row) for row in rows], result_info=page_info(query, len(rows), total))


async def get_one(call: Call) -> Response:
    """One, by its id."""
    found = await call.read(lambda tx: get_submission(tx, call.account, _id(call)))
    if found is None:
        raise _unknown()
    return success(wire.submission(found))


async def create(call: Call) -> Response:
    """Team submissions for several messages."""
    async with upload(call) as octets:
        wish = read_json(octets, wire.CREATE)
        asks = await _asks(call, wish)
    now = call.services.now()
    made = await call.write(lambda tx: _submit_all(tx, call, asks, now))
    call.services.submitted()
    return success([wire.submission(one) for one in made], status=ACCEPTED)


async def escalate_one(call: Call) -> Response:
    """Make a team submission of a user's; the answer is the new one."""
    wish = read_json(await _body(call), wire.ESCALATE)
    said = Disposition(wish.expected_disposition) if wish.expected_disposition else None
    now = call.services.now()
    made = await call.write(lambda tx: escalate(tx, call.account, _id(call), call.actor, said, now=now))
    call.note("submission_id", made.id)
    call.services.submitted()
    return success(wire.submission(made), status=ACCEPTED)


async def review_one(call: Call) -> Response:
    """Say that an analyst has looked at a user's submission, and what they found."""
    wish = read_json(await _body(call), wire.REVIEW)
    outcome = Outcome(wish.outcome) if wish.outcome else None
    note = f"Reviewed by {call.actor}: {wish.note}" if wish.note else f"Reviewed by {call.actor}."

    async def work(tx: Transaction) -> Submission | None:
        await find_user_submission(tx, call.account, _id(call))
        return await review_submission(tx, call.account, _id(call), outcome, note=note)

    reviewed = await call.write(work)
    if reviewed is None:
        raise _unknown()
    return success(wire.submission(reviewed))


def _criteria(query: wire.Listing, now: datetime) -> SubmissionCriteria:
    start, end = _span(query, now)
    order = query.order or "requested_at"
    down: Direction = "desc" if order in _DOWN else "asc"
    return SubmissionCriteria(
        start=start,
        end=end,
        type=SubmissionType(query.type.capitalize()) if query.type else None,
        id=query.submission_id,
        original=_any_of(query.original_disposition),
        requested=_any_of(query.requested_disposition),
        outcome=_any_of(query.outcome_disposition),
        review=_review(query),
        words=_words(query.query),
        escalated_from_user=query.escalated_from_user,
        order=order,
        direction=query.direction or down,
    )


def _span(query: wire.Listing, now: datetime) -> tuple[datetime, datetime]:
    end = query.end or now
    if query.start is None:
        return min(now, end) - timedelta(days=DEFAULT_DAYS), end
    if query.start > now:
        raise Invalid(codes.BAD_RANGE, "start must not be in the future", pointer="start")
    if query.start > end:
        raise Invalid(codes.BAD_RANGE, "start must not be later than end", pointer="start")
    return query.start, end


def _any_of(word: wire.Said | None) -> frozenset[Disposition] | None:
    """MALICIOUS also finds business email compromise, which has no word of its own here."""
    if word is None:
        return None
    wanted = Disposition(word)
    more = {Disposition.MALICIOUS_BEC} if wanted is Disposition.MALICIOUS else set()
    return frozenset({wanted} | more)


def _review(query: wire.Listing) -> Review | None:
    """Two names of one filter."""
    if query.status and query.customer_status and query.status != query.customer_status:
        text = "status and customer_status are one filter and differ"
        raise Invalid(codes.GENERIC, text, pointer="customer_status")
    word = query.status or query.customer_status
    return Review(word) if word else None


def _words(text: str | None) -> tuple[str, ...]:
    words = tuple(dict.fromkeys((text or "").split()))
    if len(words) > MAX_WORDS:
        raise Invalid(codes.BAD_RANGE, f"query has more than {MAX_WORDS} words", pointer="query")
    return words


@dataclass(frozen=True, slots=True)
class _Placed:
    """An ask with its place in the body."""

    ask: Ask
    place: str


async def _asks(call: Call, wish: wire.Create) -> list[_Placed]:
    """Everything that can be checked without the store is checked before anything is kept."""
    purpose = Purpose(wish.type)
    asks = [_ask(item, purpose, f"/messages/{number}") for number, item in enumerate(wish.messages)]
    texts = [item.eml_content for item in wish.messages]
    return [
        _Placed(await with_eml(call, one.ask, text, f"{one.place}/eml_content"), one.place)
        for one, text in zip(asks, texts, strict=True)
    ]


def _ask(item: wire.Item, purpose: Purpose, place: str) -> _Placed:
    name = "id" if item.id is not None else "postfix_id"
    reference = item.id or item.postfix_id
    if reference is None:
        raise Invalid(
            codes.MISSING_FIELD, "No message is named: send id or postfix_id", pointer=f"{place}/id"
        )
    if not is_reference(reference):
        raise Invalid(codes.NOT_FOUND, "There is no message of this id", pointer=f"{place}/{name}")
    ask = read_ask(item, reference, purpose=purpose)
    try:
        check_follow_up(ask)
    except Invalid as refusal:
        raise _placed(refusal, place) from None
    return _Placed(ask, place)


async def _submit_all(
    tx: Transaction, call: Call, asks: Sequence[_Placed], now: datetime
) -> list[Submission]:
    made = []
    for one in asks:
        try:
            made.append(await submit(tx, call.account, call.actor, one.ask, now=now))
        except Refusal as refusal:
            raise _placed(refusal, one.place) from None
    return made


def _placed(refusal: Refusal, place: str) -> Invalid:
    """What is wrong with one item is wrong with the body: 400, with the item's place."""
    return Invalid(refusal.code, refusal.public, pointer=f"{place}{refusal.pointer or ''}")


def _id(call: Call) -> str:
    return str(call.request.path_params["submission_id"])


def _unknown() -> NotFound:
    text = "There is no submission of this id in this account"
    return NotFound(codes.NO_SUBMISSION, text, pointer="submission_id")


async def _body(call: Call) -> bytes:
    """An empty body says nothing, which is allowed."""
    octets = await read_body(call.request, call.services.options)
    return octets if octets.strip() else b"{}"


ROUTES = (
    Entry(
        "GET",
        SUBMISSIONS,
        list_all,
        Capability.READ,
        "List submissions",
        query=wire.Listing,
        result=list[wire.Submission],
        pages="page",
    ),
    Entry(
        "POST",
        SUBMISSIONS,
        create,
        Capability.ACT,
        "Say what several messages really are",
        body=wire.Create,
        result=list[wire.Submission],
        status=ACCEPTED,
    ),
    Entry(
        "GET",
        ONE,
        get_one,
        Capability.READ,
        "Show one submission",
        result=wire.Submission,
        ours=True,
    ),
    Entry(
        "POST",
        ONE + "/escalate",
        escalate_one,
        Capability.ACT,
        "Make a team submission of a user's",
        body=wire.Escalate,
        result=wire.Submission,
        status=ACCEPTED,
        ours=True,
    ),
    Entry(
        "POST",
        ONE + "/review",
        review_one,
        Capability.ACT,
        "Say that a user's submission was looked at",
        body=wire.Review,
        result=wire.Submission,
        ours=True,
    ),
)
