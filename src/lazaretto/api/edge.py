"""Around every request: a request id, one log line, one count, and no exception that escapes.

The id comes from the client's X-Request-ID when that is harmless text, else it is made here; it is on every
answer and in every log line of the request.
Log lines and counters name the route, never the path or the query, which hold what analysts search for.
"""

import asyncio
import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lazaretto.api import codes
from lazaretto.api.reply import HttpError, broken, failure
from lazaretto.telemetry import metrics

MAX_TARGET = 16 * 1024
"""Bytes of path and query: every filter at its longest fits, and a cursor that carries them."""

UNROUTED = "unrouted"
CLIENT_CLOSED = 499

_HARMLESS_ID = re.compile(r"[A-Za-z0-9._:\-]{1,64}")
_SECURITY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)
_log = structlog.get_logger("lazaretto.api")


class SlowClientError(Exception):
    """The client did not take its answer in time."""


class Edge:
    """Pure ASGI, so that streamed answers stay streams."""

    def __init__(self, app: ASGIApp, *, send_seconds: float) -> None:
        self._app = app
        self._send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self._send_seconds)
        with structlog.contextvars.bound_contextvars(request_id=exchange.id):
            try:
                await self._serve(exchange, scope, receive)
            finally:
                exchange.close()

    async def _serve(self, exchange: "_Exchange", scope: Scope, receive: Receive) -> None:
        try:
            if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MAX_TARGET:
                error = HttpError(414, codes.URI_TOO_LONG, f"The URL is longer than {MAX_TARGET} bytes")
                await failure(error)(scope, receive, exchange.send)
            else:
                await self._app(scope, receive, exchange.send)
        except SlowClientError:
            _log.info("client_too_slow", route=exchange.route)
        except Exception:  # noqa: BLE001 - the top: whatever went wrong, the client gets an answer
            exchange.failed()
            if exchange.status is None:
                await broken(exchange.id)(scope, receive, exchange.send)


class _Exchange:
    """One request and its answer, as the log sees it."""

    def __init__(self, scope: Scope, send: Send, send_seconds: float) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.id = given if _HARMLESS_ID.fullmatch(given) else uuid4().hex
        self.status: int | None = None
        scope.setdefault("state", {})["request_id"] = self.id
        self._scope = scope
        self._send = send
        self._send_seconds = send_seconds
        self._begin = time.perf_counter()

    async def send(self, message: Message) -> None:
        """Passes on, with our headers; a client that does not take its answer is given up."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.id
            headers.setdefault("Cache-Control", "no-store")
            for name, value in _SECURITY:
                headers.setdefault(name, value)
            for name, value in self._scope["state"].get("headers", ()):
                headers[name] = value
        try:
            async with asyncio.timeout(self._send_seconds):
                await self._send(message)
        except TimeoutError:
            raise SlowClientError from None

    def failed(self) -> None:
        """An exception reached the edge: logged here, once."""
        _log.exception("request_failed", route=self.route)

    def close(self) -> None:
        """Counts and logs."""
        status = self.status or CLIENT_CLOSED
        metrics.http_requests.labels(self.route, str(status)).inc()
        _log.info(
            "request",
            method=self._scope["method"],
            route=self.route,
            status=status,
            milliseconds=round((time.perf_counter() - self._begin) * 1000, 1),
            credential=self._scope["state"].get("token"),
            client=(self._scope.get("client") or ("",))[0],
        )

    @property
    def route(self) -> str:
        """The template of the path, for logs and counters."""
        route = self._scope["state"].get("route", UNROUTED)
        return str(route)
