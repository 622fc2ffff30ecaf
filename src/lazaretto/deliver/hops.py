"""What we know of each next hop: how busy it is, and whether it is down.

A next hop is down when no session could be opened. It is then left alone for a growing while, after which one
transaction at a time finds out whether it is back. Mail for it waits in the store meanwhile, unclaimed.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.model.account import NextHop


@dataclass(frozen=True, slots=True)
class HopState:
    """One next hop as /readyz shows it."""

    hop: NextHop
    up: bool
    failures: int  # sessions that could not be opened, one after the other
    down_until: datetime | None  # it is left alone until then
    error: str  # of the last failure, "" when up
    busy: int  # transactions that run or wait for a connection


@dataclass(slots=True)
class _Notes:
    failures: int = 0
    down_until: datetime | None = None
    error: str = ""
    busy: int = 0
    running: int = 0


class Hops:
    """The states of all next hops that were used since the start."""

    def __init__(self, *, per_hop: int, waits: tuple[float, ...]) -> None:
        self._per_hop = per_hop
        self._waits = waits
        self._notes: dict[NextHop, _Notes] = defaultdict(_Notes)
        self._slots: dict[NextHop, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_hop))
        self._probes: dict[NextHop, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._hop_of: dict[str, NextHop] = {}  # by domain, as last seen

    def learn(self, domain: str, hop: NextHop) -> None:
        """Remember where a domain's mail goes."""
        self._hop_of[domain] = hop

    def blocked_domains(self, now: datetime) -> tuple[str, ...]:
        """Domains whose mail should not be claimed now."""
        return tuple(domain for domain, hop in self._hop_of.items() if self._blocked(hop, now))

    def wakes_at(self, now: datetime) -> datetime | None:
        """When the next of those that are down may be tried again."""
        times = [n.down_until for n in self._notes.values() if n.down_until and n.down_until > now]
        return min(times, default=None)

    def down(self, hop: NextHop, now: datetime) -> bool:
        """It is to be left alone."""
        until = self._notes[hop].down_until
        return until is not None and until > now

    @property
    def waiting(self) -> int:
        """Transactions that wait until their next hop has room."""
        return sum(n.busy - n.running for n in self._notes.values())

    @asynccontextmanager
    async def slot(self, hop: NextHop) -> AsyncIterator[None]:
        """A place among the transactions of one next hop; the only place when it failed last time."""
        notes = self._notes[hop]
        notes.busy += 1
        try:
            async with self._slots[hop], self._probes[hop] if notes.failures else nullcontext():
                notes.running += 1
                try:
                    yield
                finally:
                    notes.running -= 1
        finally:
            notes.busy -= 1

    def failed(self, hop: NextHop, error: str, now: datetime) -> None:
        """No session could be opened. Failures that were under way at the same time count once."""
        notes = self._notes[hop]
        notes.error = error
        if notes.down_until and notes.down_until > now:
            return
        notes.failures += 1
        wait = self._waits[min(notes.failures, len(self._waits)) - 1]
        notes.down_until = now + timedelta(seconds=wait)

    def opened(self, hop: NextHop) -> None:
        """A session was opened."""
        notes = self._notes[hop]
        notes.failures, notes.down_until, notes.error = 0, None, ""

    def states(self) -> Iterable[HopState]:
        """All of them, in the order of their first use."""
        for hop, n in self._notes.items():
            yield HopState(hop, not n.failures, n.failures, n.down_until, n.error, n.busy)

    def _blocked(self, hop: NextHop, now: datetime) -> bool:
        notes = self._notes[hop]
        limit = self._per_hop if not notes.failures else 1  # one at a time finds out
        return self.down(hop, now) or notes.busy >= limit
