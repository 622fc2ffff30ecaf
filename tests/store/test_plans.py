"""How SQLite finds rows: by the index that was made for it, never by walking over an account."""

import apsw

from lazaretto.query.criteria import Criteria
from lazaretto.store.accounts import add_account
from lazaretto.store.database import open_database
from lazaretto.store.messages import get_record
from lazaretto.store.outbox import claim, next_due, queue_depth
from lazaretto.store.recovery import recover
from lazaretto.store.search import count, search
from lazaretto.store.sqlite import SqliteTransaction, connect, drive
from tests.helpers.records import ACCOUNT, NOW, stored

LATER = NOW.replace(year=2027)
WALKS = (
    "SCAN record",
    "SCAN delivery",
    "SCAN trace",
    "SCAN r",
    "SCAN d ",
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
    "recover": lambda tx: recover(tx, NOW),
}
SMALL = ("delivery_held", "record_open")  # partial indexes with few rows


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
