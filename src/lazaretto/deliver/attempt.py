"""One attempt for some rows of one record: from the lease to outcomes in the store.

Order matters. The in-doubt mark is durable before the final dot, and an outcome is durable before anything
else happens on the connection. An outcome that cannot be written is tried again and again: what the next hop
has accepted must not be sent twice because our disk was busy.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from lazaretto.deliver import notify
from lazaretto.deliver.bounce import Notice
from lazaretto.deliver.client import Transaction as Exchange
from lazaretto.deliver.connections import Connections
from lazaretto.deliver.hops import Hops
from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.outcome import expired, outcome_of
from lazaretto.deliver.parcel import outgoing
from lazaretto.deliver.plan import Result, failed
from lazaretto.deliver.wire import HopError
from lazaretto.model.account import NextHop
from lazaretto.model.record import DeliveryState, Direction, TraceLine
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, Transaction
from lazaretto.store.errors import BytesMissing
from lazaretto.store.messages import add_trace
from lazaretto.store.outbox import Claimed, Outcome, Sending, get_sending, sending, settle
from lazaretto.telemetry import metrics

SETTLE_FIRST_WAIT = 0.1
SETTLE_LONGEST_WAIT = 5.0
"""Seconds between attempts to write an outcome."""

CANCELLED_GRACE = 10.0
"""Seconds that an outcome may still take to be written after the relay was told to end."""

log = structlog.get_logger("lazaretto.relay")


@dataclass(frozen=True, slots=True)
class Tools:
    """What every attempt works with."""

    database: Database
    blobs: Blobs
    connections: Connections
    hops: Hops
    options: RelayOptions
    clock: Callable[[], datetime]
    workers: asyncio.Semaphore
    stopping: asyncio.Event


class Attempt:
    """Rows of one record, one generation and one next hop. `hop` is None for a domain that is not ours."""

    def __init__(self, tools: Tools, rows: Sequence[Claimed], hop: NextHop | None) -> None:
        self._tools = tools
        self._hop = hop
        self._open = {row.recipient.address: row for row in rows}  # not settled by us yet
        self._rows = tuple(rows)
        self._sending: Sending | None = None
        self._tls: str | None = None
        self._tells = False  # the next hop sends notifications itself. RFC 3461 5.2.2

    @property
    def rows(self) -> tuple[Claimed, ...]:
        """Rows whose lease we still need."""
        return tuple(self._open.values())

    async def run(self) -> None:
        """Send, and settle every row. Raises only for bugs and for a store that does not answer."""
        first = self._rows[0]
        self._sending = await self._tools.database.read(
            lambda tx: get_sending(tx, first.account, first.record)
        )
        if self._sending is None:
            return await self.give_back("the record is gone", status="5.3.0")
        if self._hop is None and notify.is_notification(self._sending.envelope):
            self._hop = self._tools.options.bounce_route
        if self._hop is None:
            return await self.give_back(f"no next hop is configured for {first.domain}", status="4.4.4")
        async with self._tools.hops.slot(self._hop), self._tools.workers:
            await self._send(self._hop, self._sending)
        return None

    async def give_back(self, text: str, *, status: str = "4.3.0") -> None:
        """Settle what is still open as a temporary failure of ours."""
        await self._conclude(tuple(failed(address, text, status=status) for address in self._open))

    async def _send(self, hop: NextHop, content: Sending) -> None:
        hops, tools = self._tools.hops, self._tools
        if tools.stopping.is_set():
            return None  # the lease is given back, and nothing was begun that could be in doubt
        if hops.down(hop):
            return await self.give_back("the next hop does not answer; not tried now", status="4.4.1")
        try:
            mail = await asyncio.to_thread(
                outgoing, content, self._rows, tools.blobs, hostname=tools.options.client.hostname
            )
            async with tools.connections.session(hop) as session:
                with hops.opened(hop):
                    self._tls, self._tells = session.wire.tls(), session.offers("DSN")
                    exchange = Exchange(session, mail, conclude=self._conclude, before_end=self._before_end)
                    notes = await exchange.run()
            await self._note(content, notes)
        except HopError as error:
            hops.failed(hop, str(error), tools.clock())
            await self.give_back(str(error), status="4.4.1")
        except BytesMissing:
            await self.give_back("the message bytes are not in the store", status="4.3.0")
        return None

    async def _note(self, content: Sending, notes: tuple[str, ...]) -> None:
        lines = tuple(TraceLine(self._tools.clock(), Direction.OUTBOUND, text) for text in notes)
        if lines:
            await self._tools.database.write(lambda tx: add_trace(tx, content.account, content.record, lines))

    async def _before_end(self, addresses: tuple[str, ...]) -> None:
        rows = [self._open[a] for a in addresses]
        now = self._tools.clock()
        await self._tools.database.write(lambda tx: sending(tx, rows, now=now))

    async def _conclude(self, results: tuple[Result, ...]) -> None:
        """Write the outcomes. Cancellation waits for it: a reply that was read must not be forgotten."""
        writing = asyncio.ensure_future(self._write(results))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            async with asyncio.timeout(CANCELLED_GRACE):
                await writing
            raise

    async def _write(self, results: tuple[Result, ...]) -> None:
        now, options = self._tools.clock(), self._tools.options
        pairs = [
            (row, outcome_of(r, row, hop=self._hop, tls=self._tls, options=options, now=now), r)
            for r in results
            if (row := self._open.get(r.recipient))
        ]
        notices = {row.id: self._notice(row, outcome, result) for row, outcome, result in pairs}
        notification = await self._notification([n for n in notices.values() if n], now)

        async def work(tx: Transaction) -> None:
            settled = [row.id for row, outcome, _ in pairs if await settle(tx, row, outcome, now)]
            if notification and self._sending and any(notices[number] for number in settled):
                await notify.queue(tx, self._sending, notification, options, at=now)

        await self._insist(work)
        for row, outcome, result in pairs:
            self._open.pop(row.recipient.address)
            self._tell(row, outcome, result)

    def _notice(self, row: Claimed, outcome: Outcome, result: Result) -> Notice | None:
        """What the sender may have to be told about one recipient."""
        remote = self._hop.host if self._hop else None
        if outcome.state is DeliveryState.BOUNCED:
            late = expired(outcome, result)
            return Notice(
                row.recipient, "failed", result.status, result.text, result.replied, remote, expired=late
            )
        if outcome.state is DeliveryState.DELIVERED and "SUCCESS" in row.recipient.notify and not self._tells:
            return Notice(row.recipient, "relayed", result.status, result.text, result.replied, remote)
        return None

    async def _notification(self, notices: Sequence[Notice], now: datetime) -> notify.Notification | str:
        """A notification on disk, the reason why there is none, or "" when nothing is to be told."""
        if not notices or self._sending is None:
            return ""
        tools = self._tools
        try:
            return await asyncio.to_thread(
                notify.prepare, self._sending, notices, tools.blobs, tools.options, at=now
            )
        except Exception:  # outcomes are more important than telling about them
            log.exception("notification not written")
            return "it could not be written"

    async def _insist(self, work: Callable[[Transaction], Awaitable[None]]) -> None:
        """Write until it is written."""
        wait = SETTLE_FIRST_WAIT
        for _ in range(self._tools.options.settle_tries - 1):
            try:
                await self._tools.database.write(work)
            except Exception:  # whatever the database's trouble, forgetting is worse
                log.exception("outcome not written, trying again")
            else:
                return
            await asyncio.sleep(wait)
            wait = min(2 * wait, SETTLE_LONGEST_WAIT)
        await self._tools.database.write(work)

    def _tell(self, row: Claimed, outcome: Outcome, result: Result) -> None:
        metrics.deliveries.labels(state=outcome.state.value).inc()
        log.info(
            "delivery",
            queue_id=self._sending.envelope.queue_id if self._sending else None,
            recipient=row.recipient.address,
            state=outcome.state.value,
            reply=result.text,
            hop=f"{self._hop.host}:{self._hop.port}" if self._hop else None,
            attempt=row.attempts + 1,
            generation=row.generation,
            in_doubt=result.in_doubt,
        )
