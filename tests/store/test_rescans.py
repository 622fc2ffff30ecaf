"""Rescans and the pages a replay reads, on both databases."""

from datetime import timedelta

from lazaretto.actions.replay_tally import Tally
from lazaretto.model.disposition import Disposition
from lazaretto.model.replay import Missing
from lazaretto.model.rescan import Asked, RescanStatus
from lazaretto.model.submission import Label
from lazaretto.query.criteria import Criteria
from lazaretto.store import codec
from lazaretto.store.accounts import remove_account
from lazaretto.store.labels import add_label
from lazaretto.store.replay import read_named, read_page
from lazaretto.store.rescans import (
    MAX_KEPT,
    add_rescan,
    claim_rescan,
    finish_rescan,
    get_rescan,
    let_rescans_go,
    list_rescans,
    note_progress,
    remove_rescan,
)
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, envelope, facts, stored

EVERYTHING = Criteria(NOW - timedelta(days=1), NOW + timedelta(days=1), detections_only=False)
ASKED = Asked(codec.encode(EVERYTHING), (), 7, b"", (), without_lists=True)
LEASE = timedelta(seconds=60)
TOLD = Tally(shown=1)
TOLD.miss(Missing("q-1", "bytes"))
OUTCOME = TOLD.outcome(ruleset="abc", seconds=1.5)


async def add(database, account=ACCOUNT):
    return await database.write(lambda tx: add_rescan(tx, account, "ana", ASKED, now=NOW))


async def claim(database, now=NOW):
    return await database.write(lambda tx: claim_rescan(tx, now=now, lease=LEASE))


async def test_from_asked_to_completed(database):
    """Oldest first; what came out comes back whole."""
    first, second = await add(database), await add(database, OTHER_ACCOUNT)
    claimed = await claim(database)
    assert await database.write(lambda tx: note_progress(tx, claimed, 5, until=NOW + LEASE))
    going = await database.read(lambda tx: get_rescan(tx, ACCOUNT, first.id))
    await database.write(lambda tx: finish_rescan(tx, claimed, RescanStatus.COMPLETED, "", OUTCOME, now=NOW))
    done = await database.read(lambda tx: get_rescan(tx, ACCOUNT, first.id))

    assert (first.id, ASKED, RescanStatus.RUNNING) == (claimed.id, claimed.asked, claimed.status)
    assert (5, RescanStatus.RUNNING, None) == (going.done, going.status, going.outcome)
    assert (1, RescanStatus.COMPLETED, OUTCOME) == (done.done, done.status, done.outcome)
    assert second.id == (await claim(database)).id
    assert None is await claim(database)


async def test_a_lease_that_ended_is_taken_over(database):
    """The server that worked on it died; on a store with one server nobody waits for that."""
    made = await add(database)
    await claim(database)
    assert None is await claim(database, NOW + LEASE / 2)
    again = await claim(database, NOW + 2 * LEASE)
    await database.write(let_rescans_go)
    third = await claim(database, NOW + 2 * LEASE)

    assert (made.id, 2) == (again.id, again.attempts)
    assert (made.id, 3) == (third.id, third.attempts)


async def test_removed_while_it_is_made(database):
    """Who tells of progress learns of it."""
    made = await add(database)
    claimed = await claim(database)
    await database.write(lambda tx: remove_rescan(tx, ACCOUNT, made.id))

    assert not await database.write(lambda tx: note_progress(tx, claimed, 5, until=NOW))
    assert () == await database.read(lambda tx: list_rescans(tx, ACCOUNT))


async def test_old_ones_make_room(database):
    """The newest are kept."""
    for _ in range(MAX_KEPT + 3):
        await add(database)
        claimed = await claim(database)
        await database.write(
            lambda tx, claimed=claimed: finish_rescan(tx, claimed, RescanStatus.FAILED, "x", None, now=NOW)
        )
    newest = await add(database)
    kept = await database.read(lambda tx: list_rescans(tx, ACCOUNT))

    assert MAX_KEPT == len(kept)
    assert newest.id == kept[0].id


async def test_removed_with_the_account(database):
    """Nothing is left behind."""
    made = await add(database)
    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    assert None is await database.read(lambda tx: get_rescan(tx, ACCOUNT, made.id))


async def test_pages_hold_what_a_replay_needs(database):
    """Facts and verdict as they were packed, the decision, the latest label; nothing of another account."""
    made = [await stored(database, disposition=Disposition.SPAM) for _ in range(5)]
    await stored(database, envelope(account=OTHER_ACCOUNT))

    async def label(tx):
        for number, what in ((1, Disposition.NONE), (2, Disposition.BULK)):
            await add_label(tx, Label(ACCOUNT, made[0].number, "b", what, "ana", NOW, str(number)))

    await database.write(label)
    first = await database.read(lambda tx: read_page(tx, ACCOUNT, EVERYTHING, None, 3))
    second = await database.read(lambda tx: read_page(tx, ACCOUNT, EVERYTHING, first.place, 3))
    named, unknown = await database.read(lambda tx: read_named(tx, ACCOUNT, (made[1].id, "nobody")))
    rows = (*first.messages, *second.messages)

    assert [one.number for one in reversed(made)] == [row.number for row in rows]
    assert None is second.place
    assert (facts(), Disposition.BULK) == (codec.unpack(rows[-1].facts, type(facts())), rows[-1].label)
    assert [None] * 4 == [row.label for row in rows[:-1]]
    assert all(row.decision and row.bytes_kept and row.id for row in rows)
    assert ([made[1].number], ("nobody",)) == ([row.number for row in named], unknown)
