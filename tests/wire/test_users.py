"""Users and tokens over the API: made, changed, ended, and never mightier than whoever makes them."""

from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.api import codes
from lazaretto.api.uses import MAX_NOTED, STALE, Uses
from lazaretto.model.access import Role
from lazaretto.model.account import Token
from lazaretto.store import credentials
from tests.wire.conftest import BASE
from tests.wire.samples import ACCOUNT

ANN = {"email": "Ann@Example.com", "role": "analyst", "name": "Ann"}


async def send(api, method, path, *, token=None, status=200, **kwargs):
    answer = await api.http.request(method, BASE + path, headers=api.headers(token, kwargs), **kwargs)
    assert status == answer.status_code, answer.text
    return answer.json()["result"]


async def refused(api, method, path, *, token=None, **kwargs):
    answer = await api.http.request(method, BASE + path, headers=api.headers(token, kwargs), **kwargs)
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


async def made(api, **fields):
    return await send(api, "POST", "/tokens", json={"name": "t", "role": "read_only", **fields})


async def test_the_life_of_a_user(api):
    """Added, listed, shown, changed, disabled, enabled, removed."""
    added = await send(api, "POST", "/users", json=ANN)
    path = f"/users/{added['id']}"
    listed = await send(api, "GET", "/users?per_page=1")
    changed = await send(api, "PATCH", path, json={"role": "auditor"})
    off = await send(api, "PATCH", path, json={"disabled": True})
    on = await send(api, "PATCH", path, json={"disabled": False})
    gone = await send(api, "DELETE", path)

    assert ("ann@example.com", "Ann", "analyst", False, None) == tuple(
        added[name] for name in ("email", "name", "role", "disabled", "disabled_at")
    )
    assert [added] == listed
    assert {**added, "role": "auditor"} == changed == on
    assert (True, True) == (off["disabled"], off["disabled_at"] is not None)
    assert {"id": added["id"]} == gone
    assert (404, codes.NO_SETTING, "user_id") == await refused(api, "GET", path)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"role": "analyst"}, "/email"),
        ({"email": "no address", "role": "analyst"}, "/email"),
        ({"email": "a@b.test", "role": "king"}, "/role"),
        ({"email": "a@b.test", "role": "analyst", "name": "x" * 201}, "/name"),
        (ANN, "/email"),  # there is one already
    ],
)
async def test_what_no_user_can_be_made_from(api, body, pointer):
    """A 400 names the field; nobody is added."""
    await send(api, "POST", "/users", json=ANN)

    status, _, named = await refused(api, "POST", "/users", json=body)

    assert (400, pointer) == (status, named)
    assert 1 == len(await send(api, "GET", "/users"))


async def test_the_life_of_a_token(api):
    """The secret is shown once, works, and ends with the token at once."""
    token = await made(
        api, role="analyst", expires_at="2999-01-01T00:00:00Z", networks=["127.0.0.1", "2001:db8::/32"]
    )
    works = await api.get("/investigate", token=token["secret"])
    listed = await send(api, "GET", "/tokens?per_page=1000")
    shown = next(row for row in listed if row["id"] == token["id"])
    await send(api, "DELETE", f"/tokens/{token['id']}")
    after = await api.get("/investigate", token=token["secret"])

    assert 200 == works.status_code
    assert {name: value for name, value in token.items() if name != "secret"} == shown
    assert ("active", ["127.0.0.1/32", "2001:db8::/32"], "2999-01-01T00:00:00.000Z") == tuple(
        shown[name] for name in ("status", "networks", "expires_at")
    )
    assert token["secret"] not in str(listed)
    assert 403 == after.status_code
    assert (404, codes.NO_SETTING, "token_id") == await refused(api, "DELETE", f"/tokens/{token['id']}")


