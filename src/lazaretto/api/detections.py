"""`GET investigate/{id}/detections`: why a message was called what it was called.

Served for detections, and for mail that is held or could not be scanned: an analyst must see why.
For benign mail the contract wants a 404; ours names the calls that do answer.
"""

import asyncio

from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.call import Call, find_record
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.reply import success
from lazaretto.api.wire.detections import Detections, Explained, detections
from lazaretto.model.access import Capability
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import NotFound
from lazaretto.model.record import Record, Summary
from lazaretto.scan.switched import heard_by
from lazaretto.scan.whatif import enough, what_if
from lazaretto.store import messages
from lazaretto.store.rules_off import list_rules_off


async def get_detections(call: Call) -> Response:
    """Findings, attachments, headers, links, sender and validation of one detection."""
    record = await find_record(call)
    summary = record.summary
    if summary is None or not is_open(record):
        raise benign(record, f"GET /investigate/{record.id} shows the message, /trace its way")
    decision = await call.read(lambda tx: messages.get_decision(tx, call.account, record.number))
    return success(detections(record, summary, decision, await _explained(call, record, summary)))


async def _explained(call: Call, record: Record, summary: Summary) -> Explained | None:
    """None when retention removed the verdict, or a scan never gave one."""
    verdict = await call.read(lambda tx: messages.get_verdict(tx, call.account, record.number))
    if verdict is None:
        return None
    off = await call.read(lambda tx: list_rules_off(tx, call.account))
    ruleset = heard_by(await call.services.ruleset(), frozenset(one.rule for one in off))
    found = await asyncio.to_thread(what_if, verdict, ruleset, sender=summary.from_address)
    return Explained(verdict, found, enough(ruleset))


def is_open(record: Record) -> bool:
    """An analyst may look inside: a detection, held or reported mail, or mail that no scan has judged."""
    if record.is_detection or record.is_quarantined or record.is_submission:
        return True
    return record.disposition is Disposition.UNKNOWN


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
