"""What every answer has in common, and what happens outside of the served operations."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.api.edge import MAX_TARGET
from lazaretto.api.services import PartState, Probe
from lazaretto.model.errors import Conflict, Forbidden, TryLater
from lazaretto.telemetry import metrics
from tests.wire.conftest import BASE


def error(answer):
    (problem,) = answer.json()["errors"]
    assert "application/json" == answer.headers["content-type"]
    assert 1000 <= problem["code"]
    return answer.status_code, problem["code"]


async def ask(services, path, *, headers=None, method="GET", **kwargs):
    transport = httpx.ASGITransport(build_api(services), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://lazaretto.test") as http:
        return await http.request(method, path, headers=headers, **kwargs)


@pytest.fixture
def breaking(api):
    """Services whose release raises."""

    def with_problem(problem):
        async def release(account, refs, actor, *, recipients):
            raise problem

        return replace(api.services, release=release)

    return with_problem


async def test_unknown_routes(api):
    """404/7003, under the API and beside it; a final slash is another URL."""
    for path in (
        "/client/v4/nothing",
        "/nothing",
        BASE + "/investigate/",
        "/client/v4/accounts//email-security/investigate",
    ):
        assert (404, codes.NO_ROUTE) == error(await api.http.get(path))


async def test_wrong_methods(api):
    """405/7001 with the methods there are."""
    for method, path, allowed in (
        ("DELETE", BASE + "/investigate", "GET, HEAD, OPTIONS"),
        ("GET", BASE + "/investigate/release", "OPTIONS, POST"),
        ("POST", "/readyz", "GET, HEAD, OPTIONS"),
        ("PURGE", BASE + "/investigate", "GET, HEAD, OPTIONS"),
    ):
        answer = await api.http.request(method, path)

        assert (405, codes.NO_METHOD) == error(answer)
        assert allowed == answer.headers["allow"]


async def test_options_and_head(api):
    """OPTIONS needs no credential; HEAD is GET without the body."""
    options = await api.http.options(BASE + "/investigate/release")
    head = await api.http.head(BASE + "/investigate", headers=api.headers(None, {}))

    assert (204, "OPTIONS, POST") == (options.status_code, options.headers["allow"])
    assert (200, "application/json") == (head.status_code, head.headers["content-type"])


async def test_every_answer_has_a_request_id(api):
    """Ours, or the client's when it is harmless."""
    ours = await api.http.get("/livez")
    theirs = await api.http.get("/livez", headers={"X-Request-ID": "abc-1"})
    hostile = await api.http.get("/livez", headers={"X-Request-ID": "a b<script>"})

    assert 32 == len(ours.headers["x-request-id"])
    assert "abc-1" == theirs.headers["x-request-id"]
    assert 32 == len(hostile.headers["x-request-id"])
    assert "nosniff" == ours.headers["x-content-type-options"]


async def test_a_bug_is_an_envelope_and_one_log_line(api, breaking, lines):
    """500: nothing of the exception leaves, the log has it under the same id."""
    made = await api.world.put()
    answer = await ask(
        breaking(ZeroDivisionError("secret")),
        BASE + "/investigate/release",
        method="POST",
        json=[made],
        headers=api.headers(None, {}),
    )

    assert (500, codes.INTERNAL) == error(answer)
    assert "secret" not in answer.text
    (failed,) = [line for line in lines if line["event"] == "request_failed"]
    assert answer.headers["x-request-id"] == failed["request_id"]


@pytest.mark.parametrize(
    ("problem", "status", "header"),
    [
        (Conflict(1999, "not now"), 409, ("x-should-retry", "false")),
        (TryLater(1999, "later"), 503, ("retry-after", "5")),
        (Forbidden(1999, "no"), 403, ("content-type", "application/json")),
    ],
)
async def test_refusals_become_statuses(api, breaking, lines, problem, status, header):
    """A 409 never comes without x-should-retry: false."""
    made = await api.world.put()

    answer = await ask(
        breaking(problem),
        BASE + "/investigate/release",
        method="POST",
        json=[made],
        headers=api.headers(None, {}),
    )

    assert (status, 1999) == error(answer)
    assert header[1] == answer.headers[header[0]]
    assert ["request"] == [line["event"] for line in lines if line.get("request_id")]


