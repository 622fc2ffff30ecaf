"""The classifiers that an account has trained, and which of them is used.

Rules. Promotion and rollback are one transaction that also makes a new version of the account's lists, with
which the difference travels to the scan workers: a crash leaves the old one or the new one, and the next
message is judged by what was committed before it came.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.learning import Difference, Evaluation, Learned
from lazaretto.store import codec
from lazaretto.store.codec import plain_text
from lazaretto.store.list_head import lock_head, write_head
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction

NO_CLASSIFIER = 1400
NOTHING_TO_ROLL_BACK = 1401

MAX_KEPT = 20
"""Classifiers of one account: enough to go back, some hundred kilobytes."""

_COLUMNS = "number, made_at, made_by, content, promoted_at, promoted_by, displaced"


@dataclass(frozen=True, slots=True)
class _Content:
    """What is stored packed."""

    evaluation: Evaluation
    difference: Difference


async def add_learned(
    tx: Transaction, account: str, difference: Difference, evaluation: Evaluation, *, by: str, now: datetime
) -> Learned:
    """Keep a trained classifier, not used yet. One that says the same as the newest takes its place."""
    last, active = await _lock(tx, account)
    newest = await get_learned(tx, account, last) if last else None
    same = newest is not None and newest.difference == difference
    number = last if same else last + 1
    content = codec.pack(_Content(evaluation, difference))
    if same:
        await tx.execute(
            "UPDATE learned_wording SET content = ?, made_at = ?, made_by = ?"
            " WHERE account = ? AND number = ?",
            content, micros(now), plain_text(by), account, number,
        )  # fmt: skip
    else:
        await tx.execute(
            "INSERT INTO learned_wording (account, number, made_at, made_by, content) VALUES (?, ?, ?, ?, ?)",
            account, number, micros(now), plain_text(by), content,
        )  # fmt: skip
        await tx.execute("UPDATE learning SET last = ? WHERE account = ?", number, account)
        await tx.execute(
            "DELETE FROM learned_wording WHERE account = ? AND number <= ? AND number <> ?",
            account, number - MAX_KEPT, active or 0,
        )  # fmt: skip
    found = await get_learned(tx, account, number)
    assert found is not None
    return found


async def get_learned(tx: Transaction, account: str, number: int) -> Learned | None:
    """One of them."""
    statement = f"SELECT {_COLUMNS} FROM learned_wording WHERE account = ? AND number = ?"
    row: Any = await tx.row(statement, account, number)
    return _read(row) if row else None


async def list_learned(tx: Transaction, account: str) -> tuple[Learned, ...]:
    """All that are kept, newest first."""
    statement = f"SELECT {_COLUMNS} FROM learned_wording WHERE account = ? ORDER BY number DESC"
    return tuple(_read(row) for row in await tx.rows(statement, account))


async def active_number(tx: Transaction, account: str) -> int | None:
    """The one in use; None: the shipped classifier alone."""
    number: Any = await tx.value("SELECT active FROM learning WHERE account = ?", account)
    return None if number is None else int(number)


async def active_difference(tx: Transaction, account: str) -> Difference | None:
    """What mail of the account is judged with, beside the shipped classifier."""
    content: Any = await tx.value(
        "SELECT w.content FROM learning l JOIN learned_wording w"
        " ON w.account = l.account AND w.number = l.active WHERE l.account = ?",
        account,
    )
    return None if content is None else codec.unpack(content, _Content).difference


async def promote_learned(
    tx: Transaction, account: str, number: int | None, *, by: str, now: datetime
) -> Learned:
    """Use this one from the next message on; None: the newest. Raises NotFound."""
    head = await lock_head(tx, account)
    last, active = await _lock(tx, account)
    wanted = last if number is None else number
    found = await get_learned(tx, account, wanted)
    if found is None:
        raise _no_classifier(number)
    if active != wanted:
        await tx.execute(
            "UPDATE learned_wording SET promoted_at = ?, promoted_by = ?, displaced = ?"
            " WHERE account = ? AND number = ?",
            micros(now), plain_text(by), active, account, wanted,
        )  # fmt: skip
        await _use(tx, account, wanted)
        await write_head(tx, account, head, now)
    found = await get_learned(tx, account, wanted)
    assert found is not None
    return found


async def rollback_learned(
    tx: Transaction, account: str, *, shipped: bool = False, now: datetime
) -> Learned | None:
    """Use again what was used before the one in use; `shipped`: none at all. Raises Invalid."""
    head = await lock_head(tx, account)
    _, active = await _lock(tx, account)
    if active is None:
        raise Invalid(NOTHING_TO_ROLL_BACK, "The shipped classifier is used alone: there is nothing to undo")
    current = await get_learned(tx, account, active)
    before = None if shipped or current is None else current.before
    found = None if before is None else await get_learned(tx, account, before)
    await _use(tx, account, None if found is None else found.id)
    await write_head(tx, account, head, now)
    return found


async def _use(tx: Transaction, account: str, number: int | None) -> None:
    await tx.execute("UPDATE learning SET active = ? WHERE account = ?", number, account)


async def _lock(tx: Transaction, account: str) -> tuple[int, int | None]:
    """The highest number and the one in use; nobody else changes them until the end of the work."""
    await tx.execute(
        "INSERT INTO learning (account, last) VALUES (?, 0) ON CONFLICT (account) DO NOTHING", account
    )
    lock = " FOR UPDATE" if tx.dialect == "postgres" else ""
    row: Any = await tx.row(f"SELECT last, active FROM learning WHERE account = ?{lock}", account)
    return row[0], row[1]


def _no_classifier(number: int | None) -> NotFound:
    if number is None:
        return NotFound(NO_CLASSIFIER, "Nothing was trained yet: train first", pointer="/id")
    return NotFound(NO_CLASSIFIER, f"There is no classifier {number} in this account", pointer="/id")


def _read(row: Any) -> Learned:
    number, made_at, made_by, content, promoted_at, promoted_by, displaced = row
    held = codec.unpack(content, _Content)
    return Learned(
        id=number,
        made_at=moment(made_at),
        made_by=made_by,
        evaluation=held.evaluation,
        difference=held.difference,
        promoted_at=moment_or_none(promoted_at),
        promoted_by=promoted_by,
        before=displaced,
    )
