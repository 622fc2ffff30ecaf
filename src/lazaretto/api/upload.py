"""Bodies that carry a whole message: larger than other bodies, only a few at one time.

Limits: MAX_EML for one message, MAX_UPLOAD for a body, UPLOAD_SECONDS for its way.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from lazaretto.api import codes
from lazaretto.api.body import read_body
from lazaretto.api.call import Call
from lazaretto.model.errors import Invalid, TryLater

MIB = 1024 * 1024

MAX_EML = 25 * MIB
"""Bytes of an uploaded message: as large as most servers take by SMTP."""

MAX_UPLOAD = 36 * MIB
"""Bytes of a body: one message of MAX_EML in base64, and the rest of a request."""

SMALL = MIB
"""Bodies up to this size need no turn."""

UPLOAD_SECONDS = 60.0
"""Time that a large body may take."""

TURN_SECONDS = 20.0
"""How long a request waits for its turn before it is told to come back."""

_BLANKS = {ord(sign): None for sign in " \t\r\n"}
_FIELD = re.compile(rb"(?:From [^\r\n]*\r?\n)?[!-9;-~]{1,200}[ \t]*:")


@asynccontextmanager
async def upload(call: Call) -> AsyncIterator[bytes]:
    """The body, as long as it is worked on. Raises TryLater when too many are."""
    declared = call.request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) <= SMALL:
        yield await read_body(call.request, call.services.options)
        return
    try:
        async with asyncio.timeout(TURN_SECONDS):
            await call.desk.upload_turns.acquire()
    except TimeoutError:
        raise TryLater(codes.TRY_LATER, "Too many messages are being uploaded; try again") from None
    try:
        limits = replace(call.services.options, body_limit=MAX_UPLOAD, body_seconds=UPLOAD_SECONDS)
        yield await read_body(call.request, limits)
    finally:
        call.desk.upload_turns.release()


async def store_eml(call: Call, text: str, pointer: str) -> str:
    """Decode and store an uploaded message; its name among the blobs. Raises Invalid."""
    return await asyncio.to_thread(_store, call, text, pointer)


def _store(call: Call, text: str, pointer: str) -> str:
    octets = decode_eml(text, pointer)
    return call.services.blobs.put(octets).sha256


def decode_eml(text: str, pointer: str) -> bytes:
    """The bytes of a message in base64, blanks allowed. Raises Invalid."""
    try:
        octets = base64.b64decode(text.translate(_BLANKS).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise Invalid(codes.GENERIC, "eml_content is not base64", pointer=pointer) from None
    if len(octets) > MAX_EML:
        raise Invalid(codes.BODY_TOO_LARGE, f"The message is larger than {MAX_EML} bytes", pointer=pointer)
    if not _FIELD.match(octets):
        raise Invalid(
            codes.BAD_EML, "eml_content is no message: it does not begin with a header field", pointer=pointer
        )
    return octets
