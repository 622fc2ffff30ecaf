"""Pages of bulk jobs and of their items: by number or by cursor, as those of the search.

Rules. As in the search: by number `page` and `total_count` are real, by cursor both are 0; `next` is there
whenever more rows exist; pages by number go on where the page before ended, whatever comes or changes
meanwhile. A cursor belongs to one list and carries its filters; filters in the request win.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

import msgspec
from msgspec import Meta

from lazaretto.api import codes
from lazaretto.api.call import Call
from lazaretto.api.cursor import Position, open_cursor, seal_cursor
from lazaretto.api.paging import read_query
from lazaretto.api.query import DEFAULT_PER_PAGE, MAX_PAGE, MAX_PER_PAGE
from lazaretto.api.snapshots import Listing
from lazaretto.api.wire.envelope import ResultInfo
from lazaretto.model.errors import Invalid
from lazaretto.store.database import Transaction

HIGHEST = 2**62
"""Above every position."""

PAGING = frozenset({"cursor", "page", "per_page"})


class BulkPaged(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of both lists."""

    cursor: str | None = None
    page: Annotated[int, Meta(ge=1, le=MAX_PAGE)] | None = None
    per_page: Annotated[int, Meta(ge=1, le=MAX_PER_PAGE)] = DEFAULT_PER_PAGE


Q = TypeVar("Q", bound=BulkPaged)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows of one page: below a position, after so many others."""

    before: int
    skip: int
    limit: int


@dataclass(frozen=True, slots=True)
class Given(Generic[R]):
    """Rows with their positions, highest first: one more than a page when there are more."""

    rows: Sequence[R]
    positions: Sequence[int]
    total: int  # in all pages


@dataclass(frozen=True, slots=True)
class Listed(Generic[R]):
    """One page."""

    rows: Sequence[R]
    info: ResultInfo


Fetch = Callable[[Transaction, Wanted], Awaitable[Given[R]]]


@dataclass(frozen=True, slots=True)
class Turn(Generic[Q]):
    """One request for a page of a list."""

    name: str  # of the list: a cursor of one is none of another
    query: Q
    cursor: Position | None


def read_turn(call: Call, kind: type[Q], name: str) -> Turn[Q]:
    """The parameters; a cursor that comes without filters brings its own."""
    query = read_query(call.request, kind)
    if query.cursor is None:
        return Turn(name, query, None)
    position = open_cursor(call.services.secret, call.account, query.cursor)
    of, _, carried = position.filters.partition("?")
    if of != name:
        raise Invalid(codes.BAD_CURSOR, "The cursor is one of another list", pointer="cursor")
    if not _filters(query):
        query = msgspec.structs.replace(query, **_carried(carried, kind))
    return Turn(name, query, position)


def _carried(text: str, kind: type[BulkPaged]) -> dict[str, object]:
    filters = dict(parse_qsl(text))
    read = msgspec.convert(filters, kind)
    return {name: getattr(read, name) for name in filters}


def _filters(query: BulkPaged) -> dict[str, str]:
    pairs = ((name, getattr(query, name)) for name in query.__struct_fields__ if name not in PAGING)
    return {name: str(value) for name, value in pairs if value is not None}


async def page_of(call: Call, turn: Turn[Q], fetch: Fetch[R]) -> Listed[R]:
    """One page of a list."""
    query, page = turn.query, turn.query.page or 1
    filters = f"{turn.name}?{urlencode(_filters(query))}"
    parts = (call.token.id, filters, str(query.per_page), query.cursor or "")
    key = sha256("\0".join(parts).encode()).digest()
    listing = None if page == 1 else call.desk.snapshots.find(key, page, client=call.client)
    wanted = _wanted(turn, page, listing)
    given = await call.read(lambda tx: fetch(tx, wanted))
    shown, positions = given.rows[: query.per_page], given.positions[: query.per_page]
    total = given.total if listing is None else listing.total
    if listing is None:
        before = positions[0] + 1 if positions and page == 1 else wanted.before
        listing = call.desk.snapshots.open(key, client=call.client, total=total, before=before)
    if positions:
        listing.remember(page, positions[0] + 1)
        listing.remember(page + 1, positions[-1])
    following = None
    if len(given.rows) > query.per_page:
        following = seal_cursor(call.services.secret, call.account, Position(positions[-1], filters))
    info = ResultInfo(
        count=len(shown),
        per_page=query.per_page,
        total_count=total if turn.cursor is None else 0,
        page=page if turn.cursor is None else 0,
        next=following,
        previous=None,
    )
    return Listed(shown, info)


def _wanted(turn: Turn[Q], page: int, listing: Listing | None) -> Wanted:
    per_page = turn.query.per_page
    if listing is not None:
        before, pages = listing.start_of(page)
        return Wanted(before, pages * per_page, per_page + 1)
    before = HIGHEST if turn.cursor is None else turn.cursor.before
    return Wanted(before, (page - 1) * per_page, per_page + 1)
