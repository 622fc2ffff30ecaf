"""Rules over the API: listed, switched off and on, with effect on the account's lists."""

import pytest

from lazaretto.store.lists import load_lists
from tests.wire.conftest import BASE
from tests.wire.samples import ACCOUNT

RULE = "payroll_change_free_mail"


async def asked(api, method, path, *, token=None, **how):
    answer = await api.http.request(method, f"{BASE}/rules{path}", headers=api.headers(token, how), **how)
    return answer.status_code, answer.json()


async def test_all_rules_are_listed(api):
    """By id, in pages, with what makes them speak."""
    _, body = await asked(api, "GET", "?per_page=1000", token=api.world.read)
    rules = {rule["id"]: rule for rule in body["result"]}

    assert body["result_info"]["total_count"] == len(rules)
    assert sorted(rules) == list(rules)
    assert rules[RULE]["form"] == "expression"
    assert "msg.from.freemail" in rules[RULE]["expression"]
    assert rules["lure_document"]["form"] == "check"
    assert rules["lure_to_odd_place"]["form"] == "combination"
    assert all(rule["enabled"] for rule in rules.values())


async def test_a_page_and_filters(api):
    """Filters narrow, pages cut."""
    _, body = await asked(api, "GET", "?form=EXPRESSION&search=payroll&per_page=1&page=2")

    assert len(body["result"]) == 1
    assert body["result_info"]["total_count"] >= 2
    assert body["result"][0]["form"] == "expression"


async def test_switch_off_and_on(api):
    """The lists get a new version with it, and the rule says who did it and when."""
    _, body = await asked(api, "PATCH", f"/{RULE}", json={"enabled": False})
    lists = await api.world.database.read(lambda tx: load_lists(tx, ACCOUNT))

    assert not body["result"]["enabled"]
    assert body["result"]["disabled_by"]
    assert body["result"]["disabled_at"]
    assert lists.rules_off == {RULE}
    assert lists.version > 0
    assert [RULE] == [r["id"] for r in (await asked(api, "GET", "?enabled=false"))[1]["result"]]

    _, body = await asked(api, "PATCH", f"/{RULE}", json={"enabled": True})
    after = await api.world.database.read(lambda tx: load_lists(tx, ACCOUNT))

    assert body["result"] == (await asked(api, "GET", f"/{RULE}"))[1]["result"]
    assert body["result"]["enabled"]
    assert body["result"]["disabled_at"] is None
    assert (after.rules_off, after.version > lists.version) == (frozenset(), True)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PATCH", f"/{RULE}", {"enabled": "no"}, 400, 1000),
        ("PATCH", f"/{RULE}", {}, 400, 1002),
        ("PATCH", "/no_such_rule", {"enabled": False}, 404, 1300),
        ("GET", "/no_such_rule", None, 404, 1300),
        ("GET", "?form=poem", None, 400, 1003),
        ("GET", "?enabled=perhaps", None, 400, 1000),
    ],
)
async def test_refusals(api, method, path, body, status, code):
    """Each with its code; nothing is changed."""
    got, answer = await asked(api, method, path, **({"json": body} if body is not None else {}))

    assert (got, answer["errors"][0]["code"]) == (status, code)


async def test_the_nearest_rule_is_named(api):
    """A mistyped id is answered with the one that was probably meant."""
    _, body = await asked(api, "GET", "/lure_documnet")

    assert "lure_document" in body["errors"][0]["message"]


async def test_readers_cannot_switch(api):
    """It takes the right to change policy."""
    status, _ = await asked(api, "PATCH", f"/{RULE}", json={"enabled": False}, token=api.world.read)

    assert status == 403
