"""Who gets in, and what the others are told."""

from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.api import codes
from lazaretto.model.access import Role
from lazaretto.store import credentials
from tests.wire.conftest import BASE
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT

LIST = BASE + "/investigate"


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"]


async def test_bearer_key_and_both(api):
    """Each alone, both together, and a good pair beside a token that is not known."""
    pair = {"X-Auth-Email": "ADMIN@example.com", "X-Auth-Key": api.world.key}
    good = {"Authorization": f"Bearer {api.world.read}"}

    for headers in (good, pair, {**good, **pair}, {"Authorization": "Bearer no", **pair}):
        assert 200 == (await api.http.get(LIST, headers=headers)).status_code


async def test_wrong_credentials(api):
    """403/10000 for each kind; a key is not a token and a token is not a key."""
    for headers in (
        {"Authorization": "Bearer no"},
        {"Authorization": f"Bearer {api.world.key}"},
        {"X-Auth-Email": api.world.email, "X-Auth-Key": "no"},
        {"X-Auth-Email": "other@example.com", "X-Auth-Key": api.world.key},
        {"X-Auth-Email": api.world.email, "X-Auth-Key": api.world.write},
    ):
        assert (403, codes.AUTHENTICATION) == error(await api.http.get(LIST, headers=headers))


async def test_no_credentials(api):
    """401, and the token in the URL is not looked at."""
    for query in ("", f"?api_token={api.world.write}&token={api.world.write}"):
        answer = await api.http.get(LIST + query)

        assert (401, codes.AUTHENTICATION) == error(answer)
        assert "Bearer" == answer.headers["www-authenticate"]


async def test_python_with_an_email_in_its_environment(api):
    """The SDK drops the token; the answer names the variable."""
    answer = await api.http.get(LIST, headers={"X-Auth-Email": "a@b.test"})

    assert (400, codes.MISSING_HEADERS) == error(answer)
    assert "CLOUDFLARE_EMAIL" in answer.json()["errors"][0]["message"]


async def test_other_accounts_look_all_the_same(api):
    """Existing or not: same status, same words."""
    texts = set()
    for account in (OTHER_ACCOUNT, "0" * 32, "a"):
        answer = await api.http.get(
            f"/client/v4/accounts/{account}/email-security/investigate",
            headers={"Authorization": f"Bearer {api.world.write}"},
        )
        texts.add((*error(answer), answer.json()["errors"][0]["message"]))

    assert 1 == len(texts)
    assert (403, codes.NOT_ALLOWED) == texts.pop()[:2]


@pytest.mark.parametrize("account", ["x" * 33, "a%20b", "..", "%00"])
async def test_no_account_id_at_all(api, account):
    """404/7003: this could not be an account."""
    answer = await api.http.get(
        f"/client/v4/accounts/{account}/email-security/investigate",
        headers={"Authorization": f"Bearer {api.world.write}"},
    )

    assert (404, codes.NO_ROUTE) == error(answer)


async def test_an_expired_token_says_so(api):
    """403/10000, with the time."""
    now = datetime.now(UTC)
    _, secret = await api.world.database.write(
        lambda tx: credentials.add_token(
            tx, ACCOUNT, name="old", role=Role.READ_ONLY, now=now, expires_at=now - timedelta(seconds=1)
        )
    )

    answer = await api.get("/investigate", token=secret)

    assert (403, codes.AUTHENTICATION) == error(answer)
    assert "expired" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("api", [{"token_seconds": 0.0}], indirect=True)
async def test_a_removed_token_ends(api):
    """With the memory switched off at once, else within its seconds."""
    token, secret = await api.world.database.write(
        lambda tx: credentials.add_token(tx, ACCOUNT, name="t", role=Role.READ_ONLY, now=datetime.now(UTC))
    )
    assert 200 == (await api.get("/investigate", token=secret)).status_code

    await api.world.database.write(lambda tx: credentials.remove_token(tx, ACCOUNT, token.id))

    assert (403, codes.AUTHENTICATION) == error(await api.get("/investigate", token=secret))


@pytest.mark.parametrize(
    "path", ["/client/v4/user/tokens/verify", f"/client/v4/accounts/{ACCOUNT}/tokens/verify"]
)
async def test_a_token_can_be_verified(api, path):
    """The note that tools look for, the id, and never the secret."""
    answer = await api.http.get(path, headers={"Authorization": f"Bearer {api.world.read}"})
    body = answer.json()

    assert [{"code": 10000, "message": "This API Token is valid and active", "type": None}] == body[
        "messages"
    ]
    assert "active" == body["result"]["status"]
    assert api.world.read not in answer.text


async def test_verify_refuses_what_is_not_known(api):
    """As everywhere."""
    answer = await api.http.get("/client/v4/user/tokens/verify", headers={"Authorization": "Bearer no"})

    assert (403, codes.AUTHENTICATION) == error(answer)