async def test_a_user_who_is_disabled_is_out_at_once(api):
    """Not only when the memory of verified credentials has ended; enabling brings the token back."""
    user = await send(api, "POST", "/users", json=ANN)
    token = await made(api, user_id=user["id"])
    path = f"/users/{user['id']}"
    seen = [(await api.get("/investigate", token=token["secret"])).status_code]
    for state in (True, False):
        await send(api, "PATCH", path, json={"disabled": state})
        seen.append((await api.get("/investigate", token=token["secret"])).status_code)
    await send(api, "DELETE", path)
    seen.append((await api.get("/investigate", token=token["secret"])).status_code)

    assert [200, 403, 200, 403] == seen
    assert token["id"] not in str(await send(api, "GET", "/tokens"))


async def test_a_user_who_becomes_less_has_less_at_once(api):
    """The token keeps its role, the user's role bounds it."""
    user = await send(api, "POST", "/users", json={**ANN, "role": "admin"})
    token = await made(api, user_id=user["id"], role="admin")
    before = await api.get("/users", token=token["secret"])
    await send(api, "PATCH", f"/users/{user['id']}", json={"role": "analyst"})
    after = await api.get("/users", token=token["secret"])

    assert (200, 403) == (before.status_code, after.status_code)
    assert "the role analyst lacks admin" in after.text


async def test_a_key_of_a_user(api):
    """It goes with the user's email address, and actions are logged under it."""
    user = await send(api, "POST", "/users", json=ANN)
    token = await made(api, user_id=user["id"], kind="key")

    answer = await api.http.get(
        BASE + "/investigate", headers={"X-Auth-Email": "ann@example.com", "X-Auth-Key": token["secret"]}
    )

    assert 200 == answer.status_code
    assert "ann@example.com" == token["user_email"]


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"user_id": "0" * 32}, codes.NO_SETTING, "/user_id"),
        ({"role": "king"}, None, "/role"),
        ({"name": ""}, None, "/name"),
        ({"expires_at": "yesterday"}, codes.BAD_RANGE, "/expires_at"),
        ({"expires_at": "2020-01-01"}, codes.BAD_RANGE, "/expires_at"),
        ({"networks": ["127.0.0.1", "nowhere"]}, codes.GENERIC, "/networks/1"),
        ({"email": "a@b.test"}, codes.GENERIC, "/email"),
    ],
)
async def test_what_no_token_can_be_made_from(api, fields, code, pointer):
    """A 400 names the field."""
    status, found, named = await refused(
        api, "POST", "/tokens", json={"name": "t", "role": "read_only", **fields}
    )

    assert (400, code or found, pointer) == (status, found, named)


async def test_a_token_does_not_make_a_mightier_one(api):
    """Not with a role above its own, from more places, for longer, nor for a user who may less."""
    small = await send(api, "POST", "/users", json=ANN)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    narrow = (await made(api, role="admin", expires_at=soon, networks=["127.0.0.0/24"]))["secret"]
    wishes = {
        "user": {"role": "admin", "user_id": small["id"]},
        "networks": {"networks": ["127.0.0.0/16"]},
        "family": {"networks": ["2001:db8::/32"]},
        "expiry": {"expires_at": later},
    }
    seen = {
        name: await refused(
            api, "POST", "/tokens", token=narrow, json={"name": "t", "role": "read_only", **wish}
        )
        for name, wish in wishes.items()
    }
    inherited = await send(api, "POST", "/tokens", token=narrow, json={"name": "t", "role": "admin"})

    assert {
        "user": (400, codes.TOO_MUCH, "/role"),
        "networks": (400, codes.TOO_MUCH, "/networks/0"),
        "family": (400, codes.TOO_MUCH, "/networks/0"),
        "expiry": (400, codes.TOO_MUCH, "/expires_at"),
    } == seen
    assert ["127.0.0.0/24"] == inherited["networks"]
    assert inherited["expires_at"] is not None


