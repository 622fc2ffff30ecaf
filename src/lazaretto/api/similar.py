"""`GET investigate/{id}/similar`: messages of the account that are like one, and what they share with it.

Ours. The order is by likeness, then newest first; pages have numbers.
"""

from starlette.responses import Response

from lazaretto.actions.similar import Family, find_family, load_members
from lazaretto.api import codes
from lazaretto.api.call import Call, find_record
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.paging import Paged, page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.wire.envelope import Note
from lazaretto.api.wire.similar import Similar, similar
from lazaretto.model.access import Capability
from lazaretto.model.record import Record
from lazaretto.store.domains import list_domains
from lazaretto.store.similar import MAX_FOUND
from lazaretto.store.transaction import Transaction

BOUNDED = Note(
    codes.BOUNDED,
    f"One trait is shared by {MAX_FOUND} messages or more: only the newest {MAX_FOUND} are here",
)


class Query(Paged, frozen=True, kw_only=True):
    """The page, and where to look for the message."""

    submission: bool | None = None


async def list_similar(call: Call) -> Response:
    """One page of the family."""
    query = read_query(call.request, Query)
    record = await find_record(call, submissions=query.submission)
    rows, family = await call.read(lambda tx: _page(tx, call.account, record, query))
    info = page_info(query, len(rows), len(family.members))
    return success(rows, messages=(BOUNDED,) if family.bounded else (), result_info=info)


async def _page(tx: Transaction, account: str, record: Record, query: Query) -> tuple[list[Similar], Family]:
    if record.summary is None:
        return [], Family((), bounded=False)
    family = await find_family(tx, account, record.summary, besides=(record.number,))
    start = query.wish.offset
    members = family.members[start : start + query.per_page]
    found = {one.number: one for one in await load_members(tx, account, members)}
    domains = frozenset(domain.name for domain in await list_domains(tx, account))
    rows = [similar(one, found[one.number], domains) for one in members if one.number in found]
    return rows, family


ROUTES = (
    Entry(
        "GET",
        MESSAGE + "/similar",
        list_similar,
        Capability.READ,
        "List messages like this one",
        query=Query,
        result=list[Similar],
        pages="page",
        ours=True,
    ),
)
