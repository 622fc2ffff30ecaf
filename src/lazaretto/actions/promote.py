"""Promote: rule files that were tried become what runs; and the role that lets the workers take them.

Rules. Files are checked by a scan worker of their own, which reads them exactly as the others will. What it
refuses is named with file and key, and nothing changes.
The server looks for a change of `rules/current` and starts new workers; until they have read their rules, the
old ones go on, so no message waits and none is lost. A refused edition is told once and left alone.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from lazaretto.model.errors import Invalid, Refusal
from lazaretto.scanner.child import Child, RulesRefused, WorkerLost
from lazaretto.scanner.job import WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.store.editions import CODE, Edition, Editions, Running

WATCH_SECONDS = 0.5
"""Between two looks at one small file."""

CONFIRM_SECONDS = 60.0
"""For a running server to say that it took an edition: new workers must start."""

Rules = tuple[tuple[str, bytes], ...]

log = structlog.get_logger("lazaretto.rules")


def as_rules(files: Mapping[str, bytes]) -> Rules:
    """Files as a worker is told them."""
    return tuple(sorted(files.items()))


async def check_rules(options: WorkerOptions, files: Mapping[str, bytes]) -> str:
    """The version of the ruleset that the files give, laid over the shipped ones. Raises Invalid."""
    child = await Child.start(replace(options, offline=True, rules=as_rules(files)))
    try:
        return await child.ready()
    except RulesRefused as problem:
        raise Invalid(CODE, str(problem)) from None
    except WorkerLost:
        raise Invalid(CODE, "A scan worker ended while it read these files.") from None
    finally:
        await child.stop()


async def promote(
    editions: Editions, options: WorkerOptions, files: Mapping[str, bytes], *, by: str, now: datetime
) -> Edition:
    """Check the files and make them the edition that runs. Raises Invalid."""
    ruleset = await check_rules(options, files)
    return await asyncio.to_thread(editions.promote, files, by=by, ruleset=ruleset, now=now)


async def confirmed(editions: Editions, number: int | None) -> Running | None:
    """Wait until the server that runs took or refused an edition; None when no server runs here."""
    async with asyncio.timeout(CONFIRM_SECONDS):
        while True:
            running = await asyncio.to_thread(editions.running)
            if running is None or not _lives(running.process):
                return None
            if running.edition == number or (running.refused is not None and running.refused == number):
                return running
            await asyncio.sleep(WATCH_SECONDS / 5)


class RuleWatch:
    """The role."""

    def __init__(self, editions: Editions, scanner: ScannerPool, running: Running) -> None:
        self._editions = editions
        self._scanner = scanner
        self._running = running
        self._seen = running.edition if running.refused is None else running.refused

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:  # a full disk must not end the server
                log.exception("rules not looked at")
            await asyncio.sleep(WATCH_SECONDS)

    async def look(self) -> None:
        """Take a new edition, if there is one."""
        try:
            wanted = await asyncio.to_thread(self._editions.current)
        except Refusal as problem:
            await self._refuse(None, problem.public)
            return
        if wanted == self._seen:
            return
        self._seen = wanted
        try:
            files = {} if wanted is None else (await asyncio.to_thread(self._editions.find, wanted)).files
            ruleset = await self._scanner.reload(as_rules(files))
        except (Refusal, RulesRefused, WorkerLost, OSError) as problem:
            await self._refuse(wanted, str(problem) or "a scan worker ended while it read them")
            return
        self._running = Running(wanted, ruleset, process=os.getpid())
        await asyncio.to_thread(self._editions.tell, self._running)
        log.info("rules changed", edition=wanted, ruleset=ruleset)

    async def _refuse(self, wanted: int | None, reason: str) -> None:
        told = replace(self._running, refused=wanted, reason=reason)
        if told != self._running:
            log.error("rules refused, the old ones go on", edition=wanted, reason=reason)
            await asyncio.to_thread(self._editions.tell, told)
            self._running = told


async def start_scanner(editions: Editions, scanner: ScannerPool) -> Running:
    """Start the workers with the edition that is to run; with the shipped rules alone when it is refused."""
    number: int | None = None
    try:
        number = editions.current()
        files = {} if number is None else editions.find(number).files
        ruleset = await scanner.start(as_rules(files))
        running = Running(number, ruleset, process=os.getpid())
    except (Refusal, RulesRefused) as problem:
        log.error("rules refused, the shipped ones run alone", edition=number, reason=str(problem))  # noqa: TRY400
        ruleset = await scanner.start(())
        running = Running(None, ruleset, number, str(problem), os.getpid())
    await asyncio.to_thread(editions.tell, running)
    return running


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
