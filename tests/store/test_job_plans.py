"""How SQLite finds jobs and their items: by the index that was made for it, however many there are."""

from datetime import timedelta

from lazaretto.model.job import JobAction, JobSearch
from lazaretto.query.criteria import Criteria
from lazaretto.store import job_discovery, job_items, job_list, job_release, job_sweep, jobs
from lazaretto.store.accounts import add_account
from lazaretto.store.database import open_database
from lazaretto.store.sqlite import connect, drive
from tests.helpers.records import ACCOUNT, NOW, stored
from tests.store.test_plans import Explaining

CRITERIA = Criteria(NOW - timedelta(days=1), NOW + timedelta(days=1), detections_only=False)
NEW = jobs.NewJob(
    JobAction.RELEASE, None, None, "ann", JobSearch(CRITERIA.start, CRITERIA.end), CRITERIA,
    key=jobs.JobKey("t", "k", "b"),
)  # fmt: skip
BY = ("job=", "job_open", "rowid=", "job_id", "job_key", "account=? AND removed=")


async def _pages(tx):
    job = await jobs.add_job(tx, ACCOUNT, NEW, now=NOW)
    return await job_list.list_items(tx, job, None, after=0, skip=0, limit=10)


async def _settle(tx):
    job = await jobs.add_job(tx, ACCOUNT, NEW, now=NOW)
    await job_items.settle(tx, ACCOUNT, job.number, [job_items.ItemEnd(1, "completed")], now=NOW)


WORKS = {
    "make": lambda tx: jobs.add_job(tx, ACCOUNT, NEW, now=NOW),
    "list": lambda tx: jobs.list_jobs(tx, ACCOUNT, jobs.JobFilter(), before=9, skip=0, limit=10),
    "open": job_sweep.open_jobs,
    "items": _pages,
    "settle": _settle,
    "lanes": lambda tx: job_items.lanes(tx, ACCOUNT, 1),
    "due": lambda tx: job_items.due_items(tx, ACCOUNT, 1, "", limit=10, now=NOW),
    "next": lambda tx: job_items.next_due(tx, ACCOUNT, 1, ""),
    "look": lambda tx: job_release.look(tx, ACCOUNT, 1, job_items.SENT, limit=10),
    "known": lambda tx: job_items.add_items(
        tx, ACCOUNT, 1, [job_items.NewItem(1, None, "Q", "u@example.com", "")], now=NOW
    ),
    "moved": lambda tx: job_discovery.moved_items(tx, ACCOUNT, 1, after=0, limit=10),
    "sweep": lambda tx: job_sweep.sweep(tx, ACCOUNT, 1, limit=10, now=NOW),
    "remove": lambda tx: job_sweep.remove_some(tx, ACCOUNT, 1, limit=10),
    "let go": lambda tx: job_sweep.let_go(tx, NOW),
}


async def test_no_work_walks_over_all_items(tmp_path):
    """Every statement over jobs or items begins with what selects them."""
    database = await open_database(f"sqlite://{tmp_path}/store.db")
    await database.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    await stored(database)
    await database.close()
    connection = connect(tmp_path / "store.db")
    walks = []
    for name, work in WORKS.items():
        tx = Explaining(connection)
        drive(work, tx)
        walks += [
            (name, plan)
            for plan in tx.plans
            if plan.startswith(("SCAN job", "SCAN i ", "SEARCH job", "SEARCH i "))
            if not any(selects in plan for selects in BY)
        ]
    connection.close()

    assert [] == walks
