"""The investigation search: criteria to rows, newest scan first.

Rules. Every position is higher than all before it in the account, so a page is "the rows below a position".
In a page the summary leaves out headers, links and attachments, which no list shows; `messages.get_record`
has them. A domain matches itself and its subdomains; addresses and domains compare without case.
What only concerns flags and time is answered from one index of the record table; everything else is a phrase
or a tag in the text index.
"""

from dataclasses import dataclass
from typing import Any

from lazaretto.model.record import Record
from lazaretto.query.criteria import Criteria, Place
from lazaretto.store import flags
from lazaretto.store.rows import load
from lazaretto.store.search_text import Source, matching
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction
from lazaretto.store.words import phrases

MAX_PAGE = 1_000
"""Rows of one page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Records with their positions, newest first."""

    records: tuple[Record, ...]
    positions: tuple[int, ...]
    more: bool  # there are rows after the last one


async def search(tx: Transaction, account: str, criteria: Criteria, place: Place | None, limit: int) -> Page:
    """One page of at most 1,000 rows. `place` None begins with the newest."""
    limit = min(limit, MAX_PAGE)
    found = await places(tx, account, criteria, place, limit + 1)
    records = await load(tx, account, [number for number, _ in found[:limit]])
    return Page(records, tuple(position for _, position in found[:limit]), len(found) > limit)


async def places(
    tx: Transaction, account: str, criteria: Criteria, place: Place | None, limit: int
) -> list[tuple[int, int]]:
    """Record numbers with their positions, newest first, without reading the records."""
    source = await _source(tx, account, criteria, place)
    found: list[Any] = await tx.rows(
        f"SELECT r.number, r.position {source.sql} {source.newest_first} LIMIT ? OFFSET ?",
        *source.args,
        limit,
        place.skip if place else 0,
    )
    return found


async def count(tx: Transaction, account: str, criteria: Criteria, place: Place | None) -> int:
    """How many rows there are in all, exactly; with a place only those after it."""
    source = await _source(tx, account, criteria, place)
    total: Any = await tx.value(f"SELECT count(*) {source.sql}", *source.args)
    return max(0, int(total) - (place.skip if place else 0))


async def _source(tx: Transaction, account: str, criteria: Criteria, place: Place | None) -> Source:
    first, end = micros(criteria.start), micros(criteria.end)
    bounds = (first, end if place is None else min(end, place.before))
    conditions, masks = _conditions(criteria)
    if asked := phrases(criteria):
        return await matching(tx, account, asked, bounds, conditions=conditions, args=masks)
    sql = f"FROM record r WHERE r.account = ? AND r.position >= ? AND r.position < ?{conditions}"
    return Source(sql, (account, *bounds, *masks), "ORDER BY r.position DESC")


def _conditions(criteria: Criteria) -> tuple[str, tuple[int, ...]]:
    """Conditions on the flags. Those that are written out are known to the partial index."""
    conditions = f" AND (r.flags & {flags.SUBMISSION}) {'<>' if criteria.submissions else '='} 0"
    if criteria.detections_only or criteria.alert_id:
        conditions += f" AND (r.flags & {flags.DETECTION}) <> 0"
    masks = []
    if criteria.dispositions is not None:
        masks.append(sum(flags.DISPOSITIONS[d] for d in criteria.dispositions))
    if criteria.delivery_status is not None:
        masks.append(flags.STATES[criteria.delivery_status])
    if criteria.message_action is not None:
        masks.append(flags.MESSAGE_ACTIONS[criteria.message_action])
    return conditions + " AND (r.flags & ?) <> 0" * len(masks), tuple(masks)
