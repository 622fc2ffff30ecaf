"""Labelled examples: what the classifier of an account is learned from, kept beside the labels.

Rules. An example holds no text, only hashes of words, so it stays when the bytes and the record of its
message are removed: what was learned is not forgotten. It goes with its account, when newer ones take its
place, or when somebody forgets the examples of a person.

Each new example makes training due, a while after the last one, so that a row of reclassifications trains
once.
"""

from datetime import datetime, timedelta
from typing import Any

from backports import zstd

from lazaretto.model.disposition import Disposition
from lazaretto.model.learning import Example
from lazaretto.store.codec import LEVEL, plain_text
from lazaretto.store.times import MICROSECOND, micros, moment
from lazaretto.store.transaction import Transaction

MAX_KEPT = 2_000
"""Examples of one account, the newest: some kilobytes each. More than are learned from, because of several
labels one message may have only the newest counts."""

QUIET = timedelta(seconds=60)
"""Training waits for this long without another label."""

PATIENCE = timedelta(minutes=10)
"""Training waits no longer than this, however steadily labels come."""

_CREATE = "INSERT INTO learning (account, last) VALUES (?, 0) ON CONFLICT (account) DO NOTHING"


async def add_example(tx: Transaction, example: Example) -> None:
    """Keep an example; a second one of the same submission changes nothing."""
    added = await tx.row(
        "INSERT INTO learned_example (account, submission, record, label, given, actor, at, words)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, submission) DO NOTHING RETURNING submission",
        example.account,
        example.submission,
        example.record,
        example.label.value,
        example.given.value if example.given else None,
        plain_text(example.by),
        micros(example.at),
        zstd.compress(example.words, level=LEVEL),
    )
    if added is not None:
        await _drop_oldest(tx, example.account)
        await _make_due(tx, example.account, example.at)


async def list_examples(tx: Transaction, account: str) -> tuple[Example, ...]:
    """All examples of an account, oldest first."""
    rows: list[Any] = await tx.rows(
        "SELECT submission, record, label, given, actor, at, words FROM learned_example"
        " WHERE account = ? ORDER BY submission",
        account,
    )
    return tuple(
        Example(
            account,
            submission,
            record,
            Disposition(label),
            Disposition(given) if given else None,
            actor,
            moment(at),
            zstd.decompress(words),
        )
        for submission, record, label, given, actor, at, words in rows
    )


async def forget_examples(tx: Transaction, account: str, by: str) -> int:
    """Remove the examples of one person; what was learned stays until training. Returns their number."""
    rows = await tx.rows(
        "DELETE FROM learned_example WHERE account = ? AND actor = ? RETURNING submission",
        account,
        plain_text(by),
    )
    return len(rows)


async def claim_training(tx: Transaction, *, now: datetime, lease: timedelta) -> str | None:
    """An account whose training is due. Nobody else gets it within the lease; after it, it is due again."""
    lock = "" if tx.dialect == "sqlite" else " FOR UPDATE SKIP LOCKED"
    account: Any = await tx.value(
        f"SELECT account FROM learning WHERE due_at <= ? ORDER BY due_at LIMIT 1{lock}", micros(now)
    )
    if account is None:
        return None
    await tx.execute("UPDATE learning SET due_at = ? WHERE account = ?", micros(now + lease), account)
    return str(account)


async def training_ended(tx: Transaction, account: str, *, lease_until: datetime) -> None:
    """Nothing is due any more, unless another label came meanwhile."""
    await tx.execute(
        "UPDATE learning SET due_at = NULL, waits_since = NULL WHERE account = ? AND due_at = ?",
        account,
        micros(lease_until),
    )


async def next_training(tx: Transaction) -> datetime | None:
    """When the next training is due; None when nothing waits."""
    due: Any = await tx.value("SELECT min(due_at) FROM learning WHERE due_at IS NOT NULL")
    return None if due is None else moment(due)


async def _make_due(tx: Transaction, account: str, at: datetime) -> None:
    await tx.execute(_CREATE, account)
    await tx.execute(
        "UPDATE learning SET waits_since = coalesce(waits_since, ?),"
        " due_at = CASE WHEN coalesce(waits_since, ?) + ? < ? THEN coalesce(waits_since, ?) + ? ELSE ? END"
        " WHERE account = ?",
        micros(at),
        micros(at),
        PATIENCE // MICROSECOND,
        micros(at + QUIET),
        micros(at),
        PATIENCE // MICROSECOND,
        micros(at + QUIET),
        account,
    )


async def _drop_oldest(tx: Transaction, account: str) -> None:
    await tx.execute(
        "DELETE FROM learned_example WHERE account = ? AND submission <= coalesce((SELECT submission"
        " FROM learned_example WHERE account = ? ORDER BY submission DESC LIMIT 1 OFFSET ?), -1)",
        account,
        account,
        MAX_KEPT,
    )
