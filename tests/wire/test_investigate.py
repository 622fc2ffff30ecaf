"""The search and the single message, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from lazaretto.api import codes
from lazaretto.model.disposition import Disposition
from tests.wire.seed import OTHER_ACCOUNT


def ids(answer):
    return [row["id"] for row in answer.json()["result"]]


def error(answer):
    body = answer.json()
    (problem,) = body["errors"]
    assert (False, [], None) == (body["success"], body["messages"], body["result"])
    assert "application/json" == answer.headers["content-type"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


async def test_an_empty_account_has_an_empty_list(api):
    """200, no rows, and every key of result_info."""
    answer = await api.get("/investigate")

    assert 200 == answer.status_code
    assert {
        "success": True,
        "errors": [],
        "messages": [],
        "result": [],
        "result_info": {
            "count": 0,
            "per_page": 20,
            "total_count": 0,
            "page": 1,
            "next": None,
            "previous": None,
        },
    } == answer.json()


async def test_newest_first_with_real_numbers(api):
    """Page mode: page and total are real."""
    made = await api.world.put_many(25)

    answer = await api.get("/investigate")
    info = answer.json()["result_info"]

    assert made[::-1][:20] == ids(answer)
    assert (20, 20, 25, 1) == (info["count"], info["per_page"], info["total_count"], info["page"])
    assert info["next"]


async def test_pages_end_with_an_empty_one(api):
    """ceil(N/p)+1 requests, as every SDK makes them; each row once."""
    made = await api.world.put_many(10)

    pages = [ids(await api.get("/investigate", params={"page": n, "per_page": 4})) for n in (1, 2, 3, 4)]

    assert [4, 4, 2, 0] == [len(page) for page in pages]
    assert made[::-1] == list(chain(*pages))


async def test_pages_stay_stable_while_mail_arrives(api):
    """New mail between two pages shifts nothing: nothing twice, nothing missed, and the total stays."""
    made = await api.world.put_many(12)
    found, totals = [], set()
    for number in range(1, 6):
        answer = await api.get("/investigate", params={"page": number, "per_page": 3})
        found += ids(answer)
        totals.add(answer.json()["result_info"]["total_count"])
        await api.world.put_many(2)

    assert made[::-1] == found
    assert {12} == totals


async def test_pages_stay_stable_when_the_first_is_asked_without_number(api):
    """SDKs leave `page` out of the first request."""
    made = await api.world.put_many(6)
    first = await api.get("/investigate", params={"per_page": 3})
    await api.world.put_many(3)
    second = await api.get("/investigate", params={"per_page": 3, "page": 2})

    assert made[::-1] == ids(first) + ids(second)


async def test_a_page_asked_twice_is_the_same(api):
    """A client that repeats a request after a broken connection."""
    await api.world.put_many(9)
    await api.get("/investigate", params={"per_page": 3})
    second = await api.get("/investigate", params={"per_page": 3, "page": 2})
    await api.world.put_many(2)
    await api.get("/investigate", params={"per_page": 3, "page": 3})
    again = await api.get("/investigate", params={"per_page": 3, "page": 2})

    assert ids(second) == ids(again)


async def test_a_page_without_a_first_one_is_counted_from_the_newest(api):
    """A page out of nowhere: after a restart, or typed by hand. From there on it is stable as well."""
    made = await api.world.put_many(9)

    second = await api.get("/investigate", params={"per_page": 3, "page": 2})
    await api.world.put_many(2)
    third = await api.get("/investigate", params={"per_page": 3, "page": 3})

    assert made[::-1][3:] == ids(second) + ids(third)
    assert 9 == second.json()["result_info"]["total_count"]


async def test_following_next_sees_everything_once(api):
    """The way of curl; page and total are 0 as published, and new mail changes nothing."""
    made = await api.world.put_many(11)
    answer = await api.get("/investigate", params={"per_page": 4})
    found, infos = ids(answer), []
    while cursor := answer.json()["result_info"]["next"]:
        await api.world.put_many(1)
        answer = await api.get("/investigate", params={"per_page": 4, "cursor": cursor})
        infos.append(answer.json()["result_info"])
        found += ids(answer)

    assert made[::-1] == found
    assert {(0, 0)} == {(info["page"], info["total_count"]) for info in infos}


async def test_page_after_a_cursor_counts_from_it(api):
    """SDK pagers given a cursor send it again with page=2, page=3: relative to the cursor."""
    made = await api.world.put_many(12)
    first = await api.get("/investigate", params={"per_page": 3})
    cursor = first.json()["result_info"]["next"]
    found = ids(first) + ids(await api.get("/investigate", params={"per_page": 3, "cursor": cursor}))
    for number in (2, 3, 4):
        params = {"per_page": 3, "cursor": cursor, "page": number}
        found += ids(await api.get("/investigate", params=params))

    assert made[::-1] == found


async def test_a_cursor_alone_keeps_its_filters(api):
    """Pasting only `next` must not silently search something else."""
    made = await api.world.put_many(6, dispositions=(Disposition.SPAM, Disposition.NONE))
    wish = {"per_page": 2, "final_disposition": "NONE"}
    first = await api.get("/investigate", params=wish)

    cursor = first.json()["result_info"]["next"]
    second = await api.get("/investigate", params={"per_page": 2, "cursor": cursor})

    assert made[1::2][::-1] == ids(first) + ids(second)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "ü", "A" * 9000])
async def test_a_bad_cursor_is_refused(api, cursor):
    """400/1005, never an exception."""
    answer = await api.get("/investigate", params={"cursor": cursor})

    assert (400, codes.BAD_CURSOR, "cursor") == error(answer)


async def test_a_cursor_of_another_account_is_refused(api):
    """It is sealed for its account."""
    await api.world.put_many(3)
    cursor = (await api.get("/investigate", params={"per_page": 1})).json()["result_info"]["next"]

    path = f"http://lazaretto.test/client/v4/accounts/{OTHER_ACCOUNT}/email-security/investigate"
    headers = {"Authorization": f"Bearer {api.world.other}"}
    answer = await api.http.get(path, params={"cursor": cursor}, headers=headers)

    assert (400, codes.BAD_CURSOR, "cursor") == error(answer)


async def test_benign_mail_is_shown_when_asked_for(api):
    """detections_only is true by default; NONE implies all mail."""
    detection = await api.world.put(Disposition.SPAM)
    clean = await api.world.put(Disposition.NONE)

    assert [detection] == ids(await api.get("/investigate"))
    assert [clean, detection] == ids(await api.get("/investigate", params={"detections_only": "false"}))
    assert [clean] == ids(await api.get("/investigate", params={"final_disposition": "NONE"}))


async def test_malicious_finds_both(api):
    """MALICIOUS widens to business email compromise."""
    made = await api.world.put_many(
        3, dispositions=(Disposition.MALICIOUS, Disposition.MALICIOUS_BEC, Disposition.SPAM)
    )

    assert made[1::-1] == ids(await api.get("/investigate", params={"final_disposition": "MALICIOUS"}))
    assert [made[1]] == ids(await api.get("/investigate", params={"final_disposition": "MALICIOUS-BEC"}))


async def test_filters_reach_the_store(api):
    """One of each kind, together."""
    wanted = await api.world.put(Disposition.MALICIOUS, subject="Overdue invoice")
    await api.world.put(Disposition.MALICIOUS, subject="Lunch")

    params = {
        "subject": "invoice overdue",
        "query": "OVERDUE",
        "sender": "bad.test",
        "recipient": "u@example.com",
        "domain": "x.test",
        "delivery_status": "quarantined",
        "message_id": "<1@bad.test>",
        "smtp_helo_ip": "192.0.2.7",
    }
    answer = await api.get("/investigate", params=params)

    assert [wanted] == ids(answer)


async def test_the_span_is_a_filter(api):
    """Outside of start and end there is nothing; the default reaches thirty days back."""
    now = datetime.now(UTC)
    old = await api.world.put(at=now - timedelta(days=40))
    new = await api.world.put(at=now - timedelta(days=1))

    assert [new] == ids(await api.get("/investigate"))
    start = (now - timedelta(days=50)).isoformat()
    assert [new, old] == ids(await api.get("/investigate", params={"start": start}))
    assert [old] == ids(
        await api.get("/investigate", params={"start": start, "end": (now - timedelta(days=2)).isoformat()})
    )


async def test_a_wrong_value_is_refused_with_its_name(api):
    """400, code and pointer; unknown names are nobody's business."""
    assert (400, codes.BAD_RANGE, "per_page") == error(
        await api.get("/investigate", params={"per_page": 1001})
    )
    assert (400, codes.BAD_ENUM, "final_disposition") == error(
        await api.get("/investigate", params={"final_disposition": "x"})
    )
    assert 200 == (await api.get("/investigate", params={"metric": "x", "made_up": "y"})).status_code


