"""Bulk jobs: made, listed, watched, paused, cancelled, undone, removed. Every answer with counters adds up."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.api import codes
from lazaretto.model.disposition import Disposition, Mode
from tests.helpers.program import eventually
from tests.wire.engine import QUICK
from tests.wire.engine import desk as open_desk
from tests.wire.seed import OTHER_ACCOUNT

UNKNOWN = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"
SMALL = BulkOptions(look=0.01, put_off_look=0.02, poll=0.05, page=3, batch=2, window=2, moves=2, sweep=2)


@pytest.fixture
async def desk(populated, tmp_path, request):
    """`@pytest.mark.parametrize("desk", [options], indirect=True)` sets options; False is an engine that waits."""
    options = getattr(request, "param", QUICK)
    running = options is not False
    async with open_desk(populated, tmp_path, options or QUICK, running=running) as opened:
        yield opened


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


def counted(job):
    words = ("pending", "successful", "failed", "skipped", "cancelled")
    return (job["total_messages_discovered"], *(job[f"messages_{word}"] for word in words))


def statuses(items):
    return [item["status"] for item in items]


@pytest.mark.parametrize("desk", [QUICK, SMALL], indirect=True)
async def test_release_of_all_that_is_held(desk):
    """Each held copy is sent once; what is not held is skipped, whatever the size of pages and windows."""
    made = [await desk.world.put() for _ in range(7)]
    await desk.delivered()

    job = await desk.ended(await desk.made())

    assert ("COMPLETED", (8, 0, 7, 0, 1, 0)) == (job["status"], counted(job))
    assert 7 == len(set(desk.services.release.sent)) == len(desk.services.release.sent)
    for one in made:
        message = await desk.message(one)
        assert ["delivered"] == message["delivery_status"]
        assert ["write"] == [entry["properties"]["requested_by"] for entry in message["action_log"]]


async def test_what_a_job_shows(desk):
    """201 and PENDING; the search is echoed, its end is the moment of creation."""
    before = datetime.now(UTC)

    answer = await desk.create("MOVE", destination="JunkEmail", comment="c", search_params={"subject": "s"})
    job = answer.json()["result"]
    end = datetime.fromisoformat(job["search_params"]["end"])

    assert 201 == answer.status_code
    assert {"type": "MOVE", "destination": "JunkEmail", "expected_disposition": None} == job["action_params"]
    assert before - timedelta(seconds=1) <= end <= datetime.now(UTC)
    assert ("c", "PENDING", "write", False, None) == tuple(
        job[name] for name in ("comment", "status", "created_by", "paused", "started_at")
    )
    assert ("s", None, True, False) == tuple(
        job["search_params"][name] for name in ("subject", "query", "detections_only", "submissions")
    )


async def test_the_search_is_told_back(desk):
    """Every parameter comes back as it was sent, times as instants."""
    asked = {
        "start": "2026-01-05T10:00:00.123Z",
        "end": "2026-01-06T10:00:00.000Z",
        "detections_only": False,
        "submissions": False,
        "action_log": True,
        "alert_id": "4Njp3P0STMz2c02Q-2026-01-05T10:00:00",
        "delivery_status": "quarantined",
        "domain": "bad.test",
        "exact_subject": "  Exact  Subject ",
        "final_disposition": "MALICIOUS-BEC",
        "message_action": "MOVED",
        "message_id": "<1@bad.test>",
        "metric": "m",
        "query": "one  two",
        "recipient": "u@example.com",
        "sender": "x@bad.test",
        "smtp_helo_ip": "192.0.2.7",
        "subject": "s",
    }

    job = (await desk.create(search_params=asked)).json()["result"]

    assert asked == job["search_params"]


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_new_mail_is_not_swept_in(desk):
    """The set is what was there when the job was made, also when an end in the future was asked for."""
    made = await desk.world.put(at=datetime.now(UTC) - timedelta(seconds=1))
    job = await desk.made(search_params={"end": "2999-01-01T00:00:00Z"})
    await desk.world.put(at=datetime.now(UTC) + timedelta(seconds=1))

    running = asyncio.create_task(desk.bulk.run())
    found = await desk.ended(job)
    (item,) = await desk.items(job)
    desk.bulk.stop()
    await running

    assert (1, 0, 1, 0, 0, 0) == counted(found)
    assert made == item["message"]["id"]


async def test_nothing_found(desk):
    """COMPLETED with zeros."""
    job = await desk.ended(await desk.made(search_params={"subject": "nowhere"}))

    assert ("COMPLETED", (0, 0, 0, 0, 0, 0)) == (job["status"], counted(job))
    assert job["started_at"]
    assert job["completed_at"]


async def test_an_item_for_each_recipient_of_ours(desk):
    """Two recipients are two items, the one elsewhere is none; a message without one of ours is skipped."""
    await desk.world.put(recipients=("u@example.com", "v@example.com", "w@elsewhere.test"))
    await desk.world.put(recipients=("w@elsewhere.test",))

    job = await desk.ended(await desk.made())
    items = await desk.items(job["job_id"])

    assert (3, 0, 2, 0, 1, 0) == counted(job)
    assert [
        ("u@example.com", "COMPLETED"),
        ("v@example.com", "COMPLETED"),
        ("w@elsewhere.test", "SKIPPED"),
    ] == sorted((item["action_params"]["client_recipient"], item["status"]) for item in items)


async def test_reported_messages_are_skipped(desk):
    """A job cannot act on submissions, and says so."""
    await desk.world.put(mode=Mode.REVIEW_SUBMISSION)

    job = await desk.ended(await desk.made(search_params={"submissions": True}))
    (item,) = await desk.items(job["job_id"], status="SKIPPED")

    assert (1, 0, 0, 0, 1, 0) == counted(job)
    assert "reported" in item["status_message"]


async def test_items_carry_their_message(desk):
    """The whole message, as the search shows it; left out once it was removed."""
    made = await desk.world.put()
    job = (await desk.ended(await desk.made()))["job_id"]

    (item,) = await desk.items(job)
    shown = await desk.message(made)
    await desk.world.database.write(lambda tx: tx.execute("DELETE FROM record"))
    (bare,) = await desk.items(job)

    assert shown == item["message"]
    assert (made.split("-")[0], "<1@bad.test>", shown["alert_id"]) == tuple(
        item[name] for name in ("postfix_id", "email_message_id", "alert_id")
    )
    assert item["message_id"] == bare["message_id"] != made
    assert "message" not in bare
    assert made.split("-")[0] == bare["postfix_id"]


async def test_move_and_undo(desk):
    """Every copy comes back to where it was before, each to its own folder."""
    for number in range(4):
        await desk.delivered((f"u{number}@example.com",), folder="Inbox" if number % 2 else "DeletedItems")
    job = await desk.ended(await desk.made("MOVE", destination="JunkEmail"))
    after = [desk.mailbox(f"u{number}@example.com").where() for number in range(4)]

    answer = await desk.act(job["job_id"], "undo")
    undone = await desk.ended(answer.json()["result"]["job_id"])
    items = await desk.items(undone["job_id"])

    assert ((4, 0, 4, 0, 0, 0), [{"JunkEmail": 1}] * 4) == (counted(job), after)
    assert (201, job["job_id"]) == (answer.status_code, answer.json()["result"]["undo_of"])
    assert ("COMPLETED", (4, 0, 4, 0, 0, 0)) == (undone["status"], counted(undone))
    assert [{"DeletedItems": 1}, {"Inbox": 1}] * 2 == [
        desk.mailbox(f"u{number}@example.com").where() for number in range(4)
    ]
    assert {"Inbox", "DeletedItems"} == {item["action_params"]["destination"] for item in items}


async def test_undo_leaves_alone_what_was_not_moved(desk):
    """A copy that lay there before is skipped by the undo; one that failed is not in it."""
    await desk.delivered(folder="JunkEmail")
    await desk.delivered(("s@example.com",))
    desk.mailbox("s@example.com").refuses = True
    job = await desk.ended(await desk.made("MOVE", destination="JunkEmail"))

    undone = await desk.ended((await desk.act(job["job_id"], "undo")).json()["result"]["job_id"])

    assert ((2, 0, 1, 1, 0, 0), (1, 0, 0, 0, 1, 0)) == (counted(job), counted(undone))
    assert {"JunkEmail": 1} == desk.mailbox().where()


async def test_what_cannot_be_undone(desk):
    """Sent mail cannot be unsent; a job must have ended."""
    sent = await desk.ended(await desk.made())
    waiting = await desk.made("MOVE", destination="Inbox")
    await desk.act(waiting, "pause")

    assert (400, codes.CANNOT_UNDO, "job_id") == error(await desk.act(sent["job_id"], "undo"))
    assert (404, codes.NO_JOB, "job_id") == error(await desk.act(UNKNOWN, "undo"))


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_undo_waits_for_the_end(desk):
    """400 while the job is at work."""
    job = await desk.made("MOVE", destination="Inbox")

    assert (400, codes.JOB_NOT_ENDED, "job_id") == error(await desk.act(job, "undo"))


async def test_a_mailbox_in_trouble_is_tried_again(desk):
    """Growing waits, counted retries, and in the end success."""
    await desk.delivered()
    desk.mailbox().troubles = 2

    job = await desk.ended(await desk.made("MOVE", destination="JunkEmail"))
    (item,) = await desk.items(job["job_id"])

    assert ((1, 0, 1, 0, 0, 0), 2, "COMPLETED") == (counted(job), item["retry_count"], item["status"])


async def test_giving_up(desk):
    """After the last attempt the item has failed, and a job in which nothing succeeded has failed too."""
    made = await desk.delivered()
    desk.mailbox().troubles = 1_000

    job = await desk.ended(await desk.made("MOVE", destination="JunkEmail"))
    (item,) = await desk.items(job["job_id"], status="FAILED")

    assert ("FAILED", (1, 0, 0, 1, 0, 0)) == (job["status"], counted(job))
    assert (2, "FAILED: 451 try later") == (item["retry_count"], item["status_message"])
    assert ["move_failed"] == (await desk.message(made))["delivery_status"]
    assert 3 == desk.mailbox().calls.count("find")


@pytest.mark.parametrize("desk", [BulkOptions(look=0.01, poll=0.05, waits=(3_600.0,))], indirect=True)
async def test_when_it_is_tried_again(desk):
    """While an item waits it says since when and until when."""
    await desk.delivered()
    desk.mailbox().troubles = 1
    job = await desk.made("MOVE", destination="JunkEmail")

    (item,) = await eventually(lambda: tried(desk, job))

    assert ("PENDING", 1, "FAILED: 451 try later") == tuple(
        item[name] for name in ("status", "retry_count", "status_message")
    )
    assert datetime.fromisoformat(item["retry_after"]) > datetime.now(UTC) + timedelta(minutes=30)


async def tried(desk, job):
    return [item for item in await desk.items(job) if item["retry_count"]]


async def test_without_an_integration(desk):
    """Nothing can be moved: the job fails at once and says why."""
    await desk.world.put(Disposition.BULK, order=None)
    await desk.world.database.write(desk.services.release._send)

    job = await desk.ended(await desk.made("MOVE", destination="JunkEmail"))
    (item,) = await desk.items(job["job_id"])

    assert ("FAILED", (1, 0, 0, 1, 0, 0)) == (job["status"], counted(job))
    assert item["status_message"].startswith("NO_INTEGRATION")


async def test_held_copies_are_not_moved(desk):
    """They are released first."""
    await desk.world.put()

    job = await desk.ended(await desk.made("MOVE", destination="JunkEmail"))

    assert (1, 0, 0, 0, 1, 0) == counted(job)


@pytest.mark.parametrize("desk", [SMALL], indirect=True)
async def test_cancel_in_the_middle(desk):
    """Terminal at once; a move that was under way ends and changes no counter; its item says so."""
    for _ in range(6):
        await desk.delivered()
    gate = desk.mailbox().gate = asyncio.Event()
    job = await desk.made("MOVE", destination="JunkEmail")
    await eventually(lambda: desk.mailbox().busy)

    answer = await desk.act(job, "cancel")
    cancelled = desk.noted(answer)
    listed = [statuses(await desk.items(job, status=word)) for word in ("CANCELLED", "PENDING", "PROCESSING")]
    gate.set()
    await eventually(lambda: swept(desk, job))
    later = await desk.job(job)
    items = await desk.items(job)

    assert (200, "CANCELLED", (6, 0, 0, 0, 0, 6)) == (
        answer.status_code, cancelled["status"], counted(cancelled),
    )  # fmt: skip
    assert [["CANCELLED"] * 6, [], []] == listed
    assert cancelled == later
    assert ["CANCELLED"] * 6 == statuses(items)
    assert {"Inbox": 4, "JunkEmail": 2} == desk.mailbox().where()
    assert 2 == sum("after the job had ended" in (item["status_message"] or "") for item in items)

    undone = await desk.ended((await desk.act(job, "undo")).json()["result"]["job_id"])

    assert (2, 0, 2, 0, 0, 0) == counted(undone)
    assert {"Inbox": 6} == desk.mailbox().where()


async def swept(desk, job):
    """Every item is settled in the store, and the engine has nothing more to do."""
    rows = await desk.world.database.read(lambda tx: tx.rows("SELECT DISTINCT state FROM job_item"))
    open_ = await desk.world.database.read(lambda tx: tx.value("SELECT count(*) FROM job WHERE open = 1"))
    return rows == [("cancelled",)] and not open_ and not desk.mailbox().busy


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_cancel_before_anything(desk):
    """A job that has not begun is cancelled with zeros; a second time is 400."""
    job = await desk.made()

    cancelled = desk.noted(await desk.act(job, "cancel"))

    assert ("CANCELLED", (0, 0, 0, 0, 0, 0)) == (cancelled["status"], counted(cancelled))
    assert (400, codes.JOB_ENDED, "job_id") == error(await desk.act(job, "cancel"))
    assert (404, codes.NO_JOB, "job_id") == error(await desk.act(UNKNOWN, "cancel"))


@pytest.mark.parametrize("desk", [SMALL], indirect=True)
async def test_pause_and_resume(desk):
    """Paused: what is under way ends and nothing new begins. Resumed: everything is done, once."""
    made = [await desk.delivered() for _ in range(6)]
    gate = desk.mailbox().gate = asyncio.Event()
    job = await desk.made("MOVE", destination="JunkEmail")
    await eventually(lambda: desk.mailbox().busy)

    paused = desk.noted(await desk.act(job, "pause"))
    gate.set()
    still = await eventually(lambda: at_rest(desk, job))
    resumed = desk.noted(await desk.act(job, "resume"))
    ended = await desk.ended(job)

    assert ("PROCESSING", True) == (paused["status"], paused["paused"])
    assert (6, 4, 2, 0, 0, 0) == counted(still)
    assert resumed["paused"] is False
    assert ("COMPLETED", (6, 0, 6, 0, 0, 0)) == (ended["status"], counted(ended))
    assert len(made) == desk.mailbox().calls.count("move")
    assert (400, codes.JOB_ENDED, "job_id") == error(await desk.act(job, "pause"))


async def at_rest(desk, job):
    found = await desk.job(job)
    return found if found["messages_successful"] and not desk.bulk._steps else None


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_delete(desk):
    """400 while it has not ended, 200 after, 404 from then on; each is one answer, no 409."""
    job = await desk.made()
    path = f"/investigate/bulk/{job}"
    delete = {"headers": desk.headers(None, {})}

    before = await desk.http.delete(desk_url(path), **delete)
    await desk.act(job, "cancel")
    after = await desk.http.delete(desk_url(path), **delete)
    again = await desk.http.delete(desk_url(path), **delete)

    assert (400, codes.JOB_NOT_ENDED, "job_id") == error(before)
    assert (200, {"id": job}) == (after.status_code, after.json()["result"])
    assert (404, codes.NO_JOB, "job_id") == error(again)
    assert [] == (await desk.get("/investigate/bulk")).json()["result"]


def desk_url(path):
    from tests.wire.conftest import BASE

    return BASE + path


@pytest.mark.parametrize("desk", [SMALL], indirect=True)
async def test_items_of_a_removed_job_go(desk):
    """The engine removes them step by step, and the job at last."""
    for _ in range(5):
        await desk.world.put()
    job = await desk.ended(await desk.made())

    await desk.http.delete(desk_url(f"/investigate/bulk/{job['job_id']}"), headers=desk.headers(None, {}))

    async def empty():
        counts = [
            await desk.world.database.read(lambda tx, t=table: tx.value(f"SELECT count(*) FROM {t}"))
            for table in ("job", "job_item")
        ]
        return counts == [0, 0]

    assert await eventually(empty)


async def test_dry_run(desk):
    """A count and a sample; nothing is stored."""
    made = [await desk.world.put() for _ in range(12)]

    answer = await desk.create(dry_run=True, search_params={"sender": "bad.test"})
    told = answer.json()["result"]

    assert (200, True, 12, 10) == (
        answer.status_code, told["dry_run"], told["messages_matched"], len(told["sample"]),
    )  # fmt: skip
    assert list(reversed(made))[:10] == [message["id"] for message in told["sample"]]
    assert ("RELEASE", "bad.test") == (told["action_type"], told["search_params"]["sender"])
    assert [] == (await desk.get("/investigate/bulk")).json()["result"]


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_idempotency_key(desk):
    """The same key and wish are the same job; another wish is 422; another credential's key is another one."""
    headers = {"Idempotency-Key": "k 1"}

    first = await desk.create(headers=headers)
    again = await desk.create(headers=headers)
    other = await desk.create(headers=headers, comment="other")
    theirs = await desk.http.post(
        desk_url("/investigate/bulk"),
        json={"action": "RELEASE", "search_params": {}},
        headers=headers | {"X-Auth-Email": desk.world.email, "X-Auth-Key": desk.world.key},
    )
    without = [await desk.create(), await desk.create()]

    assert (201, 201, first.json()["result"]) == (
        first.status_code,
        again.status_code,
        again.json()["result"],
    )
    assert (422, codes.KEY_TAKEN, "Idempotency-Key") == error(other)
    jobs = {answer.json()["result"]["job_id"] for answer in (first, theirs, *without)}
    assert 4 == len(jobs)


