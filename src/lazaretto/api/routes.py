"""The route table: every operation of every resource, on its path."""

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lazaretto.api import (
    action_log,
    audit,
    bulk,
    classifier,
    codes,
    detections,
    docs,
    health,
    home,
    hunt,
    investigate,
    move,
    openapi,
    phishguard,
    preview,
    raw,
    reclassify,
    release,
    rescans,
    rules,
    similar,
    submissions,
    tokens,
    trace,
    users,
)
from lazaretto.api.auth import authorise
from lazaretto.api.call import Call, Desk
from lazaretto.api.client import client_address
from lazaretto.api.entry import BASE, Entry
from lazaretto.api.reply import HttpError
from lazaretto.api.settings import (
    allow_policies,
    block_senders,
    content_policies,
    domains,
    impersonation_registry,
    options,
    sending_domain_restrictions,
    trusted_domains,
    url_ignore_patterns,
)
from lazaretto.api.witness import attend, refuse

Page = Callable[[Desk, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]

_ACCOUNT_ID = re.compile(r"[A-Za-z0-9]{1,32}")

CONTRACT: tuple[Entry, ...] = (
    # Where a fixed word stands in the place of an id, the word comes first.
    *release.ROUTES,
    *bulk.ROUTES,
    *move.ROUTES,
    *preview.ROUTES,
    *action_log.ROUTES,
    *investigate.ROUTES,
    *detections.ROUTES,
    *raw.ROUTES,
    *trace.ROUTES,
    *reclassify.ROUTES,
    *similar.ROUTES,
    *hunt.ROUTES,
    *rescans.ROUTES,
    *submissions.ROUTES,
    *phishguard.ROUTES,
    *allow_policies.ROUTES,
    *block_senders.ROUTES,
    *trusted_domains.ROUTES,
    *content_policies.ROUTES,
    *domains.ROUTES,
    *impersonation_registry.ROUTES,
    *sending_domain_restrictions.ROUTES,
    *url_ignore_patterns.ROUTES,
    *options.ROUTES,
    *rules.ROUTES,
    *tokens.ROUTES,
    *users.ROUTES,
    *audit.ROUTES,
    *classifier.ROUTES,
)

PAGES: tuple[tuple[str, Page], ...] = (
    ("/", home.show_home),
    ("/livez", health.show_live),
    ("/readyz", health.show_ready),
    ("/metrics", health.show_metrics),
    (BASE + "/openapi.json", openapi.description_page(CONTRACT)),
    (BASE + "/docs", docs.docs_page(CONTRACT)),
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
    async def answer(request: Request) -> Response:
        account = request.path_params.get("account_id")
        if account is not None and not _ACCOUNT_ID.fullmatch(account):
            raise HttpError(
                404, codes.NO_ROUTE, "The account id in the URL is not valid", pointer="account_id"
            )
        call = await _identify(request, desk)
        try:
            authorise(call.token, call.account if account is None else account, entry.needs)
        except HttpError as refusal:
            await refuse(call, entry, refusal.status)
            raise
        return await attend(call, entry)

    return answer


async def _identify(request: Request, desk: Desk) -> Call:
    """Who asks, counted."""
    address = client_address(request, desk.services.options.proxies)
    token = await desk.authenticator.identify(request.headers, address)
    request.state.token = token.id
    desk.services.uses.note(token, desk.services.now())
    request.state.headers = desk.rates.take(token.id)
    desk.rates.check(token.id)
    return Call(request, desk, token)


def _page(desk: Desk, page: Page) -> Endpoint:
    async def show(request: Request) -> Response:
        return await page(desk, request)

    return show
