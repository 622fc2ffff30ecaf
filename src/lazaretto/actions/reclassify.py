"""The role that judges submissions: scans again, writes the outcome with what follows from it, moves mail.

A role: `run` goes on until `stop` is called or it is cancelled. Several servers may work on one PostgreSQL
store; leases keep them apart.

Rules. What a judgement changes in the store, releases included, is one transaction, and a judged submission
is never judged again; moving a copy to where it lies already does nothing. So a crash at any place repeats
nothing. A submission whose work breaks is tried again with growing waits, then given up with a reason.
"""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from lazaretto.actions.move import MoveOutcome, move
from lazaretto.actions.porter import Porter
from lazaretto.actions.rescan import Matter, Sight, find_matter, look_again
from lazaretto.actions.similar import Family, find_family
from lazaretto.actions.verdicts import destination_of, follow_up_of, judge
from lazaretto.model.job import MoveStatus
from lazaretto.model.submission import Processing, Submission
from lazaretto.scanner.pool import ScannerPool
from lazaretto.store.blobs import Blobs
from lazaretto.store.reclassify import (
    claim_submissions,
    finish_submission,
    judge_submission,
    let_submissions_go,
    next_submission_due,
    put_off,
)
from lazaretto.store.transaction import Database

AT_ONCE = 4
"""Submissions under way at one time: each is a scan, and scans of new mail come first."""

WORK_SECONDS = 180.0
"""For one submission: a scan that stalls is given up twice within this, and moving a few copies fits in."""

LEASE = timedelta(seconds=300)
"""Longer than the work may take, so nobody else begins it meanwhile."""

POLL_SECONDS = 5.0
"""Other servers do not poke this one."""

STORE_WAIT = 2.0
"""Seconds to leave the store alone after it failed."""

WAITS = (5, 30, 120, 600)
"""Seconds before work that broke is tried again; after the last the submission is given up."""

MAX_SCANS = 3
"""Attempts of which each begins a scan: a message that ends the process with it is not scanned for ever."""

log = structlog.get_logger("lazaretto.actions")


