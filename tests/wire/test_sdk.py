"""The official Python SDK, unchanged and with strict validation of every answer, in this process."""

import cloudflare
import httpx
import pytest

from lazaretto.api import codes
from lazaretto.api.app import build_api
from lazaretto.model.disposition import Disposition
from tests.wire.samples import ACCOUNT
from tests.wire.seed import LETTER


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


@pytest.fixture
def desk(sdk):
    return sdk.email_security.investigate


async def test_the_pager_ends_and_sees_everything_once(api, desk):
    """It counts pages until an empty one, while new mail arrives."""
    made = await api.world.put_many(12)
    found = []
    async for message in desk.list(account_id=ACCOUNT, per_page=5):
        found.append(message.id)
        await api.world.put_many(1)

    assert made[::-1] == found


async def test_the_pager_with_a_cursor(api, desk):
    """It sends the cursor again with page=2."""
    made = await api.world.put_many(9)
    first = await desk.with_raw_response.list(account_id=ACCOUNT, per_page=2)
    body = first.http_response.json()
    found = [message["id"] for message in body["result"]]
    pager = desk.list(account_id=ACCOUNT, per_page=2, cursor=body["result_info"]["next"])
    found += [message.id async for message in pager]

    assert made[::-1] == found


async def test_every_parameter_is_understood(api, desk):
    """All that the SDK can send at once; datetimes come with an offset."""
    made = await api.world.put(Disposition.MALICIOUS, subject="overdue invoice")
    message = await desk.get(made, account_id=ACCOUNT, submission=False)
    page = await desk.list(
        account_id=ACCOUNT,
        start=message.scanned_at,
        end="2999-01-01",
        alert_id=message.alert_id,
        delivery_status="quarantined",
        detections_only=True,
        domain="bad.test",
        final_disposition="MALICIOUS",
        message_id="<1@bad.test>",
        metric="none",
        query="overdue",
        recipient="u@example.com",
        sender="x@bad.test",
        smtp_helo_ip="192.0.2.7",
        subject="invoice",
        page=1,
        per_page=10,
    )

    assert [made] == [found.id for found in page.result]


async def test_reading_one_message(api, desk):
    """get, detections, raw and trace pass the strict models."""
    made = await api.world.put()

    message = await desk.get(made, account_id=ACCOUNT)
    detections = await desk.detections.get(made, account_id=ACCOUNT)
    raw = await desk.raw.get(made, account_id=ACCOUNT)
    trace = await desk.trace.get(made, account_id=ACCOUNT)

    assert ("MALICIOUS", True) == (message.final_disposition, message.is_quarantined)
    assert "QUARANTINED" == detections.action
    assert LETTER == raw.raw.encode()
    assert trace.inbound.lines


async def test_release(api, desk):
    """A single page, whose rows name the recipients."""
    made = await api.world.put()

    rows = [row async for row in desk.release.bulk(account_id=ACCOUNT, ids=[made])]

    assert [["u@example.com"]] == [row.delivered for row in rows]


async def test_errors_are_the_sdk_s_own(api, sdk, desk):
    """Status to exception, and the code is read from the body."""
    made = await api.world.put(Disposition.NONE)
    with pytest.raises(cloudflare.NotFoundError) as missing:
        await desk.detections.get(made, account_id=ACCOUNT)
    with pytest.raises(cloudflare.PermissionDeniedError) as forbidden:
        await sdk.with_options(api_token="no").email_security.investigate.get(made, account_id=ACCOUNT)
    with pytest.raises(cloudflare.BadRequestError) as wrong:
        await desk.list(account_id=ACCOUNT, start="2999-01-01")

    assert [codes.NOT_A_DETECTION] == [error.code for error in missing.value.errors]
    assert [codes.AUTHENTICATION] == [error.code for error in forbidden.value.errors]
    assert "start" == wrong.value.errors[0].source.pointer


async def test_the_sdk_verifies_its_token(sdk):
    """`client.user.tokens.verify()`, which tools call first."""
    verified = await sdk.user.tokens.verify()

    assert "active" == verified.status


async def test_an_email_in_the_environment_drops_the_token(api):
    """The trap, as the SDK really springs it."""
    transport = httpx.ASGITransport(build_api(api.services))
    async with httpx.AsyncClient(transport=transport) as http:
        client = cloudflare.AsyncCloudflare(
            api_token=api.world.write,
            api_email="a@b.test",
            base_url="http://lazaretto.test/client/v4",
            http_client=http,
        )
        with pytest.raises(cloudflare.BadRequestError) as trapped:
            await client.user.tokens.verify()

    assert "CLOUDFLARE_EMAIL" in str(trapped.value)
