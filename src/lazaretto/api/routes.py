"""The route table: every operation of every resource, on its path."""

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lazaretto.api import codes, detections, health, home, investigate, raw, release, tokens, trace
from lazaretto.api.auth import authorise
from lazaretto.api.call import Call, Desk
from lazaretto.api.entry import Entry
from lazaretto.api.reply import HttpError

Page = Callable[[Desk, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

_ACCOUNT_ID = re.compile(r"[A-Za-z0-9]{1,32}")

CONTRACT: tuple[Entry, ...] = (
    # Where a fixed word stands in the place of an id, the word comes first.
    *release.ROUTES,
    *investigate.ROUTES,
    *detections.ROUTES,
    *raw.ROUTES,
    *trace.ROUTES,
    *tokens.ROUTES,
)

PAGES: tuple[tuple[str, Page], ...] = (
    ("/", home.show_home),
    ("/livez", health.show_live),
    ("/readyz", health.show_ready),
    ("/metrics", health.show_metrics),
)


def build_routes(desk: Desk) -> list[Route]:
    """Starlette's routes: one for each path, with all its methods."""
    methods: dict[str, dict[str, Endpoint]] = {}
    for entry in CONTRACT:
        methods.setdefault(entry.path, {})[entry.method] = _endpoint(desk, entry)
    for path, page in PAGES:
        methods[path] = {"GET": _page(desk, page)}
    return [_route(path, endpoints) for path, endpoints in methods.items()]


def _route(path: str, endpoints: dict[str, Endpoint]) -> Route:
    allowed = sorted({*endpoints, "OPTIONS"} | ({"HEAD"} if "GET" in endpoints else set()))

    async def serve(request: Request) -> Response:
        request.state.route = path
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(allowed)})
        endpoint = endpoints.get("GET" if request.method == "HEAD" else request.method)
        if endpoint is None:
            text = f"{request.method} is not a method of this URL; it has {', '.join(allowed)}"
            raise HttpError(405, codes.NO_METHOD, text, headers=(("Allow", ", ".join(allowed)),))
        return await endpoint(request)

    route = Route(path, serve, name=path)
    route.methods = None  # every method comes here, so that the refusal is in the envelope
    return route


def _endpoint(desk: Desk, entry: Entry) -> Endpoint:
    operation = entry.operation

    async def call(request: Request) -> Response:
        account = request.path_params.get("account_id")
        if account is not None and not _ACCOUNT_ID.fullmatch(account):
            raise HttpError(
                404, codes.NO_ROUTE, "The account id in the URL is not valid", pointer="account_id"
            )
        token = await desk.authenticator.identify(request.headers)
        request.state.token = token.id
        authorise(token, token.account if account is None else account, entry.needs)
        return await operation(Call(request, desk, token))

    return call


def _page(desk: Desk, page: Page) -> Endpoint:
    async def show(request: Request) -> Response:
        return await page(desk, request)

    return show
