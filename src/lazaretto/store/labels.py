"""Labels: what people said that messages are, one for each submission that was granted."""

from typing import Any

from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import Label
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment
from lazaretto.store.transaction import Transaction


async def add_label(tx: Transaction, label: Label) -> None:
    """Keep a label; a second one of the same submission changes nothing."""
    await tx.execute(
        "INSERT INTO label (account, record, blob, label, actor, at, submission) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, submission) DO NOTHING",
        label.account,
        label.record,
        label.blob,
        label.label.value,
        plain_text(label.by),
        micros(label.at),
        int(label.submission),
    )


async def list_labels(
    tx: Transaction, account: str, *, after: int = 0, limit: int = 1_000
) -> tuple[Label, ...]:
    """Labels in the order of their submissions, beginning after one of them."""
    rows: list[Any] = await tx.rows(
        "SELECT record, blob, label, actor, at, submission FROM label WHERE account = ? AND submission > ?"
        " ORDER BY submission LIMIT ?",
        account,
        after,
        limit,
    )
    return tuple(
        Label(account, record, blob, Disposition(label), actor, moment(at), str(submission))
        for record, blob, label, actor, at, submission in rows
    )
