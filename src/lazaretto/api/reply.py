"""Answers: the envelope, the statuses, and the translation of refusals into both.

Every answer under the API is JSON in the envelope, the errors of routing, of authentication and our own
included: SDKs decide by the status and read `errors[].code`.
A 409 always carries `x-should-retry: false`: without it SDKs repeat the request, one of them for minutes.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.wire.envelope import Cause, Failure, Note, Problem, ResultInfo, Source, Success
from lazaretto.model.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TryLater

JSON = "application/json"
RETRY_SECONDS = 5
"""What a client is told to wait after TryLater; SDKs obey up to 60."""

STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (Invalid, 400),
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (TryLater, 503),
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_encoder = msgspec.json.Encoder()


class HttpError(Exception):
    """A refusal that only HTTP knows: it names its status itself."""

    def __init__(
        self,
        status: int,
        code: int,
        public: str,
        *,
        pointer: str | None = None,
        chain: tuple[Cause, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(public)
        self.status = status
        self.code = code
        self.public = public
        self.pointer = pointer
        self.chain = chain
        self.headers = headers


def success(
    result: object,
    *,
    messages: tuple[Note, ...] = (),
    result_info: ResultInfo | None = None,
    status: int = 200,
) -> Response:
    """A result, and the state of the pages when it is a list."""
    envelope = Success(
        result=result, messages=messages, result_info=msgspec.UNSET if result_info is None else result_info
    )
    return Response(encode(envelope), status, media_type=JSON)


def failure(error: HttpError | Refusal) -> Response:
    """The envelope of a refusal, with the status of its kind."""
    if isinstance(error, HttpError):
        problem = Problem(error.code, error.public, _source(error.pointer), error.chain or msgspec.UNSET)
        return _failed(problem, error.status, dict(error.headers))
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 400)
    headers = {}
    if status == 409:
        headers["x-should-retry"] = "false"
    if status == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return _failed(Problem(error.code, error.public, _source(error.pointer)), status, headers)


def broken(request_id: str) -> Response:
    """500: generic in public, the rest is in the log under the same id."""
    text = f"Something broke on our side; the log of the server has it under {request_id}"
    return _failed(Problem(codes.INTERNAL, text), 500, {})


def encode(value: object) -> bytes:
    """JSON; a lone surrogate, which JSON cannot carry as UTF-8, becomes the replacement character."""
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError:
        return _encoder.encode(_without_surrogates(msgspec.to_builtins(value)))


def _failed(problem: Problem, status: int, headers: Mapping[str, str]) -> Response:
    return Response(encode(Failure(errors=(problem,))), status, headers, JSON)


def _source(pointer: str | None) -> Source | msgspec.UnsetType:
    return msgspec.UNSET if pointer is None else Source(pointer)


def _without_surrogates(value: Any) -> Any:
    """Only walks what msgspec made of our own structs, so the depth is theirs."""
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(item) for item in value]
    return value
