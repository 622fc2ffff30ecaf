"""Pending submissions as work: claimed with a lease, judged in one transaction, then finished.

Rules. Everything that a judgement changes on a message is committed at once: scan, disposition, action,
trace, label, release. A submission that was judged is never judged again, so a crash repeats nothing. Of two
submissions about one message the later one holds, in whatever order they are judged.

Limits: the search index is written anew only when the message was scanned again, because the words of the
body are kept nowhere else. Until then the free query finds the old disposition as a word; filters are exact.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.learning import Example
from lazaretto.model.record import ActionEntry, Operation, Summary
from lazaretto.model.submission import Label, Outcome, Processing, Submission
from lazaretto.model.verdict import Verdict
from lazaretto.store import codec, flags, outbox, search_text, steps
from lazaretto.store.claim import lock_record
from lazaretto.store.codec import plain_text
from lazaretto.store.examples import add_example
from lazaretto.store.ids import investigate_id
from lazaretto.store.labels import add_label
from lazaretto.store.messages import add_scan
from lazaretto.store.submission_rows import COLUMNS, read_submission
from lazaretto.store.submissions import get_submission
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.trace import add_action, add_trace
from lazaretto.store.transaction import Transaction
from lazaretto.store.words import document

_LOCK = {"sqlite": "", "postgres": " FOR UPDATE SKIP LOCKED"}


@dataclass(frozen=True, slots=True)
class Scan:
    """A new look at the message."""

    facts: Facts
    verdict: Verdict
    summary: Summary
    shown: bool  # it was a look at this message, not at other bytes: lists and details show it from now on


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be written about a submission."""

    outcome: Outcome
    outcome_disposition: Disposition | None
    reason: str
    disposition: Disposition | None = None  # the message's from now on; None leaves it
    scan: Scan | None = None
    similar: int | None = None
    label_blob: str | None = None  # the bytes that the label is about; None: no label
    label_words: bytes = b""  # their hashed features
    release: bool = False  # let held copies go
    completed: bool = True  # False: something follows if this holds, and then `finish_submission`


@dataclass(frozen=True, slots=True)
class Judged:
    """What was written."""

    held: bool  # the disposition of the message is that of this submission
    released: tuple[str, ...] = ()


async def claim_submissions(
    tx: Transaction, *, owner: str, limit: int, now: datetime, lease: timedelta
) -> tuple[Submission, ...]:
    """Take due submissions of all accounts, longest waiting first; each claim counts as an attempt."""
    at = micros(now)
    key = "number" if tx.dialect == "sqlite" else "account, number"
    due = (
        f"SELECT {key} FROM submission WHERE next_attempt_at <= ?"
        " AND (lease_until IS NULL OR lease_until <= ?)"
        f" ORDER BY next_attempt_at, number LIMIT ?{_LOCK[tx.dialect]}"
    )
    rows = await tx.rows(
        "UPDATE submission SET lease_owner = ?, lease_until = ?, attempts = attempts + 1"
        f" WHERE ({key}) IN ({due}) RETURNING {COLUMNS}",
        owner,
        micros(now + lease),
        at,
        at,
        limit,
    )
    return tuple(sorted((read_submission(row) for row in rows), key=lambda one: int(one.id)))


async def next_submission_due(tx: Transaction) -> datetime | None:
    """When the next submission becomes due that nobody holds; None when nothing waits."""
    due: Any = await tx.value(
        "SELECT next_attempt_at FROM submission WHERE next_attempt_at IS NOT NULL AND lease_owner IS NULL"
        " ORDER BY next_attempt_at LIMIT 1"
    )
    return moment_or_none(due)


async def let_submissions_go(tx: Transaction, owner: str | None) -> None:
    """Give up all leases of an owner. None: of everybody, which is right where only one server can be."""
    condition, args = ("", ()) if owner is None else (" AND lease_owner = ?", (owner,))
    await tx.execute(
        "UPDATE submission SET lease_owner = NULL, lease_until = NULL"
        f" WHERE next_attempt_at IS NOT NULL AND lease_owner IS NOT NULL{condition}",
        *args,
    )


async def put_off(tx: Transaction, submission: Submission, *, until: datetime) -> None:
    """Try again later."""
    await tx.execute(
        "UPDATE submission SET next_attempt_at = ?, lease_owner = NULL, lease_until = NULL"
        " WHERE account = ? AND number = ? AND next_attempt_at IS NOT NULL",
        micros(until),
        submission.account,
        int(submission.id),
    )


async def judge_submission(
    tx: Transaction, submission: Submission, judgement: Judgement, *, now: datetime
) -> Judged | None:
    """Write a judgement with all that it changes. None: it was judged before, and nothing was changed.

    Raises LookupError when the message has no place in the lists yet.
    """
    current = await get_submission(tx, submission.account, submission.id, lock=True)
    if current is None or current.decided_at is not None or current.processing is not Processing.PENDING:
        return None
    judged = Judged(held=False)
    if submission.original.record is not None:
        judged = await _judge_record(tx, submission, judgement, now)
    reason = " ".join(filter(None, (judgement.reason, _told(judgement, judged))))
    await tx.execute(
        "UPDATE submission SET outcome = ?, outcome_disposition = ?, reason = ?, similar_count = ?,"
        " decided_at = ? WHERE account = ? AND number = ?",
        judgement.outcome.value,
        judgement.outcome_disposition.value if judgement.outcome_disposition else None,
        plain_text(reason),
        judgement.similar,
        micros(now),
        submission.account,
        int(submission.id),
    )
    if judgement.completed or not judged.held:
        await finish_submission(tx, submission, Processing.COMPLETED, "", now=now)
    return judged


