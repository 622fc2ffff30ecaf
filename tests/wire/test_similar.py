"""Messages that are like one, over HTTP."""

import pytest

from lazaretto.api import codes
from lazaretto.model.disposition import Disposition
from lazaretto.store import similar as store
from tests.wire.seed import OTHER_ACCOUNT


async def test_what_is_shared_is_named(api):
    """Strongest first; the message itself and mail of others are not among them."""
    one, two = await api.world.put(), await api.world.put(Disposition.NONE, subject="other")
    await api.world.put(account=OTHER_ACCOUNT)
    answer = await api.get(f"/investigate/{one}/similar")

    (row,) = answer.json()["result"]
    assert (two, two) == (row["id"], row["message"]["id"])
    assert [
        {"kind": "fingerprint", "value": "fingerprint a1b2"},
        {"kind": "attachment", "value": "attachment a.pdf"},
        {"kind": "link", "value": "link to x.test"},
    ] == row["shared"]


async def test_the_subject_counts_without_its_numbers(api):
    """A campaign changes those; who shares more comes first."""
    one = await api.world.put(subject="Invoice 17")
    other = await api.world.put(subject="Hello")
    same = await api.world.put(subject="Re: INVOICE  4711")
    rows = (await api.get(f"/investigate/{one.split('-')[0]}/similar")).json()["result"]

    assert [same, other] == [row["id"] for row in rows]
    assert {"kind": "sender", "value": "x@bad.test with the subject “invoice 0”"} in rows[0]["shared"]


async def test_pages(api):
    """They have numbers and a total."""
    made = [await api.world.put() for _ in range(4)]
    first = (await api.get(f"/investigate/{made[0]}/similar?per_page=2")).json()
    second = (await api.get(f"/investigate/{made[0]}/similar?per_page=2&page=2")).json()

    assert made[:0:-1] == [row["id"] for row in first["result"] + second["result"]]
    assert (3, 2) == (first["result_info"]["total_count"], first["result_info"]["total_pages"])
    assert (400, "page") == _error(await api.get(f"/investigate/{made[0]}/similar?page=x"))


async def test_a_bound_is_told(api, monkeypatch):
    """What everybody shares is counted up to a limit, and the answer says that there may be more."""
    monkeypatch.setattr(store, "MAX_FOUND", 2)
    monkeypatch.setattr("lazaretto.actions.similar.MAX_FOUND", 2)
    made = [await api.world.put() for _ in range(4)]
    answer = (await api.get(f"/investigate/{made[0]}/similar")).json()

    assert 2 == len(answer["result"])
    assert [codes.BOUNDED] == [note["code"] for note in answer["messages"]]


@pytest.mark.parametrize("name", ["4Njp3P0STMz2c02Q", "x" * 200, "%20"])
async def test_unknown_messages(api, name):
    """404, as everywhere."""
    assert 404 == (await api.get(f"/investigate/{name}/similar")).status_code


def _error(answer):
    return answer.status_code, answer.json()["errors"][0]["source"]["pointer"]
