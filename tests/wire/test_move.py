"""Moving delivered copies: every form of the wish, every outcome, once."""

import json

import pytest

from lazaretto.api import codes
from tests.wire.engine import desk as open_desk
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT

UNKNOWN = "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"


@pytest.fixture
async def desk(populated, tmp_path):
    async with open_desk(populated, tmp_path, running=False) as opened:
        yield opened


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


def told(answer):
    assert 200 == answer.status_code, answer.text
    return [(row["recipient"], row["status"], row["success"]) for row in answer.json()["result"]]


async def move(desk, body, ref=None):
    return await desk.post("/investigate/move" if ref is None else f"/investigate/{ref}/move", json=body)


@pytest.mark.parametrize("short", [False, True])
async def test_one_message(desk, short):
    """By investigate id or queue id; the row has the old names and the new ones."""
    made = await desk.delivered()

    answer = await move(desk, {"destination": "JunkEmail"}, made.split("-")[0] if short else made)
    (row,) = answer.json()["result"]

    assert {"JunkEmail": 1} == desk.mailbox().where()
    assert row["completed_at"] == row["completed_timestamp"]
    assert {
        "success": True,
        "destination": "JunkEmail",
        "item_count": 1,
        "message_id": made,
        "operation": "MOVE",
        "recipient": "u@example.com",
        "status": "OK",
    } == {name: value for name, value in row.items() if not name.startswith("completed")}


@pytest.mark.parametrize("form", ["ids", "postfix_ids", "both"])
async def test_many_messages(desk, form):
    """Either form, or both as one wish; a message that is named twice is one row."""
    made = [await desk.delivered(), await desk.delivered()]
    body = {"ids": made[:1], "postfix_ids": [*made[1:], made[0].split("-")[0]]}
    if form != "both":
        body = {form: made}

    answer = await move(desk, {"destination": "DeletedItems", **body})

    assert made == [row["message_id"] for row in answer.json()["result"]]
    assert {"DeletedItems": 2} == desk.mailbox().where()


async def test_a_row_for_each_recipient_of_ours(desk):
    """Recipients elsewhere have no row."""
    made = await desk.delivered(("u@example.com", "v@example.com", "w@elsewhere.test"))

    answer = await move(desk, {"destination": "JunkEmail", "ids": [made]})

    assert [("u@example.com", "OK", True), ("v@example.com", "OK", True)] == told(answer)


async def test_the_message_tells_it(desk):
    """Delivery status, operations, action log, trace and the search by action follow."""
    made = await desk.delivered()

    await move(desk, {"destination": "JunkEmail"}, made)
    message = await desk.message(made)
    found = await desk.get("/investigate", params={"message_action": "MOVED", "delivery_status": "moved"})
    trace = await desk.get(f"/investigate/{made}/trace")

    assert (["moved"], ["MOVE"]) == (message["delivery_status"], message["post_delivery_operations"])
    (entry,) = message["action_log"]
    assert ("MOVE", "OK") == (entry["operation"], entry["status"])
    assert {"folder": "JunkEmail", "requested_by": "write", "recipient": "u@example.com"} == entry[
        "properties"
    ]
    assert [made] == [row["id"] for row in found.json()["result"]]
    assert "moved from Inbox to JunkEmail by write" in trace.text


async def test_repeating_it_does_nothing(desk):
    """SDKs repeat a POST after a broken connection: OK again, and nothing is done or logged twice."""
    made = await desk.delivered()

    first = await move(desk, {"destination": "JunkEmail"}, made)
    again = await move(desk, {"destination": "JunkEmail"}, made)

    assert told(first) == told(again)
    assert ["find", "move", "find"] == desk.mailbox().calls
    assert 1 == len((await desk.message(made))["action_log"])


