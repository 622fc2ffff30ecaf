"""The options of an account over the API."""

import pytest

from lazaretto.actions.choose import MAX_REPORT_ADDRESSES
from lazaretto.store.lists import load_lists
from tests.wire.samples import ACCOUNT

DEFAULTS = {"block_wins": True, "report_addresses": [], "after_reclassify": "nothing", "learn": "ask"}


async def test_options(desk):
    """Only what is named changes; addresses come back as they are compared."""
    assert DEFAULTS == await desk.result("GET", "options")

    changed = await desk.result(
        "PATCH", "options", json={"report_addresses": ["Report@Example.COM", "report@example.com"]}
    )

    assert {**DEFAULTS, "report_addresses": ["report@example.com"]} == changed
    changed = await desk.result("PATCH", "options", json={"after_reclassify": "release_or_move"})

    assert ("release_or_move", ["report@example.com"]) == (
        changed["after_reclassify"],
        changed["report_addresses"],
    )
    assert changed == await desk.result("GET", "options", token=desk.api.world.read)
    assert changed == await desk.result("PATCH", "options", json={})


async def test_precedence_reaches_the_lists(desk):
    """A new version of the lists, with the new precedence."""
    await desk.result("PATCH", "options", json={"block_wins": False})
    lists = await desk.api.world.database.read(lambda tx: load_lists(tx, ACCOUNT))

    assert not lists.block_wins
    assert lists.version > 0


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"block_wins": "yes"}, 1000, "/block_wins"),
        ({"block_wins": None}, 1000, "/block_wins"),
        ({"after_reclassify": "dance"}, 1003, "/after_reclassify"),
        ({"report_addresses": "a@example.com"}, 1000, "/report_addresses"),
        ({"report_addresses": ["a@example.com", "nobody"]}, 1000, "/report_addresses/1"),
        ({"report_addresses": ["a@example.org"]}, 1000, "/report_addresses/0"),
        ({"report_addresses": ["a\0@example.com"]}, 1000, "/report_addresses/0"),
        (
            {"report_addresses": [f"a{n}@example.com" for n in range(MAX_REPORT_ADDRESSES + 1)]},
            1004,
            "/report_addresses",
        ),
    ],
)
async def test_refusals(desk, body, code, pointer):
    """Each with its place; nothing is changed. An address must be of a domain of this account."""
    assert (400, code, pointer) == await desk.refused("PATCH", "options", json={**body})
    assert DEFAULTS == await desk.result("GET", "options")


async def test_who_may(desk):
    """A reader only looks."""
    assert 403 == (await desk.call("PATCH", "options", json={}, token=desk.api.world.read)).status_code
