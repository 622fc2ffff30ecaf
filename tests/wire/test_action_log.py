"""The action log as its own call."""

from datetime import UTC, datetime

import pytest

from lazaretto.api import codes
from lazaretto.model.record import ActionEntry, Operation
from lazaretto.store import messages
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT

AT = datetime(2026, 1, 5, 10, 0, 0, 123000, tzinfo=UTC)


async def log(api, reference, *entries):
    async def write(tx):
        record = await messages.get_record(tx, ACCOUNT, reference)
        for entry in entries:
            await messages.add_action(tx, ACCOUNT, record.number, entry)

    await api.world.database.write(write)


@pytest.mark.parametrize("short", [False, True])
async def test_an_entry(api, short):
    """Both times, status, success, and what is known of who, where and whose."""
    made = await api.world.put()
    await log(api, made, ActionEntry(Operation.MOVE, AT, "a@example.com", "OK", "u@example.com", "JunkEmail"))

    answer = await api.get(f"/investigate/{made.split('-')[0] if short else made}/action_log")

    assert [
        {
            "operation": "MOVE",
            "started_at": "2026-01-05T10:00:00.123Z",
            "completed_at": "2026-01-05T10:00:00.123Z",
            "status": "OK",
            "success": True,
            "properties": {
                "folder": "JunkEmail",
                "requested_by": "a@example.com",
                "recipient": "u@example.com",
            },
        }
    ] == answer.json()["result"]


async def test_operations_are_of_the_smaller_set(api):
    """Six words inside a message, four here; what is not known is left out."""
    made = await api.world.put()
    await log(api, made, *(ActionEntry(operation, AT, "a", "FAILED") for operation in Operation))

    result = (await api.get(f"/investigate/{made}/action_log")).json()["result"]

    assert {
        (Operation.MOVE, "MOVE"),
        (Operation.RELEASE, "QUARANTINE_RELEASE"),
        (Operation.RECLASSIFY, "SUBMISSION"),
        (Operation.SUBMISSION, "SUBMISSION"),
        (Operation.QUARANTINE_RELEASE, "QUARANTINE_RELEASE"),
        (Operation.PREVIEW, "PREVIEW"),
    } == {(operation, entry["operation"]) for operation, entry in zip(Operation, result, strict=True)}
    assert {False} == {entry["success"] for entry in result}
    assert {"a"} == {entry["properties"]["requested_by"] for entry in result}
    assert ["RELEASE", "RECLASSIFY"] == [
        entry["properties"]["operation"] for entry in result if "operation" in entry["properties"]
    ]


async def test_pages_end(api):
    """A pager that counts pages sees each entry once, oldest first, and stops at the empty page."""
    made = await api.world.put()
    await log(api, made, *(ActionEntry(Operation.PREVIEW, AT, f"person {n}", "OK") for n in range(5)))

    pages = [
        (await api.get(f"/investigate/{made}/action_log", params={"page": page, "per_page": 2})).json()
        for page in (1, 2, 3, 4)
    ]

    seen = [entry["properties"]["requested_by"] for page in pages for entry in page["result"]]
    assert [f"person {n}" for n in range(5)] == seen
    assert [2, 2, 1, 0] == [page["result_info"]["count"] for page in pages]
    assert {5} == {page["result_info"]["total_count"] for page in pages}


async def test_nothing_was_done(api):
    """An empty log is an empty list."""
    made = await api.world.put()

    assert [] == (await api.get(f"/investigate/{made}/action_log")).json()["result"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"page": "0"}, codes.BAD_RANGE),
        ({"per_page": "1001"}, codes.BAD_RANGE),
        ({"page": "x"}, codes.BAD_RANGE),
    ],
)
async def test_a_bad_page(api, query, code):
    """A 400 that names the parameter."""
    made = await api.world.put()

    answer = await api.get(f"/investigate/{made}/action_log", params=query)

    (problem,) = answer.json()["errors"]
    assert (400, code, next(iter(query))) == (
        answer.status_code,
        problem["code"],
        problem["source"]["pointer"],
    )


async def test_another_account(api):
    """A message of somebody else is not there."""
    foreign = await api.world.put(account=OTHER_ACCOUNT)

    answer = await api.get(f"/investigate/{foreign}/action_log")

    assert 404 == answer.status_code