async def test_one_message_by_every_name(api):
    """Investigate id, bare queue id, and percent encoded as some clients send it."""
    made = await api.world.put()
    names = (made, made.split("-")[0], made.replace(":", "%3A"))

    answers = [await api.get(f"/investigate/{name}") for name in names]

    assert [made] * 3 == [answer.json()["result"]["id"] for answer in answers]
    assert ["u@example.com"] == answers[0].json()["result"]["client_recipients"]


async def test_submission_is_another_place(api):
    """Regular mail is not among submissions."""
    made = await api.world.put()

    assert 200 == (await api.get(f"/investigate/{made}", params={"submission": "false"})).status_code
    assert 404 == (await api.get(f"/investigate/{made}", params={"submission": "true"})).status_code
    assert (400, codes.GENERIC, "submission") == error(
        await api.get(f"/investigate/{made}", params={"submission": "maybe"})
    )


@pytest.mark.parametrize(
    "name",
    ["4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678", "4Njp3P0STMz2c02Q", "x%00y", "%F0%9F%98%80", "a" * 300],
)
async def test_an_unknown_message_is_not_found(api, name):
    """404/1100 for whatever could stand in the path."""
    assert (404, codes.NOT_FOUND, "investigate_id") == error(await api.get(f"/investigate/{name}"))


