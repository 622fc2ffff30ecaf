"""The scan worker: a child process that reads jobs from a socket and answers each with an examination.

Started as `python -m lazaretto.scanner.worker FD`.
Several jobs may wait for the DNS at once; parsing and scanning run one after the other.
The parent kills a worker that takes too long, so nothing here needs to watch a clock.
"""

import asyncio
import gc
import os
import resource
import signal
import socket
import sys
from dataclasses import replace
from time import perf_counter

from lazaretto.mail.claims import find_claims
from lazaretto.mail.parse import parse
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.network import Networks
from lazaretto.scan.ruleset import Ruleset, load_ruleset
from lazaretto.scan.scan import scan
from lazaretto.scan.summary import summarise
from lazaretto.scanner.job import (
    Answered,
    Examination,
    Job,
    WorkerOptions,
    decode_job,
    decode_options,
    frame,
    read_frame,
)
from lazaretto.store.blobs import Blobs


class Examiner:
    """Everything that one worker holds between jobs."""

    def __init__(self, options: WorkerOptions) -> None:
        self._blobs = Blobs(options.blobs)
        self._networks = Networks.load()
        self._ruleset: Ruleset = load_ruleset()
        self._resolver = None if options.offline else _resolver(options)

    async def examine(self, job: Job) -> Examination:
        """Parse, ask the world, scan."""
        started = perf_counter()
        raw = self._blobs.get(job.blob)
        message = parse(raw)
        facts = await gather_facts(
            raw,
            message,
            job.envelope,
            resolver=self._resolver,
            networks=self._networks,
            own_domains=job.own_domains,
            at=job.at,
            lookback=job.lookback,
        )
        verdict = scan(message, job.envelope, facts, self._ruleset)
        verdict = replace(verdict, milliseconds=(perf_counter() - started) * 1000)
        summary = summarise(message, job.envelope, facts, verdict)
        return Examination(
            facts=facts,
            verdict=verdict,
            summary=summary,
            headers=find_claims(raw),
            eight_bit=not raw.isascii(),
        )

    async def close(self) -> None:
        """Let go of the resolver."""
        if self._resolver is not None:
            await self._resolver.close()


def _resolver(options: WorkerOptions) -> Resolver:
    return Resolver(
        options.dns_servers,
        timeout=options.dns_timeout,
        attempts=options.dns_attempts,
        concurrency=options.dns_concurrency,
        cache_size=options.dns_cache,
    )


async def answer(examiner: Examiner, job: Job, writer: asyncio.StreamWriter) -> None:
    """Examine one job and send what came of it; whatever breaks is named, not hidden."""
    try:
        answered = Answered(ticket=job.ticket, examination=await examiner.examine(job))
    except Exception as problem:  # noqa: BLE001  # the parent must learn that this job failed and go on
        answered = Answered(
            ticket=job.ticket, examination=None, error=f"{type(problem).__name__}: {problem}"[:500]
        )
    writer.write(frame(answered))
    await writer.drain()


async def work(descriptor: int) -> None:
    """Read jobs until the parent closes the socket."""
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
    first = await read_frame(reader)
    if first is None:
        return
    options = decode_options(first)
    examiner = Examiner(options)
    resource.setrlimit(resource.RLIMIT_AS, (options.memory, options.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # a message makes thousands of values and few cycles
    try:
        async with asyncio.TaskGroup() as jobs:
            while (body := await read_frame(reader)) is not None:
                jobs.create_task(answer(examiner, decode_job(body), writer))
    except* ConnectionError:
        pass  # the parent is gone: there is nobody left to answer
    finally:
        await examiner.close()
        writer.close()


def main() -> None:
    """Entry of the child process."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent decides when to stop
    os.nice(2)  # accepting mail comes before judging it
    asyncio.run(work(int(sys.argv[1])))


if __name__ == "__main__":
    main()