@dataclass(frozen=True, slots=True)
class ReclassifyTools:
    """What the work needs from the world."""

    database: Database
    blobs: Blobs
    scanner: ScannerPool
    porter: Porter  # for moves that follow
    released: Callable[[], None]  # called when released copies may be waiting
    lookback: int = 0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Reclassifier:
    """The role."""

    def __init__(self, tools: ReclassifyTools) -> None:
        self.owner = f"reclassify:{os.getpid()}:{secrets.token_hex(4)}"
        self._tools = tools
        self._wake = asyncio.Event()
        self._stopping = False

    def poke(self) -> None:
        """There is a new submission: look at once."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more, end what is under way, return from `run`."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped."""
        try:
            await self._begin()
            while not self._stopping:
                self._wake.clear()
                seconds = await self._round()
                if seconds > 0 and not self._stopping:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(seconds):
                            await self._wake.wait()
        finally:
            await self._end()

    async def work_off(self) -> int:
        """Do all that is due now. Returns how many submissions were worked on."""
        done = 0
        while claimed := await self._claim():
            await self._work_on(claimed)
            done += len(claimed)
        return done

    async def _begin(self) -> None:
        """SQLite has one server: what is claimed there was claimed by a process that died."""
        if self._tools.database.dialect == "sqlite":
            await self._tools.database.write(lambda tx: let_submissions_go(tx, None))

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(STORE_WAIT):
                await self._tools.database.write(lambda tx: let_submissions_go(tx, self.owner))
        except Exception:  # leases end by themselves
            log.exception("leases not given back")

    async def _round(self) -> float:
        """Do what is due. Returns for how long there is nothing to do."""
        try:
            claimed = await self._claim()
            await self._work_on(claimed)
            return 0.0 if claimed else await self._quiet_time()
        except Exception:  # the store is ill; the role must outlive that
            log.exception("submissions cannot be read")
            return STORE_WAIT

    async def _claim(self) -> tuple[Submission, ...]:
        now = self._tools.clock()
        return await self._tools.database.write(
            lambda tx: claim_submissions(tx, owner=self.owner, limit=AT_ONCE, now=now, lease=LEASE)
        )

    async def _quiet_time(self) -> float:
        due = await self._tools.database.read(next_submission_due)
        if due is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(0.1, (due - self._tools.clock()).total_seconds()))

    async def _work_on(self, claimed: Sequence[Submission]) -> None:
        async with asyncio.TaskGroup() as group:
            for submission in claimed:
                group.create_task(self._contained(submission))

    async def _contained(self, submission: Submission) -> None:
        """One submission must not stop the others."""
        try:
            async with asyncio.timeout(WORK_SECONDS):
                await self._work(submission)
        except Exception:
            log.exception("submission failed inside", submission=submission.id)
            await self._try_later(submission)

    async def _try_later(self, submission: Submission) -> None:
        now = self._tools.clock()
        try:
            if submission.attempts > len(WAITS):
                reason = f"Given up after {submission.attempts} attempts; the log of the server says why."
                await self._finish(submission, Processing.FAILED, reason)
            else:
                until = now + timedelta(seconds=WAITS[submission.attempts - 1])
                await self._tools.database.write(lambda tx: put_off(tx, submission, until=until))
        except Exception:  # the lease ends by itself
            log.exception("submission not put off", submission=submission.id)

    async def _work(self, submission: Submission) -> None:
        tools = self._tools
        matter = await tools.database.read(lambda tx: find_matter(tx, submission))
        if matter.record is None and matter.report is None:
            await self._finish(submission, Processing.FAILED, "The message is no longer stored.")
            return
        if submission.decided_at is None and not await self._judge(submission, matter):
            return
        if follow_up_of(submission) == "move" and matter.record is not None:
            told = await self._move(submission, matter.record.id)
            await self._finish(submission, Processing.COMPLETED, told)

    async def _judge(self, submission: Submission, matter: Matter) -> bool:
        """Write the judgement. False when somebody else did, or nothing is left to do."""
        tools = self._tools
        if submission.attempts > MAX_SCANS:
            sight = Sight(None, f"It was not scanned again: {submission.attempts - 1} attempts broke.")
        else:
            sight = await look_again(
                tools.scanner, tools.blobs, submission, matter, lookback=tools.lookback, at=tools.clock()
            )
        family = await self._family(submission, matter, sight)
        judgement = judge(submission, matter, sight, family)
        judged = await tools.database.write(
            lambda tx: judge_submission(tx, submission, judgement, now=tools.clock())
        )
        if judged is None:
            return False
        if judged.released:
            tools.released()
        log.info(
            "submission judged",
            submission=submission.id,
            outcome=judgement.outcome.value,
            disposition=judgement.outcome_disposition and judgement.outcome_disposition.value,
            released=len(judged.released),
        )
        return judged.held and not judgement.completed

    async def _family(self, submission: Submission, matter: Matter, sight: Sight) -> Family | None:
        """What is like the message: by the bytes that were scanned, else by what is known of it."""
        known = matter.record.summary if matter.record else None
        examined = sight.examination.summary if sight.examination else None
        summary = examined or known
        if summary is None:
            return None
        besides = tuple(record.number for record in (matter.record, matter.report) if record)
        return await self._tools.database.read(
            lambda tx: find_family(tx, submission.account, summary, besides=besides)
        )

    async def _move(self, submission: Submission, message: str) -> str:
        folder = destination_of(submission)
        outcomes = await move(
            self._tools.database,
            self._tools.porter,
            submission.account,
            (message,),
            folder=folder,
            actor=submission.requested_by,
            now=self._tools.clock,
        )
        return moved_sentence(outcomes, folder)

    async def _finish(self, submission: Submission, processing: Processing, addition: str) -> None:
        now = self._tools.clock()
        await self._tools.database.write(
            lambda tx: finish_submission(tx, submission, processing, addition, now=now)
        )


def moved_sentence(outcomes: Sequence[MoveOutcome], folder: str) -> str:
    """What became of the wish to move, for people."""
    counts = Counter(outcome.status for outcome in outcomes)
    if set(counts) == {MoveStatus.NO_INTEGRATION}:
        return f"Nothing was moved to {folder}: no mailbox of the recipients is connected (NO_INTEGRATION)."
    told = ", ".join(f"{count} {status.value}" for status, count in sorted(counts.items()))
    return f"Moved to {folder}: {told or 'nothing'}."
