"""What we know of each next hop: how busy it is, and whether it is down.

A next hop is down when no session could be opened while none was open. Its mail then waits in the store,
unclaimed, and the relay knocks after growing waits until somebody answers; so the state is true even when no
mail comes. A refusal while other sessions are open means that it wants fewer of them, not that it is down.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.model.account import NextHop


@dataclass(frozen=True, slots=True)
class HopState:
    """One next hop as /readyz shows it."""

    hop: NextHop
    up: bool
    failures: int  # sessions that could not be opened, one after the other
    next_knock_at: datetime | None  # None when up
    error: str  # of the last failure, "" when up
    busy: int  # transactions that run or wait for a connection


@dataclass(slots=True)
class _Notes:
    failures: int = 0
    knock_at: datetime | None = None
    error: str = ""
    busy: int = 0  # in `slot`, waiting included
    running: int = 0
    live: int = 0  # sessions in use


class Hops:
    """The states of all next hops that were used since the start."""

    def __init__(self, *, per_hop: int, waits: tuple[float, ...]) -> None:
        self._per_hop = per_hop
        self._waits = waits
        self._notes: dict[NextHop, _Notes] = defaultdict(_Notes)
        self._slots: dict[NextHop, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_hop))
        self._hop_of: dict[str, NextHop] = {}  # by domain of ours, as last seen

    def learn(self, domain: str, hop: NextHop | None) -> bool:
        """Remember where a domain's mail goes; None when it is not ours any more. True when that is new."""
        if self._hop_of.get(domain) == hop:
            return False
        if hop is None:
            self._hop_of.pop(domain, None)
        else:
            self._hop_of[domain] = hop
        return True

    def domains_of(self, hop: NextHop) -> tuple[str, ...]:
        """The domains whose mail goes there, as far as known."""
        return tuple(domain for domain, known in self._hop_of.items() if known == hop)

    def blocked_domains(self) -> tuple[str, ...]:
        """Domains whose mail should not be claimed now."""
        return tuple(domain for domain, hop in self._hop_of.items() if self._blocked(hop))

    def down(self, hop: NextHop) -> bool:
        """Nobody answered there, and nobody has since."""
        return self._notes[hop].failures > 0

    def to_knock_at(self, now: datetime) -> tuple[NextHop, ...]:
        """Those that are down and whose wait is over."""
        return tuple(hop for hop, n in self._notes.items() if n.knock_at and n.knock_at <= now)

    @property
    def waiting(self) -> int:
        """Transactions that wait until their next hop has room."""
        return sum(n.busy - n.running for n in self._notes.values())

    @asynccontextmanager
    async def slot(self, hop: NextHop) -> AsyncIterator[None]:
        """A place among the transactions of one next hop."""
        notes = self._notes[hop]
        notes.busy += 1
        try:
            async with self._slots[hop]:
                notes.running += 1
                try:
                    yield
                finally:
                    notes.running -= 1
        finally:
            notes.busy -= 1

    @contextmanager
    def opened(self, hop: NextHop) -> Iterator[None]:
        """A session is open as long as this lasts."""
        notes = self._notes[hop]
        notes.failures, notes.knock_at, notes.error = 0, None, ""
        notes.live += 1
        try:
            yield
        finally:
            notes.live -= 1

    def failed(self, hop: NextHop, error: str, now: datetime) -> None:
        """No session could be opened. Failures that were under way at the same time count once."""
        notes = self._notes[hop]
        if notes.live or (notes.knock_at and notes.knock_at > now):
            return
        notes.failures += 1
        notes.error = error
        wait = self._waits[min(notes.failures, len(self._waits)) - 1]
        notes.knock_at = now + timedelta(seconds=wait)

    def states(self) -> Iterable[HopState]:
        """All of them, in the order of their first use."""
        for hop, n in self._notes.items():
            yield HopState(hop, not n.failures, n.failures, n.knock_at, n.error, n.busy)

    def _blocked(self, hop: NextHop) -> bool:
        notes = self._notes[hop]
        return notes.failures > 0 or notes.busy >= self._per_hop
