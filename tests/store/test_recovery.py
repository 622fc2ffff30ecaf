"""The start after a crash: nothing stays half done, nothing vanishes."""

from datetime import timedelta

from lazaretto.model.disposition import Disposition
from lazaretto.model.record import RecordState
from lazaretto.query.criteria import Criteria
from lazaretto.store.messages import add_decided, add_received, get_record, get_trace
from lazaretto.store.outbox import claim
from lazaretto.store.recovery import MAX_AT_ONCE, MAX_UNDECIDED, recover
from lazaretto.store.search import search
from tests.helpers.records import (
    ACCOUNT,
    NOW,
    STAMP,
    blob,
    decision,
    envelope,
    facts,
    stored,
    summary,
    verdict,
)

LONG_AFTER = NOW + MAX_UNDECIDED + timedelta(seconds=1)


async def test_undecided_records_are_abandoned_and_stay_visible(database):
    """They were never acknowledged; the trace and the search say what became of them."""
    left = await database.write(lambda tx: add_received(tx, envelope(), blob("1"), at=NOW))
    done = await stored(database)

    count = await database.write(lambda tx: recover(tx, LONG_AFTER))
    again = await database.write(lambda tx: recover(tx, LONG_AFTER))
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, left.id))
    other = await database.read(lambda tx: get_record(tx, ACCOUNT, done.id))
    trace = await database.read(lambda tx: get_trace(tx, ACCOUNT, left.number))
    asked = Criteria(NOW, LONG_AFTER + timedelta(days=1), detections_only=False)
    page = await database.read(lambda tx: search(tx, ACCOUNT, asked, None, 10))

    assert (1, 0) == (count, again)
    assert (RecordState.ABANDONED, Disposition.UNKNOWN, LONG_AFTER) == (
        record.state,
        record.disposition,
        record.scanned_at,
    )
    assert RecordState.DECIDED is other.state
    assert "abandoned" in trace[-1].text
    assert [left.number, done.number] == [found.number for found in page.records]


async def test_leases_of_the_dead_end(database):
    """SQLite has one server, so its rows are due at once; elsewhere the lease ends by its time."""
    await stored(database)
    lease = timedelta(minutes=5)
    await database.write(lambda tx: claim(tx, owner="dead", limit=1, now=NOW, lease=lease))
    await database.write(lambda tx: recover(tx, NOW))

    now = NOW if database.dialect == "sqlite" else NOW + lease
    rows = await database.write(lambda tx: claim(tx, owner="alive", limit=1, now=now, lease=lease))

    assert 1 == len(rows)


async def test_records_of_a_server_that_is_at_work(database):
    """With several servers on PostgreSQL a start must not abandon what another one is scanning."""
    await database.write(lambda tx: add_received(tx, envelope(), blob("1"), at=NOW))

    count = await database.write(lambda tx: recover(tx, NOW + timedelta(seconds=1)))

    assert (1 if database.dialect == "sqlite" else 0) == count


async def test_recovery_beside_work_takes_only_the_old(database):
    """Called now and then it finds what another server's death left, and leaves what is being scanned."""
    await database.write(lambda tx: add_received(tx, envelope(), blob("1"), at=NOW))

    counts = [
        await database.write(lambda tx, now=now: recover(tx, now, starting=False))
        for now in (NOW + timedelta(seconds=1), LONG_AFTER)
    ]

    assert [0, 1] == counts


async def test_recovery_is_bounded(database):
    """However many were open, one call takes a bounded number; the next goes on."""

    async def fill(tx):
        for number in range(MAX_AT_ONCE + 1):
            await add_received(tx, envelope(), blob(f"{number}"), at=NOW)

    await database.write(fill)

    assert [MAX_AT_ONCE, 1, 0] == [await database.write(lambda tx: recover(tx, LONG_AFTER)) for _ in range(3)]


async def test_a_decision_may_come_late(database):
    """An import beside a starting server: the record it still works on was abandoned, and is decided after all."""
    one = envelope()
    received = await database.write(lambda tx: add_received(tx, one, blob("1"), at=NOW))
    await database.write(lambda tx: recover(tx, LONG_AFTER))
    await database.write(
        lambda tx: add_decided(
            tx,
            received.number,
            account=ACCOUNT,
            facts=facts(),
            verdict=verdict(Disposition.SPAM),
            summary=summary(),
            decision=decision(one, disposition=Disposition.SPAM),
            stamp=STAMP,
            at=LONG_AFTER,
        )
    )
    asked = Criteria(NOW, LONG_AFTER + timedelta(days=1), words=("numbers",))
    (record,) = (await database.read(lambda tx: search(tx, ACCOUNT, asked, None, 10))).records

    assert (RecordState.DECIDED, Disposition.SPAM, LONG_AFTER) == (
        record.state,
        record.disposition,
        record.scanned_at,
    )
