"""Mail to report addresses as work to do: opened with the decision, claimed with a lease, closed once.

Rules. A report is opened in the transaction that its 250 stands for, and closed in the one that makes its
submissions: whatever happens in between is done again, and no submission is made twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lazaretto.model.report import ReportMail, Standing
from lazaretto.store.codec import plain_text
from lazaretto.store.rows import in_list
from lazaretto.store.times import micros, moment_or_none
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ClaimedReport:
    """A report that is ours to read until the lease ends."""

    account: str
    record: int
    attempts: int  # this one included


async def open_report(tx: Transaction, account: str, record: int, *, at: datetime) -> None:
    """There is a report to read."""
    await tx.execute(
        "INSERT INTO report (account, record, attempts, next_attempt_at) VALUES (?, ?, 0, ?)",
        account,
        record,
        micros(at),
    )


async def claim_reports(
    tx: Transaction, *, limit: int, now: datetime, lease: timedelta
) -> tuple[ClaimedReport, ...]:
    """Take due reports, the longest waiting first."""
    at = micros(now)
    passing_by = " FOR UPDATE SKIP LOCKED" if tx.dialect == "postgres" else ""
    rows: list[Any] = await tx.rows(
        "SELECT account, record, attempts FROM report"
        " WHERE next_attempt_at <= ? AND (lease_until IS NULL OR lease_until <= ?)"
        f" ORDER BY next_attempt_at LIMIT ?{passing_by}",
        at,
        at,
        limit,
    )
    until = micros(now + lease)
    await tx.many(
        "UPDATE report SET lease_until = ?, attempts = attempts + 1 WHERE account = ? AND record = ?",
        [(until, account, record) for account, record, _ in rows],
    )
    return tuple(ClaimedReport(account, record, attempts + 1) for account, record, attempts in rows)


async def close_report(
    tx: Transaction, claimed: ClaimedReport, *, standing: Standing | None, said: str
) -> bool:
    """The report was read. False when another reader was faster: nothing may follow from this reading."""
    row = await tx.row(
        "UPDATE report SET standing = ?, said = ?, next_attempt_at = NULL, lease_until = NULL"
        " WHERE account = ? AND record = ? AND next_attempt_at IS NOT NULL RETURNING record",
        standing.value if standing else None,
        plain_text(said),
        claimed.account,
        claimed.record,
    )
    return row is not None


async def renew(tx: Transaction, claimed: ClaimedReport, *, until: datetime) -> None:
    """The reading goes on: nobody else may begin it."""
    await tx.execute(
        "UPDATE report SET lease_until = ? WHERE account = ? AND record = ? AND lease_until IS NOT NULL",
        micros(until),
        claimed.account,
        claimed.record,
    )


async def put_off(tx: Transaction, claimed: ClaimedReport, *, until: datetime) -> None:
    """Reading failed; it is due again later."""
    await tx.execute(
        "UPDATE report SET next_attempt_at = ?, lease_until = NULL"
        " WHERE account = ? AND record = ? AND next_attempt_at IS NOT NULL",
        micros(until),
        claimed.account,
        claimed.record,
    )


async def take_over(tx: Transaction) -> None:
    """At the start of an SQLite store, which has one server: no lease is of a reader that still lives."""
    if tx.dialect == "sqlite":
        await tx.execute("UPDATE report SET lease_until = NULL WHERE next_attempt_at IS NOT NULL")


async def next_report_due(tx: Transaction) -> datetime | None:
    """When the next report can be claimed; None when none waits."""
    due: Any = await tx.value(
        "SELECT min(CASE WHEN lease_until > next_attempt_at THEN lease_until ELSE next_attempt_at END)"
        " FROM report WHERE next_attempt_at IS NOT NULL"
    )
    return moment_or_none(due)


async def get_reports(tx: Transaction, account: str, records: Sequence[int]) -> dict[int, ReportMail]:
    """What is known of report mails, by their row numbers. At most 1,000."""
    if not records:
        return {}
    marks, args = in_list(records)
    rows: list[Any] = await tx.rows(
        f"SELECT record, standing, said FROM report WHERE account = ? AND record IN {marks}", account, *args
    )
    return {
        record: ReportMail(record, Standing(standing) if standing else None, said or "")
        for record, standing, said in rows
    }
