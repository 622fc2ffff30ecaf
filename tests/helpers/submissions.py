"""Wishes as short literals, and what is done with them."""

from dataclasses import replace
from datetime import timedelta

from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import (
    Original,
    Outcome,
    Purpose,
    SubmissionType,
    Wish,
)
from lazaretto.query.submissions import SubmissionCriteria
from lazaretto.store.reclassify import (
    Judgement,
    claim_submissions,
    judge_submission,
)
from lazaretto.store.submissions import (
    add_submission,
    get_submission,
    list_submissions,
)
from tests.helpers.records import ACCOUNT, NOW

LEASE = timedelta(minutes=5)
SPAN = SubmissionCriteria(NOW - timedelta(days=1), NOW + timedelta(days=1))
MALICIOUS, NONE, SPAM = Disposition.MALICIOUS, Disposition.NONE, Disposition.SPAM


def wish(record=None, **changes):
    """An analyst calls a message clean."""
    plain = Wish(
        account=ACCOUNT,
        type=SubmissionType.TEAM,
        purpose=Purpose.RECLASSIFICATION,
        requested_by="ann@example.com",
        original=Original(record, "4Njp3P0STMz2c02Q", "f" * 16, MALICIOUS, "Quarterly numbers"),
        requested=NONE,
    )
    return replace(plain, **changes)


def user_wish(record=None, **changes):
    """A user calls a message bad."""
    said = {"type": SubmissionType.USER, "purpose": Purpose.REPORT, "requested_by": "user@example.com"}
    return wish(record, **{**said, "requested": MALICIOUS, **changes})


async def add(database, one, now=NOW):
    return await database.write(lambda tx: add_submission(tx, one, now=now))


async def look(database, id_, account=ACCOUNT):
    return await database.read(lambda tx: get_submission(tx, account, id_))


async def claim(database, now=NOW, owner="one", limit=10):
    return await database.write(
        lambda tx: claim_submissions(tx, owner=owner, limit=limit, now=now, lease=LEASE)
    )


async def judge(database, one, judgement, now=NOW):
    return await database.write(lambda tx: judge_submission(tx, one, judgement, now=now))


async def listed(database, **changes):
    page = changes.pop("offset", 0), changes.pop("limit", 100)
    rows, total = await database.read(
        lambda tx: list_submissions(tx, ACCOUNT, replace(SPAN, **changes), *page)
    )
    return [row.id for row in rows], total


def accepted(disposition=NONE, **changes):
    plain = Judgement(
        Outcome.ACCEPTED, disposition, "Accepted.", disposition=disposition, label_blob="b" * 64
    )
    return replace(plain, **changes)
