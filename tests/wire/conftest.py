"""One small store and one application over it, for each test of the wire."""

from dataclasses import dataclass

import httpx
import pytest
import structlog

from lazaretto.api.app import build_api
from lazaretto.api.services import Services
from tests.wire.samples import ACCOUNT
from tests.wire.seed import World, services, world

BASE = f"/client/v4/accounts/{ACCOUNT}/email-security"


@dataclass(frozen=True)
class Api:
    """The application with a client that holds the write token."""

    world: World
    services: Services
    http: httpx.AsyncClient

    async def get(self, path, *, token=None, **kwargs):
        return await self.http.get(BASE + path, headers=self.headers(token, kwargs), **kwargs)

    async def post(self, path, *, token=None, **kwargs):
        return await self.http.post(BASE + path, headers=self.headers(token, kwargs), **kwargs)

    def headers(self, token, kwargs):
        return {"Authorization": f"Bearer {token or self.world.write}", **kwargs.pop("headers", {})}


@pytest.fixture(autouse=True)
def lines(request):
    """What is logged. No request fails by an exception, except where a test asks for that."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        yield logged
    if "breaking" not in request.fixturenames:
        assert [] == [line for line in logged if line["event"] == "request_failed"]


@pytest.fixture
async def populated(tmp_path):
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def api(populated, request):
    """`@pytest.mark.parametrize("api", [{...options}], indirect=True)` sets options."""
    made = services(populated, **getattr(request, "param", {}))
    transport = httpx.ASGITransport(build_api(made))
    async with httpx.AsyncClient(transport=transport, base_url="http://lazaretto.test") as http:
        yield Api(populated, made, http)
