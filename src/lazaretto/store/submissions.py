"""Submissions: made once, read, listed, escalated, reviewed.

Rules. While a submission is pending, and for a minute when nothing else was said about the message, the same
wish of the same person is the same submission: clients repeat a POST after a broken connection. A submission
that came with nothing to work on is stored too, finished, with the reason. Every function is bound to one
account and finds nothing of another.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from lazaretto.model.errors import Invalid
from lazaretto.model.record import ActionEntry, Operation
from lazaretto.model.submission import Outcome, Processing, Review, Submission, SubmissionType, Wish
from lazaretto.query.submissions import Order, SubmissionCriteria
from lazaretto.store import codec
from lazaretto.store.codec import plain_text
from lazaretto.store.submission_rows import COLUMNS, read_submission
from lazaretto.store.times import micros
from lazaretto.store.trace import add_action
from lazaretto.store.transaction import Transaction, Value

NO_SUBMISSION = 1120
ESCALATED = 1121

REPEAT = timedelta(seconds=60)
"""So long the same wish is the same submission, finished or not: clients try for a minute."""

MAX_SUBJECT = 1_000
"""Characters of a subject that are kept: as many as a summary shows."""

MAX_DIGITS = 18
"""Of an id that is looked up: more do not fit into a column."""

_ORDERS: dict[Order, str] = {
    "submission_id": "number",
    "subject": "sought",
    "original_disposition": "coalesce(disposition, '')",
    "requested_disposition": "coalesce(requested, '')",
    "outcome_disposition": "coalesce(outcome_disposition, '')",
    "requested_at": "requested_at",
}
_TEXTS = frozenset({"subject", "original_disposition", "requested_disposition", "outcome_disposition"})


async def add_submission(tx: Transaction, wish: Wish, *, now: datetime) -> Submission:
    """Make a submission, or find the pending one that wishes the same.

    With `escalates` the user submission is marked; it must be there and not be escalated to something else.
    Raises Invalid.
    """
    known = await _just_made(tx, wish, now)
    if known is None and wish.escalates is not None:
        known = await _take_up(tx, wish)
    if known is not None:
        return known
    key = None if wish.invalid else _repeat_key(wish)
    row = await tx.row(_INSERT, *_values(wish, key, now))
    if row is not None:
        made = read_submission(row)
        await _tell(tx, wish, made, now)
        return made
    same = await tx.row(
        f"SELECT {COLUMNS} FROM submission WHERE account = ? AND repeat_key = ?", wish.account, key
    )
    # on PostgreSQL it may have been finished in between, and then this is a new one
    return read_submission(same) if same else await add_submission(tx, wish, now=now)


async def _just_made(tx: Transaction, wish: Wish, now: datetime) -> Submission | None:
    """The latest team submission about the message, if it wishes the same and was made a moment ago.

    It may be finished before a client that lost the answer asks again.
    """
    if wish.type is not SubmissionType.TEAM or wish.original.record is None:
        return None
    row = await tx.row(
        f"SELECT {COLUMNS} FROM submission WHERE account = ? AND record = ? AND type = ?"
        " ORDER BY number DESC LIMIT 1",
        wish.account,
        wish.original.record,
        wish.type.value,
    )
    latest = read_submission(row) if row else None
    if latest is None or latest.processing is Processing.FAILED or now - latest.requested_at > REPEAT:
        return None
    return latest if _said(latest) == _said(wish) else None


def _said(one: Wish | Submission) -> tuple[object, ...]:
    """What makes two submissions about a message the same."""
    return (one.purpose, one.requested_by, one.requested, one.blob, one.escalates, one.follow_up)


async def _tell(tx: Transaction, wish: Wish, made: Submission, now: datetime) -> None:
    """Say on the message, and on the user submission that is taken up, that there is this one."""
    if wish.original.record is not None:
        entry = ActionEntry(Operation.SUBMISSION, now, wish.requested_by, "OK")
        await add_action(tx, wish.account, wish.original.record, entry)
    if wish.escalates is not None:
        await _mark_escalated(tx, wish, made, now)


_INSERT = (
    "INSERT INTO submission (account, type, purpose, requested_at, requested_by, requested, record, report,"
    " queue_id, fingerprint, disposition, subject, sought, blob, escalates, follow_up, processing, review,"
    " reason, completed_at, repeat_key, attempts, next_attempt_at)"
    f" VALUES ({', '.join('?' * 21)}, 0, ?)"
    " ON CONFLICT (account, repeat_key) WHERE repeat_key IS NOT NULL DO NOTHING"
    f" RETURNING {COLUMNS}"
)


def _values(wish: Wish, key: str | None, now: datetime) -> tuple[Value, ...]:
    original, at = wish.original, micros(now)
    subject = plain_text(original.subject[:MAX_SUBJECT])
    names = (subject, original.queue_id or "", original.fingerprint or "", plain_text(wish.requested_by))
    team = wish.type is SubmissionType.TEAM
    return (
        wish.account,
        wish.type.value,
        wish.purpose.value,
        at,
        plain_text(wish.requested_by),
        wish.requested.value if wish.requested else None,
        original.record,
        wish.report,
        original.queue_id,
        original.fingerprint,
        original.disposition.value if original.disposition else None,
        subject,
        "\n".join(names).casefold(),
        wish.blob,
        None if wish.escalates is None else int(wish.escalates),
        codec.encode(wish.follow_up),
        (Processing.INVALID if wish.invalid else Processing.PENDING).value,
        (Review.REVIEWED if team else Review.UNREVIEWED).value,
        plain_text(wish.invalid or ""),
        at if wish.invalid else None,
        key,
        None if wish.invalid else at,
    )


def _repeat_key(wish: Wish) -> str:
    return sha256(codec.encode(wish)).hexdigest()


async def _take_up(tx: Transaction, wish: Wish) -> Submission | None:
    """The team submission that this user submission already has, None when it has none."""
    user = await get_submission(tx, wish.account, wish.escalates or "", lock=True)
    if user is None or user.type is not SubmissionType.USER:
        raise Invalid(
            NO_SUBMISSION,
            f"There is no user submission {(wish.escalates or '')[:MAX_DIGITS]} in this account",
            pointer="/escalated_submission_id",
        )
    if user.escalation is None:
        return None
    if user.escalation.as_ is not wish.requested:
        raise Invalid(
            ESCALATED,
            f"Submission {user.id} was escalated as {user.escalation.as_} already:"
            f" submission {user.escalation.submission}",
            pointer="/escalated_submission_id",
        )
    return await get_submission(tx, wish.account, user.escalation.submission)


async def _mark_escalated(tx: Transaction, wish: Wish, made: Submission, now: datetime) -> None:
    assert wish.requested is not None
    await tx.execute(
        "UPDATE submission SET review = ?, escalated_as = ?, escalated_at = ?, escalated_by = ?,"
        " escalated_to = ? WHERE account = ? AND number = ?",
        Review.ESCALATED.value,
        wish.requested.value,
        micros(now),
        plain_text(wish.requested_by),
        int(made.id),
        wish.account,
        int(wish.escalates or 0),
    )


async def get_submission(
    tx: Transaction,
    account: str,
    id: str,  # noqa: A002
    *,
    lock: bool = False,
) -> Submission | None:
    """One submission; with `lock` nobody else changes it until the transaction ends."""
    number = _number(id)
    if number is None:
        return None
    locked = " FOR UPDATE" if lock and tx.dialect == "postgres" else ""
    row = await tx.row(
        f"SELECT {COLUMNS} FROM submission WHERE account = ? AND number = ?{locked}", account, number
    )
    return read_submission(row) if row else None


async def review_submission(
    tx: Transaction,
    account: str,
    id: str,  # noqa: A002
    outcome: Outcome | None,
    *,
    note: str,
) -> Submission | None:
    """An analyst has looked at a user submission; `outcome` None leaves what was found. None: not there."""
    row = await tx.row(
        "UPDATE submission SET review = CASE WHEN review = ? THEN ? ELSE review END,"
        " outcome = CASE WHEN CAST(? AS TEXT) IS NULL THEN outcome ELSE ? END,"
        " reason = CASE WHEN reason = '' THEN CAST(? AS TEXT) ELSE reason || ' ' || CAST(? AS TEXT) END"
        f" WHERE account = ? AND number = ? RETURNING {COLUMNS}",
        Review.UNREVIEWED.value,
        Review.REVIEWED.value,
        outcome.value if outcome else None,
        outcome.value if outcome else None,
        plain_text(note),
        plain_text(note),
        account,
        _number(id) or 0,
    )
    return read_submission(row) if row else None


async def list_submissions(
    tx: Transaction, account: str, criteria: SubmissionCriteria, offset: int, limit: int
) -> tuple[tuple[Submission, ...], int]:
    """One page and the number of all. Rows that are equal in the order come newest first."""
    conditions, args = _conditions(criteria)
    total: Any = await tx.value(
        f"SELECT count(*) FROM submission WHERE account = ?{conditions}", account, *args
    )
    rows = await tx.rows(
        f"SELECT {COLUMNS} FROM submission WHERE account = ?{conditions} {_order(tx, criteria)}"
        " LIMIT ? OFFSET ?",
        account,
        *args,
        limit,
        offset,
    )
    return tuple(read_submission(row) for row in rows), int(total)


def _conditions(criteria: SubmissionCriteria) -> tuple[str, tuple[Value, ...]]:
    found: list[tuple[str, tuple[Value, ...]]] = [
        ("requested_at >= ? AND requested_at < ?", (micros(criteria.start), micros(criteria.end)))
    ]
    if criteria.type is not None:
        found.append(("type = ?", (criteria.type.value,)))
    if criteria.id is not None:
        found.append(("number = ?", (_number(criteria.id) or 0,)))
    if criteria.review is not None:
        found.append(("review = ?", (criteria.review.value,)))
    if criteria.record is not None:
        found.append(("record = ?", (criteria.record,)))
    if criteria.escalated_from_user is not None:
        found.append((f"escalates IS {'NOT ' if criteria.escalated_from_user else ''}NULL", ()))
    for column, wanted in (
        ("disposition", criteria.original),
        ("requested", criteria.requested),
        ("outcome_disposition", criteria.outcome),
    ):
        if wanted is not None:
            marks = ", ".join("?" * len(wanted))
            found.append((f"{column} IN ({marks})", tuple(sorted(one.value for one in wanted))))
    found += [("(sought LIKE ? ESCAPE '!' OR number = ?)", _sought(word)) for word in criteria.words]
    return "".join(f" AND {text}" for text, _ in found), tuple(
        value for _, values in found for value in values
    )


def _sought(word: str) -> tuple[Value, ...]:
    plain = plain_text(word).casefold()
    escaped = plain.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return (f"%{escaped}%", _number(word) or 0)


def _order(tx: Transaction, criteria: SubmissionCriteria) -> str:
    column = _ORDERS[criteria.order]
    if criteria.order in _TEXTS and tx.dialect == "postgres":
        column += ' COLLATE "C"'  # as SQLite compares
    return f"ORDER BY {column} {criteria.direction}, number DESC"


def _number(id: str) -> int | None:  # noqa: A002
    return int(id) if id.isascii() and id.isdigit() and len(id) <= MAX_DIGITS else None
