"""`GET investigate/{id}/detections`: why a message was called what it was called.

Served for detections, and for mail that is held or could not be scanned: an analyst must see why.
For benign mail the contract wants a 404; ours names the calls that do answer.
"""

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.call import Call, find_record
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire.detections import Detections, detections
from lazaretto.model.access import Capability
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import NotFound
from lazaretto.model.record import Record
from lazaretto.store import messages


async def get_detections(call: Call) -> Response:
    """Findings, attachments, headers, links, sender and validation of one detection."""
    record = await find_record(call)
    summary = record.summary
    if summary is None or not is_open(record):
        raise benign(record, f"GET /investigate/{record.id} shows the message, /trace its way")
    decision = await call.read(lambda tx: messages.get_decision(tx, call.account, record.number))
    return success(detections(record, summary, decision))


def is_open(record: Record) -> bool:
    """An analyst may look inside: a detection, held mail, or mail that no scan has judged."""
    return record.is_detection or record.is_quarantined or record.disposition is Disposition.UNKNOWN


def benign(record: Record, advice: str) -> NotFound:
    """The refusal for mail that is no detection."""
    text = f"Message {record.id} is not a detection: {advice}"
    return NotFound(codes.NOT_A_DETECTION, text, pointer="investigate_id")


ROUTES = (
    Entry(
        "GET",
        MESSAGE + "/detections",
        get_detections,
        Capability.READ,
        "Say why a message was judged so",
        result=Detections,
    ),
)
