"""Connections to next hops, kept for the next message.

A kept connection proves with RSET that it is alive before it carries another message, and it carries only so
many of them. How many connections there are at one time is decided in hops.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lazaretto.deliver.session import ClientOptions, Session, open_session
from lazaretto.model.account import NextHop


class Connections:
    """The pool. Sessions that broke or grew old are closed, others wait for the next message."""

    def __init__(self, options: ClientOptions, *, idle_seconds: float = 20.0, messages: int = 100) -> None:
        self._options = options
        self._idle_seconds = idle_seconds
        self._messages = messages
        self._idle: dict[NextHop, list[tuple[float, Session]]] = defaultdict(list)

    @property
    def idle(self) -> int:
        """Connections that wait for a message."""
        return sum(len(kept) for kept in self._idle.values())

    @asynccontextmanager
    async def session(self, hop: NextHop) -> AsyncIterator[Session]:
        """A session that is ready for MAIL; raises HopError when there is none to be had."""
        session = await self._kept(hop) or await open_session(hop, self._options)
        try:
            yield session
        except BaseException:
            session.wire.close()
            raise
        await self._return(session)

    async def close_idle(self) -> None:
        """Closes what has waited too long; to be called now and then."""
        limit = time.monotonic() - self._idle_seconds
        for hop, kept in list(self._idle.items()):
            self._idle[hop] = [(since, s) for since, s in kept if since > limit]
            await _quit_all([s for since, s in kept if since <= limit])

    async def close(self) -> None:
        """Says goodbye on every kept connection."""
        kept = [s for sessions in self._idle.values() for _, s in sessions]
        self._idle.clear()
        await _quit_all(kept)

    async def _kept(self, hop: NextHop) -> Session | None:
        while self._idle[hop]:
            _, session = self._idle[hop].pop()
            if await session.reset():
                return session
            session.wire.close()
        return None

    async def _return(self, session: Session) -> None:
        if session.usable and session.transactions < self._messages:
            self._idle[session.hop].append((time.monotonic(), session))
        else:
            await session.quit()


async def _quit_all(sessions: list[Session]) -> None:
    async with asyncio.TaskGroup() as group:
        for session in sessions:
            group.create_task(session.quit())
