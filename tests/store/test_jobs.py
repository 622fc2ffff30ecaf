"""Bulk jobs in the store: every change adds up, on both databases."""

import asyncio
from datetime import timedelta

import pytest

from lazaretto.model.decision import Order
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.model.job import Counts, Destination, ItemStatus, JobAction, JobSearch, JobStatus
from lazaretto.query.criteria import Criteria
from lazaretto.store import job_discovery, job_items, job_list, job_release, job_sweep, jobs
from lazaretto.store.accounts import remove_account
from lazaretto.store.job_items import COMPLETED, FAILED, PENDING, ItemEnd, NewItem
from lazaretto.store.jobs import JobFilter, JobKey, NewJob
from lazaretto.store.messages import get_record
from lazaretto.store.recovery import recover
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, envelope, stored

LATER = NOW + timedelta(minutes=5)
CRITERIA = Criteria(NOW - timedelta(days=1), NOW + timedelta(days=1), detections_only=False)
SEARCH = JobSearch(CRITERIA.start, CRITERIA.end, detections_only=False, query="grüße \udc80")


def new(action=JobAction.MOVE, **changes):
    destination = Destination.JUNK if action is JobAction.MOVE else None
    plain = {"comment": None, "actor": "ann", "search": SEARCH, "criteria": CRITERIA}
    return NewJob(action, destination, **(plain | changes))


async def made(database, *, account=ACCOUNT, **changes):
    return await database.write(lambda tx: jobs.add_job(tx, account, new(**changes), now=NOW))


def item(number, **changes):
    plain = {"delivery": None, "queue_id": f"Q{number}", "recipient": "u@example.com", "lane": ""}
    return NewItem(number, **(plain | changes))


async def recorded(database, job, *items, place=None, reached=None):
    return await database.write(
        lambda tx: job_discovery.record_page(
            tx, ACCOUNT, job.number, items, reached=reached, place=place, now=NOW
        )
    )


async def processing(database, count=3, **changes):
    """A job whose items wait to be moved."""
    job = await made(database, **changes)
    await recorded(database, job, *(item(number) for number in range(1, count + 1)))
    return await now(database, job)


async def now(database, job):
    return await database.read(lambda tx: jobs.get_job(tx, job.account, job.id))


async def taken(database, job, *, owner="o", limit=100, at=NOW):
    async def work(tx):
        await jobs.lock_job(tx, ACCOUNT, job.number)
        due = await job_items.due_items(tx, ACCOUNT, job.number, "", limit=limit, now=at)
        return await job_items.take(tx, ACCOUNT, due, owner=owner, until=at + timedelta(minutes=10))

    return await database.write(work)


async def settled(database, job, *ends, at=NOW):
    return await database.write(lambda tx: job_items.settle(tx, ACCOUNT, job.number, ends, now=at))


async def items(database, job, status=None, **place):
    place = {"after": 0, "skip": 0, "limit": 100} | place

    async def work(tx):
        found = await jobs.get_job(tx, ACCOUNT, job.id)
        return await job_list.list_items(tx, found, status, **place), await job_list.count_items(
            tx, found, status
        )

    return await database.read(work)


async def test_a_job_comes_back_as_it_was_made(database):
    """Everything that was given, whatever characters a search holds."""
    job = await made(database, comment="c", action=JobAction.RELEASE)

    assert job == await now(database, job)
    assert (SEARCH, JobStatus.PENDING, Counts(), "ann", None) == (
        job.search, job.status, job.counts, job.actor, job.destination,
    )  # fmt: skip


async def test_of_one_account_alone(database):
    """Another account neither finds nor lists it."""
    job = await made(database)

    with pytest.raises(NotFound):
        await database.read(lambda tx: jobs.get_job(tx, OTHER_ACCOUNT, job.id))
    assert () == await listed(database, account=OTHER_ACCOUNT)
    assert (job,) == await listed(database)


async def listed(database, chosen=JobFilter(), *, account=ACCOUNT, before=2**62, skip=0, limit=10):  # noqa: B008
    return await database.read(
        lambda tx: jobs.list_jobs(tx, account, chosen, before=before, skip=skip, limit=limit)
    )


async def test_lists_are_filtered_and_paged(database):
    """Newest first, by action and status."""
    moves = [await made(database) for _ in range(3)]
    await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, moves[0].id, now=NOW))
    release = await made(database, action=JobAction.RELEASE)

    ids = [job.id for job in await listed(database)]
    cancelled = await listed(database, JobFilter(JobAction.MOVE, JobStatus.CANCELLED))
    rest = await listed(database, before=release.number, skip=1, limit=1)

    assert [release.id, *(job.id for job in reversed(moves))] == ids
    assert [moves[0].id] == [job.id for job in cancelled]
    assert [moves[1].id] == [job.id for job in rest]
    assert 3 == await database.read(lambda tx: jobs.count_jobs(tx, ACCOUNT, JobFilter(JobAction.MOVE)))