async def test_mail_of_another_account_is_not_found(api):
    """The same answer as for mail that nobody has."""
    theirs = await api.world.put(account=OTHER_ACCOUNT)

    assert 404 == (await api.get(f"/investigate/{theirs}")).status_code
    assert [] == ids(await api.get("/investigate"))


async def test_many_readers_at_once(api):
    """Two pagers with the same token and search, interleaved, while mail arrives: each misses nothing."""
    made = set(await api.world.put_many(10))

    async def read_all():
        found = []
        for number in range(1, 20):
            rows = ids(await api.get("/investigate", params={"page": number, "per_page": 2}))
            found += rows
            await api.world.put_many(1)
            if not rows:
                return found
        return found

    results = await asyncio.gather(read_all(), read_all())

    assert all(made <= set(found) for found in results)


async def test_the_total_follows_what_arrives(api):
    """Built upon for a few seconds, and right all the same; a search for states is always counted."""
    made = await api.world.put_many(6, dispositions=(Disposition.SPAM,))
    totals = []
    for params in ({}, {"delivery_status": "quarantined"}):
        for _ in range(2):
            answer = await api.get("/investigate", params={"per_page": 4, **params})
            totals.append(answer.json()["result_info"]["total_count"])
            await api.world.put_many(2, dispositions=(Disposition.SPAM,))
    await api.post("/investigate/release", json=made)
    answer = await api.get("/investigate", params={"per_page": 4, "delivery_status": "quarantined"})

    assert [6, 8, 10, 12] == totals
    assert 8 == answer.json()["result_info"]["total_count"]
