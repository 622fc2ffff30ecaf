"""Nothing leaks: every operation that the API has, with every kind of credential that should not get further."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.api.entry import SECURITY
from lazaretto.api.openapi import operation_id
from lazaretto.api.routes import CONTRACT
from lazaretto.model.access import Role
from lazaretto.store import credentials, users
from tests.wire.conftest import Api
from tests.wire.engine import desk
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT, services
from tests.wire.walk import MARK, Ids, bodies, fill

UNCHANGED = ("audit", "audit_head", "schema_version")


@pytest.fixture
async def walked(populated, tmp_path):
    """An API over a world in which one account has one of everything, and a bulk job has ended."""
    async with desk(populated, tmp_path) as making:
        ids = await fill(making, populated.write, ACCOUNT)
        await making.ended(ids.found["/investigate/bulk"])
    made = services(populated, failure_limit=0, token_seconds=0.0)
    transport = httpx.ASGITransport(build_api(made))
    async with httpx.AsyncClient(transport=transport, base_url="http://lazaretto.test") as http:
        yield Api(populated, made, http), ids


async def ask(api, entry, ids, secret, account, body=None):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    content = {} if body is None else {"json": body}
    return await api.http.request(entry.method, ids.path(entry, account), headers=headers, **content)


def told(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


async def state(api, account):
    """Every row of the account, but the log."""

    async def read(tx):
        tables = await tx.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {}
        for (name,) in tables:
            columns = [row[1] for row in await tx.rows(f"PRAGMA table_info({name})")]
            if "account" in columns and name not in UNCHANGED:
                rows = await tx.rows(f"SELECT * FROM {name} WHERE account = ?", account)
                found[name] = sorted(rows, key=repr)
        return found

    return await api.world.database.read(read)


async def token(api, role, *, account=ACCOUNT, **options):
    now = datetime.now(UTC)
    _, secret = await api.world.database.write(
        lambda tx: credentials.add_token(tx, account, name="walk", role=role, now=now, **options)
    )
    return secret


async def disabled(api):
    now = datetime.now(UTC)

    async def make(tx):
        user = await users.add_user(tx, ACCOUNT, email="gone@example.com", role=Role.ADMIN, now=now)
        _, secret = await credentials.add_token(tx, ACCOUNT, name="t", role=Role.ADMIN, now=now, user=user)
        await users.set_user(tx, replace(user, disabled_at=now))
        return secret

    return await api.world.database.write(make)


async def test_nobody_gets_in(walked):
    """No credential, one that is not known, one that expired, one of a user who is disabled."""
    api, ids = walked
    past = datetime.now(UTC) - timedelta(seconds=1)
    credentials_ = {
        "none": (None, (401, codes.AUTHENTICATION)),
        "unknown": ("x" * 40, (403, codes.AUTHENTICATION)),
        "expired": (await token(api, Role.ADMIN, expires_at=past), (403, codes.AUTHENTICATION)),
        "disabled": (await disabled(api), (403, codes.AUTHENTICATION)),
    }
    before = await state(api, ACCOUNT)
    wrong = []
    for entry in CONTRACT:
        for name, (secret, expected) in credentials_.items():
            for body in bodies(entry, ids):
                answer = await ask(api, entry, ids, secret, ACCOUNT, body)
                if told(answer) != expected or MARK in answer.text:
                    wrong.append((name, entry.method, entry.path, answer.text))

    assert [] == wrong
    assert before == await state(api, ACCOUNT)


@pytest.mark.parametrize("role", Role)
async def test_a_role_does_what_it_may_and_nothing_else(walked, role):
    """What it lacks is refused and changes nothing; what it has is not refused."""
    api, ids = walked
    secret = await token(api, role)
    before = await state(api, ACCOUNT)
    wrong = []
    for entry in CONTRACT:
        if entry.needs in role.capabilities:
            continue
        for body in bodies(entry, ids):
            answer = await ask(api, entry, ids, secret, ACCOUNT, body)
            if told(answer) != (403, codes.NOT_ALLOWED) or MARK in answer.text:
                wrong.append((entry.method, entry.path, answer.text))
    after = await state(api, ACCOUNT)
    for entry in CONTRACT:
        if entry.needs in role.capabilities:
            answer = await ask(api, entry, ids, secret, ACCOUNT, bodies(entry, ids)[0])
            if answer.status_code in (401, 403, 405, 500):
                wrong.append((entry.method, entry.path, answer.text))

    assert [] == wrong
    assert before == after


async def test_the_account_of_others_is_closed(walked):
    """A good token of another account, with the account in the URL."""
    api, ids = walked
    before = await state(api, ACCOUNT)
    wrong = []
    for entry in CONTRACT:
        if "{account_id}" not in entry.path:
            continue
        for body in bodies(entry, ids):
            answer = await ask(api, entry, ids, api.world.other, ACCOUNT, body)
            if told(answer) != (403, codes.NOT_ALLOWED) or MARK in answer.text:
                wrong.append((entry.method, entry.path, answer.text))

    assert [] == wrong
    assert before == await state(api, ACCOUNT)


async def test_ids_of_others_lead_nowhere(walked):
    """A good token with its own account in the URL, and what belongs to somebody else in path and body."""
    api, ids = walked
    before = await state(api, ACCOUNT)
    wrong = []
    # Ids in paths first: numbers are given by account, and later the caller has entries of the same numbers.
    for entry in sorted(CONTRACT, key=lambda entry: not _names_something(entry)):
        for body in bodies(entry, ids):
            answer = await ask(api, entry, ids, api.world.other, OTHER_ACCOUNT, body)
            seen = MARK in answer.text or ACCOUNT in answer.text or answer.status_code in (403, 500)
            if seen or (_names_something(entry) and answer.status_code != 404):
                wrong.append((entry.method, entry.path, body, answer.status_code, answer.text))

    assert [] == wrong
    assert before == await state(api, ACCOUNT)


def _names_something(entry):
    """Rules are shipped with the program: their ids belong to nobody."""
    return "{" in entry.path.replace("{account_id}", "").replace("{rule_id}", "")


async def test_the_owner_sees_the_mark(walked):
    """Else the walk would prove nothing: it is in the answers that the account itself gets."""
    api, ids = walked
    shown = set()
    for entry in CONTRACT:
        if entry.method == "GET" and "{account_id}" in entry.path:
            answer = await ask(api, entry, ids, api.world.write, ACCOUNT)
            if MARK in answer.text:
                shown.add(operation_id(entry))
    lists = {operation_id(entry) for entry in CONTRACT if entry.pages and entry.method == "GET"}

    assert set() == lists - shown - {"list_phishguard_reports", "list_rules"}


def test_an_operation_that_nobody_described_fails_the_walk():
    """With the sentence that says what to add."""
    new = replace(CONTRACT[0], path=SECURITY + "/castles/{castle_id}")
    batch = replace(CONTRACT[0], path=SECURITY + "/castles/batch", body=dict)

    with pytest.raises(AssertionError, match=r"add to MAKING .* what is to be posted to /castles"):
        Ids().path(new, ACCOUNT)
    with pytest.raises(AssertionError, match="add to FOREIGN"):
        bodies(batch, Ids())
