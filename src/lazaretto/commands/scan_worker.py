"""The child of `lazaretto scan`: reads batches of messages from a pipe and answers one line of JSON for each.

PDF files are opened apart, as on a server: one that never ends costs itself and not its message.
It may die by what it reads (memory, time, a fault in a library): the parent finds out and goes on.
"""

import asyncio
import gc
import os
import resource
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from time import perf_counter

import msgspec

from lazaretto.intake.envelopes import Listed, stored_envelope
from lazaretto.intake.sources import Found
from lazaretto.mail.domains import domain_of
from lazaretto.mail.parse import parse
from lazaretto.model.verdict import Verdict, Weighed
from lazaretto.resolve.dns import Resolver
from lazaretto.resolve.facts import gather_facts
from lazaretto.resolve.network import Networks
from lazaretto.scan.load import load_everything
from lazaretto.scan.rulefiles import lay_over
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.scan import scan
from lazaretto.scanner.apart import Apart

NO_ACCOUNT = "0" * 32

GC_THRESHOLD = 50_000
"""Objects between two collections: what one message makes dies by itself, cycles are rare."""


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What is the same for all messages of a run."""

    offline: bool
    own_domains: tuple[str, ...]  # empty: the domains of the listed recipients
    dns_servers: tuple[str, ...]
    dns_timeout: float
    dns_attempts: int
    lookback: int
    memory: int  # bytes of address space of one worker
    rules: tuple[tuple[str, bytes], ...] = ()  # files laid over the shipped rules


@dataclass(frozen=True, slots=True)
class ScanJob:
    """One message to judge."""

    ticket: int
    found: Found
    listed: Listed | None


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One answer."""

    ticket: int
    line: bytes  # JSON without line end
    failed: bool


class Scanner:
    """Everything that is loaded once. Made in the parent, so that the children share its memory.

    Raises RuleFileError where the rules that are laid over cannot be used.
    """

    def __init__(self, options: ScanOptions) -> None:
        self._options = options
        lay_over(dict(options.rules))
        self._ruleset: Ruleset = load_everything()
        self._networks = Networks.load()

    def serve(self, pipe: Connection) -> None:
        """Answer batches until the parent closes the pipe."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends us
        resource.setrlimit(resource.RLIMIT_AS, (self._options.memory, self._options.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD)
        try:
            asyncio.run(self._batches(pipe))
        except* (EOFError, ConnectionError):
            pass  # the parent has closed the pipe, or is gone
        os._exit(0)  # the parent's exit handlers are not ours to run

    async def _batches(self, pipe: Connection) -> None:
        resolver = None if self._options.offline else self._resolver()
        while True:
            batch: list[ScanJob] = pipe.recv()
            if resolver is None:
                for job in batch:
                    pipe.send(await self._line(job, None))
            else:
                async with asyncio.TaskGroup() as group:
                    for job in batch:
                        group.create_task(self._answer(pipe, job, resolver))

    async def _answer(self, pipe: Connection, job: ScanJob, resolver: Resolver) -> None:
        pipe.send(await self._line(job, resolver))

    def _resolver(self) -> Resolver:
        options = self._options
        return Resolver(options.dns_servers, timeout=options.dns_timeout, attempts=options.dns_attempts)

    async def _line(self, job: ScanJob, resolver: Resolver | None) -> ScanLine:
        started = perf_counter()
        try:
            verdict = await self._verdict(job, resolver)
        except Exception as error:  # noqa: BLE001  # one message must not end the run; it is told as failed
            reason = f"the scan broke: {type(error).__name__}: {error}"
            return ScanLine(job.ticket, failure_line(job.found.path, reason), failed=True)
        return ScanLine(
            job.ticket, verdict_line(job.found.path, verdict, perf_counter() - started), failed=False
        )

    async def _verdict(self, job: ScanJob, resolver: Resolver | None) -> Verdict:
        at = datetime.now(UTC)
        message = parse(job.found.raw, None, Apart())
        envelope = stored_envelope(
            job.found, job.listed, account=NO_ACCOUNT, queue_id="scan", at=at, headers=message.headers
        )
        facts = await gather_facts(
            job.found.raw,
            message,
            envelope,
            resolver=resolver,
            networks=self._networks,
            own_domains=self._options.own_domains or _domains(job.listed),
            at=at,
            lookback=self._options.lookback,
        )
        return scan(message, envelope, facts, self._ruleset)


def verdict_line(path: str, verdict: Verdict, seconds: float) -> bytes:
    """One verdict as JSON."""
    value = {
        "path": _text(path),
        "disposition": verdict.disposition.value,
        "score": round(verdict.score, 2),
        "scores": dict(verdict.scores),
        "findings": [_finding(weighed) for weighed in verdict.findings],
        "milliseconds": round(seconds * 1000, 2),
    }
    return msgspec.json.encode(value)


def failure_line(path: str, reason: str) -> bytes:
    """A message that could not be judged, as JSON: the same keys and the reason."""
    value = {
        "path": _text(path),
        "disposition": "UNKNOWN",
        "score": 0.0,
        "scores": {},
        "findings": [],
        "milliseconds": 0.0,
        "error": _text(reason),
    }
    return msgspec.json.encode(value)


def _finding(weighed: Weighed) -> Mapping[str, object]:
    finding = weighed.finding
    value: dict[str, object] = {
        "rule": finding.rule,
        "kind": weighed.rule.kind,
        "points": round(weighed.points, 2),
        "title": weighed.rule.title,
        "reason": _text(finding.reason),
        "place": finding.place,
        "field": _text(finding.field),
        "value": _text(finding.value),
        "part": finding.part,
        "start": finding.start,
        "end": finding.end,
    }
    if finding.attachment is not None:
        value["attachment"] = _text(finding.attachment)
    return value


def _text(text: str) -> str:
    """Bytes that are no text, in file names above all, as question marks: JSON knows only Unicode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _domains(listed: Listed | None) -> tuple[str, ...]:
    """A listed recipient took the mail, so the domain is one of ours; an address in To says nothing."""
    addresses = listed.recipients if listed else ()
    return tuple(dict.fromkeys(domain for address in addresses if (domain := domain_of(address))))