async def test_keys(database):
    """The same key gives the same job for a day, also to two who ask at once; for another wish it is refused."""
    key = JobKey("token", "k", "body")
    first, second = await asyncio.gather(made(database, key=key), made(database, key=key))

    with pytest.raises(Conflict):
        await made(database, key=JobKey("token", "k", "other"))
    theirs = await made(database, key=JobKey("another", "k", "other"))
    next_day = await database.write(
        lambda tx: jobs.add_job(tx, ACCOUNT, new(key=key), now=NOW + timedelta(hours=24, seconds=1))
    )

    assert first == second
    assert 3 == len({first.id, theirs.id, next_day.id})


async def test_too_many(database):
    """The limit counts jobs that have not ended, of one account."""
    for _ in range(jobs.MAX_OPEN):
        job = await made(database)

    with pytest.raises(Invalid):
        await made(database)
    await made(database, account=OTHER_ACCOUNT)
    await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, job.id, now=NOW))
    assert await made(database)


async def test_pages_are_recorded_once(database):
    """A page that was read where the job no longer is counts for nothing; so does an item that is known."""
    job = await made(database)

    await recorded(database, job, item(1), item(2, skipped="no"), place=50)
    await recorded(database, job, item(3), place=None)  # read before the first page was recorded
    await recorded(database, job, item(2), item(4), reached=50, place=20)
    between = await now(database, job)
    await recorded(database, job, reached=20)
    after = await now(database, job)

    assert (JobStatus.DISCOVERING, Counts(discovered=3, skipped=1)) == (between.status, between.counts)
    assert (JobStatus.PROCESSING, 2) == (after.status, after.counts.pending)
    assert await recorded(database, job, item(5)) is None
    assert [1, 2, 4] == [one.record for one in (await items(database, job))[0]]


@pytest.mark.parametrize("skipped", [0, 2])
async def test_nothing_to_do(database, skipped):
    """A job without items, or with skipped ones only, has ended when it is discovered."""
    job = await made(database)

    await recorded(database, job, *(item(number, skipped="no") for number in range(skipped)))

    ended = await now(database, job)
    assert (JobStatus.COMPLETED, Counts(discovered=skipped, skipped=skipped)) == (ended.status, ended.counts)
    assert () == await database.read(job_sweep.open_jobs)


async def test_taken_and_settled(database):
    """Counters follow the items; the job ends with its last one."""
    job = await processing(database)
    one, two, three = await taken(database, job)
    under_way = await items(database, job, ItemStatus.PROCESSING)

    await settled(database, job, ItemEnd(one.number, COMPLETED, owner="o"))
    between = await now(database, job)
    await settled(
        database,
        job,
        ItemEnd(two.number, FAILED, "why", owner="o"),
        ItemEnd(three.number, COMPLETED, owner="o"),
        at=LATER,
    )
    ended = await now(database, job)

    assert (3, 3) == (len(under_way[0]), under_way[1])
    assert (JobStatus.PROCESSING, Counts(3, successful=1)) == (between.status, between.counts)
    assert (JobStatus.COMPLETED, Counts(3, successful=2, failed=1), LATER) == (
        ended.status, ended.counts, ended.completed_at,
    )  # fmt: skip
    assert ([("why", LATER)], 1) == (
        [
            (one.status_message, one.processed_at)
            for one in (await items(database, job, ItemStatus.FAILED))[0]
        ],
        (await items(database, job, ItemStatus.FAILED))[1],
    )


async def test_a_long_note_is_cut(database):
    """Next hops may say a lot, a million times."""
    job = await processing(database, 1)
    (one,) = await taken(database, job)

    await settled(database, job, ItemEnd(one.number, FAILED, "x" * 10_000, owner="o"))

    ((failed,), _) = await items(database, job)
    assert job_items.MAX_NOTE == len(failed.status_message)


async def test_settled_once(database):
    """Whoever lost the lease, or comes a second time, changes nothing."""
    job = await processing(database, 1)
    (one,) = await taken(database, job)

    await settled(database, job, ItemEnd(one.number, COMPLETED, owner="somebody else"))
    not_theirs = await now(database, job)
    for _ in range(2):
        await settled(database, job, ItemEnd(one.number, FAILED, owner="o"))

    assert Counts(1) == not_theirs.counts
    assert (JobStatus.FAILED, Counts(1, failed=1)) == (
        (await now(database, job)).status,
        (await now(database, job)).counts,
    )


