"""A fixed number of scan workers; a job that kills or stalls one is found out and given up, the others go on.

When a worker is lost, every job it had in hand is tried once more, alone in a fresh process.
The one that fails again is the culprit: it raises ScanFailed and nothing else suffers.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Literal

from lazaretto.model.lists import Lists
from lazaretto.scanner.child import Child, WorkerLost
from lazaretto.scanner.job import Answered, Examination, Job, Rejudged, WorkerOptions
from lazaretto.telemetry import metrics

JOBS_PER_WORKER = 16
"""Jobs that may wait for the DNS in one worker; more wait in line here."""

NOTHING_LISTED = Lists()

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
    ruleset: str  # version of what the workers judge by


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
        self._ruleset = ""

    async def start(self, rules: tuple[tuple[str, bytes], ...] | None = None) -> str:
        """Start all workers; the version of their ruleset. Raises RulesRefused, and then none runs."""
        if rules is not None:
            self._options = replace(self._options, rules=rules)
        self._children = [await Child.start(self._options) for _ in range(self._size)]
        try:
            for child in self._children:
                with suppress(WorkerLost):  # a worker that dies later is replaced, and so is this one
                    self._ruleset = await child.ready()
        except BaseException:
            await self.stop()
            raise
        return self._ruleset

    async def reload(self, rules: tuple[tuple[str, bytes], ...]) -> str:
        """Scan with other rule files: a new worker takes the place of each, which ends its jobs first.

        When this returns, the next message is judged by the new ruleset, whose version it gives.
        Raises RulesRefused or WorkerLost, and then nothing has changed.
        """
        options = replace(self._options, rules=rules)
        async with AsyncExitStack() as unused:
            fresh = []
            for _ in range(self._size):
                fresh.append(await Child.start(options))
                unused.push_async_callback(fresh[-1].stop)
            for child in fresh:
                ruleset = await child.ready()
            unused.pop_all()
        async with self._starting:
            retired, self._children = self._children, fresh
            self._options, self._ruleset = options, ruleset
        await asyncio.gather(*(child.retire(self._seconds) for child in retired))
        return ruleset

    async def stop(self) -> None:
        """Stop all workers; jobs in hand are answered first, within the workers' grace."""
        await asyncio.gather(*(child.stop() for child in self._children))
        self._children = []

    @property
    def state(self) -> PoolState:
        """What runs now."""
        alive = sum(child.alive for child in self._children)
        return PoolState(workers=self._size, alive=alive, in_hand=self._in_hand, ruleset=self._ruleset)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the live workers."""
        return tuple(child.pid for child in self._children if child.alive)

    async def examine(self, job: Job, lists: Lists = NOTHING_LISTED) -> Examination:
        """Examine one message under its account's lists. Raises ScanFailed."""
        job = replace(job, lists_version=lists.version)
        async with self._places:
            self._in_hand += 1
            try:
                answered = await self._ask(job, lists)
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

    async def judge_again(self, job: Job, lists: Lists = NOTHING_LISTED) -> Rejudged:
        """Judge one message by the facts that the job carries. Raises ScanFailed."""
        job = replace(job, lists_version=lists.version)
        async with self._places:
            answered = await self._ask(job, lists)
        if answered.rejudged is None:
            raise ScanFailed("error", answered.error)
        return answered.rejudged

    async def _ask(self, job: Job, lists: Lists) -> Answered:
        child = await self._freest()
        try:
            return await self._timed(child, job, lists)
        except WorkerLost:
            return await self._ask_alone(job, lists)

    async def _timed(self, child: Child, job: Job, lists: Lists) -> Answered:
        ticket = Child.next_ticket()
        try:
            async with asyncio.timeout(self._seconds):
                return await child.ask(replace(job, ticket=ticket), lists, ticket=ticket)
        except TimeoutError:
            child.kill()
            raise WorkerLost from None

    async def _ask_alone(self, job: Job, lists: Lists) -> Answered:
        """The second try, where nobody else can be harmed or blamed."""
        async with _fresh(self._options) as child:
            try:
                return await self._timed(child, job, lists)
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
