"""Hunts over HTTP: what a lead carries is what a bulk job takes."""

import pytest

from lazaretto.model.disposition import Disposition
from tests.wire.seed import OTHER_ACCOUNT


async def test_the_search_of_a_lead_makes_a_bulk_job_of_the_same_messages(api):
    """Sent on as it is."""
    made = [await api.world.put(Disposition.NONE), await api.world.put()]
    await api.world.put(account=OTHER_ACCOUNT)
    answer = await api.post("/hunts", json={"kind": "url_host", "value": "x.test"})
    (lead,) = answer.json()["result"]["leads"]
    job = await api.post(
        "/investigate/bulk",
        json={
            "action": "MOVE",
            "destination": "JunkEmail",
            "search_params": lead["search_params"],
            "dry_run": True,
        },
    )

    assert 200 == answer.status_code
    assert ("link_host", "x.test", 2) == (lead["field"], lead["value"], lead["count"])
    assert made[::-1] == [row["id"] for row in lead["sample"]]
    assert 2 == job.json()["result"]["messages_matched"]
    assert "x.test" == job.json()["result"]["search_params"]["link_host"]


async def test_a_message_gives_a_lead_for_every_trait(api):
    """Each has its own search."""
    one = await api.world.put()
    leads = (await api.post("/hunts", json={"kind": "message", "value": one})).json()["result"]["leads"]

    assert ["fingerprint", "attachment_sha256", "sender", "link_host"] == [lead["field"] for lead in leads]
    assert all(1 <= lead["count"] for lead in leads)


async def test_the_search_takes_the_same_words(api):
    """link_host, attachment_sha256 and fingerprint narrow a listing too."""
    one = await api.world.put()
    found = (await api.get("/investigate?link_host=x.test&fingerprint=a1b2")).json()["result"]
    none = (await api.get("/investigate?link_host=y.test")).json()["result"]

    assert [one] == [row["id"] for row in found]
    assert [] == none


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "smell", "value": "x"}, "/kind"),
        ({"kind": "sender"}, "/value"),
        ({"kind": "sender", "value": " "}, "/value"),
        ({"kind": "hash", "value": "12"}, "/value"),
        ({"kind": "sender", "value": "a.test", "start": "yesterday"}, "/start"),
    ],
)
async def test_what_is_wrong_is_named(api, body, pointer):
    """400 with the place."""
    answer = await api.post("/hunts", json=body)

    assert (400, pointer) == (answer.status_code, answer.json()["errors"][0]["source"]["pointer"])
