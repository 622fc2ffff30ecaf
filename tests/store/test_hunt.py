"""What is stored already and matches: each kind of trail finds its messages, all of them, and no others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.actions import hunt as module
from lazaretto.actions.hunt import MAX_TRAILS, MAX_VALUE, SAMPLE, hunt
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.hunt import HuntKind
from lazaretto.model.lists import PatternType
from lazaretto.model.record import LinkSummary
from lazaretto.policy.entries import check_entry
from lazaretto.store.list_edit import begin_edit
from lazaretto.store.list_kinds import BLOCK
from tests.helpers.listed import block
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, attachment, envelope, stored

LATER = NOW + timedelta(days=1)
EVIL = LinkSummary("https://login.evil.test/a", "", "login.evil.test", "evil.test")
FILE = replace(attachment(), sha256="ab" * 32, md5="cd" * 16, sha1="ef" * 20)
PLAIN = {"links": (), "attachments": (), "fingerprint": ""}


async def leads(database, kind, value, **more):
    """Count and sample by field and value."""
    found = await database.read(lambda tx: hunt(tx, ACCOUNT, HuntKind(kind), value, now=LATER, **more))
    return {(lead.trail.field.value, lead.trail.value): (lead.count, lead.sample) for lead in found.leads}


async def listed(database, entry):
    """The number of a new entry."""

    async def add(tx):
        edit = await begin_edit(tx, ACCOUNT, BLOCK, now=NOW)
        added = await edit.add(check_entry(entry))
        await edit.end()
        return added.id

    return str(await database.write(add))


@pytest.mark.parametrize(
    ("what", "value", "field", "changes"),
    [
        ("url_host", "login.evil.test", "link_host", {"links": (EVIL,)}),
        ("url_host", "LOGIN.Evil.test", "link_host", {"links": (EVIL,)}),
        ("domain", "evil.test", "domain", {"links": (EVIL,)}),
        ("hash", "AB" * 32, "attachment_sha256", {"attachments": (FILE,)}),
        ("hash", "cd" * 16, "query", {"attachments": (FILE,)}),
        ("hash", "ef" * 20, "query", {"attachments": (FILE,)}),
        ("sender", "eve@evil.test", "sender", {"from_address": "Eve@evil.test"}),
        ("sender", "evil.test", "sender", {"from_address": "eve@mail.evil.test"}),
        ("fingerprint", "0123", "fingerprint", {"fingerprint": "0123"}),
    ],
)
async def test_each_kind_finds_its_messages_alone(database, what, value, field, changes):
    """Benign mail too, and nothing of another account."""
    await stored(database, **PLAIN)
    first = await stored(database, **{**PLAIN, **changes})
    second = await stored(database, **{**PLAIN, **changes})
    await stored(database, envelope(account=OTHER_ACCOUNT), **{**PLAIN, **changes})
    ((_, searched), (count, sample)) = next(iter((await leads(database, what, value)).items()))

    assert [field] == [name for name, _ in await leads(database, what, value)]
    assert searched.lower() == value.lower()
    assert (2, (second.number, first.number)) == (count, sample)


async def test_a_host_is_not_its_neighbours(database):
    """The exact host of a link, not what stands above or below it."""
    await stored(database, **{**PLAIN, "links": (EVIL,)})

    assert {("link_host", "evil.test"): (0, ())} == await leads(database, "url_host", "evil.test")


@pytest.mark.parametrize(
    ("entry", "field", "hits"),
    [
        (block("eve@evil.test"), "sender", 1),
        (block("evil.test", PatternType.DOMAIN), "sender", 2),
        (block("198.51.100.9", PatternType.IP), "smtp_helo_ip", 1),
    ],
)
async def test_a_new_entry_finds_the_mail_that_came_before_it(database, entry, field, hits):
    """By address, domain or client."""
    await stored(database, **{**PLAIN, "from_address": "eve@evil.test"})
    await stored(database, **{**PLAIN, "from_address": "adam@evil.test"})
    await stored(database, envelope(client_ip="198.51.100.9"), **PLAIN)
    found = await leads(database, "block_sender", await listed(database, entry))

    assert [(field, hits)] == [(name, count) for (name, _), (count, _) in found.items()]


@pytest.mark.parametrize(
    "entry",
    [block("ev[il]+", regex=True), block("198.51.100.0/24", PatternType.IP)],
    ids=["regex", "network"],
)
async def test_a_pattern_is_refused_with_the_way_that_finds_it(database, entry):
    """It is never answered with "nothing found"."""
    with pytest.raises(Invalid, match="a rescan judges stored mail"):
        await leads(database, "block_sender", await listed(database, entry))


async def test_a_message_leads_to_its_campaign(database):
    """By every trait, each with a count of its own; links to the account's own domains lead nowhere."""
    changes = {"links": (EVIL,), "attachments": (FILE,), "fingerprint": "77", "from_address": "eve@evil.test"}
    one = await stored(database, **changes)
    await stored(database, **{**PLAIN, "links": (EVIL,)})
    await stored(database, **{**PLAIN, "attachments": (FILE,)})
    found = await leads(database, "message", one.id)

    assert {
        ("fingerprint", "77"): 1,
        ("attachment_sha256", FILE.sha256): 2,
        ("sender", "eve@evil.test"): 1,
        ("link_host", "login.evil.test"): 2,
    } == {key: count for key, (count, _) in found.items()}


async def test_samples_and_trails_are_bounded(database, monkeypatch):
    """Everything is counted, some are shown."""
    monkeypatch.setattr(module, "MAX_TRAILS", 2)
    many = tuple(replace(EVIL, host=f"h{n}.test") for n in range(5))
    made = [await stored(database, **{**PLAIN, "links": many}) for _ in range(SAMPLE + 2)]
    found = await leads(database, "message", made[0].id)

    assert 2 == len(found)
    assert (SAMPLE + 2, SAMPLE) == (
        found[("link_host", "h0.test")][0],
        len(found[("link_host", "h0.test")][1]),
    )
    assert MAX_TRAILS > 2


async def test_a_start_narrows(database):
    """Only what was judged since."""
    await stored(database, **{**PLAIN, "links": (EVIL,)})
    await stored(database, at=NOW + timedelta(hours=2), **{**PLAIN, "links": (EVIL,)})
    found = await leads(database, "url_host", EVIL.host, start=NOW + timedelta(hours=1))

    assert [1] == [count for count, _ in found.values()]


@pytest.mark.parametrize(
    ("what", "value", "error"),
    [
        ("hash", "xyz", Invalid),
        ("hash", "g" * 64, Invalid),
        ("hash", "é" * 32, Invalid),
        ("sender", "", Invalid),
        ("sender", "x" * (MAX_VALUE + 1), Invalid),
        ("sender", "a\0b", Invalid),
        ("block_sender", "77", NotFound),
        ("block_sender", "9" * 400, NotFound),
        ("block_sender", "²", NotFound),
        ("message", "nobody", NotFound),
    ],
)
async def test_what_cannot_be_hunted_is_told(database, what, value, error):
    """With the field that is wrong."""
    with pytest.raises(error) as refused:
        await leads(database, what, value)

    assert "/value" == refused.value.pointer
