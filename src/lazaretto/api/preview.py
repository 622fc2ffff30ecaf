"""`GET investigate/{id}/preview` and `POST investigate/preview`: a message as its reader would see it.

GET is for detections and whatever else an analyst may look into; POST takes every stored message.
Whoever looks is written to the action log before the picture is given: there is no look without an entry.

Limits: a few pictures at a time, each with a time and a size; where no renderer is installed the answer is an
error that no SDK repeats, never an empty picture.
"""

import asyncio
from datetime import datetime

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import read_body, read_json
from lazaretto.api.call import Call, find_record, is_reference, no_message
from lazaretto.api.detections import benign, is_open
from lazaretto.api.entry import INVESTIGATE, MESSAGE, Entry
from lazaretto.api.paging import read_query
from lazaretto.api.reply import HttpError, success
from lazaretto.api.wire.preview import DECODER, Preview, PreviewWish, preview
from lazaretto.model.access import Capability
from lazaretto.model.errors import Invalid, NotFound, TryLater
from lazaretto.model.record import ActionEntry, Operation, Record
from lazaretto.preview import PNG_SIGNATURE, NoPicture, Renderer
from lazaretto.store import messages
from lazaretto.store.errors import BytesMissing

WAIT_SECONDS = 20.0
"""How long a request waits for its turn before it is told to come back."""

UNPROCESSABLE = 422
"""The message cannot be shown, and asking again does not help: SDKs do not repeat this status."""


class PreviewQuery(msgspec.Struct, frozen=True):
    """Where the message is looked for: in both stores when nothing is said."""

    submission: bool | None = None


async def get_preview(call: Call) -> Response:
    """The picture of a detection; 404 for benign mail, naming the call that shows it."""
    query = read_query(call.request, PreviewQuery)
    record = await find_record(call, submissions=query.submission)
    if not is_open(record):
        raise benign(record, f'POST /investigate/preview with {{"id": "{record.id}"}} shows it')
    return await _show(call, record, pointer="investigate_id")


async def post_preview(call: Call) -> Response:
    """The picture of any stored message."""
    query = read_query(call.request, PreviewQuery)
    wish = read_json(await read_body(call.request, call.services.options), DECODER)
    reference, pointer = (wish.id, "/id") if wish.id is not None else (wish.postfix_id, "/postfix_id")
    if reference is None:
        raise Invalid(codes.MISSING_FIELD, "The body needs the id of a message", pointer="/id")
    if not is_reference(reference):
        raise _unknown(reference, pointer)
    record = await call.read(
        lambda tx: messages.get_record(tx, call.account, reference, submissions=query.submission)
    )
    if record is None:
        raise _unknown(reference, pointer)
    return await _show(call, record, pointer=pointer)


async def _show(call: Call, record: Record, *, pointer: str) -> Response:
    renderer, options = call.services.renderer, call.services.options
    if not record.bytes_kept:
        raise _gone(record, pointer)
    if renderer is None:
        raise HttpError(UNPROCESSABLE, codes.NO_RENDERER, "No renderer is installed on this server")
    if record.size > options.preview_limit:
        text = (
            f"Message {record.id} is larger than {options.preview_limit} bytes and is not made a picture of"
        )
        raise HttpError(UNPROCESSABLE, codes.NO_PICTURE, text, pointer=pointer)
    begun = call.services.now()
    png = await _picture(call, renderer, record, pointer)
    await _enter(call, record, begun)
    return success(preview(png))


async def _picture(call: Call, renderer: Renderer, record: Record, pointer: str) -> bytes:
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await call.desk.preview_turns.acquire()
    except TimeoutError:
        raise TryLater(codes.TRY_LATER, "Too many pictures are being made; try again") from None
    seconds = call.services.options.preview_seconds
    try:
        raw = await run_in_threadpool(call.services.blobs.get, record.blob)
        async with asyncio.timeout(seconds):
            png = await renderer.render(raw)
    except BytesMissing:
        raise _gone(record, pointer) from None
    except TimeoutError:
        text = f"Message {record.id} was not made into a picture within {seconds:g} seconds"
        raise HttpError(UNPROCESSABLE, codes.NO_PICTURE, text, pointer=pointer) from None
    except NoPicture as problem:
        text = f"Message {record.id} cannot be shown: {problem}"
        raise HttpError(UNPROCESSABLE, codes.NO_PICTURE, text, pointer=pointer) from None
    finally:
        call.desk.preview_turns.release()
    if not png.startswith(PNG_SIGNATURE):
        raise ValueError(f"the renderer gave {len(png)} bytes that are no PNG file")
    return png


async def _enter(call: Call, record: Record, at: datetime) -> None:
    """Write the look down, durably."""
    entry = ActionEntry(Operation.PREVIEW, at, call.actor, "OK")
    await call.write(lambda tx: messages.add_action(tx, call.account, record.number, entry))


def _unknown(reference: str, pointer: str) -> NotFound:
    return NotFound(codes.NOT_FOUND, no_message(reference).public, pointer=pointer)


def _gone(record: Record, pointer: str) -> NotFound:
    text = f"The content of message {record.id} is no longer stored; its record and trace are"
    return NotFound(codes.CONTENT_NOT_STORED, text, pointer=pointer)


POST_ROUTES = (
    Entry(
        "POST",
        INVESTIGATE + "/preview",
        post_preview,
        Capability.CONTENT,
        "A picture of any stored message",
        query=PreviewQuery,
        body=PreviewWish,
        result=Preview,
        audited=True,
    ),
)
GET_ROUTES = (
    Entry(
        "GET",
        MESSAGE + "/preview",
        get_preview,
        Capability.CONTENT,
        "A picture of a detection",
        query=PreviewQuery,
        result=Preview,
        audited=True,
    ),
)
ROUTES = (*POST_ROUTES, *GET_ROUTES)
