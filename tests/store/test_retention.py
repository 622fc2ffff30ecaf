"""Retention: what is too old goes, what is owed or shared stays."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.query.criteria import Criteria
from lazaretto.store import retention
from lazaretto.store.blobs import Blobs
from lazaretto.store.messages import get_facts, get_record, get_trace, get_verdict
from lazaretto.store.outbox import release
from lazaretto.store.retention import Ages, expire, get_ages, set_ages
from lazaretto.store.search import count
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, envelope, store_record, stored

DAY = timedelta(days=1)
LATER = NOW + 30 * DAY


@pytest.fixture
def blobs(tmp_path):
    return Blobs(tmp_path / "blobs")


def put(blobs, content, *, at=NOW):
    """Bytes that were put at a time."""
    ref = blobs.put(content)
    path: Path = blobs._path(ref.sha256)
    os.utime(path, (at.timestamp(),) * 2)
    return ref


async def run(database, blobs, now=LATER, **ages):
    return await expire(
        database, blobs, ages=Ages(**{name: days * DAY for name, days in ages.items()}), now=now
    )


async def look(database, received, account=ACCOUNT):
    return await database.read(lambda tx: get_record(tx, account, received.id))


async def held(database, blobs, content=b"mail", **options):
    """A quarantined message, which owes nothing."""
    return await stored(database, content=put(blobs, content), order=Order.QUARANTINE, **options)


async def test_nothing_is_removed_by_default(database, blobs):
    """Ages are wishes; without one everything is kept."""
    received = await held(database, blobs)

    assert (0, 0, 0, 0) == _numbers(await run(database, blobs))
    assert (await look(database, received)).bytes_kept


def _numbers(expired):
    return (expired.bytes, expired.facts, expired.records, expired.blobs)


async def test_bytes_go_and_the_record_says_so(database, blobs):
    """The file is removed, the record stays and can no longer be released."""
    received = await held(database, blobs)

    early = await run(database, blobs, bytes=31)
    late = await run(database, blobs, bytes=30)
    before_is_exclusive = (await look(database, received)).bytes_kept
    gone = await run(database, blobs, bytes=29)
    record = await look(database, received)
    freed = await database.write(
        lambda tx: release(tx, ACCOUNT, received.number, None, actor="me", now=LATER)
    )

    assert [(0, 0, 0, 0), (0, 0, 0, 0), (1, 0, 0, 1)] == [_numbers(e) for e in (early, late, gone)]
    assert (True, False, False) == (before_is_exclusive, record.bytes_kept, blobs.exists(record.blob))
    assert ((), ("user@example.com",)) == (freed.queued, freed.untouched)
    assert (0, 0, 0, 0) == _numbers(await run(database, blobs, bytes=29))


async def test_facts_go_and_the_summary_stays(database, blobs):
    """A list still shows everything; a replay is no longer possible."""
    received = await held(database, blobs)

    expired = await run(database, blobs, facts=10)

    assert (0, 1, 0, 0) == _numbers(expired)
    assert await database.read(lambda tx: get_facts(tx, ACCOUNT, received.number)) is None
    assert await database.read(lambda tx: get_verdict(tx, ACCOUNT, received.number)) is None
    assert (await look(database, received)).summary.headers


async def test_records_go_with_everything(database, blobs):
    """Nothing of it is found, counted or traced, and its file goes too."""
    received = await held(database, blobs, disposition=Disposition.SPAM)
    asked = Criteria(NOW - DAY, LATER, words=("numbers",))

    expired = await run(database, blobs, records=10)

    assert (0, 0, 1, 1) == _numbers(expired)
    assert await look(database, received) is None
    assert () == await database.read(lambda tx: get_trace(tx, ACCOUNT, received.number))
    assert 0 == await database.read(lambda tx: count(tx, ACCOUNT, asked, None))
    assert [0] * (1 + len(retention.RECORD_TABLES)) == [
        await database.read(lambda tx, table=table: tx.value(f"SELECT count(*) FROM {table}"))
        for table in ("record", *retention.RECORD_TABLES)
    ]


async def test_what_is_owed_stays(database, blobs):
    """A copy that still waits for its next hop keeps bytes and record, however old."""
    waiting = await stored(database, content=put(blobs, b"mail"))

    expired = await run(database, blobs, bytes=1, records=1)

    assert (0, 0, 0, 0) == _numbers(expired)
    assert (await look(database, waiting)).bytes_kept


async def test_bytes_of_two_records_stay_for_the_younger(database, blobs):
    """Also when the younger is of another account."""
    old = await held(database, blobs)
    young = await held(database, blobs, one=envelope(account=OTHER_ACCOUNT), at=LATER - DAY)

    first = await run(database, blobs, bytes=10)
    kept = blobs.exists((await look(database, young, OTHER_ACCOUNT)).blob)
    second = await run(database, blobs, now=LATER + 10 * DAY, bytes=10)

    assert [(1, 0, 0, 0), (1, 0, 0, 1)] == [_numbers(e) for e in (first, second)]
    assert (True, False) == (kept, (await look(database, old)).bytes_kept)


async def test_bytes_that_come_in_again_stay(database, blobs):
    """The record of a message that was just put is not committed yet; its file is young."""
    await held(database, blobs, b"mail")
    put(blobs, b"mail", at=LATER)

    assert (1, 0, 0, 0) == _numbers(await run(database, blobs, bytes=10))
    assert blobs.exists(blobs.put(b"mail").sha256)


async def test_files_of_no_record_go_within_a_day(database, blobs):
    """A crash between the bytes and the record leaves a file; hourly runs find it."""
    orphan, mine = put(blobs, b"orphan"), await held(database, blobs)
    put(blobs, b"young", at=LATER)

    removed = [(await run(database, blobs, now=LATER + timedelta(hours=n))).blobs for n in range(24)]

    assert 1 == sum(removed)
    assert not blobs.exists(orphan.sha256)
    assert blobs.exists((await look(database, mine)).blob)


async def test_an_account_may_have_its_own_ages(database, blobs):
    """They win over those of the installation, one by one."""
    mine = await held(database, blobs, b"1")
    other = await held(database, blobs, b"2", one=envelope(account=OTHER_ACCOUNT))
    await database.write(lambda tx: set_ages(tx, ACCOUNT, Ages(bytes=300 * DAY)))

    expired = await run(database, blobs, bytes=10, facts=10)

    assert (1, 2, 0, 1) == _numbers(expired)
    assert (True, False) == (
        (await look(database, mine)).bytes_kept,
        (await look(database, other, OTHER_ACCOUNT)).bytes_kept,
    )
    assert Ages(bytes=300 * DAY) == await database.read(lambda tx: get_ages(tx, ACCOUNT))
    assert Ages() == await database.read(lambda tx: get_ages(tx, OTHER_ACCOUNT))


async def test_more_records_than_one_step(database, blobs):
    """Bounded transactions, one after the other, until all is done, past what must stay."""
    many = retention.STEP + 1

    async def fill(tx):
        for _ in range(many):
            await store_record(tx, order=Order.QUARANTINE)
            await store_record(tx, order=Order.DELIVER)

    await database.write(fill)

    assert (many, 2 * many, 0, 0) == _numbers(await run(database, blobs, bytes=1, facts=1))
    assert (0, 0, many, 0) == _numbers(await run(database, blobs, records=1))
