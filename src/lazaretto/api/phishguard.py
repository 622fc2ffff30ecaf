"""`GET phishguard/reports`: what people of the account reported, newest first.

The published service writes these reports itself; here they are the reports of users, which is what there is
to say. Where nobody reported anything the list is empty.
"""

from datetime import UTC, date, datetime, time, timedelta

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.call import Call
from lazaretto.api.entry import SECURITY, Entry
from lazaretto.api.paging import Paged, page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.wire.phishguard import Report, report
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid
from lazaretto.model.submission import SubmissionType
from lazaretto.query.submissions import SubmissionCriteria
from lazaretto.store.reports import get_reports
from lazaretto.store.rows import load
from lazaretto.store.submissions import list_submissions
from lazaretto.store.transaction import Transaction

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing is older: without a start everything is listed."""

DAY = timedelta(days=1)


class ReportQuery(Paged, frozen=True, kw_only=True):
    """`start` and `end` win over the older names, which are whole days."""

    start: datetime | None = None
    end: datetime | None = None
    from_date: date | None = None
    to_date: date | None = None


async def list_reports(call: Call) -> Response:
    """A page of reports."""
    query = read_query(call.request, ReportQuery)
    criteria = _criteria(query, call.services.now())
    rows, total = await call.read(lambda tx: _find(tx, call.account, criteria, query))
    return success(rows, result_info=page_info(query, len(rows), total))


def _criteria(query: ReportQuery, now: datetime) -> SubmissionCriteria:
    start = query.start or (_midnight(query.from_date) if query.from_date else BEGINNING)
    end = query.end or (_after(query.to_date) if query.to_date else now + DAY)
    if start > end:
        named = "start" if query.start else "from_date" if query.from_date else "end"
        raise Invalid(codes.BAD_RANGE, f"{named} must not be later than the end", pointer=named)
    return SubmissionCriteria(start=start, end=end, type=SubmissionType.USER)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _after(day: date) -> datetime:
    """The end of a day, which the last day of the calendar has not."""
    return _midnight(day) + DAY if day < date.max else datetime.max.replace(tzinfo=UTC)


async def _find(
    tx: Transaction, account: str, criteria: SubmissionCriteria, query: ReportQuery
) -> tuple[list[Report], int]:
    found, total = await list_submissions(tx, account, criteria, query.wish.offset, query.per_page)
    about = sorted({one.original.record for one in found if one.original.record is not None})
    messages = {record.number: record for record in await load(tx, account, about)}
    mails = await get_reports(tx, account, sorted({one.report for one in found if one.report is not None}))
    rows = [
        report(
            one,
            messages.get(one.original.record) if one.original.record is not None else None,
            mails.get(one.report) if one.report is not None else None,
        )
        for one in found
    ]
    return rows, total


ROUTES = (
    Entry(
        "GET",
        SECURITY + "/phishguard/reports",
        list_reports,
        Capability.READ,
        "What people reported",
        query=ReportQuery,
        result=list[Report],
        pages="page",
    ),
)
