"""Submissions made and judged for tests of the wire."""

import itertools
import json
from datetime import UTC, datetime, timedelta

from lazaretto.model.disposition import Disposition
from lazaretto.model.submission import (
    Original,
    Outcome,
    Purpose,
    SubmissionType,
    Wish,
)
from lazaretto.store.reclassify import Judgement, claim_submissions, judge_submission
from lazaretto.store.submissions import add_submission
from tests.wire.samples import ACCOUNT

UNKNOWN = "4Njp3P0STMz2c02Q-2024-01-05T10:00:00-12345678"
NUMBERS = itertools.count()
MALICIOUS, NONE = Disposition.MALICIOUS, Disposition.NONE


def error(answer):
    (problem,) = answer.json()["errors"]
    return answer.status_code, problem["code"], problem.get("source", {}).get("pointer")


async def listed(api, query="", **kwargs):
    answer = await api.get(f"/submissions{query}", **kwargs)
    assert 200 == answer.status_code, answer.text
    return answer.json()["result"]


async def create(api, messages, type_="reclassification"):
    return await api.post("/submissions", content=json.dumps({"type": type_, "messages": messages}))


async def report(api, requested=MALICIOUS, *, account=ACCOUNT, subject=None, now=None):
    """What a user said, stored as report intake does."""
    wish = Wish(
        account=account,
        type=SubmissionType.USER,
        purpose=Purpose.REPORT,
        requested_by="user@example.com",
        original=Original(None, "4QUSER", None, NONE, subject or f"odd {next(NUMBERS)}"),
        requested=requested,
        report=1,
    )
    made = await api.world.database.write(lambda tx: add_submission(tx, wish, now=now or datetime.now(UTC)))
    return made.id


async def judge_all(api):
    """What the role does, with our scan agreeing to everything."""
    now = datetime.now(UTC)

    async def work(tx):
        for one in await claim_submissions(tx, owner="x", limit=100, now=now, lease=timedelta(minutes=5)):
            team = one.type is SubmissionType.TEAM
            judgement = Judgement(
                Outcome.ACCEPTED, one.requested, "Accepted.", disposition=one.requested if team else None
            )
            await judge_submission(tx, one, judgement, now=now)

    await api.world.database.write(work)
