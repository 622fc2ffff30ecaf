"""`GET investigate/{id}/raw`: the message as it came.

As JSON for SDKs, and octet for octet, streamed, for a client that asks for message/rfc822.

Limits: the JSON form holds the whole message in memory, so only a few are made at once.
"""

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from lazaretto.api import codes
from lazaretto.api.accept import prefers
from lazaretto.api.call import Call, find_record
from lazaretto.api.detections import benign, is_open
from lazaretto.api.entry import MESSAGE, Entry
from lazaretto.api.reply import JSON, success
from lazaretto.api.wire.envelope import Note
from lazaretto.api.wire.raw import Raw, raw
from lazaretto.model.access import Capability
from lazaretto.model.errors import NotFound, TryLater
from lazaretto.model.record import Record
from lazaretto.store.errors import BytesMissing

OCTETS = "message/rfc822"
WAIT_SECONDS = 20.0
"""How long a request for JSON waits for its turn before it is told to come back."""

LATIN_1 = Note(
    codes.RAW_AS_LATIN_1,
    "The message is not UTF-8: raw was decoded as ISO-8859-1 and encodes back to the same octets; "
    f"send Accept: {OCTETS} for the octets themselves",
)


async def get_raw(call: Call) -> Response:
    """The stored bytes; 404 with its own code when retention has removed them."""
    record = await find_record(call)
    if not (is_open(record) or call.services.options.open_raw_for_benign):
        raise benign(
            record, f"its content is not shown; GET /investigate/{record.id} shows what is known of it"
        )
    if not record.bytes_kept:
        raise _gone(record)
    if prefers(call.request.headers.get("accept", ""), OCTETS, JSON):
        return _octets(call, record)
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await call.desk.raw_turns.acquire()
    except TimeoutError:
        raise TryLater(codes.TRY_LATER, "Too many messages are being read; try again") from None
    try:
        return await run_in_threadpool(_json, call, record)
    finally:
        call.desk.raw_turns.release()


def _json(call: Call, record: Record) -> Response:
    try:
        octets = call.services.blobs.get(record.blob)
    except BytesMissing:
        raise _gone(record) from None
    result, utf8 = raw(octets)
    return success(result, messages=() if utf8 else (LATIN_1,))


def _octets(call: Call, record: Record) -> Response:
    if not call.services.blobs.exists(record.blob):
        raise _gone(record)
    headers = {
        "Content-Length": str(record.size),
        "Content-Disposition": f'attachment; filename="{record.envelope.queue_id}.eml"',
        "ETag": f'"{record.blob}"',
    }
    if call.request.method == "HEAD":
        return Response(headers=headers, media_type=OCTETS)
    return StreamingResponse(call.services.blobs.chunks(record.blob), headers=headers, media_type=OCTETS)


def _gone(record: Record) -> NotFound:
    text = f"The content of message {record.id} is no longer stored; its record and trace are"
    return NotFound(codes.CONTENT_NOT_STORED, text, pointer="investigate_id")


ROUTES = (
    Entry(
        "GET",
        MESSAGE + "/raw",
        get_raw,
        Capability.CONTENT,
        "The received bytes",
        result=Raw,
        gives=("message/rfc822",),
    ),
)