async def finish_submission(
    tx: Transaction, submission: Submission, processing: Processing, addition: str, *, now: datetime
) -> bool:
    """The work is done; `addition` is one more sentence for people. False when it was done before."""
    row = await tx.row(
        "UPDATE submission SET processing = ?, completed_at = ?, repeat_key = NULL, next_attempt_at = NULL,"
        " lease_owner = NULL, lease_until = NULL,"
        " reason = CASE WHEN reason = '' THEN CAST(? AS TEXT) ELSE reason || CAST(? AS TEXT) END"
        " WHERE account = ? AND number = ? AND next_attempt_at IS NOT NULL RETURNING number",
        processing.value,
        micros(now),
        plain_text(addition),
        plain_text(f" {addition}" if addition else ""),
        submission.account,
        int(submission.id),
    )
    return row is not None


def _told(judgement: Judgement, judged: Judged) -> str:
    """What followed in the store, for people."""
    if judgement.disposition is not None and not judged.held:
        return "A later submission about the message was granted already: its disposition stays."
    if not judgement.release:
        return ""
    return f"Released to {steps.names(judged.released)}." if judged.released else "No copy of it was held."


@dataclass(frozen=True, slots=True)
class _Place:
    """A locked record."""

    account: str
    number: int
    position: int
    name: str  # investigate id
    envelope: Envelope
    disposition: Disposition


async def _lock(tx: Transaction, account: str, number: int) -> _Place | None:
    await lock_record(tx, account, number)
    row: Any = await tx.row(
        "SELECT position, queue_id, received_at, envelope, disposition FROM record"
        " WHERE account = ? AND number = ?",
        account,
        number,
    )
    if row is None:
        return None
    position, queue_id, received_at, envelope, disposition = row
    if position is None:
        raise LookupError(f"record {number} is not decided yet")
    return _Place(
        account=account,
        number=number,
        position=position,
        name=investigate_id(queue_id, moment(received_at), number),
        envelope=codec.decode(envelope, Envelope),
        disposition=Disposition(disposition) if disposition else Disposition.UNKNOWN,
    )


async def _judge_record(
    tx: Transaction, submission: Submission, judgement: Judgement, now: datetime
) -> Judged:
    assert submission.original.record is not None
    place = await _lock(tx, submission.account, submission.original.record)
    if place is None:
        return Judged(held=False)
    await _keep_label(tx, submission, judgement, place, now)
    disposition = judgement.disposition
    if disposition is not None and await _overtaken(tx, submission, place.number):
        disposition = None
    if judgement.scan is not None:
        await _rescan(tx, place, judgement.scan, disposition or place.disposition, now)
    if disposition is None:
        return Judged(held=False)
    await _relabel(tx, submission, place, disposition, now)
    if not judgement.release:
        return Judged(held=True)
    actor = submission.requested_by
    freed = await outbox.release(tx, place.account, place.number, None, actor=actor, now=now)
    return Judged(held=True, released=freed.queued)


async def _keep_label(
    tx: Transaction, submission: Submission, judgement: Judgement, place: _Place, now: datetime
) -> None:
    if judgement.label_blob is None or submission.requested is None:
        return
    label = Label(
        account=place.account,
        record=place.number,
        blob=judgement.label_blob,
        label=submission.requested,
        by=submission.requested_by,
        at=now,
        submission=submission.id,
    )
    await add_label(tx, label)
    example = Example(
        account=place.account,
        submission=int(submission.id),
        record=place.number,
        label=submission.requested,
        given=submission.original.disposition,
        by=submission.requested_by,
        at=now,
        words=judgement.label_words,
    )
    await add_example(tx, example)


async def _overtaken(tx: Transaction, submission: Submission, number: int) -> bool:
    """A later submission about the same message was granted already."""
    later = (
        "SELECT 1 FROM submission WHERE account = ? AND record = ? AND number > ? AND type = ?"
        " AND outcome = ? LIMIT 1"
    )
    own = (submission.account, number, int(submission.id), submission.type.value)
    return await tx.row(later, *own, Outcome.ACCEPTED.value) is not None


async def _rescan(
    tx: Transaction, place: _Place, scan: Scan, disposition: Disposition, now: datetime
) -> None:
    account, number, summary = place.account, place.number, scan.summary
    latest = await add_scan(
        tx, account, number, facts=scan.facts, verdict=scan.verdict, summary=summary, at=now
    )
    if not scan.shown:
        return
    await tx.execute(
        "UPDATE record SET scan = ?, flags = flags & ? WHERE account = ? AND number = ?",
        latest,
        ~flags.FACTS_GONE,
        account,
        number,
    )
    at = moment(place.position)
    content = document(place.envelope, summary, disposition=disposition, name=place.name, at=at)
    await search_text.put(tx, account, place.position, content)


async def _relabel(
    tx: Transaction, submission: Submission, place: _Place, disposition: Disposition, now: datetime
) -> None:
    await tx.execute(
        "UPDATE record SET disposition = ?, flags = (flags & ?) | ? WHERE account = ? AND number = ?",
        disposition.value,
        ~flags.ALL_DISPOSITIONS,
        flags.of_disposition(disposition),
        place.account,
        place.number,
    )
    actor = submission.requested_by
    entry = ActionEntry(Operation.RECLASSIFY, now, actor, "OK")
    await add_action(tx, place.account, place.number, entry)
    change = f"from {place.disposition} to {disposition}"
    line = steps.inbound(f"Reclassified {change} by {actor}, submission {submission.id}", now)
    await add_trace(tx, place.account, place.number, (line,))
