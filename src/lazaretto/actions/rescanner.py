"""The role that makes rescans: one at a time, behind live mail, each told about while it runs.

Rules. A rescan only reads, so one that was interrupted begins anew. One whose work breaks three times is
given up with a reason. Removing a rescan ends it.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from lazaretto.actions.replay import ReplayTools, Selection, replay
from lazaretto.model.errors import Refusal
from lazaretto.model.replay import Candidate, Outcome
from lazaretto.model.rescan import Asked, Rescan, RescanStatus
from lazaretto.query.criteria import Criteria
from lazaretto.scan.overrides import OVERRIDES_FILE, laid_over, read_overrides, write_overrides
from lazaretto.scan.rulefiles import RuleFileError
from lazaretto.store import codec
from lazaretto.store.editions import Editions
from lazaretto.store.rescans import claim_rescan, finish_rescan, let_rescans_go, note_progress

POLL_SECONDS = 5.0
"""Other servers do not poke this one."""

TELL_SECONDS = 1.0
"""Between two notes of how far it is."""

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 3
STORE_WAIT = 2.0
"""Seconds to leave the store alone after it failed."""

log = structlog.get_logger("lazaretto.rescan")


class Removed(Exception):  # noqa: N818  # someone took it back
    """The rescan is not wanted any more."""


@dataclass(frozen=True, slots=True)
class RescanTools:
    """What the role needs from the world."""

    replay: ReplayTools
    editions: Editions
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


class Rescanner:
    """The role."""

    def __init__(self, tools: RescanTools) -> None:
        self._tools = tools
        self._database = tools.replay.database
        self._wake = asyncio.Event()

    def poke(self) -> None:
        """There is a new one: look at once."""
        self._wake.set()

    def rule_files(self) -> Mapping[str, bytes]:
        """What is laid over the shipped rules now."""
        return self._tools.editions.files()

    async def run(self) -> None:
        """Work until cancelled."""
        if self._database.dialect == "sqlite":
            await self._database.write(let_rescans_go)
        while True:
            self._wake.clear()
            try:
                worked = await self.work_off()
            except Exception:  # the store is ill; the role must outlive that
                log.exception("rescans cannot be read")
                await asyncio.sleep(STORE_WAIT)
                continue
            if not worked:
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()

    async def work_off(self) -> int:
        """Make all that wait. Returns how many were worked on."""
        worked = 0
        while (rescan := await self._claim()) is not None:
            await self._contained(rescan)
            worked += 1
        return worked

    async def _claim(self) -> Rescan | None:
        now = self._tools.clock()
        return await self._database.write(lambda tx: claim_rescan(tx, now=now, lease=LEASE))

    async def _contained(self, rescan: Rescan) -> None:
        """One rescan must not stop the others."""
        if rescan.attempts > MAX_ATTEMPTS:
            await self._finish(rescan, RescanStatus.FAILED, f"Given up after {MAX_ATTEMPTS} attempts.", None)
            return
        try:
            outcome = await self._work(rescan)
            await self._finish(rescan, RescanStatus.COMPLETED, "", outcome)
        except* Removed:
            log.info("rescan removed", rescan=rescan.id)
        except* (Refusal, RuleFileError) as refused:
            await self._finish(rescan, RescanStatus.FAILED, str(refused.exceptions[0]), None)
        except* Exception:
            log.exception("rescan failed inside", rescan=rescan.id)
            reason = "It broke inside; the log of the server says why."
            await self._finish(rescan, RescanStatus.FAILED, reason, None)

    async def _work(self, rescan: Rescan) -> Outcome:
        candidate = await asyncio.to_thread(candidate_of, rescan.asked, self._tools.editions)
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            done = count

        async def tell() -> None:
            while True:
                await asyncio.sleep(TELL_SECONDS)
                until = self._tools.clock() + LEASE
                if not await self._database.write(
                    lambda tx: note_progress(tx, rescan, done, until=until)  # noqa: B023  # awaited at once
                ):
                    raise Removed

        async with asyncio.TaskGroup() as group:
            telling = group.create_task(tell())
            outcome = await replay(
                self._tools.replay,
                rescan.account,
                selection_of(rescan.asked),
                candidate,
                progress=progress,
            )
            telling.cancel()
        return outcome

    async def _finish(
        self, rescan: Rescan, status: RescanStatus, reason: str, outcome: Outcome | None
    ) -> None:
        now = self._tools.clock()
        await self._database.write(lambda tx: finish_rescan(tx, rescan, status, reason, outcome, now=now))
        log.info("rescan ended", rescan=rescan.id, status=status.value, reason=reason)


def candidate_of(asked: Asked, editions: Editions) -> Candidate:
    """What runs now, with what was asked laid over it. Raises Refusal or RuleFileError."""
    files = dict(editions.files())
    if asked.overrides:
        changes = read_overrides({OVERRIDES_FILE: asked.overrides})
        files[OVERRIDES_FILE] = write_overrides(laid_over(read_overrides(files), changes))
    return Candidate(files, orders=asked.orders, without_lists=asked.without_lists)


def selection_of(asked: Asked) -> Selection:
    """Which messages."""
    criteria = codec.decode(asked.search, Criteria) if asked.search else None
    return Selection(criteria, asked.ids, asked.limit)
