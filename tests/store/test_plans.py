"""How SQLite finds rows: by the index that was made for it, never by walking over an account."""

import apsw

from lazaretto.mail.correspondence import Correspondence
from lazaretto.query.criteria import Criteria
from lazaretto.query.submissions import SubmissionCriteria
from lazaretto.store.accounts import add_account
from lazaretto.store.action_log import list_actions
from lazaretto.store.database import open_database
from lazaretto.store.history import recall
from lazaretto.store.messages import get_record
from lazaretto.store.outbox import claim, next_due, queue_depth
from lazaretto.store.reclassify import claim_submissions, next_submission_due
from lazaretto.store.recovery import recover
from lazaretto.store.reports import claim_reports, get_reports, next_report_due
from lazaretto.store.search import count, search
from lazaretto.store.sqlite import SqliteTransaction, connect, drive
from lazaretto.store.submissions import list_submissions
from tests.helpers.records import ACCOUNT, NOW, envelope, stored

LATER = NOW.replace(year=2027)
WALKS = (
    "SCAN record",
    "SCAN delivery",
    "SCAN trace",
    "SCAN r",
    "SCAN d ",
    "SCAN submission",
    "SCAN label",
    "SCAN seen",
    "(account=?)",  # an account is not a selection
)
WORKS = {
    "list": lambda tx: search(tx, ACCOUNT, Criteria(NOW, LATER), None, 100),
    "all": lambda tx: search(tx, ACCOUNT, Criteria(NOW, LATER, detections_only=False), None, 100),
    "words": lambda tx: search(
        tx, ACCOUNT, Criteria(NOW, LATER, detections_only=False, words=("numbers",)), None, 100
    ),
    "count": lambda tx: count(tx, ACCOUNT, Criteria(NOW, LATER), None),
    "one": lambda tx: get_record(tx, ACCOUNT, "SOME"),
    "claim": lambda tx: claim(tx, owner="x", limit=10, now=NOW, lease=LATER - NOW),
    "due": next_due,
    "depth": queue_depth,
    "submissions": lambda tx: list_submissions(tx, ACCOUNT, SubmissionCriteria(NOW, LATER), 0, 20),
    "claim submissions": lambda tx: claim_submissions(tx, owner="x", limit=4, now=NOW, lease=LATER - NOW),
    "due submission": next_submission_due,
    "claim reports": lambda tx: claim_reports(tx, limit=2, now=NOW, lease=LATER - NOW),
    "due report": next_report_due,
    "reports": lambda tx: get_reports(tx, ACCOUNT, [1, 2]),
    "actions": lambda tx: list_actions(tx, ACCOUNT, 1, offset=0, limit=20),
    "recover": lambda tx: recover(tx, NOW),
    "history": lambda tx: recall(tx, envelope(), Correspondence("ann@remote.test", ("1@remote.test",))),
}
SMALL = ("delivery_held", "record_open", "report_due")  # partial indexes with few rows


class Explaining(SqliteTransaction):
    """Notes the plan of every statement before it is run."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self.plans: list[str] = []

    def _run(self, sql, args):
        plan = self._open().execute(f"EXPLAIN QUERY PLAN {sql}", args).fetchall()
        self.plans += [f"{step[3]} " for step in plan]
        return super()._run(sql, args)


def _walks(plan):
    return any(walk in plan for walk in WALKS) and not any(index in plan for index in SMALL)


async def test_no_work_walks_over_a_table(tmp_path):
    """Lists, lookups, the outbox and the start look rows up by what selects them."""
    database = await open_database(f"sqlite://{tmp_path}/store.db")
    await database.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    await stored(database)
    await database.close()
    connection = connect(tmp_path / "store.db")
    walks = []
    for name, work in WORKS.items():
        tx = Explaining(connection)
        drive(work, tx)
        walks += [(name, plan) for plan in tx.plans if _walks(plan)]
    connection.close()

    assert [] == walks