async def test_the_last_admin_stays(api):
    """Neither removed nor made less, whichever way: the account could not be administrated any more."""
    user = await send(api, "POST", "/users", json={**ANN, "role": "admin"})
    token = await made(api, user_id=user["id"], role="admin")
    for other in await send(api, "GET", "/tokens"):
        if other["id"] != token["id"]:
            await send(api, "DELETE", f"/tokens/{other['id']}", token=token["secret"])
    path = f"/users/{user['id']}"
    seen = [
        await refused(api, method, where, token=token["secret"], **body)
        for method, where, body in (
            ("DELETE", path, {}),
            ("DELETE", f"/tokens/{token['id']}", {}),
            ("PATCH", path, {"json": {"role": "analyst"}}),
            ("PATCH", path, {"json": {"disabled": True}}),
        )
    ]

    assert [(400, codes.LAST_ADMIN, None)] * 4 == seen
    assert user == await send(api, "GET", path, token=token["secret"])


async def test_networks_bound_where_a_token_works(api):
    """The test's client is 127.0.0.1."""
    inside = await made(api, networks=["127.0.0.0/8"])
    outside = await made(api, networks=["192.0.2.0/24"])

    assert [200, 403] == [
        (await api.get("/investigate", token=token["secret"])).status_code for token in (inside, outside)
    ]


@pytest.mark.parametrize("api", [{"proxies": ("127.0.0.0/8", "192.0.2.1")}], indirect=True)
@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        ("198.51.100.7", 200),
        ("203.0.113.9, 198.51.100.7, 192.0.2.1", 200),  # the last that no proxy of ours wrote about itself
        ("198.51.100.7, 203.0.113.9", 403),  # the first is what the client said
        ("198.51.100.7, nonsense", 403),
        ("", 403),
    ],
)
async def test_behind_a_proxy(api, forwarded, status):
    """What a trusted proxy says of its client counts, what the client says does not."""
    token = await made_for(api, "198.51.100.0/24")

    answer = await api.get("/investigate", token=token, headers={"X-Forwarded-For": forwarded})

    assert status == answer.status_code


async def test_without_a_trusted_proxy_nobody_is_believed(api):
    """Anybody can send the header."""
    token = await made_for(api, "198.51.100.0/24")

    answer = await api.get("/investigate", token=token, headers={"X-Forwarded-For": "198.51.100.7"})

    assert 403 == answer.status_code


async def made_for(api, network):
    _, secret = await api.world.database.write(
        lambda tx: credentials.add_token(
            tx, ACCOUNT, name="t", role=Role.READ_ONLY, now=datetime.now(UTC), networks=(network,)
        )
    )
    return secret


async def test_use_is_noted_at_most_once_a_minute(api):
    """In memory first; what is written shows in the list."""
    token = await made(api)
    for _ in range(3):
        await api.get("/investigate", token=token["secret"])
    now = datetime.now(UTC)
    used = [each for each in api.services.uses.take(now) if each[1] == token["id"]]
    await api.world.database.write(lambda tx: credentials.touch_tokens(tx, used))
    await api.get("/investigate", token=token["secret"])
    listed = {row["id"]: row for row in await send(api, "GET", "/tokens")}

    assert 1 == len(used)
    assert listed[token["id"]]["last_used_at"] is not None
    assert token["id"] not in [key for _, key, _ in api.services.uses.take(now)]


def test_notes_have_a_bound_and_come_again():
    """A minute later a use is news; more tokens than the bound wait for their next use."""
    now = datetime.now(UTC)
    tokens = [Token(str(n), ACCOUNT, "t", "bearer", None, Role.ADMIN, now) for n in range(MAX_NOTED + 1)]
    uses = Uses()
    for token in tokens:
        uses.note(token, now)
    first = len(uses.take(now))
    uses.note(tokens[0], now + STALE / 2)
    uses.note(tokens[0], now + STALE)

    assert (MAX_NOTED, 1) == (first, len(uses.take(now + STALE)))
