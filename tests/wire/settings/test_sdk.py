"""The official Python SDK on the settings: every method, with strict validation of every answer."""

import cloudflare
import httpx
import pytest

from lazaretto.api.app import build_api
from tests.wire.samples import ACCOUNT
from tests.wire.settings.conftest import BODIES, RESOURCES, another

WITH_BATCH = ("allow_policies", "block_senders", "trusted_domains", "content_policies")
KEYS = {
    "sending_domain_restrictions": "sending_domain_restriction_id",
    "impersonation_registry": "impersonation_registry_id",
}


@pytest.fixture
async def settings(api):
    transport = httpx.ASGITransport(build_api(api.services))
    async with httpx.AsyncClient(transport=transport) as http:
        client = cloudflare.AsyncCloudflare(
            api_token=api.world.write,
            base_url="http://lazaretto.test/client/v4",
            http_client=http,
            max_retries=0,
            _strict_response_validation=True,
        )
        yield client.email_security.settings


@pytest.mark.parametrize("name", RESOURCES)
async def test_every_method(settings, name):
    """create, get, list, edit and delete."""
    group = getattr(settings, name)
    made = await group.create(account_id=ACCOUNT, **BODIES[name])
    read = await group.get(made.id, account_id=ACCOUNT)

    assert made.to_dict() == read.to_dict()
    note = "notes" if name == "content_policies" else "comments"
    edited = await group.edit(made.id, account_id=ACCOUNT, **{note: "a word"})

    assert "a word" == getattr(edited, note)
    listed = [row async for row in group.list(account_id=ACCOUNT)]

    assert [edited.to_dict()] == [row.to_dict() for row in listed]
    assert made.id == (await group.delete(made.id, account_id=ACCOUNT)).id
    with pytest.raises(cloudflare.NotFoundError) as refused:
        await group.get(made.id, account_id=ACCOUNT)

    assert 1300 == refused.value.errors[0].code


@pytest.mark.parametrize("name", RESOURCES)
async def test_the_pager_ends(settings, name):
    """It counts pages until an empty one, and sees everything once."""
    group = getattr(settings, name)
    made = [(await group.create(account_id=ACCOUNT, **another(name, number))).id for number in range(5)]

    assert made == [row.id async for row in group.list(account_id=ACCOUNT, per_page=2)]


@pytest.mark.parametrize("name", WITH_BATCH)
async def test_batch(settings, name):
    """All four arrays, with ids in the items."""
    group = getattr(settings, name)
    first, second, third = [
        (await group.create(account_id=ACCOUNT, **another(name, number))).id for number in range(3)
    ]
    made = await group.batch(
        account_id=ACCOUNT,
        deletes=[{"id": first}],
        patches=[{"id": second}],
        puts=[{"id": third, **another(name, 2)}],
        posts=[another(name, 7)],
    )

    assert ([first], [second], [third], 1) == (
        [row.id for row in made.deletes],
        [row.id for row in made.patches],
        [row.id for row in made.puts],
        len(made.posts),
    )


async def test_every_parameter_is_understood(settings):
    """All that the SDK can send at once."""
    made = await settings.allow_policies.create(account_id=ACCOUNT, **BODIES["allow_policies"])
    page = await settings.allow_policies.list(
        account_id=ACCOUNT,
        direction="desc",
        is_acceptable_sender=False,
        is_exempt_recipient=False,
        is_trusted_sender=True,
        order="pattern",
        page=1,
        pattern="a@b.test",
        pattern_type="EMAIL",
        per_page=10,
        search="b.test",
        verify_sender=True,
    )

    assert [made.id] == [row.id for row in page.result]
    assert (1, 10) == (page.result_info.page, page.result_info.per_page)


async def test_refusals_are_read(settings):
    """The SDK shows code and pointer."""
    with pytest.raises(cloudflare.BadRequestError) as refused:
        await settings.block_senders.create(
            account_id=ACCOUNT, pattern="nobody", pattern_type="EMAIL", is_regex=False
        )

    assert (1000, "/pattern") == (
        refused.value.errors[0].code,
        refused.value.errors[0].source.pointer,
    )