async def test_two_who_settle_at_once(database):
    """Each item is counted once."""
    job = await processing(database, 20)
    held = await taken(database, job)
    ends = [ItemEnd(one.number, COMPLETED, owner="o") for one in held]

    await asyncio.gather(*(settled(database, job, *ends[start:]) for start in (0, 5, 0, 10)))

    assert Counts(20, successful=20) == (await now(database, job)).counts


async def test_two_who_take_at_once(database):
    """Nobody takes what another has."""
    job = await processing(database, 20)

    halves = await asyncio.gather(*(taken(database, job, owner=owner, limit=10) for owner in "ab"))

    assert 20 == len({one.number for half in halves for one in half})


async def test_tried_again(database):
    """An item that waits says how often it was tried and when it is due; it is not taken before."""
    job = await processing(database, 1)
    (one,) = await taken(database, job)
    await settled(database, job, ItemEnd(one.number, PENDING, "busy", LATER, owner="o"))

    ((waiting,), total) = await items(database, job, ItemStatus.PENDING)

    assert (1, 1, LATER, "busy") == (total, waiting.retries, waiting.retry_at, waiting.status_message)
    assert () == await taken(database, job)
    assert LATER == await database.read(lambda tx: job_items.next_due(tx, ACCOUNT, job.number, ""))
    (again,) = await taken(database, job, at=LATER)
    assert 2 == again.attempts


async def test_a_lease_ends(database):
    """What was taken by somebody who died becomes due with the end of the lease; its origin is kept."""
    job = await processing(database, 1)
    (one,) = await taken(database, job)
    await database.write(lambda tx: job_items.set_origins(tx, ACCOUNT, [(one.number, "Inbox")]))
    await database.write(lambda tx: job_items.set_origins(tx, ACCOUNT, [(one.number, "JunkEmail")]))

    too_early = await taken(database, job, owner="b", at=LATER)
    (again,) = await taken(database, job, owner="b", at=NOW + timedelta(minutes=11))

    assert () == too_early
    assert ("Inbox", 2) == (again.origin, again.attempts)


async def test_recovery(database, kind):
    """At its start the only server of an SQLite store takes everything back; on PostgreSQL others may hold it."""
    job = await processing(database, 2)
    await taken(database, job)

    await database.write(lambda tx: recover(tx, LATER))

    assert (2 if kind == "sqlite" else 0) == len(await taken(database, job, owner="b", at=LATER))


async def test_leases_given_back(database):
    """Those of one owner only."""
    job = await processing(database, 2)
    await taken(database, job, owner="a", limit=1)
    await taken(database, job, owner="b", limit=1)

    count = await database.write(lambda tx: job_sweep.let_go(tx, NOW, owner="a"))

    assert 1 == count
    assert 1 == len(await taken(database, job, owner="c"))


async def test_cancelled_at_once_and_swept_later(database):
    """The job counts as cancelled what its items still have to become; they read so from that moment."""
    job = await processing(database, 5)
    one, two = await taken(database, job, limit=2)
    await settled(database, job, ItemEnd(one.number, COMPLETED, owner="o"))

    cancelled = await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, job.id, now=LATER))
    before = await items(database, job, ItemStatus.CANCELLED)
    await settled(database, job, ItemEnd(two.number, COMPLETED, owner="o"))
    steps = 1
    while await database.write(lambda tx: job_sweep.sweep(tx, ACCOUNT, job.number, limit=2, now=LATER)):
        steps += 1
    after = await items(database, job, ItemStatus.CANCELLED)

    assert (JobStatus.CANCELLED, Counts(5, successful=1, cancelled=4)) == (cancelled.status, cancelled.counts)
    assert (4, 4) == (len(before[0]), before[1])
    assert (4, 4) == (len(after[0]), after[1])
    assert 3 == steps
    assert cancelled == await now(database, job)
    assert ((), 0) == await items(database, job, ItemStatus.PENDING)
    assert ((), 0) == await items(database, job, ItemStatus.PROCESSING)
    assert () == await database.read(job_sweep.open_jobs)
    with pytest.raises(Invalid):
        await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, job.id, now=LATER))


async def test_pausing(database):
    """A paused job takes no pages; one that has ended cannot be paused."""
    job = await made(database)

    paused = await database.write(lambda tx: jobs.pause_job(tx, ACCOUNT, job.id, paused=True))
    refused = await recorded(database, job, item(1))
    resumed = await database.write(lambda tx: jobs.pause_job(tx, ACCOUNT, job.id, paused=False))
    await recorded(database, job)

    assert (True, None, False) == (paused.paused, refused, resumed.paused)
    with pytest.raises(Invalid):
        await database.write(lambda tx: jobs.pause_job(tx, ACCOUNT, job.id, paused=True))


