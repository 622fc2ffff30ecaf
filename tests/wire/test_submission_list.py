"""The list of submissions over HTTP: its form, filters, orders and pages."""

from datetime import UTC, datetime, timedelta

import cloudflare
import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.api.wire.submissions import submission
from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import (
    Escalation,
    FollowUp,
    Original,
    Outcome,
    Processing,
    Purpose,
    Review,
    Submission,
    SubmissionType,
)
from tests.wire.samples import ACCOUNT, AT
from tests.wire.submitted import MALICIOUS, error, judge_all, listed, report


@pytest.fixture
async def sdk(api):
    transport = httpx.ASGITransport(build_api(api.services))
    async with httpx.AsyncClient(transport=transport) as http:
        yield cloudflare.AsyncCloudflare(
            api_token=api.world.write,
            base_url="http://lazaretto.test/client/v4",
            http_client=http,
            max_retries=0,
            _strict_response_validation=True,
        )


def test_the_published_form():
    """Field by field, with old and new names."""
    stored = Submission(
        id="17",
        account=ACCOUNT,
        type=SubmissionType.USER,
        purpose=Purpose.REPORT,
        requested_at=AT,
        requested_by="a@example.com",
        original=Original(3, "4Njp3P0STMz2c02Q", "a1", Disposition.MALICIOUS_BEC, "s"),
        requested=MALICIOUS,
        blob=None,
        report=4,
        escalates=None,
        follow_up=FollowUp(),
        processing=Processing.COMPLETED,
        review=Review.ESCALATED,
        outcome=Outcome.ACCEPTED,
        outcome_disposition=Disposition.UNKNOWN,
        reason="Because.",
        similar=2,
        escalation=Escalation(MALICIOUS, AT, "ann@example.com", "18"),
        decided_at=AT,
        completed_at=AT,
        attempts=1,
    )
    at = "2026-01-05T10:00:00.123Z"
    published = submission(stored)

    assert {
        "submission_id": "17",
        "requested_at": at,
        "requested_ts": at,
        "requested_by": "a@example.com",
        "type": "User",
        "customer_status": "escalated",
        "status": "completed",
        "outcome": "accepted",
        "original_disposition": "MALICIOUS",
        "requested_disposition": "MALICIOUS",
        "outcome_disposition": None,
        "original_edf_hash": "a1",
        "original_postfix_id": "4Njp3P0STMz2c02Q",
        "subject": "s",
        "escalated_as": "MALICIOUS",
        "escalated_at": at,
        "escalated_by": "ann@example.com",
        "escalated_submission_id": "18",
        "purpose": "report",
        "reason": "Because.",
        "similar_count": 2,
        "completed_at": at,
    } == {name: getattr(published, name) for name in published.__struct_fields__}


async def test_the_sdk_lists_them(api, sdk):
    """Strict validation of every row; the pager ends; all filters and orders are understood."""
    made = [await api.world.put() for _ in range(3)]
    for one in made:
        with pytest.warns(DeprecationWarning, match="deprecated"):
            await sdk.email_security.investigate.reclassify.create(
                one, account_id=ACCOUNT, expected_disposition="NONE"
            )
    await report(api)
    await judge_all(api)

    rows = [row async for row in sdk.email_security.submissions.list(account_id=ACCOUNT, per_page=2)]
    page = await sdk.email_security.submissions.list(
        account_id=ACCOUNT,
        start=datetime.now(UTC) - timedelta(days=7),
        end="2999-01-01T00:00:00Z",
        type="TEAM",
        submission_id=rows[1].submission_id,
        original_disposition="MALICIOUS",
        requested_disposition="NONE",
        outcome_disposition="NONE",
        status="reviewed",
        query="s",
        escalated_from_user=False,
        order="outcome_disposition",
        direction="asc",
        page=1,
        per_page=10,
    )

    assert 4 == len(rows)
    assert "user@example.com" == rows[0].requested_by
    assert [rows[1].submission_id] == [row.submission_id for row in page.result]
    assert ("completed", "accepted", "NONE") == (
        rows[1].status,
        rows[1].outcome,
        rows[1].outcome_disposition,
    )


async def test_pages_have_numbers(api):
    """Total and number of pages are real; past the end there is nothing."""
    ids = [await report(api) for _ in range(5)]
    second = (await api.get("/submissions?page=2&per_page=2")).json()
    end = (await api.get("/submissions?page=9")).json()

    assert [ids[2], ids[1]] == [row["submission_id"] for row in second["result"]]
    assert {"count": 2, "page": 2, "per_page": 2, "total_count": 5, "total_pages": 3}.items() <= (
        second["result_info"].items()
    )
    assert ([], 5) == (end["result"], end["result_info"]["total_count"])


async def test_orders_begin_where_one_expects(api):
    """The newest first; words from A."""
    now = datetime.now(UTC)
    b = await report(api, subject="b", now=now - timedelta(seconds=2))
    a = await report(api, subject="a", now=now - timedelta(seconds=1))

    async def order(query):
        return [row["submission_id"] for row in await listed(api, query)]

    assert [a, b] == await order("")
    assert [a, b] == await order("?order=subject")
    assert [b, a] == await order("?order=subject&direction=desc")
    assert [a, b] == await order("?order=submission_id")
    assert [b, a] == await order("?order=requested_at&direction=ASC")


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("order=size", codes.BAD_ENUM, "order"),
        ("direction=up", codes.BAD_ENUM, "direction"),
        ("type=ROBOT", codes.BAD_ENUM, "type"),
        ("status=done", codes.BAD_ENUM, "status"),
        ("status=reviewed&customer_status=escalated", codes.GENERIC, "customer_status"),
        ("original_disposition=BEC", codes.BAD_ENUM, "original_disposition"),
        ("outcome_disposition=UNKNOWN", codes.BAD_ENUM, "outcome_disposition"),
        ("escalated_from_user=perhaps", codes.GENERIC, "escalated_from_user"),
        ("start=yesterday", codes.BAD_RANGE, "start"),
        ("start=2999-01-01", codes.BAD_RANGE, "start"),
        ("start=2026-01-02&end=2026-01-01", codes.BAD_RANGE, "start"),
        ("page=0", codes.BAD_RANGE, "page"),
        ("per_page=1001", codes.BAD_RANGE, "per_page"),
        ("query=" + "+".join(f"w{n}" for n in range(40)), codes.BAD_RANGE, "query"),
        ("query=%00", codes.GENERIC, "query"),
    ],
)
async def test_bad_queries_are_named(api, query, code, pointer):
    """Every refusal says which parameter is wrong."""
    assert (400, code, pointer) == error(await api.get(f"/submissions?{query}"))


async def test_harmless_oddities(api):
    """Empty values are not given, unknown names are ignored, words of any script are searched for."""
    await report(api, subject="請求書 %_!")

    assert 1 == len(await listed(api, "?query=&order=&start=&whatever=1&type=user"))
    assert 1 == len(await listed(api, "?query=請求書+%25_!"))
    assert 0 == len(await listed(api, "?query=%25%25"))
    assert 0 == len(await listed(api, "?submission_id=' OR 1=1"))