@pytest.mark.parametrize("key", ["", "é".encode("latin-1"), "x" * 256])
async def test_a_key_that_is_none(desk, key):
    """400 that names the header."""
    assert (400, codes.GENERIC, "Idempotency-Key") == error(
        await desk.create(headers={"Idempotency-Key": key})
    )


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_listing_jobs(desk):
    """Newest first, by action and status; SKIPPED is understood and never found."""
    made = [await desk.made(), await desk.made("MOVE", destination="Inbox"), await desk.made()]
    await desk.act(made[0], "cancel")

    async def listed(**params):
        answer = await desk.get("/investigate/bulk", params=params)
        return [job["job_id"] for job in answer.json()["result"]]

    assert made[::-1] == await listed()
    assert [made[1]] == await listed(action_type="MOVE")
    assert [made[0]] == await listed(status="CANCELLED")
    assert [made[2]] == await listed(status="PENDING", action_type="RELEASE")
    assert [] == await listed(status="SKIPPED")
    assert (400, codes.BAD_ENUM, "status") == error(await desk.get("/investigate/bulk?status=X"))
    assert (400, codes.BAD_ENUM, "action_type") == error(await desk.get("/investigate/bulk?action_type=X"))


@pytest.mark.parametrize("way", ["number", "cursor"])
async def test_pages(desk, way):
    """Both lists end, with every row once, by number and by cursor; a cursor keeps its filters."""
    await desk.world.put_many(7, dispositions=(Disposition.SPAM,))
    job = (await desk.ended(await desk.made()))["job_id"]
    for _ in range(6):
        await desk.ended(await desk.made(search_params={"subject": "nowhere"}))

    async def walk(path, name, **params):
        found, infos, wanted = [], [], {"per_page": 3, **params}
        while True:
            answer = (await desk.get(path, params=wanted)).json()
            found += [row[name] for row in answer["result"]]
            infos.append(answer["result_info"])
            if way == "number":
                if not answer["result"]:
                    return found, infos
                wanted["page"] = wanted.get("page", 1) + 1
            else:
                if answer["result_info"]["next"] is None:
                    return found, infos
                wanted = {"per_page": 3, "cursor": answer["result_info"]["next"]}

    jobs, infos = await walk("/investigate/bulk", "job_id", status="COMPLETED")
    items, _ = await walk(f"/investigate/bulk/{job}/messages", "message_id", status="COMPLETED")

    assert (7, 7) == (len(jobs), len(set(jobs)))
    assert (7, 7) == (len(items), len(set(items)))
    assert {"count": 3, "per_page": 3, "total_count": 7, "page": 1, "previous": None} == {
        name: value for name, value in infos[0].items() if name != "next"
    }
    if way == "cursor":
        assert (0, 0) == (infos[1]["page"], infos[1]["total_count"])
        wrong = infos[0]["next"]
        assert (400, codes.BAD_CURSOR, "cursor") == error(
            await desk.get(f"/investigate/bulk/{job}/messages", params={"cursor": wrong})
        )


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({}, codes.MISSING_FIELD, "/action"),
        ({"action": "RELEASE"}, codes.MISSING_FIELD, "/search_params"),
        ({"action": "BURN", "search_params": {}}, codes.BAD_ENUM, "/action"),
        ({"action": "MOVE", "search_params": {}}, codes.MISSING_FIELD, "/destination"),
        ({"action": "MOVE", "search_params": {}, "destination": "X"}, codes.BAD_ENUM, "/destination"),
        ({"action": "RELEASE", "search_params": []}, codes.GENERIC, "/search_params"),
        ({"action": "RELEASE", "search_params": {"start": "x"}}, codes.BAD_RANGE, "/search_params/start"),
        ({"action": "RELEASE", "search_params": {"end": ""}}, codes.BAD_RANGE, "/search_params/end"),
        ({"action": "RELEASE", "search_params": {"start": "2999-01-01"}}, codes.BAD_RANGE, "/search_params/start"),
        ({"action": "RELEASE", "search_params": {"final_disposition": "X"}}, codes.BAD_ENUM, "/search_params/final_disposition"),
        ({"action": "RELEASE", "search_params": {"detections_only": 1}}, codes.GENERIC, "/search_params/detections_only"),
        ({"action": "RELEASE", "search_params": {"subject": "x" * 2000}}, codes.BAD_RANGE, "/search_params/subject"),
        ({"action": "RELEASE", "search_params": {}, "comment": "x" * 1025}, codes.BAD_RANGE, "/comment"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(desk, body, code, pointer):
    """400, with a JSON pointer to the place; nothing is stored."""
    answer = await desk.post("/investigate/bulk", content=json.dumps(body))

    assert (400, code, pointer) == error(answer)
    assert [] == (await desk.get("/investigate/bulk")).json()["result"]


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_too_many_jobs(desk):
    """An account has at most so many at work; ended ones do not count."""
    for _ in range(100):
        job = await desk.made()

    refused = await desk.create()
    await desk.act(job, "cancel")

    assert (400, codes.TOO_MANY_JOBS, "") == error(refused)
    assert 201 == (await desk.create()).status_code


async def test_of_another_account(desk):
    """Not listed, not found, not touched."""
    job = await desk.made()
    other = f"/client/v4/accounts/{OTHER_ACCOUNT}/email-security/investigate/bulk"
    headers = {"Authorization": f"Bearer {desk.world.other}"}

    assert [] == (await desk.http.get(other, headers=headers)).json()["result"]
    for method, path in (
        ("GET", ""), ("GET", "/messages"), ("POST", "/cancel"), ("POST", "/pause"), ("POST", "/undo"), ("DELETE", ""),
    ):  # fmt: skip
        answer = await desk.http.request(method, f"{other}/{job}{path}", headers=headers)

        assert (404, codes.NO_JOB, "job_id") == error(answer)


async def test_reading_tokens_may_look_only(desk):
    """403/9109 for everything that changes something."""
    job = await desk.made()
    read = desk.world.read

    assert 200 == (await desk.get(f"/investigate/bulk/{job}", token=read)).status_code
    assert 200 == (await desk.get(f"/investigate/bulk/{job}/messages", token=read)).status_code
    for verb in ("cancel", "pause", "resume", "undo"):
        assert (403, codes.NOT_ALLOWED, None) == error(await desk.act(job, verb, token=read))
    body = {"action": "RELEASE", "search_params": {}}
    assert (403, codes.NOT_ALLOWED, None) == error(
        await desk.post("/investigate/bulk", json=body, token=read)
    )
