"""`GET investigate/{id}/trace`: the way of a message through us, inbound and outbound."""

from starlette.responses import Response

from lazaretto.api.call import Call, find_record
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.query import read_flag
from lazaretto.api.reply import success
from lazaretto.api.wire.trace import Trace, trace
from lazaretto.model.access import Capability
from lazaretto.store import messages


async def get_trace(call: Call) -> Response:
    """Every stored line; benign mail has a trace too."""
    submissions = read_flag(call.request.query_params.multi_items(), "submission")
    record = await find_record(call, submissions=submissions)
    lines = await call.read(lambda tx: messages.get_trace(tx, call.account, record.number))
    return success(trace(record, lines))


ROUTES = (
    Entry(
        "GET", MESSAGE + "/trace", get_trace, Capability.READ, "The way of a message through us", result=Trace
    ),
)
