"""The account's classifier over the API: looked at, trained, promoted, rolled back."""

from lazaretto.api import codes
from lazaretto.store.examples import add_example
from lazaretto.store.lists import load_lists
from tests.helpers.learning import example
from tests.wire.samples import ACCOUNT


async def teach(api, *labels):
    for number in labels:
        one = example(number, account=ACCOUNT)
        await api.world.database.write(lambda tx, one=one: add_example(tx, one))


async def state(api, **how):
    answer = await api.get("/classifier", **how)
    assert 200 == answer.status_code, answer.text
    return answer.json()["result"]


async def test_an_account_that_taught_nothing(api):
    """The shipped classifier, and what cannot be done yet is said."""
    found = await state(api, token=api.world.read)
    refusals = [await api.post(f"/classifier/{verb}") for verb in ("train", "promote", "rollback")]

    assert ("ask", 0, None, None, []) == tuple(
        found[name] for name in ("learn", "labels", "active", "candidate", "weeks")
    )
    assert [
        (400, codes.NO_LABELS),
        (404, codes.NO_CLASSIFIER),
        (400, codes.NOTHING_TO_ROLL_BACK),
    ] == [(answer.status_code, answer.json()["errors"][0]["code"]) for answer in refusals]


async def test_from_labels_to_use_and_back(api):
    """Trained, looked at, promoted, rolled back; each change is in the audit log with its number."""
    await teach(api, *range(1, 12))
    trained = (await api.post("/classifier/train")).json()["result"]
    waiting = await state(api)

    assert (11, 11) == (trained["evaluation"]["labels"], waiting["labels"])
    assert trained == waiting["candidate"]
    assert waiting["active"] is None
    assert {"week", "labels", "verdict", "shipped", "adapted"} <= set(waiting["weeks"][0])
    promoted = await api.post("/classifier/promote", json={"id": trained["id"]})
    used = await state(api)

    assert 200 == promoted.status_code, promoted.text
    assert promoted.json()["result"] == used["active"]
    assert used["candidate"] is None
    assert (await api.world.database.read(lambda tx: load_lists(tx, ACCOUNT))).wording is not None
    back = (await api.post("/classifier/rollback", json={"shipped": True})).json()["result"]
    entries = (await api.get("/audit", params={"per_page": 100})).json()["result"]

    assert (None, trained["id"]) == (back["active"], back["candidate"]["id"])
    assert {"train", "promote", "rollback"} <= {e["operation"].rpartition("/")[2] for e in entries}


async def test_refusals(api):
    """Each with its place."""
    wrong = await api.post("/classifier/promote", json={"id": "first"})
    missing = await api.post("/classifier/promote", json={"id": 3})

    assert (400, "/id") == (wrong.status_code, wrong.json()["errors"][0]["source"]["pointer"])
    assert (404, "/id") == (missing.status_code, missing.json()["errors"][0]["source"]["pointer"])


async def test_who_may(api):
    """A reader only looks."""
    for verb in ("train", "promote", "rollback"):
        assert 403 == (await api.post(f"/classifier/{verb}", token=api.world.read)).status_code