async def test_what_cannot_be_moved(desk):
    """Held here, not in the mailbox, no integration, not allowed, trouble: each has its word."""
    held = await desk.world.put()
    vanished = await desk.world.put(recipients=("v@example.com",), order=None)
    away = await desk.delivered(("a@example.com",))
    gone = await desk.delivered(("g@example.com",))
    shut = await desk.delivered(("s@example.com",))
    ill = await desk.delivered(("i@example.com",))
    none = await desk.delivered(("n@example.com",))
    next(desk.mailbox("g@example.com").root.rglob("*.eml")).unlink()
    desk.mailbox("s@example.com").refuses = True
    desk.mailbox("i@example.com").troubles = 1
    del desk.maildirs._known[ACCOUNT, "n@example.com"]

    answer = await move(
        desk,
        {"destination": "JunkEmail", "ids": [held, vanished, away, gone, shut, ill, none, UNKNOWN, "\0"]},
    )

    assert [
        ("u@example.com", "QUARANTINED", False),
        ("v@example.com", "QUARANTINED", False),
        ("a@example.com", "OK", True),
        ("g@example.com", "NOT_FOUND", False),
        ("s@example.com", "NOT_ALLOWED", False),
        ("i@example.com", "FAILED", False),
        ("n@example.com", "NO_INTEGRATION", False),
        (None, "NOT_FOUND", False),
        (None, "NOT_FOUND", False),
    ] == told(answer)
    assert ["quarantined"] == (await desk.message(held))["delivery_status"]
    assert ["move_failed"] == (await desk.message(ill))["delivery_status"]
    assert ["delivered"] == (await desk.message(none))["delivery_status"]


async def test_a_move_that_failed_is_no_moved_message(desk):
    """It is in the log with its status, and a search for moved messages does not find it."""
    made = await desk.delivered()
    desk.mailbox().refuses = True

    await move(desk, {"destination": "JunkEmail"}, made)
    message = await desk.message(made)
    found = await desk.get("/investigate", params={"message_action": "MOVED"})

    assert ["NOT_ALLOWED"] == [entry["status"] for entry in message["action_log"]]
    assert ([], []) == (message["post_delivery_operations"], found.json()["result"])


async def test_only_so_many_at_once_in_one_mailbox(desk):
    """A hundred messages of one recipient are moved few at a time."""
    made = [await desk.delivered() for _ in range(20)]

    answer = await move(desk, {"destination": "JunkEmail", "ids": made})

    assert 20 == sum(success for _, _, success in told(answer))
    assert 1 < desk.mailbox().most_busy <= 4


@pytest.mark.parametrize("ref", [UNKNOWN, "x", "%00"])
async def test_one_unknown_message_is_not_found(desk, ref):
    """404, also when it is another account's."""
    theirs = await desk.world.put(account=OTHER_ACCOUNT)

    for named in (ref, theirs):
        assert (404, codes.NOT_FOUND, "investigate_id") == error(
            await move(desk, {"destination": "Inbox"}, named)
        )


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"ids": [UNKNOWN]}, codes.MISSING_FIELD, "/destination"),
        ({"ids": [UNKNOWN], "destination": "Attic"}, codes.BAD_ENUM, "/destination"),
        ({"ids": [UNKNOWN], "destination": 1}, codes.GENERIC, "/destination"),
        ({"destination": "Inbox"}, codes.MISSING_FIELD, "/ids"),
        ({"destination": "Inbox", "ids": []}, codes.MISSING_FIELD, "/ids"),
        ({"destination": "Inbox", "ids": [1]}, codes.GENERIC, "/ids/0"),
        ({"destination": "Inbox", "ids": [str(n) for n in range(1_001)]}, codes.BAD_RANGE, "/ids"),
        (
            {"destination": "Inbox", "ids": ["x"], "expected_disposition": "X"},
            codes.BAD_ENUM,
            "/expected_disposition",
        ),
    ],
)
async def test_what_is_wrong_is_named(desk, body, code, pointer):
    """400, with a JSON pointer to the place."""
    assert (400, code, pointer) == error(await desk.post("/investigate/move", content=json.dumps(body)))


async def test_reading_tokens_may_not_move(desk):
    """403/9109, and nothing happens."""
    made = await desk.delivered()

    answer = await desk.post(
        f"/investigate/{made}/move", json={"destination": "JunkEmail"}, token=desk.world.read
    )

    assert (403, codes.NOT_ALLOWED, None) == error(answer)
    assert {"Inbox": 1} == desk.mailbox().where()


async def test_without_any_integration(api):
    """The program as it is installed: every row says so, and nothing is written."""
    made = await api.world.put(order="deliver")

    answer = await api.post(f"/investigate/{made}/move", json={"destination": "JunkEmail"})

    assert [("u@example.com", "NO_INTEGRATION", False)] == told(answer)
