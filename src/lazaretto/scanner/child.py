"""One scan worker as the parent sees it: a process, a socket, and the jobs it has in hand."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

from lazaretto.model.lists import Lists
from lazaretto.scanner.job import Answered, Job, WorkerOptions, decode_answered, frame, read_frame
from lazaretto.scanner.shelf import Shelf

STOP_SECONDS = 5.0

READY_SECONDS = 60.0
"""For starting Python and reading the rules: a machine that is so slow cannot scan anyway."""


class WorkerLost(Exception):  # noqa: N818  # it is an event, not a mistake of the caller
    """The worker ended or was killed with the job in hand."""


class RulesRefused(Exception):  # noqa: N818  # told to the operator, who wrote the rules
    """The worker cannot use the rule files it was given; the text names file and key."""


class Child:
    """A running worker process."""

    _tickets = itertools.count(1)

    def __init__(
        self, process: subprocess.Popen[bytes], streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        self._process = process
        self._reader, self._writer = streams
        self._waiting: dict[int, asyncio.Future[Answered]] = {}
        self._sent: Shelf[None] = Shelf()  # what the worker has on its own shelf
        self._hello: asyncio.Future[Answered | None] = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(), name="scan-worker")

    @classmethod
    async def start(cls, options: WorkerOptions) -> "Child":
        """Start a process and tell it its options."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: S603, ASYNC220  # our own module, and fork takes milliseconds
                [sys.executable, "-m", "lazaretto.scanner.worker", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        ours.setblocking(False)
        child = cls(process, await asyncio.open_connection(sock=ours))
        child._writer.write(frame(options))
        return child

    async def ready(self) -> str:
        """Wait until it has read its rules; their version. Raises RulesRefused, or WorkerLost."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                hello = await asyncio.shield(self._hello)
        except TimeoutError:
            hello = None
        if hello is None:
            raise WorkerLost
        if hello.error:
            raise RulesRefused(hello.error)
        return hello.ruleset

    async def retire(self, seconds: float) -> None:
        """Stop once every job in hand is answered; `seconds` bound the wait."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._waiting:
                    await asyncio.wait(tuple(self._waiting.values()))
        await self.stop()

    @property
    def load(self) -> int:
        """Jobs in hand."""
        return len(self._waiting)

    @property
    def alive(self) -> bool:
        """The process runs and is heard."""
        return not self._listening.done()

    @property
    def pid(self) -> int:
        """Process id, for the figures of the operator."""
        return self._process.pid

    async def ask(self, job: Job, lists: Lists, *, ticket: int) -> Answered:
        """Send one job, with the account's lists where the worker lacks them, and wait. Raises WorkerLost."""
        known = not lists.version or self._sent.has(job.envelope.account, lists.version)
        answered = await self._ask(self._carrying(job, None if known else lists), ticket)
        if answered.lacks_lists:
            answered = await self._ask(self._carrying(job, lists), ticket)
        return answered

    def _carrying(self, job: Job, lists: Lists | None) -> Job:
        if lists is not None:
            self._sent.put(job.envelope.account, lists, None)
        return replace(job, lists=lists)

    async def _ask(self, job: Job, ticket: int) -> Answered:
        if not self.alive:
            raise WorkerLost
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = future
        try:
            self._writer.write(frame(job))
            return await future
        finally:
            self._waiting.pop(ticket, None)

    @classmethod
    def next_ticket(cls) -> int:
        """A number that no other job of this process carries."""
        return next(cls._tickets)

    def kill(self) -> None:
        """End the process at once; every job in hand raises WorkerLost."""
        self._process.kill()

    async def stop(self) -> None:
        """Say that no more jobs come, wait for the last answers, kill the process when it lingers."""
        if self.alive:
            self._writer.write_eof()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._listening
        except TimeoutError:
            self._process.kill()
        await asyncio.to_thread(self._process.wait)

    async def _listen(self) -> None:
        try:
            while (body := await read_frame(self._reader)) is not None:
                answered = decode_answered(body)
                if not self._hello.done():
                    self._hello.set_result(answered)
                future = self._waiting.get(answered.ticket)
                if future is not None and not future.done():
                    future.set_result(answered)
        finally:
            self._process.kill()
            if not self._hello.done():
                self._hello.set_result(None)
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(WorkerLost())
            await asyncio.to_thread(self._process.wait)
            self._writer.close()
