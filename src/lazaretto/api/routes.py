"""The route table: every path, what serves it, and the permission it needs.

Operations of the contract that are not served are named too, so that a client learns that its request was
right and this server does not have it.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lazaretto.api import codes, detections, health, home, investigate, raw, release, tokens, trace
from lazaretto.api.auth import authorise
from lazaretto.api.call import Call, Desk
from lazaretto.api.reply import HttpError
from lazaretto.model.account import Permission

BASE = "/client/v4"
ACCOUNT = BASE + "/accounts/{account_id}"
SECURITY = ACCOUNT + "/email-security"
INVESTIGATE = SECURITY + "/investigate"
MESSAGE = INVESTIGATE + "/{investigate_id}"
SETTINGS = SECURITY + "/settings/{rest:path}"

Operation = Callable[[Call], Awaitable[Response]]
Page = Callable[[Desk, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

_ACCOUNT_ID = re.compile(r"[A-Za-z0-9]{1,32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of the contract; without a function it is named but not served."""

    method: str
    path: str
    operation: Operation | None = None
    needs: Permission = "read"


CONTRACT = (
    # Where a fixed word stands in the place of an id, the word comes first.
    Entry("GET", INVESTIGATE, investigate.list_messages),
    Entry("POST", INVESTIGATE + "/release", release.release_messages, "write"),
    Entry("POST", INVESTIGATE + "/move"),
    Entry("POST", INVESTIGATE + "/preview"),
    Entry("POST", INVESTIGATE + "/bulk"),
    Entry("GET", INVESTIGATE + "/bulk"),
    Entry("GET", INVESTIGATE + "/bulk/{job_id}"),
    Entry("DELETE", INVESTIGATE + "/bulk/{job_id}"),
    Entry("POST", INVESTIGATE + "/bulk/{job_id}/cancel"),
    Entry("GET", INVESTIGATE + "/bulk/{job_id}/messages"),
    Entry("GET", MESSAGE, investigate.get_message),
    Entry("GET", MESSAGE + "/detections", detections.get_detections),
    Entry("GET", MESSAGE + "/raw", raw.get_raw),
    Entry("GET", MESSAGE + "/trace", trace.get_trace),
    Entry("POST", MESSAGE + "/move"),
    Entry("GET", MESSAGE + "/preview"),
    Entry("POST", MESSAGE + "/reclassify"),
    Entry("GET", MESSAGE + "/action_log"),
    Entry("GET", SECURITY + "/submissions"),
    Entry("POST", SECURITY + "/submissions"),
    Entry("GET", SECURITY + "/phishguard/reports"),
    Entry("GET", SETTINGS),
    Entry("POST", SETTINGS),
    Entry("PUT", SETTINGS),
    Entry("PATCH", SETTINGS),
    Entry("DELETE", SETTINGS),
    Entry("GET", ACCOUNT + "/tokens/verify", tokens.verify_token),
    Entry("GET", BASE + "/user/tokens/verify", tokens.verify_token),
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
        if operation is None:
            template = entry.path.removeprefix(BASE)
            text = f"{entry.method} {template} is in the contract, but this version does not serve it"
            raise HttpError(404, codes.NO_ROUTE, text)
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
