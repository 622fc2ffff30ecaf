"""Reading a request body: bounded in size and time, JSON with the place of what is wrong."""

import asyncio
import re
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from lazaretto.api import codes
from lazaretto.api.options import ApiOptions
from lazaretto.api.reply import HttpError
from lazaretto.model.errors import Invalid

T = TypeVar("T")

_PLACE = re.compile(r"^(.*) - at `\$(.*)`$", re.DOTALL)
_MISSING = re.compile(r"missing required field `([^`]+)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
CLOSE = (("Connection", "close"),)


async def read_body(request: Request, options: ApiOptions) -> bytes:
    """The whole body, or a refusal: 413 when it is too large, 408 when it does not come."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > options.body_limit:
        raise _too_large(options.body_limit)
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(options.body_seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > options.body_limit:
                    raise _too_large(options.body_limit)
                pieces.append(piece)
    except TimeoutError:
        text = f"The request body did not arrive within {options.body_seconds:g} seconds"
        raise HttpError(408, codes.TOO_SLOW, text, headers=CLOSE) from None
    except ClientDisconnect:
        raise HttpError(400, codes.BAD_JSON, "The request body ended early", headers=CLOSE) from None
    octets = b"".join(pieces)
    if (witness := getattr(request.state, "witness", None)) is not None:
        await witness(octets)  # what is asked is in the audit log before anything is done
    return octets


def read_json(octets: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as a value; whatever is wrong with it becomes an error that names the place."""
    if not octets.strip():
        raise Invalid(codes.MISSING_FIELD, "The request needs a JSON body")
    try:
        octets.decode()  # the decoder does not look into text that it skips
        return decoder.decode(octets)
    except msgspec.ValidationError as error:
        raise _wrong_value(str(error)) from None
    except msgspec.DecodeError as error:
        raise Invalid(codes.BAD_JSON, f"The request body is not JSON: {error}", pointer="") from None
    except UnicodeDecodeError:
        raise Invalid(codes.BAD_JSON, "The request body is not UTF-8", pointer="") from None
    except RecursionError:
        raise Invalid(codes.BAD_JSON, "The request body is nested too deeply", pointer="") from None


def _wrong_value(text: str) -> Invalid:
    found = _PLACE.match(text)
    message, path = (found[1], found[2]) if found else (text, "")
    pointer = "".join(f"/{name or index}" for name, index in _STEP.findall(path))
    if missing := _MISSING.search(message):
        return Invalid(codes.MISSING_FIELD, message.replace("`", ""), pointer=f"{pointer}/{missing[1]}")
    code = codes.BAD_ENUM if message.startswith("Invalid enum value") else codes.GENERIC
    return Invalid(code, message.replace("`", ""), pointer=pointer)


def _too_large(limit: int) -> HttpError:
    return HttpError(
        413, codes.BODY_TOO_LARGE, f"The request body is larger than {limit} bytes", headers=CLOSE
    )
