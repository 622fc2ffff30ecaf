"""The role that reads report mail after it was acknowledged, and again whenever a reading was cut off.

`run` goes on until `stop` is called or it is cancelled. An error in one report is contained: it is read again
later, each time after a longer wait, and after MAX_ATTEMPTS shown as one that cannot be read.
Several readers may work on one PostgreSQL store; leases keep them apart.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog

from lazaretto.intake.reports import give_up, take_report
from lazaretto.pipeline import Road
from lazaretto.store.reports import ClaimedReport, claim_reports, next_report_due, put_off, renew, take_over

AT_ONCE = 2
"""Reports that are read at one time: each is held in memory, and may put ten messages on the road."""

LEASE = timedelta(seconds=60)
"""How long a report waits after the server that read it died; renewed while the reading goes on."""

RENEW_SECONDS = 20.0
"""Between two renewals: two may fail."""

MAX_ATTEMPTS = 8
"""After these a report is given up: about two hours."""

POLL_SECONDS = 5.0
"""How often the store is asked when nobody pokes: another server may have taken a report."""

READ_SECONDS = 600.0
"""How long one reading may take: ten scans that each take their whole time, twice."""

T = TypeVar("T")

log = structlog.get_logger("lazaretto.reports")


class ReportReader:
    """Reads one report after the other, some at a time."""

    def __init__(
        self,
        road: Road,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        submitted: Callable[[], None] = lambda: None,  # called when submissions wait to be judged
    ) -> None:
        self._road = road
        self._clock = clock
        self._submitted = submitted
        self._stopping = asyncio.Event()
        self._wake = asyncio.Event()

    def poke(self) -> None:
        """A report came in: look at once."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more, end what is under way, return from `run`."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until stopped."""
        await self._contained(self._road.database.write(take_over))
        while not self._stopping.is_set():
            self._wake.clear()
            claimed = await self._contained(self._claim())
            if claimed:
                async with asyncio.TaskGroup() as group:
                    for one in claimed:
                        group.create_task(self._read(one))
            else:
                await self._rest()

    async def _contained(self, work: Awaitable[T]) -> T | None:
        """Something the store is asked for: when it is ill, the next round may succeed."""
        try:
            return await work
        except Exception:
            log.exception("reports cannot be read")
            return None

    async def _claim(self) -> tuple[ClaimedReport, ...]:
        now = self._clock()
        due = await self._road.database.read(next_report_due)
        if due is None or due > now:  # a look that writes nothing: most of them find nothing
            return ()
        return await self._road.database.write(
            lambda tx: claim_reports(tx, limit=AT_ONCE, now=now, lease=LEASE)
        )

    async def _read(self, claimed: ClaimedReport) -> None:
        try:
            async with asyncio.timeout(READ_SECONDS), asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew(claimed))
                await take_report(self._road, claimed, clock=self._clock)
                renewing.cancel()
            self._submitted()
        except Exception:  # one report must not stop the others
            log.exception("report not read", record=claimed.record, attempts=claimed.attempts)
            await self._contained(self._again(claimed))

    async def _renew(self, claimed: ClaimedReport) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            until = self._clock() + LEASE
            await self._contained(self._road.database.write(lambda tx: renew(tx, claimed, until=until)))  # noqa: B023

    async def _again(self, claimed: ClaimedReport) -> None:
        if claimed.attempts >= MAX_ATTEMPTS:
            await give_up(self._road, claimed, clock=self._clock)
            return
        until = self._clock() + timedelta(seconds=30 * 2**claimed.attempts)
        await self._road.database.write(lambda tx: put_off(tx, claimed, until=until))

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
