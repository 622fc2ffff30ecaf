"""What people reported, as the PhishGuard call lists it."""

from datetime import UTC, datetime, timedelta

import cloudflare
import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.report import Standing
from lazaretto.model.submission import Original, Purpose, SubmissionType, Wish
from lazaretto.store import messages
from lazaretto.store.reports import claim_reports, close_report, open_report
from lazaretto.store.submissions import add_submission
from tests.wire.samples import ACCOUNT
from tests.wire.seed import OTHER_ACCOUNT

AT = datetime(2026, 1, 5, 10, 0, 0, 123000, tzinfo=UTC)


async def reported(
    api, *, at=AT, about=None, type_=SubmissionType.USER, account=ACCOUNT, said=None, invalid=None
):
    """A submission as a report mail leaves it; its number."""
    database = api.world.database
    mail = await api.world.put(Disposition.NONE, mode=Mode.REVIEW_SUBMISSION, at=at) if said else None

    async def work(tx):
        record = await messages.get_record(tx, account, about) if about else None
        carrier = await messages.get_record(tx, account, mail) if mail else None
        if carrier is not None:
            await open_report(tx, account, carrier.number, at=at)
            (claimed,) = await claim_reports(tx, limit=1, now=at, lease=timedelta(minutes=1))
            await close_report(tx, claimed, standing=Standing.VERIFIED, said=said)
        wish = Wish(
            account=account,
            type=type_,
            purpose=Purpose.REPORT,
            requested_by=f"ann{at:%d}@example.com",
            original=Original(
                record=record.number if record else None,
                queue_id=record.envelope.queue_id if record else "4Njp3P0STMz2c02Q",
                fingerprint=None,
                disposition=record.disposition if record else None,
                subject="Verify your account",
            ),
            requested=Disposition.MALICIOUS,
            report=carrier.number if carrier else None,
            invalid=invalid,
        )
        return int((await add_submission(tx, wish, now=at)).id)

    return await database.write(work)


async def listed(api, **query):
    answer = await api.get("/phishguard/reports", params=query)
    assert 200 == answer.status_code, answer.text
    return answer.json()


async def test_a_report(api):
    """Every field: what was reported, by whom, what we think of it, and the words of the reporter."""
    about = await api.world.put(Disposition.MALICIOUS, at=AT)
    number = await reported(api, about=about, said="Is this real?")

    (found,) = (await listed(api))["result"]

    at = "2026-01-05T10:00:00.123Z"
    assert {
        "id": number,
        "title": "Verify your account",
        "content": "Is this real?",
        "priority": "high",
        "disposition": "MALICIOUS",
        "fields": {
            "to": ["u@example.com"],
            "from": "x@bad.test",
            "postfix_id": about.split("-")[0],
            "occurred_at": at,
            "ts": at,
        },
        "created_at": at,
        "updated_at": at,
        "ts": at,
        "tags": [
            {"category": "reporter", "value": "ann05@example.com"},
            {"category": "status", "value": "pending"},
            {"category": "review", "value": "unreviewed"},
            {"category": "requested", "value": "MALICIOUS"},
            {"category": "standing", "value": "verified"},
        ],
    } == found


async def test_a_report_about_nothing(api):
    """Times that are not known are left out, never null; the reason is the content."""
    await reported(api, invalid="No message is attached.")

    (found,) = (await listed(api))["result"]

    assert {"to": [], "from": None, "postfix_id": "4Njp3P0STMz2c02Q"} == found["fields"]
    assert ("UNKNOWN", "medium", "No message is attached.") == (
        found["disposition"],
        found["priority"],
        found["content"],
    )


async def test_nothing_was_reported(api):
    """An empty page; what analysts submit is no report, and neither is what others reported."""
    await reported(api, type_=SubmissionType.TEAM)
    await reported(api, account=OTHER_ACCOUNT)

    answer = await listed(api)

    assert ([], 0) == (answer["result"], answer["result_info"]["total_count"])


async def test_the_official_sdk_pages_through(api):
    """Its pager ends, sees each report once, newest first, and validates every one strictly."""
    made = [await reported(api, at=AT + timedelta(days=day)) for day in range(5)]
    transport = httpx.ASGITransport(build_api(api.services))
    async with httpx.AsyncClient(transport=transport) as http:
        client = cloudflare.AsyncCloudflare(
            api_token=api.world.write,
            base_url="http://lazaretto.test/client/v4",
            http_client=http,
            max_retries=0,
            _strict_response_validation=True,
        )
        pager = client.email_security.phishguard.reports.list(
            account_id=ACCOUNT, per_page=2, from_date="2026-01-01", to_date="2026-12-31"
        )
        found = [one.id async for one in pager]

    assert made[::-1] == found


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({}, [5, 6, 7, 8]),
        ({"from_date": "2026-01-06"}, [6, 7, 8]),
        ({"to_date": "2026-01-06"}, [5, 6]),
        ({"from_date": "2026-01-06", "to_date": "2026-01-07"}, [6, 7]),
        ({"start": "2026-01-07T00:00:00Z", "from_date": "2026-01-05"}, [7, 8]),
        ({"end": "2026-01-07T00:00:00Z", "to_date": "2026-01-08"}, [5, 6]),
        ({"start": "2026-01-05T10:00:01Z", "end": "2026-01-07T10:00:01Z"}, [6, 7]),
        ({"to_date": "9999-12-31"}, [5, 6, 7, 8]),
        ({"from_date": "", "start": ""}, [5, 6, 7, 8]),
    ],
)
async def test_the_span(api, query, days):
    """Times win over days; a day counts from its beginning to its end."""
    for day in range(4):
        await reported(api, at=AT + timedelta(days=day))

    result = (await listed(api, **query))["result"]

    assert [f"ann{day:02}@example.com" for day in reversed(days)] == [
        one["tags"][0]["value"] for one in result
    ]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"start": "yesterday"}, "start"),
        ({"from_date": "05.01.2026"}, "from_date"),
        ({"to_date": "2026-01-05T10:00:00Z"}, "to_date"),
        ({"per_page": "0"}, "per_page"),
        ({"start": "2026-01-06", "end": "2026-01-05"}, "start"),
        ({"from_date": "2026-01-07", "to_date": "2026-01-05"}, "from_date"),
    ],
)
async def test_what_is_wrong_is_named(api, query, pointer):
    """A 400 that names the parameter."""
    answer = await api.get("/phishguard/reports", params=query)

    (problem,) = answer.json()["errors"]
    assert (400, codes.BAD_RANGE, pointer) == (
        answer.status_code,
        problem["code"],
        problem["source"]["pointer"],
    )
