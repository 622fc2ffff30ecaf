"""The relay: takes due deliveries from the outbox and brings them to their next hops.

A role: `run` goes on until `stop` is called or it is cancelled. Several relays may work on one PostgreSQL
store; leases keep them apart. Rows of one record that go to one next hop travel in one transaction.

Rules. Nothing is claimed for a next hop that is down or has all its connections busy. An error in one
delivery is contained: its rows are tried again later. On stop, transactions under way may end within the
grace; what cannot end is given up and sent again after the next start.
"""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby

import structlog

from lazaretto.deliver.attempt import Attempt, Tools
from lazaretto.deliver.connections import Connections
from lazaretto.deliver.hops import Hops, HopState
from lazaretto.deliver.knock import find_hops, knock
from lazaretto.deliver.options import RelayOptions
from lazaretto.model.account import NextHop
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database
from lazaretto.store.outbox import Claimed, claim, let_go, next_due, renew

MAX_RECIPIENTS = 100
"""Recipients of one transaction: what every server must take. RFC 5321 4.5.3.1.8."""

STORE_WAIT = 2.0
"""Seconds to leave the store alone after it failed."""

LET_GO_TIME = 5.0
"""Seconds that giving back leases may take at the end; they end by themselves later."""

log = structlog.get_logger("lazaretto.relay")


class Relay:
    """The role that empties the outbox."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        options: RelayOptions,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.owner = f"{options.client.hostname}:{os.getpid()}:{secrets.token_hex(4)}"
        self._options = options
        self._database = database
        self._hops = Hops(per_hop=options.per_hop, waits=options.hop_waits)
        self._connections = Connections(
            options.client,
            idle_seconds=options.idle_connection,
            messages=options.messages_per_connection,
        )
        self._stopping = asyncio.Event()
        self._tools = Tools(
            database=database,
            blobs=blobs,
            connections=self._connections,
            hops=self._hops,
            options=options,
            clock=clock,
            workers=asyncio.Semaphore(options.workers),
            stopping=self._stopping,
        )
        self._attempts: dict[asyncio.Task[None], Attempt] = {}
        self._wake = asyncio.Event()
        self._more = False  # there may be due rows that were not claimed

    def poke(self) -> None:
        """New work is in the outbox: look at once."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more, end what is under way, return from `run`."""
        self._stopping.set()
        self._wake.set()

    def hops(self) -> tuple[HopState, ...]:
        """The next hops that were used since the start, for /readyz."""
        return tuple(self._hops.states())

    @property
    def busy(self) -> int:
        """Attempts under way or waiting for a connection."""
        return len(self._attempts)

    async def run(self) -> None:
        """Work until stopped."""
        try:
            async with asyncio.TaskGroup() as group:
                asides = [group.create_task(self._chores()), group.create_task(self._knocking())]
                while not self._stopping.is_set():
                    self._wake.clear()
                    await self._wait(await self._claim(group))
                await self._drain()
                for task in asides:
                    task.cancel()
        finally:
            await self._end()

    async def _claim(self, group: asyncio.TaskGroup) -> float:
        """Start attempts for what is due. Returns for how long there is nothing to do."""
        try:
            return await self._start_due(group)
        except Exception:  # the store is ill; the relay must outlive that
            log.exception("outbox cannot be read")
            return STORE_WAIT

    async def _start_due(self, group: asyncio.TaskGroup) -> float:
        now, options = self._tools.clock(), self._options
        room = 2 * options.workers - (len(self._attempts) - self._hops.waiting)
        blocked = self._hops.blocked_domains()
        self._more = True
        if room <= 0:
            return options.poll
        rows = await self._database.write(
            lambda tx: claim(tx, owner=self.owner, limit=room, now=now, lease=options.lease, exclude=blocked)
        )
        hop_of = await self._database.read(
            lambda tx: find_hops(tx, {r.domain for r in rows}, default=options.default_route)
        )
        for attempt in self._attempts_for(rows, hop_of):
            task = group.create_task(self._contained(attempt))
            self._attempts[task] = attempt
            task.add_done_callback(self._ended)
        self._more = bool(rows or blocked)
        return 0.0 if rows else await self._quiet_time(now)

    async def _quiet_time(self, now: datetime) -> float:
        due = await self._database.read(next_due)
        if due is None or due <= now:  # what is due and was not claimed waits for its next hop
            return self._options.poll
        return min((due - now).total_seconds(), self._options.poll)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
        else:
            await asyncio.sleep(0)

    def _attempts_for(self, rows: Sequence[Claimed], hop_of: dict[str, NextHop]) -> Iterator[Attempt]:
        for domain, hop in hop_of.items():
            self._hops.learn(domain, hop)

        def key(row: Claimed) -> tuple[str, int, int, str]:
            return (row.account, row.record, row.generation, str(hop_of.get(row.domain)))

        for _, group in groupby(sorted(rows, key=key), key):
            for rows_together in _transactions(group):
                yield Attempt(self._tools, rows_together, hop_of.get(rows_together[0].domain))

    async def _contained(self, attempt: Attempt) -> None:
        try:
            await attempt.run()
        except Exception:  # one message must not stop the others
            log.exception("delivery failed inside", record=attempt.rows[:1])
            with suppress(Exception):
                await attempt.give_back("internal error")

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._attempts.pop(task, None)
        if self._more:
            self._wake.set()

    async def _chores(self) -> None:
        """Keep leases alive, and close connections that nobody needs."""
        renewed = self._tools.clock()
        while True:
            await asyncio.sleep(self._options.idle_connection / 2)
            await self._connections.close_idle()
            now = self._tools.clock()
            if now - renewed >= self._options.lease / 3:
                renewed = now
                await self._renew(now)

    async def _knocking(self) -> None:
        """Find out whether next hops that are down are back."""
        while True:
            await asyncio.sleep(min(self._options.hop_waits))
            try:
                if await knock(self._tools, self._tools.clock()):
                    self._wake.set()
            except Exception:  # the store is ill; the next round may succeed
                log.exception("next hops could not be looked up")

    async def _renew(self, now: datetime) -> None:
        rows = [row for attempt in self._attempts.values() for row in attempt.rows]
        try:
            await self._database.write(lambda tx: renew(tx, rows, now=now, lease=self._options.lease))
        except Exception:  # the next round may succeed; a lease lasts three of them
            log.exception("leases not renewed")

    async def _drain(self) -> None:
        """Let transactions under way end, then end them."""
        if self._attempts:
            await asyncio.wait(tuple(self._attempts), timeout=self._options.grace)
        for task in tuple(self._attempts):
            task.cancel()

    async def _end(self) -> None:
        await self._connections.close()
        try:
            async with asyncio.timeout(LET_GO_TIME):
                await self._database.write(lambda tx: let_go(tx, self.owner))
        except Exception:  # leases end by themselves
            log.exception("leases not given back")


def _transactions(rows: Iterable[Claimed]) -> tuple[tuple[Claimed, ...], ...]:
    """Rows cut into transactions: not too many recipients, and none of them twice."""
    parts: list[dict[str, Claimed]] = []
    for row in rows:
        address = row.recipient.address
        part = next((p for p in parts if len(p) < MAX_RECIPIENTS and address not in p), None)
        if part is None:
            parts.append(part := {})
        part[address] = row
    return tuple(tuple(part.values()) for part in parts)
