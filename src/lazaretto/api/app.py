"""The HTTP application, put together by hand from the services it is given."""

import asyncio
import time

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.auth import Authenticator
from lazaretto.api.call import Desk
from lazaretto.api.edge import Edge
from lazaretto.api.rate import Rates
from lazaretto.api.reply import HttpError, failure
from lazaretto.api.routes import build_routes
from lazaretto.api.services import Services
from lazaretto.api.snapshots import Snapshots
from lazaretto.api.totals import Totals
from lazaretto.model.errors import Refusal
from lazaretto.store.audit_writer import AuditWriter

RAW_AT_ONCE = 2
"""Messages that are made into JSON at one time: each takes a few times its size in memory."""


def build_api(services: Services) -> Starlette:
    """The whole HTTP side: the API under /client/v4, the page at /, and the calls of operators."""
    options = services.options
    authenticator = Authenticator(
        services.database,
        now=services.now,
        clock=time.monotonic,
        seconds=options.token_seconds,
        failures=options.failure_limit,
    )
    desk = Desk(
        services=services,
        authenticator=authenticator,
        snapshots=Snapshots(time.monotonic, options.snapshot_seconds),
        totals=Totals(time.monotonic),
        raw_turns=asyncio.Semaphore(RAW_AT_ONCE),
        rates=Rates(options.rate_limit, options.rate_seconds, clock=time.monotonic, now=services.now),
        audit=AuditWriter(services.database),
    )
    app = Starlette(
        routes=build_routes(desk),
        middleware=[Middleware(Edge, send_seconds=options.send_seconds)],
        exception_handlers={Refusal: _refuse, HttpError: _refuse, HTTPException: _no_route},
    )
    app.router.redirect_slashes = False  # a redirected POST is a second POST
    return app


async def _refuse(_: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal | HttpError):
        raise error
    return failure(error)


async def _no_route(_: Request, error: Exception) -> Response:
    """Only the router raises these: for paths that nothing answers."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    text = "No route for this URL; the API is under /client/v4/accounts/{account_id}/email-security"
    return failure(HttpError(status, codes.NO_ROUTE, text))
