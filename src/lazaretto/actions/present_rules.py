"""The ruleset that judges now, for whoever explains a stored verdict: the edition that the workers have.

Rules. An edition is read once and kept until another one runs. Where it cannot be read, the shipped rules are
taken, as the server itself does.
"""

import asyncio

import structlog

from lazaretto.model.errors import Refusal
from lazaretto.scan.rulefiles import RuleFileError, shipped_files
from lazaretto.scan.ruleset import Ruleset, parse_ruleset
from lazaretto.store.editions import Editions

log = structlog.get_logger()


class PresentRules:
    """One for each process."""

    def __init__(self, editions: Editions) -> None:
        self._editions = editions
        self._number: int | None = None
        self._ruleset: Ruleset | None = None
        self._turn = asyncio.Lock()

    async def get(self) -> Ruleset:
        """Read anew when another edition runs."""
        async with self._turn:
            number = await asyncio.to_thread(self._runs)
            if self._ruleset is None or number != self._number:
                self._ruleset, self._number = await asyncio.to_thread(self._read, number), number
            return self._ruleset

    def _runs(self) -> int | None:
        try:
            running = self._editions.running()
            return self._editions.current() if running is None else running.edition
        except Refusal:
            return None

    def _read(self, number: int | None) -> Ruleset:
        if number is not None:
            try:
                return parse_ruleset({**shipped_files(), **self._editions.find(number).files})
            except (Refusal, RuleFileError, OSError) as problem:
                log.warning(
                    "edition not read, explained by the shipped rules", edition=number, reason=str(problem)
                )
        return parse_ruleset(shipped_files())
