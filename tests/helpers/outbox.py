"""A store with one account and one domain, mail put into its outbox, and a relay that runs beside a test."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.relay import Relay
from lazaretto.deliver.session import ClientOptions, Durations
from lazaretto.mail.claims import find_claims
from lazaretto.mail.stamp import make_stamp
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.record import DeliveryState, Record
from lazaretto.store.accounts import add_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, open_database
from lazaretto.store.domains import add_domain
from lazaretto.store.ids import new_queue_id
from lazaretto.store.messages import add_decided, add_received, get_record, get_trace

SHORT = Durations(
    connect=5, greeting=5, hello=5, tls=5, mail=5, rcpt=5, data=5, block=5, end=5, reset=5, quit=1
)

OPTIONS = RelayOptions(
    ClientOptions("mx.lazaretto.test", durations=SHORT),
    retry_waits=(0.05,),
    hop_waits=(0.05,),
    poll=0.2,
    grace=5.0,
)
"""A relay in a hurry."""

MESSAGE = b"From: s@sender.test\r\nSubject: hello\r\n\r\n.dot\r\nbody\r\n"


@dataclass
class Outbox:
    """The store of a test and what it needs to fill and read it."""

    database: Database
    blobs: Blobs
    account: str
    ids: list[str] = field(default_factory=list)

    async def add_domain(self, name: str, hop: NextHop) -> None:
        """Mail for the domain goes to the hop."""
        await self.database.write(lambda tx: add_domain(tx, self.account, name, hop, now=datetime.now(UTC)))

    async def put(
        self,
        *recipients: str | Recipient,
        raw: bytes = MESSAGE,
        order: Order = Order.DELIVER,
        disposition: Disposition = Disposition.NONE,
        at: datetime | None = None,
        **fields: object,
    ) -> str:
        """A decided message; returns its investigate id."""
        moment = at or datetime.now(UTC)
        people = tuple(r if isinstance(r, Recipient) else Recipient(r) for r in recipients or ("r@x.test",))
        envelope = Envelope(
            account=self.account,
            queue_id=new_queue_id(moment),
            mode=Mode.DIRECT,
            mail_from="s@sender.test",
            recipients=people,
            received_at=moment,
            client_ip="192.0.2.1",
            helo="helo.test",
        )
        envelope = replace(envelope, **fields)
        decision = Decision(disposition, tuple(RecipientOrder(r.address, order, "test") for r in people))
        stamp = make_stamp(find_claims(raw), envelope, None, None, decision, hostname="mx.lazaretto.test")
        blob = await asyncio.to_thread(self.blobs.put, raw)

        async def work(tx):
            received = await add_received(tx, envelope, blob, at=moment)
            await add_decided(
                tx, received.number, account=self.account, facts=None, verdict=None, summary=None,
                decision=decision, stamp=stamp, at=moment,
            )  # fmt: skip
            return received.id

        self.ids.append(await self.database.write(work))
        return self.ids[-1]

    async def record(self, ref: str) -> Record:
        """The record as it is now."""
        found = await self.database.read(lambda tx: get_record(tx, self.account, ref))
        assert found
        return found

    async def states(self, ref: str) -> dict[str, str]:
        """The state of each recipient's copy."""
        return {d.recipient: d.state.value for d in (await self.record(ref)).deliveries}

    async def trace(self, ref: str) -> list[str]:
        """What the trace says."""
        record = await self.record(ref)
        lines = await self.database.read(lambda tx: get_trace(tx, self.account, record.number))
        return [line.text for line in lines]

    async def until(self, ref: str, state: DeliveryState, *, attempts: int = 0) -> Record:
        """Wait until every copy is in the state (and was tried so often)."""
        async with asyncio.timeout(20):
            while True:
                record = await self.record(ref)
                if all(d.state is state and d.attempts >= attempts for d in record.deliveries):
                    return record
                await asyncio.sleep(0.01)

    async def settled(self, ref: str) -> Record:
        """Wait until no copy is on its first way out any more."""
        async with asyncio.timeout(20):
            while any(d.state is DeliveryState.QUEUED for d in (await self.record(ref)).deliveries):
                await asyncio.sleep(0.01)
        return await self.record(ref)


@asynccontextmanager
async def outbox(
    folder: Path, hops: Sequence[tuple[str, NextHop]] = (), *, url: str | None = None
) -> AsyncIterator[Outbox]:
    """An empty store in the folder (or behind the URL), with domains."""
    (folder / "blobs").mkdir(parents=True, exist_ok=True)
    database = await open_database(url or f"sqlite:///{folder}/lazaretto.db")
    try:
        account = await database.write(lambda tx: add_account(tx, "test", now=datetime.now(UTC)))
        box = Outbox(database, Blobs(folder / "blobs"), account.id)
        for name, hop in hops:
            await box.add_domain(name, hop)
        yield box
    finally:
        await database.close()


@asynccontextmanager
async def relaying(box: Outbox, options: RelayOptions = OPTIONS, **kinds: object) -> AsyncIterator[Relay]:
    """A relay that works until the block ends."""
    relay = Relay(box.database, box.blobs, options, **kinds)
    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run())
        try:
            yield relay
        finally:
            relay.stop()
