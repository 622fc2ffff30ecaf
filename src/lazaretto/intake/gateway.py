"""The gateway: listens for SMTP or LMTP and hands whole messages to a door.

It is no relay and knows no domains: the door says who is a recipient. It offers no authentication, so it is
not for submission. Certificates of clients are not asked for.
"""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lazaretto.intake.census import Census
from lazaretto.intake.connection import Connection
from lazaretto.intake.door import Door
from lazaretto.intake.house import House
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.peers import Peers
from lazaretto.intake.terms import Terms

BACKLOG = 1024
"""Connections that the kernel keeps while we are busy."""

MIN_TICK = 0.02
MAX_TICK = 1.0
"""Seconds between two looks at all deadlines: the precision of every time limit."""


class Gateway:
    """One listening port."""

    def __init__(
        self,
        door: Door,
        *,
        hostname: str,
        limits: GatewayLimits,
        protocol: Literal["smtp", "lmtp"],
        tls: ssl.SSLContext | None,
        proxy_peers: Sequence[str],
        xclient_peers: Sequence[str],
        spool_folder: Path,
    ) -> None:
        self._limits = limits
        self._terms = Terms(
            hostname=hostname,
            limits=limits,
            lmtp=protocol == "lmtp",
            tls=tls is not None,
            queue_id=door.queue_id,
            clock=lambda: datetime.now(UTC),
        )
        self._census = Census(limits)
        self._house = House(
            door=door,
            terms=self._terms,
            tls=tls,
            proxy_peers=Peers(proxy_peers),
            xclient_peers=Peers(xclient_peers),
            spool_folder=spool_folder,
            census=self._census,
        )
        self._server: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tick = _tick(limits)

    async def start(self, host: str, port: int) -> None:
        """Listen. Port 0 takes a free one; OSError when it cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self._house), host, port, backlog=BACKLOG, reuse_address=True
        )
        self._timer = loop.call_later(self._tick, self._look_at_clock)

    @property
    def port(self) -> int:
        """Where it listens, 0 when it does not."""
        sockets = self._server.sockets if self._server is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else 0

    async def stop(self, grace: float) -> None:
        """Take no new connection, let open transactions end within the grace, in seconds, then end them."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for guest in self._census.guests:
            guest.wind_down()
        await self._census.finish(grace)
        if self._timer is not None:
            self._timer.cancel()

    def _look_at_clock(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for guest in self._census.guests:
            guest.check_time(now)
        self._timer = loop.call_later(self._tick, self._look_at_clock)


def _tick(limits: GatewayLimits) -> float:
    shortest = min(
        limits.idle_seconds,
        limits.data_idle_seconds,
        limits.transaction_seconds,
        limits.proxy_seconds,
        limits.close_seconds,
    )
    return max(MIN_TICK, min(MAX_TICK, shortest / 4))
