"""Release, in every form that a client has ever sent."""

import json

import pytest

from lazaretto.api import codes
from tests.wire.seed import OTHER_ACCOUNT

UNKNOWN = "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


async def release(api, body, **kwargs):
    return await api.post("/investigate/release", content=json.dumps(body), **kwargs)


@pytest.mark.parametrize("form", ["array", "ids", "postfix_ids", "body"])
@pytest.mark.parametrize("short", [False, True])
async def test_every_body_form(api, form, short):
    """Bare array, ids, postfix_ids, body; each with investigate ids or queue ids."""
    made = await api.world.put()
    named = [made.split("-")[0] if short else made]

    answer = await release(api, named if form == "array" else {form: named})

    assert [
        {
            "id": made,
            "postfix_id": made.split("-")[0],
            "delivered": ["u@example.com"],
            "failed": [],
            "undelivered": [],
        }
    ] == answer.json()["result"]


async def test_a_second_release_sends_nothing(api):
    """SDKs repeat a POST after a broken connection: the copy went out once."""
    made = await api.world.put()

    await release(api, [made])
    again = await release(api, {"ids": [made]})

    assert ([], ["u@example.com"]) == (
        again.json()["result"][0]["delivered"],
        again.json()["result"][0]["undelivered"],
    )
    assert 1 == len(api.services.release.sent)


async def test_release_is_seen_afterwards(api):
    """Not quarantined any more, and the log of actions names who did it."""
    made = await api.world.put()

    await release(api, [made])
    message = (await api.get(f"/investigate/{made}")).json()["result"]

    assert (False, ["delivered"]) == (message["is_quarantined"], message["delivery_status"])
    assert ["QUARANTINE_RELEASE"] == message["post_delivery_operations"]
    assert ["write"] == [entry["properties"]["requested_by"] for entry in message["action_log"]]


async def test_only_some_recipients(api):
    """`recipients` is ours: the other copies stay held."""
    made = await api.world.put(recipients=("u@example.com", "v@example.com"))

    answer = await release(api, {"ids": [made], "recipients": ["v@example.com"]})
    message = (await api.get(f"/investigate/{made}")).json()["result"]

    assert ["v@example.com"] == answer.json()["result"][0]["delivered"]
    assert {"quarantined", "delivered"} == set(message["delivery_status"])
    assert message["is_quarantined"] is True


async def test_order_is_kept_and_doubles_are_one(api):
    """A message named by both of its ids is one row."""
    first, second = await api.world.put(), await api.world.put()

    answer = await release(api, [second, first, second.split("-")[0], second])

    assert [second, first] == [row["id"] for row in answer.json()["result"]]


async def test_an_unknown_one_among_known_ones(api):
    """A row with empty lists, and a note that says why."""
    made = await api.world.put()

    body = (await release(api, [UNKNOWN, made])).json()

    assert [UNKNOWN, made] == [row["id"] for row in body["result"]]
    assert ("4Njp3P0STMz2c02Q", [], [], []) == tuple(
        body["result"][0][key] for key in ("postfix_id", "delivered", "failed", "undelivered")
    )
    assert [codes.NOT_FOUND] == [note["code"] for note in body["messages"]]


async def test_none_known_is_not_found(api):
    """Also when they are another account's."""
    theirs = await api.world.put(account=OTHER_ACCOUNT)

    assert (404, codes.NOT_FOUND, "") == error(await release(api, [UNKNOWN, theirs, "\0"]))


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ("", codes.MISSING_FIELD, None),
        ("{", codes.BAD_JSON, ""),
        ("\xff", codes.BAD_JSON, ""),
        ('["a", 1]', codes.GENERIC, "/1"),
        ('{"ids": ["a", null]}', codes.GENERIC, "/ids/1"),
        ('{"ids": "a"}', codes.GENERIC, "/ids"),
        ('"a"', codes.GENERIC, ""),
        ("[]", codes.MISSING_FIELD, "/ids"),
        ("{}", codes.MISSING_FIELD, "/ids"),
        ('{"x":' + "[" * 100_000, codes.BAD_JSON, ""),
        (json.dumps([str(n) for n in range(1001)]), codes.BAD_RANGE, "/ids"),
    ],
)
async def test_what_is_wrong_is_named(api, body, code, pointer):
    """400, with a JSON pointer to the place."""
    answer = await api.post("/investigate/release", content=body.encode("latin-1"))

    assert (400, code, pointer) == error(answer)


async def test_a_body_that_is_too_large(api):
    """413 in the envelope, told by its length or found by counting."""

    async def pieces():
        for _ in range(20):
            yield b"x" * 65536

    for content in (b"x" * (1024 * 1024 + 1), pieces()):
        answer = await api.post("/investigate/release", content=content)

        assert (413, codes.BODY_TOO_LARGE, None) == error(answer)


async def test_reading_tokens_may_not_release(api):
    """403/9109, and nothing happens."""
    made = await api.world.put()

    answer = await release(api, [made], token=api.world.read)

    assert (403, codes.NOT_ALLOWED, None) == error(answer)
    assert [] == api.services.release.sent