async def test_removing(database):
    """Only what has ended, at once for everybody, and row by row for the store."""
    job = await processing(database, 5)
    with pytest.raises(Invalid):
        await database.write(lambda tx: jobs.remove_job(tx, ACCOUNT, job.id))
    await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, job.id, now=NOW))

    await database.write(lambda tx: jobs.remove_job(tx, ACCOUNT, job.id))
    work = [one.work for one in await database.read(job_sweep.open_jobs)]
    while await database.write(lambda tx: job_sweep.remove_some(tx, ACCOUNT, job.number, limit=2)):
        pass

    with pytest.raises(NotFound):
        await now(database, job)
    assert ["remove"] == work
    assert () == await database.read(job_sweep.open_jobs)
    assert 0 == await database.read(lambda tx: tx.value("SELECT count(*) FROM job_item"))


async def test_old_jobs_are_removed(database):
    """Those that ended before, and no others."""
    old, young, open_ = [await made(database) for _ in range(3)]
    await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, old.id, now=NOW))
    await database.write(lambda tx: jobs.cancel_job(tx, ACCOUNT, young.id, now=LATER))

    count = await database.write(lambda tx: jobs.remove_old_jobs(tx, ended_before=LATER, limit=10))

    assert 1 == count
    assert [open_.id, young.id] == [job.id for job in await listed(database)]


async def test_an_account_takes_its_jobs_along(database):
    """Nothing of it is left."""
    await processing(database)

    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    for table in ("job", "job_item"):
        assert 0 == await database.read(lambda tx, t=table: tx.value(f"SELECT count(*) FROM {t}"))


async def test_copies_are_found_page_by_page(database):
    """Every copy once, with what decides whether a job can act on it."""
    made_ = [
        await stored(database, envelope("u@example.com", "v@example.com"), order=Order.QUARANTINE)
        for _ in range(3)
    ]

    found, before = [], None
    while True:
        page = await database.read(
            lambda tx, before=before: job_discovery.find_copies(tx, ACCOUNT, CRITERIA, before=before, limit=2)
        )
        found += page.copies
        before = page.place
        if before is None:
            break

    assert sorted(
        (one.number, name) for one in made_ for name in ("u@example.com", "v@example.com")
    ) == sorted((copy.record, copy.recipient) for copy in found)
    assert {("quarantined", "example.com", True, False)} == {
        (copy.state.value, copy.domain, copy.bytes_kept, copy.is_submission) for copy in found
    }


async def test_released_and_followed(database):
    """Set free in the transaction that says so; a second time nothing is sent again."""
    received = await stored(database, order=Order.QUARANTINE)
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    job = await made(database, action=JobAction.RELEASE)
    (delivery,) = record.deliveries
    copy = item(received.number, delivery=delivery.id, recipient="user@example.com", lane="example.com")
    await recorded(database, job, copy)

    async def free(tx):
        due = await job_items.due_items(tx, ACCOUNT, job.number, "example.com", limit=10, now=NOW)
        await job_release.set_free(tx, ACCOUNT, due, actor="ann", now=NOW)
        return len(due)

    counts = [await database.write(free), await database.write(free)]
    (going,) = await database.read(
        lambda tx: job_release.look(tx, ACCOUNT, job.number, job_items.SENT, limit=10)
    )
    await settled(database, job, ItemEnd(going.item, COMPLETED))
    await settled(database, job, ItemEnd(going.item, COMPLETED))

    assert [1, 0] == counts
    assert ("queued", "example.com") == (going.state.value, going.lane)
    assert (JobStatus.COMPLETED, Counts(1, successful=1)) == (
        (await now(database, job)).status, (await now(database, job)).counts,
    )  # fmt: skip


async def test_lanes(database):
    """Those that have something to be taken, each once."""
    job = await made(database, action=JobAction.RELEASE)
    await recorded(
        database,
        job,
        *(item(number, lane=f"{number % 3}.test") for number in range(9)),
        item(10, lane="x", skipped="s"),
    )

    assert ("0.test", "1.test", "2.test") == await database.read(
        lambda tx: job_items.lanes(tx, ACCOUNT, job.number)
    )


async def test_pages_of_items(database):
    """In the order of discovery, from a place, with places skipped."""
    job = await processing(database, 5)

    all_, total = await items(database, job)
    some, _ = await items(database, job, after=all_[0].number, skip=1, limit=2)

    assert (5, list(all_[2:4])) == (total, list(some))
    assert 5 == len({one.id for one in all_})
