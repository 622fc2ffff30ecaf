"""Rescans over HTTP: asked for, made in the background, told about, removed."""

import pytest

from lazaretto.actions.replay import ReplayTools
from lazaretto.actions.rescanner import Rescanner, RescanTools
from lazaretto.api import codes
from lazaretto.scanner.job import WorkerOptions
from lazaretto.store.editions import Editions
from lazaretto.store.rescans import MAX_OPEN
from tests.helpers.replayed import fill
from tests.wire.conftest import BASE
from tests.wire.seed import ACCOUNT, OTHER_ACCOUNT

GTUBE_OFF = {"rules": [{"id": "gtube", "enabled": False}]}


def rescanner(world, tmp_path) -> Rescanner:
    """The role over the world of the API."""
    options = WorkerOptions(blobs=str(world.blobs._root))
    tools = ReplayTools(world.database, world.blobs, options, workers=1, seconds=30)
    return Rescanner(RescanTools(tools, Editions(tmp_path)))


@pytest.mark.system
async def test_asked_for_made_and_read(api, tmp_path):
    """202 at once; when the role has worked, the outcome is there, and only in the row itself."""
    filled = await fill(api.world.database, api.world.blobs._root, ACCOUNT, 8)
    asked = await api.post("/rescans", json=GTUBE_OFF)
    made = asked.json()["result"]
    worked = await rescanner(api.world, tmp_path).work_off()
    done = (await api.get(f"/rescans/{made['id']}")).json()["result"]
    (listed,) = (await api.get("/rescans")).json()["result"]

    assert (202, "PENDING", 0) == (asked.status_code, made["status"], made["messages_done"])
    assert 1 == worked
    assert ("COMPLETED", None, 8) == (done["status"], done["status_message"], done["messages_done"])
    assert [{"before": "SPAM", "after": "NONE", "count": 2}] == done["outcome"]["flips"]
    assert {one.id for one in filled if one.kind == "spam"} == {
        row["investigate_id"] for row in done["outcome"]["messages"]
    }
    assert "outcome" not in listed


@pytest.mark.system
async def test_what_breaks_is_told_in_the_row(api, tmp_path):
    """An edition that was damaged meanwhile: the rescan fails with the reason, and the next one is made."""
    await fill(api.world.database, api.world.blobs._root, ACCOUNT, 1)
    first = (await api.post("/rescans", json={})).json()["result"]["id"]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "current").write_text("7")
    role = rescanner(api.world, tmp_path)
    await role.work_off()
    (tmp_path / "rules" / "current").unlink()
    second = (await api.post("/rescans", json={})).json()["result"]["id"]
    await role.work_off()
    failed, made = [(await api.get(f"/rescans/{one}")).json()["result"] for one in (first, second)]

    assert "FAILED" == failed["status"]
    assert "there is no edition 7" in failed["status_message"]
    assert "COMPLETED" == made["status"]


async def test_others_see_nothing_of_it(api):
    """Neither read nor removed by another account."""
    made = (await api.post("/rescans", json=GTUBE_OFF)).json()["result"]["id"]
    database = api.world.database
    from lazaretto.store.rescans import get_rescan, list_rescans, remove_rescan

    assert None is await database.read(lambda tx: get_rescan(tx, OTHER_ACCOUNT, made))
    assert () == await database.read(lambda tx: list_rescans(tx, OTHER_ACCOUNT))
    assert not await database.write(lambda tx: remove_rescan(tx, OTHER_ACCOUNT, made))


async def test_removed_is_gone(api):
    """And a second time it is not there."""
    made = (await api.post("/rescans", json=GTUBE_OFF)).json()["result"]["id"]
    first, second = [
        await api.http.delete(f"{BASE}/rescans/{made}", headers=api.headers(None, {})) for _ in range(2)
    ]

    assert (200, {"id": made}) == (first.status_code, first.json()["result"])
    assert (404, codes.NO_JOB) == (second.status_code, second.json()["errors"][0]["code"])
    assert 404 == (await api.get("/rescans/²")).status_code


async def test_too_many_at_once_are_refused(api):
    """What waits is bounded."""
    for _ in range(MAX_OPEN):
        assert 202 == (await api.post("/rescans", json={})).status_code
    refused = await api.post("/rescans", json={})

    assert (400, codes.TOO_MANY_JOBS) == (refused.status_code, refused.json()["errors"][0]["code"])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"rules": [{"id": "nobody"}]}, "/rules"),
        ({"rules": [{"id": 'x"\nweight = 1'}]}, "/rules"),
        ({"rules": [{"id": "gtube", "weight": -1}]}, "/rules"),
        ({"rules": [{"id": "gtube", "limit": 0}]}, "/rules/0/limit"),
        ({"rules": [{"weight": 1}]}, "/rules/0/id"),
        ({"thresholds": {"nobody": 1}}, "/thresholds"),
        ({"thresholds": {"spam": -1}}, "/thresholds"),
        ({"search_params": {"start": "yesterday"}}, "/search_params/start"),
        ({"orders": {"SPAM": "burn"}}, "/orders"),
        ({"limit": 0}, "/limit"),
        ({"ids": ["x"] * 1_001}, "/ids"),
    ],
)
async def test_what_is_wrong_is_named(api, body, pointer):
    """400 with the place, and nothing is stored."""
    answer = await api.post("/rescans", json=body)

    assert (400, pointer) == (answer.status_code, answer.json()["errors"][0]["source"]["pointer"])
    assert [] == (await api.get("/rescans")).json()["result"]
