"""Who is in the house: open connections in all and per client, and the tasks that work for them."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Protocol

from lazaretto.intake.limits import GatewayLimits


class Guest(Protocol):
    """A connection, as its gateway sees it."""

    def check_time(self, now: float) -> None:
        """Ends what has waited too long."""

    def wind_down(self) -> None:
        """The gateway stops: end as soon as no transaction is open."""

    def abort(self) -> None:
        """End now."""


class Census:
    """Counts; every `enter` and `admit` has its `leave`."""

    def __init__(self, limits: GatewayLimits) -> None:
        self._limits = limits
        self._guests: set[Guest] = set()
        self._clients: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def guests(self) -> tuple[Guest, ...]:
        """All that are open now."""
        return tuple(self._guests)

    def enter(self, guest: Guest) -> bool:
        """A new connection; False when it is one too many."""
        self._guests.add(guest)
        self._empty.clear()
        return len(self._guests) <= self._limits.connections

    def admit(self, client: str) -> bool:
        """One more connection of this client; False when it is one too many."""
        self._clients[client] += 1
        return self._clients[client] <= self._limits.connections_per_client

    def leave(self, guest: Guest, client: str | None) -> None:
        """It is gone; `client` when it was admitted."""
        self._guests.discard(guest)
        if client is not None:
            self._clients[client] -= 1
            if self._clients[client] <= 0:
                del self._clients[client]
        if not self._guests:
            self._empty.set()

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """A task that `finish` waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, grace: float) -> None:
        """Waits until all have left, then makes them."""
        try:
            async with asyncio.timeout(grace):
                await self._empty.wait()
        except TimeoutError:
            for guest in self.guests:
                guest.abort()
        await self._end_tasks(grace)

    async def _end_tasks(self, grace: float) -> None:
        """Work for guests that have left, such as a message whose sender did not wait, may end too."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(tuple(self._tasks), timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
