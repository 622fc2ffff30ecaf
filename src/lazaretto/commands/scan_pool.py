"""Worker processes for `lazaretto scan`: batches go out, lines come back, and no message can end the run.

When a worker dies or is silent for too long, its unanswered messages are tried once more, each alone.
The one that fails again is reported as failed.
A worker has one batch at a time: nobody waits for a full pipe.
"""

import multiprocessing
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from lazaretto.commands.scan_worker import ScanJob, ScanLine, Scanner, failure_line

BATCH_MESSAGES = 32
BATCH_BYTES = 1024 * 1024
"""Full at whichever comes first: big enough to hide the pipe, small enough to share work evenly."""

STOP_SECONDS = 2.0


class _Worker:
    """One process and what it has in hand."""

    def __init__(self, scanner: Scanner, others: "Iterable[_Worker]" = ()) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        parents = [self.pipe, *(worker.pipe for worker in others)]
        self._process: BaseProcess = context.Process(
            target=_child, args=(scanner, parents, theirs), daemon=True
        )
        self._process.start()
        theirs.close()
        self.jobs: dict[int, ScanJob] = {}
        self.heard = time.monotonic()

    def give(self, batch: list[ScanJob]) -> None:
        """Hand over a batch. A worker that is gone is noticed when its answers are awaited."""
        self.jobs = {job.ticket: job for job in batch}
        self.heard = time.monotonic()
        with suppress(OSError):
            self.pipe.send(batch)

    def take(self) -> ScanLine:
        """The next answer. Raises EOFError or OSError when the worker is gone."""
        line: ScanLine = self.pipe.recv()
        self.heard = time.monotonic()
        del self.jobs[line.ticket]
        return line

    def end(self, seconds: float = 0.0) -> int | None:
        """Let it end, or make it; the exit code."""
        self.pipe.close()
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._process.exitcode


def _child(scanner: Scanner, parents: list[Connection], pipe: Connection) -> None:
    for each in parents:
        each.close()  # else its end would not be seen, by this worker and by those that came before it
    scanner.serve(pipe)


class ScanPool:
    """A number of workers, as many as there are processors if none is named."""

    def __init__(self, scanner: Scanner, *, workers: int, seconds: float) -> None:
        self._scanner = scanner
        self._size = workers
        self._seconds = seconds
        self._workers: list[_Worker] = []
        self._again: deque[ScanJob] = deque()

    def lines(self, jobs: Iterator[ScanJob]) -> Iterator[ScanLine]:
        """An answer for every job, in the order in which they are ready."""
        try:
            for _ in range(self._size):
                self._workers.append(_Worker(self._scanner, self._workers))
            batches = _batches(jobs)
            prepared = next(batches, None)
            while True:
                for worker in self._workers:
                    if not worker.jobs and (batch := self._single() or prepared):
                        if batch is prepared:
                            prepared = None
                        worker.give(batch)
                if prepared is None:
                    prepared = next(batches, None)  # read while the workers scan
                    if prepared is not None and any(not worker.jobs for worker in self._workers):
                        continue
                if not any(worker.jobs for worker in self._workers) and prepared is None and not self._again:
                    return
                yield from self._answers()
        finally:
            for worker in self._workers:
                worker.end(STOP_SECONDS)

    def _single(self) -> list[ScanJob]:
        return [self._again.popleft()] if self._again else []

    def _answers(self) -> Iterator[ScanLine]:
        """What is ready now; at least look who is silent for too long."""
        ready = wait([worker.pipe for worker in self._workers if worker.jobs], timeout=1.0)
        for at, worker in enumerate(self._workers):
            if worker.pipe in ready:
                try:
                    yield worker.take()
                except (EOFError, OSError):
                    code = worker.end(STOP_SECONDS)
                    yield from self._lost(at, f"the scan ended its process ({_death(code)})")
            elif worker.jobs and time.monotonic() - worker.heard > self._seconds:
                worker.end()
                yield from self._lost(at, f"the scan took more than {self._seconds:g} seconds")

    def _lost(self, at: int, reason: str) -> Iterator[ScanLine]:
        """Put a new worker in the place of a lost one and decide about the messages it had in hand."""
        jobs = list(self._workers[at].jobs.values())
        others = [*self._workers[:at], *self._workers[at + 1 :]]
        self._workers[at] = _Worker(self._scanner, others)
        if len(jobs) == 1:
            yield ScanLine(jobs[0].ticket, failure_line(jobs[0].found.path, reason), failed=True)
        else:
            self._again.extend(jobs)


def in_order(lines: Iterator[ScanLine]) -> Iterator[ScanLine]:
    """The same lines by ticket, from 0. Holds back what came early: at most what all workers have in hand."""
    early: dict[int, ScanLine] = {}
    due = 0
    for line in lines:
        early[line.ticket] = line
        while due in early:
            yield early.pop(due)
            due += 1
    yield from (early[ticket] for ticket in sorted(early))


def _batches(jobs: Iterator[ScanJob]) -> Iterator[list[ScanJob]]:
    for first in jobs:
        batch, size = [first], len(first.found.raw)
        while len(batch) < BATCH_MESSAGES and size < BATCH_BYTES and (job := next(jobs, None)):
            batch.append(job)
            size += len(job.found.raw)
        yield batch


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code}"
    return f"exit code {code}"
