"""Records looked up: by their names, by their bytes, and what was known and decided about them.

Rules. Every function is bound to one account and finds nothing of another.
"""

from datetime import datetime
from typing import Any, TypeVar

from lazaretto.mail.stamp import Stamp
from lazaretto.model.decision import Decision
from lazaretto.model.facts import Facts
from lazaretto.model.record import Record
from lazaretto.model.verdict import Verdict
from lazaretto.store import codec, flags
from lazaretto.store.codec import plain_text
from lazaretto.store.ids import alert_second, investigate_id, parse_reference
from lazaretto.store.rows import load
from lazaretto.store.times import moment
from lazaretto.store.transaction import Transaction

T = TypeVar("T")


async def find_by_blob(tx: Transaction, account: str, sha256: str) -> str | None:
    """The investigate id of the newest decided record with these bytes, None when there is none."""
    row: Any = await tx.row(
        "SELECT queue_id, received_at, number FROM record"
        " WHERE blob = ? AND account = ? AND decision IS NOT NULL ORDER BY number DESC LIMIT 1",
        sha256,
        account,
    )
    return investigate_id(row[0], moment(row[1]), row[2]) if row else None


async def get_record(
    tx: Transaction, account: str, ref: str, *, submissions: bool | None = None
) -> Record | None:
    """A record by investigate id or bare queue id (the newest of that queue id). Everything is filled.

    `submissions` True looks only among submissions, False only among regular mail, None in both.
    """
    reference = parse_reference(plain_text(ref))
    for queue_id in dict.fromkeys((plain_text(ref), reference.queue_id)):
        rows: list[Any] = await tx.rows(
            "SELECT number, received_at, flags FROM record WHERE account = ? AND queue_id = ?"
            " ORDER BY number DESC",
            account,
            queue_id,
        )
        for number, received_at, bits in rows:
            if submissions is not None and submissions != bool(bits & flags.SUBMISSION):
                continue
            if ref in _names(queue_id, moment(received_at), number):
                (record,) = await load(tx, account, (number,), detailed=True)
                return record
    return None


def _names(queue_id: str, received_at: datetime, number: int) -> tuple[str, ...]:
    """All that a record may be called: queue id, alert id, investigate id."""
    return (
        queue_id,
        f"{queue_id}-{alert_second(received_at)}",
        investigate_id(queue_id, received_at, number),
    )


async def get_facts(tx: Transaction, account: str, number: int) -> Facts | None:
    """Facts of the latest scan; None when there was none or retention removed them."""
    return await _of_scan(tx, account, number, "facts", Facts)


async def get_verdict(tx: Transaction, account: str, number: int) -> Verdict | None:
    """Verdict of the latest scan; None when there was none or retention removed it."""
    return await _of_scan(tx, account, number, "verdict", Verdict)


async def _of_scan(tx: Transaction, account: str, number: int, column: str, kind: type[T]) -> T | None:
    packed: Any = await tx.value(
        f"SELECT s.{column} FROM record r JOIN scan s ON s.account = r.account AND s.number = r.scan"
        " WHERE r.account = ? AND r.number = ?",
        account,
        number,
    )
    return codec.unpack(packed, kind) if packed else None


async def get_decision(tx: Transaction, account: str, number: int) -> Decision | None:
    """The latest decision."""
    return await _of_decision(tx, account, number, "decision", Decision)


async def get_stamp(tx: Transaction, account: str, number: int) -> Stamp | None:
    """What is put before the received bytes when they are sent."""
    return await _of_decision(tx, account, number, "stamp", Stamp)


async def _of_decision(tx: Transaction, account: str, number: int, column: str, kind: type[T]) -> T | None:
    stored: Any = await tx.value(
        f"SELECT d.{column} FROM record r JOIN decision d ON d.account = r.account AND d.number = r.decision"
        " WHERE r.account = ? AND r.number = ?",
        account,
        number,
    )
    return codec.decode(stored, kind) if stored else None
