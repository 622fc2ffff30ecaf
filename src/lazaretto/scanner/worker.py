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
from lazaretto.model.facts import Facts
from lazaretto.model.lists import Lists
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.files import KnownFiles
from lazaretto.resolve.network import Networks
from lazaretto.scan.checks.learned import hashed_words
from lazaretto.scan.evidence import clipped
from lazaretto.scan.judged import Listed, nothing_listed, prepare, scan_listed
from lazaretto.scan.load import load_everything
from lazaretto.scan.rulefiles import RuleFileError, lay_over
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.summary import summarise
from lazaretto.scanner.apart import Apart
from lazaretto.scanner.job import (
    MAX_JOB_FRAME,
    Answered,
    Examination,
    Job,
    Rejudged,
    WorkerOptions,
    decode_job,
    decode_options,
    frame,
    read_frame,
)
from lazaretto.scanner.shelf import Shelf
from lazaretto.store import codec
from lazaretto.store.blobs import Blobs

MAX_SUBJECT = 200
"""Characters of a subject that a replay shows."""


class ListsLacking(Exception):  # noqa: N818  # the parent is asked, and the job goes on
    """The job names lists that were not sent, or that gave way to others."""


class Shelved:
    """An account's lists, prepared when the first message needs them."""

    def __init__(self, lists: Lists) -> None:
        self._lists: Lists | None = lists
        self._listed: Listed | None = None

    def listed(self) -> Listed:
        """Ready to be used."""
        if self._listed is None:
            assert self._lists is not None
            self._listed, self._lists = prepare(self._lists), None
        return self._listed


class Examiner:
    """Everything that one worker holds between jobs."""

    def __init__(self, options: WorkerOptions) -> None:
        self._blobs = Blobs(options.blobs)
        self._networks = Networks.load()
        lay_over(dict(options.rules))
        self._ruleset: Ruleset = load_everything()
        self._resolver = None if options.offline else _resolver(options)
        self._files = KnownFiles(options.files)
        self._shelf: Shelf[Shelved] = Shelf()

    def shelved(self, job: Job) -> Shelved | None:
        """The lists of the job's account; None when they lack. Called in the order in which jobs come."""
        if job.lists is not None:
            self._shelf.put(job.envelope.account, job.lists, Shelved(job.lists))
        return self._shelf.find(job.envelope.account, job.lists_version)

    async def examine(self, job: Job, shelved: Shelved | None) -> Examination:
        """Parse, ask the world, scan. Raises ListsLacking."""
        started = perf_counter()
        if job.lists_version and shelved is None:
            raise ListsLacking
        listed = shelved.listed() if shelved is not None else nothing_listed()
        raw = self._blobs.get(job.blob)
        watch = self._files.watch()
        message = parse(raw, watch, Apart())
        facts = await gather_facts(
            raw,
            message,
            job.envelope,
            resolver=self._resolver,
            networks=self._networks,
            own_domains=job.own_domains,
            at=job.at,
            lookback=job.lookback,
            history=job.history,
        )
        facts = await self._files.add(facts, raw, message, watch)
        judged = scan_listed(message, job.envelope, facts, self._ruleset, listed)
        verdict = replace(judged.verdict, milliseconds=(perf_counter() - started) * 1000)
        matches = judged.judgement.matches
        summary = summarise(message, job.envelope, facts, verdict, matches=matches)
        return Examination(
            facts=facts,
            verdict=verdict,
            summary=summary,
            headers=find_claims(raw),
            eight_bit=not raw.isascii(),
            judgement=judged.judgement,
            words=hashed_words(message, job.envelope) if job.wants_words else b"",
        )

    def judge_again(self, job: Job, shelved: Shelved | None) -> Rejudged:
        """Judge by the facts that came with the job. Raises ListsLacking."""
        assert job.facts is not None
        if job.lists_version and shelved is None:
            raise ListsLacking
        listed = shelved.listed() if shelved is not None else nothing_listed()
        message = parse(self._blobs.get(job.blob), None, Apart())
        facts = codec.unpack(job.facts, Facts)
        judged = scan_listed(message, job.envelope, facts, self._ruleset, listed)
        verdict, sender = judged.verdict, message.header_from
        return Rejudged(
            disposition=verdict.disposition,
            score=verdict.score,
            ruleset=verdict.ruleset,
            rules=tuple(dict.fromkeys(weighed.rule.id for weighed in verdict.findings)),
            reasons=verdict.reasons,
            judgement=judged.judgement,
            sender=sender.domain if sender else "",
            subject=clipped(message.subject, MAX_SUBJECT),
        )

    @property
    def ruleset(self) -> str:
        """The version of the rules."""
        return self._ruleset.version

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


async def answer(examiner: Examiner, job: Job, shelved: Shelved | None, writer: asyncio.StreamWriter) -> None:
    """Examine one job and send what came of it; whatever breaks is named, not hidden."""
    try:
        if job.facts is None:
            answered = Answered(ticket=job.ticket, examination=await examiner.examine(job, shelved))
        else:
            again = examiner.judge_again(job, shelved)
            answered = Answered(ticket=job.ticket, examination=None, rejudged=again)
    except ListsLacking:
        answered = Answered(ticket=job.ticket, examination=None, lacks_lists=True)
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
    os.nice(options.nice)  # accepting mail comes before judging it
    try:
        examiner = Examiner(options)
    except RuleFileError as problem:
        writer.write(frame(Answered(ticket=0, examination=None, error=str(problem))))
        await writer.drain()
        writer.close()
        return
    writer.write(frame(Answered(ticket=0, examination=None, ruleset=examiner.ruleset)))
    resource.setrlimit(resource.RLIMIT_AS, (options.memory, options.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # a message makes thousands of values and few cycles
    try:
        async with asyncio.TaskGroup() as jobs:
            while (body := await read_frame(reader, MAX_JOB_FRAME)) is not None:
                job = decode_job(body)
                jobs.create_task(answer(examiner, job, examiner.shelved(job), writer))
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
    asyncio.run(work(int(sys.argv[1])))


if __name__ == "__main__":
    main()