async def test_an_endless_url_is_refused(api):
    """414 in the envelope, before anything is looked at."""
    answer = await api.http.get(BASE + "/investigate?query=" + "x" * MAX_TARGET)

    assert (414, codes.URI_TOO_LONG) == error(answer)


async def test_a_body_that_does_not_come(api):
    """408 after the time for bodies, not a connection held for ever."""

    async def silence():
        yield b"["
        await asyncio.sleep(30)

    services = replace(api.services, options=replace(api.services.options, body_seconds=0.05))
    answer = await ask(
        services,
        BASE + "/investigate/release",
        method="POST",
        content=silence(),
        headers=api.headers(None, {}),
    )

    assert (408, codes.TOO_SLOW) == error(answer)
    assert "close" == answer.headers["connection"]


async def test_requests_are_logged_and_counted_by_route(api, lines):
    """The template and never the path, the query or the token: those hold what analysts look for."""
    made = await api.world.put()
    route = BASE.replace(BASE.split("/")[4], "{account_id}") + "/investigate/{investigate_id}"
    before = metrics.http_requests.labels(route, "200")._value.get()
    await api.get(f"/investigate/{made}", params={"submission": "false"})

    (line,) = [line for line in lines if line["event"] == "request"]
    assert (route, 200, "GET") == (line["route"], line["status"], line["method"])
    assert made not in str(line)
    assert api.world.write not in str(line)
    assert before + 1 == metrics.http_requests.labels(route, "200")._value.get()


async def test_alive_and_counters(api):
    """No credential is needed."""
    assert {"live": True} == (await api.http.get("/livez")).json()
    metrics_page = await api.http.get("/metrics")
    assert "lazaretto_http_requests_total" in metrics_page.text
    assert metrics_page.headers["content-type"].startswith("text/plain")


async def test_ready_when_all_parts_are_well(api):
    """The store is always asked."""
    answer = await api.http.get("/readyz")

    assert 200 == answer.status_code
    assert {"store"} == answer.json()["parts"].keys()


async def test_not_ready_when_an_essential_part_is_not_well(api):
    """503; one that is not essential is only told; a part that breaks or hangs is not well."""

    async def ill():
        return PartState(ok=False, detail="no worker lives")

    async def broken():
        raise OSError("disk")

    probes = (Probe("next hops", ill, essential=False),)
    assert 200 == (await ask(replace(api.services, probes=probes), "/readyz")).status_code

    for ask_part, detail in ((ill, "no worker lives"), (broken, "OSError")):
        services = replace(api.services, probes=(*probes, Probe("scanner", ask_part)))
        answer = await ask(services, "/readyz")

        assert (503, False) == (answer.status_code, answer.json()["ready"])
        assert {"ok": False, "essential": True, "detail": detail} == answer.json()["parts"]["scanner"]


async def test_the_page_at_the_root(api):
    """Self-contained, without script, with the address of this server in its snippets."""
    answer = await api.http.get("/")

    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert "http://lazaretto.test/client/v4/accounts/$LAZARETTO_ACCOUNT" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for forbidden in ("<script", "src=", "@import", "url("):
        assert forbidden not in answer.text


async def test_the_page_counts_what_was_judged(api):
    """By disposition, since the start."""
    metrics.decided.labels("SPOOF").inc(3)
    count = int(metrics.decided.labels("SPOOF")._value.get())

    assert f"<li><b>{count}</b><span>SPOOF</span></li>" in (await api.http.get("/")).text


async def test_the_page_does_not_repeat_a_hostile_host(api):
    """The Host header is text from outside."""
    answer = await api.http.get("/", headers={"Host": 'x"><script>'})

    assert "<script" not in answer.text
    assert "http://mx.example.com/client/v4" in answer.text
