"""`GET investigate/{id}/action_log`: what was done to a message after its decision, oldest first."""

from starlette.responses import Response

from lazaretto.api.call import Call, find_record
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.paging import Paged, page_info, read_query
from lazaretto.api.reply import success
from lazaretto.api.wire.action_log import Action, action
from lazaretto.model.access import Capability
from lazaretto.store.action_log import list_actions


class ActionLogQuery(Paged, frozen=True):
    """Which page; `submission` says where the message is looked for, in both stores when it is not given."""

    submission: bool | None = None


async def get_action_log(call: Call) -> Response:
    """A page of the log; a message to which nothing was done has an empty one."""
    query = read_query(call.request, ActionLogQuery)
    record = await find_record(call, submissions=query.submission)
    offset, limit = query.wish.offset, query.per_page
    entries, total = await call.read(
        lambda tx: list_actions(tx, call.account, record.number, offset=offset, limit=limit)
    )
    return success([action(entry) for entry in entries], result_info=page_info(query, len(entries), total))


ROUTES = (
    Entry(
        "GET",
        MESSAGE + "/action_log",
        get_action_log,
        Capability.READ,
        "What was done to a message",
        query=ActionLogQuery,
        result=list[Action],
        pages="page",
    ),
)
