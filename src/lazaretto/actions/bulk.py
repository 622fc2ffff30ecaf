"""The engine of bulk jobs: a role that brings every job a step further, and every account in turn.

Rules. A job is worked on by one step at a time; a step is a few bounded transactions, or one batch of
moves. Whose account was served longest ago is served next, so that a million messages of one do not hold up
ten of another. Everything that matters is in the store: whoever starts after a crash goes on where it
stands. A step that breaks is tried again after a wait; discovery that breaks again and again fails its job.
"""

import asyncio
import itertools
import time
from collections import defaultdict
from contextlib import suppress
from datetime import datetime

import structlog

from lazaretto.actions.bulk_discover import discover, give_up
from lazaretto.actions.bulk_move import move_some
from lazaretto.actions.bulk_release import Following, release_some
from lazaretto.actions.bulk_tools import NOW, Tools
from lazaretto.store.job_sweep import OpenJob, let_go, open_jobs, remove_some, sweep
from lazaretto.store.jobs import remove_old_jobs

STOP_SECONDS = 10.0
"""Time that steps under way have to end; what is cut off is done again after the next start."""

LET_GO_SECONDS = 5.0
"""Time for giving back leases at the end; they end by themselves later."""

NOT_DISCOVERED = "The search could not be made; the log of the server says why"

log = structlog.get_logger("lazaretto.bulk")

Key = tuple[str, int]


class Bulk:
    """The role. `run` goes on until `stop` is called or it is cancelled."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._steps: dict[Key, asyncio.Task[None]] = {}
        self._rests: dict[Key, float] = {}  # no step before this time
        self._followings: dict[Key, Following] = defaultdict(Following)
        self._troubles: dict[Key, int] = defaultdict(int)
        self._served: dict[Key | str, int] = defaultdict(int)  # jobs and accounts by when they had their turn
        self._turns = itertools.count(1)
        self._pokes = 0

    def poke(self) -> None:
        """There is something new to do."""
        self._rests.clear()
        self._pokes += 1
        self._wake.set()

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopping.set()
        self._wake.set()

    async def remove_old(self, now: datetime) -> None:
        """Let go of jobs that ended long ago; their items are removed step by step."""
        options = self._tools.options
        old = now - options.keep
        removed = await self._tools.database.write(
            lambda tx: remove_old_jobs(tx, ended_before=old, limit=options.sweep)
        )
        if removed:
            log.info("old bulk jobs removed", count=removed)
            self.poke()

    async def run(self) -> None:
        """Work until stopped."""
        try:
            async with asyncio.TaskGroup() as group:
                while not self._stopping.is_set():
                    self._wake.clear()
                    await self._wait(await self._start_steps(group))
                await self._drain()
        finally:
            await self._end()

    async def _start_steps(self, group: asyncio.TaskGroup) -> float:
        """Start a step for every job whose turn it is. Returns for how long there is nothing to start."""
        try:
            jobs = await self._tools.database.read(open_jobs)
        except Exception:  # the store is ill; the engine must outlive that
            log.exception("bulk jobs cannot be read")
            return self._tools.options.trouble_wait
        self._forget({(job.account, job.number) for job in jobs})
        now = time.monotonic()
        ready = [job for job in jobs if self._is_ready(job, now)]
        while ready and len(self._steps) < self._tools.options.steps:
            job = min(ready, key=self._turn)
            ready.remove(job)
            self._start(group, job)
        rests = [until - now for key, until in self._rests.items() if key not in self._steps]
        return min([self._tools.options.poll, *(rest for rest in rests if rest > 0)])

    def _is_ready(self, job: OpenJob, now: float) -> bool:
        key = (job.account, job.number)
        return key not in self._steps and self._rests.get(key, NOW) <= now

    def _turn(self, job: OpenJob) -> tuple[int, int, int]:
        return self._served[job.account], self._served[job.account, job.number], job.number

    def _start(self, group: asyncio.TaskGroup, job: OpenJob) -> None:
        key = (job.account, job.number)
        self._served[key] = self._served[job.account] = next(self._turns)
        self._rests.pop(key, None)
        task = group.create_task(self._contained(job))
        self._steps[key] = task
        task.add_done_callback(lambda _: self._ended(key))

    def _ended(self, key: Key) -> None:
        self._steps.pop(key, None)
        self._wake.set()

    def _forget(self, open_keys: set[Key]) -> None:
        """Jobs that are no longer open need no memory."""
        for memory in (self._rests, self._followings, self._troubles):
            for key in [key for key in memory if key not in open_keys and key not in self._steps]:
                del memory[key]
        known = open_keys | {account for account, _ in open_keys}
        for served in [served for served in self._served if served not in known]:
            del self._served[served]

    async def _contained(self, job: OpenJob) -> None:
        key, pokes = (job.account, job.number), self._pokes
        try:
            rest = await self._step(job)
            self._troubles.pop(key, None)
        except Exception:  # one job must not stop the others
            log.exception("a step of a bulk job broke", job=job.number, account=job.account, work=job.work)
            rest = await self._after_trouble(job)
        if rest > 0 and pokes == self._pokes:
            self._rests[key] = time.monotonic() + rest

    async def _after_trouble(self, job: OpenJob) -> float:
        key = (job.account, job.number)
        self._troubles[key] += 1
        if job.work == "discover" and self._troubles[key] >= self._tools.options.troubles:
            with suppress(Exception):  # the store is ill; the next trouble tries again
                await give_up(self._tools, job, NOT_DISCOVERED)
        return self._tools.options.trouble_wait

    async def _step(self, job: OpenJob) -> float:
        """One step. Returns for how long there is nothing to do for this job."""
        tools, limit = self._tools, self._tools.options.sweep
        if job.work == "release":
            return await release_some(tools, job, self._followings[job.account, job.number])
        if job.work == "move":
            return await move_some(tools, job)
        if job.work == "discover":
            return tools.options.poll if job.paused else await discover(tools, job)
        if job.work == "sweep":
            now = tools.clock()
            await tools.database.write(lambda tx: sweep(tx, job.account, job.number, limit=limit, now=now))
        else:
            await tools.database.write(lambda tx: remove_some(tx, job.account, job.number, limit=limit))
        return NOW

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _drain(self) -> None:
        if self._steps:
            await asyncio.wait(tuple(self._steps.values()), timeout=STOP_SECONDS)
        for task in tuple(self._steps.values()):
            task.cancel()

    async def _end(self) -> None:
        tools = self._tools
        try:
            async with asyncio.timeout(LET_GO_SECONDS):
                await tools.database.write(lambda tx: let_go(tx, tools.clock(), owner=tools.owner))
        except Exception:  # leases end by themselves
            log.exception("leases of bulk items not given back")
