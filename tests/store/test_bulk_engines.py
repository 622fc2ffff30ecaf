"""Two engines on one store, as two servers of one PostgreSQL have them: nothing is done twice."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lazaretto.actions.bulk import Bulk
from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.actions.bulk_tools import Tools
from lazaretto.actions.porter import Porter
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Order
from lazaretto.model.job import Destination, JobAction, JobSearch, JobStatus
from lazaretto.model.record import DeliveryState
from lazaretto.query.criteria import Criteria
from lazaretto.store import jobs, outbox
from lazaretto.store.domains import add_domain
from tests.helpers.maildir import Maildirs
from tests.helpers.program import eventually
from tests.helpers.records import ACCOUNT, envelope, stored

OPTIONS = BulkOptions(
    page=7, batch=5, window=8, moves=4, look=0.01, put_off_look=0.05, poll=0.05, trouble_wait=0.05
)
TAKEN = outbox.Outcome(DeliveryState.DELIVERED, "250 2.0.0 Ok", "delivered")


@asynccontextmanager
async def engines(database, porter, sent):
    """Two of them, and a next hop that takes everything."""

    async def send(tx):
        now = datetime.now(UTC)
        claimed = await outbox.claim(tx, owner="hop", limit=50, now=now, lease=timedelta(minutes=1))
        for one in claimed:
            await outbox.settle(tx, one, TAKEN, now)
        return [one.record for one in claimed]

    async def deliver():
        while True:
            sent.extend(await database.write(send))
            await asyncio.sleep(0.01)

    pair = [
        Bulk(Tools(database, porter, lambda: None, OPTIONS, lambda: datetime.now(UTC), owner))
        for owner in ("one", "two")
    ]
    async with asyncio.TaskGroup() as group:
        hop = group.create_task(deliver())
        for bulk in pair:
            group.create_task(bulk.run())
        yield
        for bulk in pair:
            bulk.stop()
        hop.cancel()


async def run(database, new):
    now = datetime.now(UTC)
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", NextHop("hop.test", 25), now=now))
    job = await database.write(lambda tx: jobs.add_job(tx, ACCOUNT, new, now=now))

    async def ended():
        found = await database.read(lambda tx: jobs.get_job(tx, ACCOUNT, job.id))
        counts = found.counts
        assert counts.discovered == (
            counts.pending + counts.successful + counts.failed + counts.skipped + counts.cancelled
        )
        assert counts.pending >= 0
        return found if found.status.terminal else None

    return ended


def new_job(action):
    criteria = Criteria(
        datetime.now(UTC) - timedelta(hours=1),
        datetime.now(UTC) + timedelta(seconds=5),
        detections_only=False,
    )
    destination = Destination.JUNK if action is JobAction.MOVE else None
    return jobs.NewJob(action, destination, None, "ann", JobSearch(criteria.start, criteria.end), criteria)


async def test_each_copy_is_released_once(database):
    """Discovery and sending by two at once: every item once, every copy once."""
    begin = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(40):
        await stored(database, order=Order.QUARANTINE, at=begin + timedelta(milliseconds=number))
    ended = await run(database, new_job(JobAction.RELEASE))
    sent = []

    async with engines(database, Porter(Maildirs(None)), sent):
        job = await eventually(ended, 30)

    assert (JobStatus.COMPLETED, 40, 40) == (job.status, job.counts.discovered, job.counts.successful)
    assert {1: 40} == Counter(Counter(sent).values())


async def test_each_copy_is_moved_once(database, tmp_path):
    """Leases keep the two apart."""
    maildirs = Maildirs(tmp_path / "mailboxes")
    box = maildirs.open(ACCOUNT, "user@example.com")
    begin = datetime.now(UTC) - timedelta(minutes=1)
    for number in range(20):
        one = replace(envelope(), received_at=begin)
        await stored(database, one, at=begin + timedelta(milliseconds=number))
        box.put(f"Received: by mx id {one.queue_id}\r\n\r\nx".encode())
    sent = []

    async with engines(database, Porter(maildirs), sent):
        await eventually(lambda: len(sent) == 20)
        ended = await run(database, new_job(JobAction.MOVE))
        job = await eventually(ended, 30)

    assert (JobStatus.COMPLETED, 20, 20) == (job.status, job.counts.discovered, job.counts.successful)
    assert {"JunkEmail": 20} == box.where()
    assert 20 == box.calls.count("move")
