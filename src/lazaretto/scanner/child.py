"""One scan worker as the parent sees it: a process, a socket, and the jobs it has in hand."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys

from lazaretto.scanner.job import Answered, Job, WorkerOptions, decode_answered, frame, read_frame

STOP_SECONDS = 5.0


class WorkerLost(Exception):  # noqa: N818  # it is an event, not a mistake of the caller
    """The worker ended or was killed with the job in hand."""


class Child:
    """A running worker process."""

    _tickets = itertools.count(1)

    def __init__(
        self, process: subprocess.Popen[bytes], streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    ) -> None:
        self._process = process
        self._reader, self._writer = streams
        self._waiting: dict[int, asyncio.Future[Answered]] = {}
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

    async def ask(self, job: Job, *, ticket: int) -> Answered:
        """Send one job and wait for its answer. Raises WorkerLost."""
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
                future = self._waiting.get(answered.ticket)
                if future is not None and not future.done():
                    future.set_result(answered)
        finally:
            self._process.kill()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(WorkerLost())
            await asyncio.to_thread(self._process.wait)
            self._writer.close()
