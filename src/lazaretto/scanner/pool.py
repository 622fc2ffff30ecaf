"""A fixed number of scan workers; a job that kills or stalls one is found out and given up, the others go on.

When a worker is lost, every job it had in hand is tried once more, alone in a fresh process.
The one that fails again is the culprit: it raises ScanFailed and nothing else suffers.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

from lazaretto.scanner.child import Child, WorkerLost
from lazaretto.scanner.job import Answered, Examination, Job, WorkerOptions
from lazaretto.telemetry import metrics

JOBS_PER_WORKER = 16
"""Jobs that may wait for the DNS in one worker; more wait in line here."""

Reason = Literal["timeout", "crash", "error"]


class ScanFailed(Exception):  # noqa: N818  # the outcome of a scan, not a mistake of the caller
    """The message could not be examined."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class PoolState:
    """For the readiness page."""

    workers: int
    alive: int
    in_hand: int


class ScannerPool:
    """Workers and the line before them."""

    def __init__(self, options: WorkerOptions, *, workers: int, seconds: float) -> None:
        self._options = options
        self._size = workers
        self._seconds = seconds
        self._children: list[Child] = []
        self._places = asyncio.Semaphore(workers * JOBS_PER_WORKER)
        self._starting = asyncio.Lock()
        self._in_hand = 0

    async def start(self) -> None:
        """Start all workers."""
        self._children = [await Child.start(self._options) for _ in range(self._size)]

    async def stop(self) -> None:
        """Stop all workers; jobs in hand are answered first, within the workers' grace."""
        await asyncio.gather(*(child.stop() for child in self._children))
        self._children = []

    @property
    def state(self) -> PoolState:
        """What runs now."""
        alive = sum(child.alive for child in self._children)
        return PoolState(workers=self._size, alive=alive, in_hand=self._in_hand)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the live workers."""
        return tuple(child.pid for child in self._children if child.alive)

    async def examine(self, job: Job) -> Examination:
        """Examine one message. Raises ScanFailed."""
        async with self._places:
            self._in_hand += 1
            try:
                answered = await self._ask(job)
            finally:
                self._in_hand -= 1
        if answered.examination is None:
            metrics.scan_failures.labels("error").inc()
            raise ScanFailed("error", answered.error)
        for (
            one
        ) in answered.examination.facts.answers:  # the workers' own counters are out of reach of /metrics
            metrics.dns_answers.labels(one.status).inc()
        metrics.scan_seconds.observe(answered.examination.verdict.milliseconds / 1000)
        return answered.examination

    async def _ask(self, job: Job) -> Answered:
        child = await self._freest()
        try:
            return await self._timed(child, job)
        except WorkerLost:
            return await self._ask_alone(job)

    async def _timed(self, child: Child, job: Job) -> Answered:
        ticket = Child.next_ticket()
        try:
            async with asyncio.timeout(self._seconds):
                return await child.ask(replace(job, ticket=ticket), ticket=ticket)
        except TimeoutError:
            child.kill()
            raise WorkerLost from None

    async def _ask_alone(self, job: Job) -> Answered:
        """The second try, where nobody else can be harmed or blamed."""
        async with _fresh(self._options) as child:
            try:
                return await self._timed(child, job)
            except WorkerLost as lost:
                reason: Reason = "timeout" if isinstance(lost.__context__, TimeoutError) else "crash"
                metrics.scan_failures.labels(reason).inc()
                raise ScanFailed(
                    reason,
                    f"no answer within {self._seconds:g} s" if reason == "timeout" else "the worker died",
                ) from None

    async def _freest(self) -> Child:
        async with self._starting:
            for index, child in enumerate(self._children):
                if not child.alive:
                    self._children[index] = await Child.start(self._options)
        return min(self._children, key=lambda child: child.load)


@asynccontextmanager
async def _fresh(options: WorkerOptions) -> AsyncIterator[Child]:
    child = await Child.start(options)
    try:
        yield child
    finally:
        await child.stop()
