"""Requests that nobody sane sends: always the envelope, never a 5xx."""

import random
from urllib.parse import quote_from_bytes

import pytest

from lazaretto.api.query import FILTERS, PAGING
from tests.wire.conftest import BASE

ROUNDS = 150
PIECES = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\u0000ü".encode(),
    b"'; DROP TABLE record; --",
    b'"a" OR NEAR(b*',
    b"*",
    b"(",
    b"-1",
    b"1e9",
    b"9" * 40,
    b"true",
    b"NONE",
    b"2026-01-05T10:00:00Z",
    b"0000-00-00",
    b"9999-12-31T23:59:59-23:59",
    b"0001-01-01T00:00:00+23:59",
    b"%25%30",
    b"a@b@c",
    b"@",
    b"<>",
    b".",
    b"x" * 900,
    b"../../etc/passwd",
)
PATHS = ("", "/", "/raw", "/trace", "/detections", "/release", "/preview")


@pytest.fixture
def dice(request):
    return random.Random(request.node.name)


def text(dice):
    return quote_from_bytes(b"".join(dice.choices(PIECES, k=dice.randint(1, 2))))


async def test_queries(api, dice):
    """Any value for any parameter: 200 or 400."""
    await api.world.put()
    for _ in range(ROUNDS):
        names = dice.choices((*FILTERS, *PAGING, "metric", "x"), k=dice.randint(1, 3))
        query = "&".join(f"{name}={text(dice)}" for name in names)
        answer = await api.get(f"/investigate?{query}")

        assert answer.status_code in (200, 400), query
        assert answer.json()["success"] is (answer.status_code == 200)


async def test_paths(api, dice):
    """Any id, in any account: an error in the envelope."""
    for _ in range(ROUNDS):
        path = f"/investigate/{text(dice)}{dice.choice(PATHS)}"
        answer = await api.http.request(
            dice.choice(("GET", "POST", "DELETE")), BASE + path, headers=api.headers(None, {})
        )

        assert answer.status_code in (200, 400, 404, 405), path
        assert {"success", "errors", "messages", "result"} <= answer.json().keys()


async def test_bodies(api, dice):
    """Any body of release: an error with a place, or rows."""
    made = await api.world.put()
    shapes = (b"[%s]", b'{"ids":%s}', b'{"ids":[%s]}', b'{"recipients":[%s],"ids":["x"]}', b"%s")
    values = (
        b"1",
        b"null",
        b'"\\u0000"',
        b'"\\ud83d\\ude00"',
        b"{}",
        b"[]",
        b'"' + made.encode() + b'"',
        b"\xff",
        b'"a","a"',
        b"1e999",
    )
    for _ in range(ROUNDS):
        body = dice.choice(shapes) % dice.choice(values)
        answer = await api.post("/investigate/release", content=body)

        assert answer.status_code in (200, 400, 404), body


async def test_headers(api, dice):
    """Any credential: 400, 401 or 403."""
    for _ in range(ROUNDS):
        names = dice.sample(
            ("authorization", "x-auth-email", "x-auth-key", "x-auth-user-service-key"), dice.randint(1, 3)
        )
        headers = [
            (name.encode(), dice.choice((b"Bearer ", b"", b"Basic ")) + dice.choice(PIECES)) for name in names
        ]
        answer = await api.http.get(BASE + "/investigate", headers=headers)

        assert answer.status_code in (400, 401, 403), headers
        assert answer.json()["errors"][0]["code"] >= 1000
