"""The engine of bulk jobs: next hops that say no or later, fairness, trouble, starting again."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.actions.bulk import Bulk
from lazaretto.actions.bulk_discover import discover
from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.actions.bulk_tools import Tools
from lazaretto.actions.porter import Errand, Porter
from lazaretto.mailbox.mailbox import Sought
from lazaretto.model.disposition import Disposition
from lazaretto.model.job import MoveStatus
from lazaretto.model.record import DeliveryState
from lazaretto.store.job_sweep import open_jobs
from lazaretto.store.outbox import Outcome
from tests.helpers.maildir import Maildirs
from tests.helpers.program import eventually
from tests.wire.engine import QUICK
from tests.wire.engine import desk as open_desk
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT
from tests.wire.test_bulk import counted

REFUSED = Outcome(DeliveryState.BOUNCED, "550 5.1.1 no such user", "refused")


def put_off(seconds):
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return Outcome(DeliveryState.DEFERRED, "451 4.7.1 later", "put off", at)


@pytest.fixture
async def desk(populated, tmp_path, request):
    options = getattr(request, "param", QUICK)
    running = options is not False
    async with open_desk(populated, tmp_path, options or QUICK, running=running) as opened:
        yield opened


async def test_refused_by_the_next_hop(desk):
    """The item has failed with the reply of the next hop; the others have not."""
    await desk.world.put(recipients=("u@example.com", "x@example.com"))
    desk.services.release.answers["x@example.com"] = REFUSED

    job = await desk.ended(await desk.made())
    (item,) = await desk.items(job["job_id"], status="FAILED")

    assert ("COMPLETED", (2, 0, 1, 1, 0, 0)) == (job["status"], counted(job))
    assert ("x@example.com", "550 5.1.1 no such user") == (
        item["action_params"]["client_recipient"], item["status_message"],
    )  # fmt: skip


async def test_put_off_by_the_next_hop(desk):
    """The item waits with its copy, says when that is tried again, and is not released a second time."""
    made = await desk.world.put()
    desk.services.release.answers["u@example.com"] = put_off(3_600)
    job = await desk.made()

    (item,) = await eventually(lambda: waiting(desk, job))
    del desk.services.release.answers["u@example.com"]
    due = "UPDATE delivery SET next_attempt_at = 0 WHERE next_attempt_at IS NOT NULL"
    await desk.world.database.write(lambda tx: tx.execute(due))
    desk.services.release._poke()
    ended = await desk.ended(job)
    releases = (await desk.message(made))["action_log"]

    assert ("PROCESSING", 1, "451 4.7.1 later") == tuple(
        item[name] for name in ("status", "retry_count", "status_message")
    )
    assert datetime.fromisoformat(item["retry_after"]) > datetime.now(UTC) + timedelta(minutes=30)
    assert (1, 0, 1, 0, 0, 0) == counted(ended)
    assert 1 == len(releases)


async def waiting(desk, job):
    return [item for item in await desk.items(job, status="PROCESSING") if item["status_message"]]


@pytest.mark.parametrize("desk", [replace(QUICK, window=3, batch=100)], indirect=True)
async def test_the_window(desk):
    """No more copies are under way than one next hop shall have at one time."""
    await desk.world.put_many(20, dispositions=(Disposition.SPAM,))

    job = await desk.ended(await desk.made())

    assert (20, 0, 20, 0, 0, 0) == counted(job)
    assert 1 <= desk.services.release.most_held <= 3


@pytest.mark.parametrize("desk", [replace(QUICK, window=3, put_off=5)], indirect=True)
async def test_copies_that_were_put_off_leave_the_window(desk):
    """Others go on, until too many are put off."""
    await desk.world.put_many(10, dispositions=(Disposition.SPAM,))
    desk.services.release.answers["u@example.com"] = put_off(3_600)
    job = await desk.made()

    await eventually(lambda: held(desk, job, at_least=5))
    for _ in range(20):
        await asyncio.sleep(0.02)
    count = await held(desk, job, at_least=5)

    assert 5 <= count <= 5 + 3


@pytest.mark.parametrize("desk", [replace(QUICK, window=9, put_off=100, batch=2, most=7)], indirect=True)
async def test_never_more_than_so_many(desk):
    """Under way and put off together, whatever the windows allow."""
    await desk.world.put_many(12, dispositions=(Disposition.SPAM,))
    desk.services.release.answers["u@example.com"] = put_off(3_600)
    job = await desk.made()

    await eventually(lambda: held(desk, job, at_least=6))
    for _ in range(20):
        await asyncio.sleep(0.02)

    assert await held(desk, job, at_least=6) <= 7


async def held(desk, job, at_least):
    count = len(await desk.items(job, status="PROCESSING"))
    return count if count >= at_least else 0


async def test_released_by_somebody_else(desk):
    """A copy that an analyst released meanwhile is not sent again; the item follows it."""
    made = await desk.world.put()
    job = await desk.made()
    await desk.act(job, "pause")
    answer = await desk.post("/investigate/release", json=[made])
    await desk.act(job, "resume")

    ended = await desk.ended(job)

    assert 200 == answer.status_code
    assert 1 == len(desk.services.release.sent)
    assert 1 == ended["messages_successful"] + ended["messages_skipped"]


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_bytes_that_retention_removed(desk):
    """What cannot be sent any more is skipped when it is found so, and fails when it becomes so later."""
    await desk.world.put()
    gone = "UPDATE record SET flags = flags | 4"
    await desk.world.database.write(lambda tx: tx.execute(gone))
    first = await desk.made()
    running = asyncio.create_task(desk.bulk.run())
    skipped = await desk.ended(first)
    desk.bulk.stop()
    await running

    assert (1, 0, 0, 0, 1, 0) == counted(skipped)


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_bytes_that_retention_removes_later(desk):
    """An item whose copy cannot be released any more fails, and says so."""
    await desk.world.put()
    job = await desk.made()
    (found,) = await desk.world.database.read(open_jobs)
    await discover(desk.bulk._tools, found)
    await desk.world.database.write(lambda tx: tx.execute("UPDATE record SET flags = flags | 4"))

    running = asyncio.create_task(desk.bulk.run())
    failed = await desk.ended(job)
    desk.bulk.stop()
    await running
    (item,) = await desk.items(job)

    assert ("FAILED", (1, 0, 0, 1, 0, 0)) == (failed["status"], counted(failed))
    assert "no longer stored" in item["status_message"]


@pytest.mark.parametrize("desk", [replace(QUICK, steps=1, moves=1)], indirect=True)
async def test_accounts_take_turns(desk):
    """A job of another account does not wait until a long one has ended."""
    for _ in range(20):
        await desk.delivered()
    long = await desk.made("MOVE", destination="JunkEmail")
    theirs = await desk.http.post(
        f"/client/v4/accounts/{OTHER_ACCOUNT}/email-security/investigate/bulk",
        json={"action": "MOVE", "destination": "Inbox", "search_params": {}},
        headers={"Authorization": f"Bearer {desk.world.other}"},
    )

    async def their_end():
        path = f"/client/v4/accounts/{OTHER_ACCOUNT}/email-security/investigate/bulk/"
        answer = await desk.http.get(
            path + theirs.json()["result"]["job_id"], headers={"Authorization": f"Bearer {desk.world.other}"}
        )
        return answer.json()["result"]["status"] == "COMPLETED"

    await eventually(their_end)
    between = await desk.job(long)
    ended = await desk.ended(long)

    assert between["messages_successful"] < 20
    assert (20, 0, 20, 0, 0, 0) == counted(ended)


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_discovery_that_breaks(desk, lines):
    """After some tries the job has failed, and other jobs are not held up."""
    job = await desk.made()
    bad = "UPDATE job SET criteria = x'00' WHERE id = ?"
    await desk.world.database.write(lambda tx: tx.execute(bad, job))
    other = await desk.made()

    running = asyncio.create_task(desk.bulk.run())
    failed, fine = await desk.ended(job), await desk.ended(other)
    desk.bulk.stop()
    await running

    assert ("FAILED", "COMPLETED") == (failed["status"], fine["status"])
    assert failed["status_message"].startswith("The search could not be made")
    assert [line for line in lines if line["event"] == "a step of a bulk job broke"]
    lines.clear()


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_cut_off_in_the_middle_of_a_move(desk):
    """The copy was moved and nobody wrote it down: the next engine finishes it, and an undo knows the way back."""
    made = await desk.delivered(folder="DeletedItems")
    job = await desk.made("MOVE", destination="JunkEmail")
    box = desk.mailbox()
    running = asyncio.create_task(desk.bulk.run())
    box.gate = asyncio.Event()
    await eventually(lambda: box.busy)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    box.gate = None
    next(box.root.rglob("*.eml")).rename(box.folder("JunkEmail") / "cur" / "0.eml")

    tools = Tools(
        desk.world.database, desk.services.porter, lambda: None, QUICK, lambda: datetime.now(UTC), "next"
    )
    again = Bulk(tools)
    running = asyncio.create_task(again.run())
    await desk.ended(job)
    (item,) = await desk.items(job)
    answer = await desk.act(job, "undo")
    again.poke()
    await desk.ended(answer.json()["result"]["job_id"])
    again.stop()
    await running
    log = [entry["properties"]["folder"] for entry in (await desk.message(made))["action_log"]]

    assert ("COMPLETED", "DeletedItems") == (item["status"], item["previous_folder"])
    assert {"DeletedItems": 1} == box.where()
    assert ["JunkEmail", "DeletedItems"] == log


async def test_an_integration_that_hangs_or_breaks(tmp_path):
    """A temporary failure of this one copy, within the limit of time."""

    class Hanging:
        async def find(self, sought):
            await asyncio.Event().wait()

    class Breaking:
        async def find(self, sought):
            raise RuntimeError

    class Some:
        async def find(self, account, recipient):
            return Hanging() if recipient == "h" else Breaking()

    porter = Porter(Some(), seconds=0.05)
    sought = Sought("Q", "", datetime.now(UTC))

    carried = await porter.carry("a", [Errand(1, name, sought, "Inbox") for name in "hb"])

    assert [MoveStatus.FAILED] * 2 == [one.status for one in carried]


async def test_only_so_many_calls_in_all(tmp_path):
    """Whatever the number of mailboxes."""
    maildirs = Maildirs(tmp_path)
    names = [f"u{number}@example.com" for number in range(10)]
    boxes = [maildirs.open(ACCOUNT, name) for name in names]
    gate = asyncio.Event()
    for box in boxes:
        box.put(b"Message-ID: <1@x>\r\n\r\nx")
        box.gate = gate
    errands = [Errand(1, name, Sought("Q", "<1@x>", datetime.now(UTC)), "JunkEmail") for name in names]

    carrying = asyncio.create_task(Porter(maildirs, at_once=3).carry(ACCOUNT, errands))
    await eventually(lambda: sum(box.busy for box in boxes) == 3)
    for _ in range(20):
        await asyncio.sleep(0)
    most = sum(box.busy for box in boxes)
    gate.set()
    carried = await carrying

    assert 3 == most
    assert 10 == sum(one.changed for one in carried)


async def test_a_mailbox_is_told_where_copies_lie_before_they_move(tmp_path):
    """`before` hears of those that will be moved, and of no others."""
    maildirs = Maildirs(tmp_path)
    box = maildirs.open(ACCOUNT, "u@example.com")
    box.put(b"Message-ID: <1@x>\r\n\r\nx")
    box.put(b"Message-ID: <2@x>\r\n\r\nx", "JunkEmail")
    heard = []

    async def before(going):
        heard.extend((one.errand.record, one.origin, dict(box.where())) for one in going)

    errands = [
        Errand(n, "u@example.com", Sought("Q", f"<{n}@x>", datetime.now(UTC)), "JunkEmail") for n in (1, 2)
    ]
    carried = await Porter(maildirs).carry(ACCOUNT, errands, before=before)

    assert [(1, "Inbox", {"Inbox": 1, "JunkEmail": 1})] == heard
    assert [(True, "Inbox"), (False, "JunkEmail")] == [(one.changed, one.origin) for one in carried]
    assert {"JunkEmail": 2} == box.where()


def test_waits_grow():
    """The last one repeats."""
    options = BulkOptions(waits=(1.0, 10.0))

    assert [1.0, 10.0, 10.0] == [options.wait_after(attempts) for attempts in (1, 2, 3)]
    assert 3 == options.attempts
