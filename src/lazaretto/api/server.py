"""uvicorn, held to limits that it does not have itself.

Its fast parser bounds neither the size nor the time of a request's head, and answers malformed requests in
plain text. Here a head that is too long, too slow or malformed gets an answer in the envelope and the
connection ends; so does a connection beyond the limit, and one whose client takes no bytes.

Limits: HTTP/1.1 only; TLS is left to a proxy in front; signals are left to the caller.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from lazaretto.api import codes
from lazaretto.api.options import ApiOptions
from lazaretto.api.reply import encode
from lazaretto.api.wire.envelope import Failure, Problem

MAX_HEAD = 64 * 1024
"""Bytes of a request line and its headers: the parser would collect them without end."""

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept, so that a client's pool can use it again."""

GRACE_SECONDS = 10
"""How long answers may take to end when the server stops."""


class BoundedHttp(HttpToolsProtocol):
    """One connection."""

    options = ApiOptions()
    in_head = True
    head_size = 0
    _head_timer: asyncio.TimerHandle | None = None
    _send_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock of the first head."""
        super().connection_made(transport)
        if len(self.connections) > self.options.connections:
            self._refuse(503, codes.TRY_LATER, "Too many connections; try again")
        else:
            self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clocks."""
        self._stop_head_timer()
        self._stop_send_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts the bytes of a head, and watches the time whenever no request is being answered."""
        if self.transport.is_closing():
            return
        if self.in_head:
            self.head_size += len(data)
        super().data_received(data)
        if self.in_head and self.head_size > MAX_HEAD:
            self._refuse(
                431, codes.URI_TOO_LONG, f"Request line and headers are longer than {MAX_HEAD} bytes"
            )
        elif not self._answering:
            self._watch_head()

    def on_message_begin(self) -> None:
        """A head begins."""
        self.in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is complete: its limits are over."""
        self.in_head = False
        self.head_size = 0
        self._stop_head_timer()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """The answer is out; the next head may have begun before it."""
        super().on_response_complete()
        if self.in_head:
            self._watch_head()

    def send_400_response(self, msg: str) -> None:
        """For what the parser cannot read."""
        del msg
        self._refuse(400, codes.MALFORMED_HTTP, "This is not a valid HTTP request")

    def pause_writing(self) -> None:
        """The client is slow to read: from now on it is timed."""
        super().pause_writing()
        if self._send_timer is None:
            self._send_timer = self.loop.call_later(self.options.send_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client took what was waiting."""
        self._stop_send_timer()
        super().resume_writing()

    @property
    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch_head(self) -> None:
        if self._head_timer is None and not self.transport.is_closing():
            self._head_timer = self.loop.call_later(self.options.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self._answering:  # a pipelined head that we ourselves do not read yet
            self._watch_head()
            return
        seconds = self.options.head_seconds
        self._refuse(408, codes.TOO_SLOW, f"The request did not arrive within {seconds:g} seconds")

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_send_timer(self) -> None:
        if self._send_timer is not None:
            self._send_timer.cancel()
            self._send_timer = None

    def _refuse(self, status: int, code: int, text: str) -> None:
        """The envelope, then the end; without words where another answer is under way."""
        if self.transport.is_closing():
            return
        if not self._answering:
            body = encode(Failure(errors=(Problem(code, text),)))
            line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
            head = f"{line}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            self.transport.write(head.encode() + body)
        self.transport.close()


class Server(uvicorn.Server):
    """Leaves signals to the caller, who sets `should_exit` to stop it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None are captured."""
        yield


def build_server(app: Starlette, options: ApiOptions) -> Server:
    """To be run with `await server.serve(sockets=[...])`, on a socket that the caller has bound."""
    return Server(
        uvicorn.Config(
            app,
            http=type("ConfiguredHttp", (BoundedHttp,), {"options": options}),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
