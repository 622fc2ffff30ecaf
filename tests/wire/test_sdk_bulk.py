"""Moves and bulk jobs by the official Python SDK, unchanged and with strict validation of every answer."""

import cloudflare
import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.model.disposition import Disposition
from tests.helpers.program import eventually
from tests.wire.engine import ENDED
from tests.wire.engine import desk as open_desk
from tests.wire.samples import ACCOUNT

UNKNOWN = "182bd5e5-6e1a-4fe4-a799-aa6d9a6ab26e"


@pytest.fixture
async def desk(populated, tmp_path):
    async with open_desk(populated, tmp_path) as opened:
        yield opened


@pytest.fixture
async def requests():
    return []


@pytest.fixture
async def sdk(desk, requests):
    """With its own retries, so that they can be counted."""

    async def count(request):
        requests.append(request.method)

    transport = httpx.ASGITransport(build_api(desk.services))
    async with httpx.AsyncClient(transport=transport, event_hooks={"request": [count]}) as http:
        yield cloudflare.AsyncCloudflare(
            api_token=desk.world.write,
            base_url="http://lazaretto.test/client/v4",
            http_client=http,
            _strict_response_validation=True,
        ).email_security.investigate


async def test_move(desk, sdk):
    """One and many; both are pages of rows."""
    made = [await desk.delivered(), await desk.delivered()]

    one = await sdk.move.create(made[0], account_id=ACCOUNT, destination="JunkEmail")
    many = await sdk.move.bulk(account_id=ACCOUNT, destination="Inbox", ids=made)

    assert [("OK", made[0], 1)] == [(row.status, row.message_id, row.item_count) for row in one.result]
    assert [(True, "MOVE", "Inbox")] * 2 == [
        (row.success, row.operation, row.destination) for row in many.result
    ]


@pytest.mark.parametrize("action", ["RELEASE", "MOVE"])
async def test_a_job_from_beginning_to_end(desk, sdk, action):
    """Create, get, list, messages, delete."""
    await desk.world.put_many(5, dispositions=(Disposition.SPAM,))
    await desk.delivered()
    extra = {"destination": "JunkEmail"} if action == "MOVE" else {}

    made = await sdk.bulk.create(
        account_id=ACCOUNT,
        action=action,
        search_params={"query": "s", "final_disposition": "SPAM"},
        comment="c",
        **extra,
    )
    job = await eventually(lambda: ended(sdk, made.job_id))
    listed = [one async for one in sdk.bulk.list(account_id=ACCOUNT, action_type=action, per_page=1)]
    items = [one async for one in sdk.bulk.messages.list(made.job_id, account_id=ACCOUNT, per_page=2)]
    skipped = [one async for one in sdk.bulk.messages.list(made.job_id, account_id=ACCOUNT, status="SKIPPED")]
    deleted = await sdk.bulk.delete(made.job_id, account_id=ACCOUNT)

    assert ("PENDING", "c", action) == (made.status, made.comment, made.action_params.type)
    assert "COMPLETED" == job.status
    assert (
        job.total_messages_discovered
        == len(items)
        == (
            job.messages_pending
            + job.messages_successful
            + job.messages_failed
            + job.messages_skipped
            + job.messages_cancelled
        )
    )
    assert [made.job_id] == [one.job_id for one in listed]
    assert job.messages_skipped == len(skipped)
    assert all(one.message and one.action_params.client_recipient == "u@example.com" for one in items)
    assert made.job_id == deleted.id


async def ended(sdk, job):
    found = await sdk.bulk.get(job, account_id=ACCOUNT)
    return found if found.status in ENDED else None


async def test_wrong_states_are_one_request_each(desk, sdk, requests):
    """400 and 404, which no SDK repeats."""
    await desk.delivered()
    desk.mailbox().troubles = 1_000_000
    made = await sdk.bulk.create(account_id=ACCOUNT, action="MOVE", destination="Inbox", search_params={})
    requests.clear()

    with pytest.raises(cloudflare.BadRequestError) as early:
        await sdk.bulk.delete(made.job_id, account_id=ACCOUNT)
    cancelled = await sdk.bulk.cancel.create(made.job_id, account_id=ACCOUNT)
    with pytest.raises(cloudflare.BadRequestError) as late:
        await sdk.bulk.cancel.create(made.job_id, account_id=ACCOUNT)
    deleted = await sdk.bulk.delete(made.job_id, account_id=ACCOUNT)
    with pytest.raises(cloudflare.NotFoundError) as gone:
        await sdk.bulk.get(made.job_id, account_id=ACCOUNT)

    assert ["DELETE", "POST", "POST", "DELETE", "GET"] == requests
    assert ("CANCELLED", made.job_id) == (cancelled.status, deleted.id)
    assert [codes.JOB_NOT_ENDED, codes.JOB_ENDED, codes.NO_JOB] == [
        problem.value.errors[0].code for problem in (early, late, gone)
    ]
