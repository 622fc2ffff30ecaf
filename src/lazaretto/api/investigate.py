"""`GET investigate` and `GET investigate/{id}`: the search, and one message.

Pages are asked for by number or by cursor. By number: `page` and `total_count` are real. By cursor: both are
0, as published. `next` is there whenever more rows exist.
The order is newest first, by a position that rows get when they are judged and keep.
"""

from dataclasses import dataclass
from hashlib import sha256

from starlette.responses import Response

from lazaretto.api.call import Call, find_record
from lazaretto.api.cursor import Position, open_cursor, seal_cursor
from lazaretto.api.entry import INVESTIGATE, MESSAGE, Entry
from lazaretto.api.query import (
    PAGING,
    Paging,
    filters_text,
    read_criteria,
    read_filters,
    read_flag,
    read_paging,
    read_values,
)
from lazaretto.api.reply import success
from lazaretto.api.snapshots import Listing
from lazaretto.api.totals import is_steady
from lazaretto.api.wire.envelope import ResultInfo
from lazaretto.api.wire.message import Message, message
from lazaretto.api.wire.search import OneQuery, SearchQuery
from lazaretto.model.access import Capability
from lazaretto.query.criteria import Criteria, Place
from lazaretto.store import search
from lazaretto.store.database import Transaction
from lazaretto.store.domains import list_domains

LOWEST = 0
"""Positions begin at 1: no row is below this."""

HIGHEST = 2**62
"""Above every position that will ever be given."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page as the store gave it."""

    page: search.Page
    total: int
    domains: frozenset[str]
    counted: bool = False  # the total was counted just now


@dataclass(frozen=True, slots=True)
class Wish:
    """What one request wants to see."""

    criteria: Criteria
    filters: str
    paging: Paging
    cursor: Position | None

    @property
    def page(self) -> int:
        """Pages count from 1, also those after a cursor."""
        return self.paging.page or 1

    @property
    def numbered(self) -> bool:
        """The answer carries real `page` and `total_count`."""
        return self.cursor is None


async def list_messages(call: Call) -> Response:
    """A page of the search."""
    wish = _read_wish(call)
    key = _listing_key(call, wish)
    listing = None if wish.page == 1 else call.desk.snapshots.find(key, wish.page, client=call.client)
    place = _place(wish, listing)
    found = await call.read(lambda tx: _find(tx, call, wish, place, listing))
    _remember(call, key, wish, listing, found)
    rows = [message(record, found.domains) for record in found.page.records]
    return success(rows, result_info=_result_info(call, wish, found))


async def get_message(call: Call) -> Response:
    """One message, by investigate id or queue id; `submission=true` looks among submissions only."""
    submissions = bool(read_flag(call.request.query_params.multi_items(), "submission"))
    record = await find_record(call, submissions=submissions)
    domains = await call.read(lambda tx: _own_domains(tx, call.account))
    return success(message(record, domains))


def _read_wish(call: Call) -> Wish:
    values = read_values(call.request.query_params.multi_items())
    paging = read_paging(values)
    cursor = None
    if paging.cursor is not None:
        cursor = open_cursor(call.services.secret, call.account, paging.cursor)
        if not any(name not in PAGING for name in values):
            values = {**read_filters(cursor.filters), **values}
    return Wish(read_criteria(values, call.services.now()), filters_text(values), paging, cursor)


def _listing_key(call: Call, wish: Wish) -> bytes:
    parts = (call.token.id, wish.filters, str(wish.paging.per_page), wish.paging.cursor or "")
    return sha256("\0".join(parts).encode()).digest()


def _total_key(call: Call, wish: Wish) -> tuple[str, str]:
    return call.account, wish.filters


def _place(wish: Wish, listing: Listing | None) -> Place | None:
    if listing is not None:
        before, pages = listing.start_of(wish.page)
        return Place(before, pages * wish.paging.per_page)
    skip = (wish.page - 1) * wish.paging.per_page
    if wish.cursor is not None:
        return Place(wish.cursor.before, skip)
    return Place(HIGHEST, skip) if skip else None


async def _find(
    tx: Transaction, call: Call, wish: Wish, place: Place | None, listing: Listing | None
) -> Found:
    page = await search.search(tx, call.account, wish.criteria, place, wish.paging.per_page)
    domains = await _own_domains(tx, call.account)
    if not wish.numbered:
        return Found(page, 0, domains)
    if listing is not None:
        return Found(page, listing.total, domains)
    if wish.page == 1 and not page.more:
        return Found(page, len(page.records), domains)
    total = call.desk.totals.guess(_total_key(call, wish), page.positions) if wish.page == 1 else None
    if total is not None:
        return Found(page, total, domains)
    return Found(page, await search.count(tx, call.account, wish.criteria, None), domains, counted=True)


def _remember(call: Call, key: bytes, wish: Wish, listing: Listing | None, found: Found) -> None:
    positions = found.page.positions
    if found.counted and wish.page == 1 and is_steady(wish.criteria):
        call.desk.totals.remember(_total_key(call, wish), found.total, positions[0])
    if listing is None:
        before = _first_row_below(wish, positions)
        listing = call.desk.snapshots.open(key, client=call.client, total=found.total, before=before)
    if positions:
        listing.remember(wish.page, positions[0] + 1)
        listing.remember(wish.page + 1, positions[-1])


def _first_row_below(wish: Wish, positions: tuple[int, ...]) -> int:
    if wish.cursor is not None:
        return wish.cursor.before
    if wish.page > 1:
        return HIGHEST
    return positions[0] + 1 if positions else LOWEST


def _result_info(call: Call, wish: Wish, found: Found) -> ResultInfo:
    more = found.page.more and bool(found.page.positions)
    position = Position(found.page.positions[-1], wish.filters) if more else None
    return ResultInfo(
        count=len(found.page.records),
        per_page=wish.paging.per_page,
        total_count=found.total,
        page=wish.page if wish.numbered else 0,
        next=None if position is None else seal_cursor(call.services.secret, call.account, position),
        previous=None,
    )


async def _own_domains(tx: Transaction, account: str) -> frozenset[str]:
    return frozenset(domain.name for domain in await list_domains(tx, account))


ROUTES = (
    Entry(
        "GET",
        INVESTIGATE,
        list_messages,
        Capability.READ,
        "Search messages",
        query=SearchQuery,
        result=list[Message],
        pages="cursor",
    ),
    Entry("GET", MESSAGE, get_message, Capability.READ, "Show one message", query=OneQuery, result=Message),
)
