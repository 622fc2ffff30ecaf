"""Many who write to the same chain at once: one of them writes for all that wait.

The head of a chain is locked from the reading of it to the commit, so without this each entry of an account
would wait for the disk once for every entry before it.
"""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from lazaretto.model.audit import Deed
from lazaretto.store.audit import add_audit
from lazaretto.store.transaction import Database

MAX_BATCH = 100
"""Entries of one transaction."""

WRITE_SECONDS = 20.0
"""Time for one transaction; who waits for several before it waits longer, and SDKs wait for 60 seconds."""


@dataclass(slots=True, eq=False)
class _Waiting:
    deed: Deed
    sequence: int | None = None
    problem: BaseException | None = None


class AuditWriter:
    """The one way of a server process into the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queues: defaultdict[str, list[_Waiting]] = defaultdict(list)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def add(self, account: str, deed: Deed, now: datetime) -> int:
        """The sequence of the entry, which is durable. Raises TimeoutError."""
        mine = _Waiting(deed)
        self._queues[account].append(mine)
        async with self._locks[account]:
            while mine.sequence is None and mine.problem is None:  # who gave up waiting may stand before us
                await self._write(account, now)
        if mine.problem is not None:
            raise mine.problem
        assert mine.sequence is not None
        return mine.sequence

    async def _write(self, account: str, now: datetime) -> None:
        """Write those who have waited for longest; the caller, who holds the lock, is among them."""
        queue = self._queues[account]
        batch, self._queues[account] = queue[:MAX_BATCH], queue[MAX_BATCH:]
        deeds = tuple(waiting.deed for waiting in batch)
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                sequences = await self._database.write(lambda tx: add_audit(tx, account, deeds, now))
        except asyncio.CancelledError:
            _fail(batch, TimeoutError("the request that wrote for others was cancelled"))
            raise
        except Exception as problem:  # noqa: BLE001  # each of them raises it
            _fail(batch, problem)
        else:
            for waiting, sequence in zip(batch, sequences, strict=True):
                waiting.sequence = sequence


def _fail(batch: list[_Waiting], problem: Exception) -> None:
    for waiting in batch:
        waiting.problem = problem
