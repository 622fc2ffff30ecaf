"""A store with mail in it, and the services of an API that reads it."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lazaretto.actions.release import release
from lazaretto.api.options import ApiOptions
from lazaretto.api.services import Services
from lazaretto.mail.stamp import Stamp
from lazaretto.model.access import Role
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Recipient
from lazaretto.model.record import DeliveryState, Direction, TraceLine
from lazaretto.store import accounts, credentials, domains, ids, messages, outbox
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, open_database
from tests.wire.samples import ACCOUNT, ENVELOPE, SUMMARY

OTHER_ACCOUNT = "f" * 32
LETTER = b"From: x@bad.test\r\nTo: u@example.com\r\nSubject: s\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
HELD = {
    Disposition.MALICIOUS,
    Disposition.MALICIOUS_BEC,
    Disposition.SUSPICIOUS,
    Disposition.SPOOF,
    Disposition.SPAM,
}
TURNS = (
    Disposition.MALICIOUS,
    Disposition.SPAM,
    Disposition.BULK,
    Disposition.MALICIOUS_BEC,
    Disposition.SPOOF,
    Disposition.SUSPICIOUS,
)


@dataclass(frozen=True)
class World:
    """A store of two accounts, with a credential of every kind."""

    database: Database
    blobs: Blobs
    write: str  # bearer secrets
    read: str
    other: str
    key: str  # with the email below
    email: str = "admin@example.com"

    async def put(
        self,
        disposition=Disposition.MALICIOUS,
        *,
        account=ACCOUNT,
        raw=LETTER,
        subject="s",
        at=None,
        recipients=("u@example.com",),
        order=None,
        mode=None,
    ):
        """One judged message; its investigate id."""
        received = await put(
            self,
            Wanted(disposition, account, raw, subject, at or datetime.now(UTC), recipients, order, mode),
        )
        return received.id

    async def put_many(self, count, *, account=ACCOUNT, dispositions=TURNS):
        """Many at once, judged in the order of the ids that are given back: their works share commits."""
        blob = await asyncio.to_thread(self.blobs.put, LETTER)
        end = datetime.now(UTC) - timedelta(seconds=1)
        wanted = [
            Wanted(
                dispositions[number % len(dispositions)],
                account,
                LETTER,
                f"subject {number}",
                end - timedelta(milliseconds=10 * (count - number)),
            )
            for number in range(count)
        ]
        found = []
        for start in range(0, count, 200):
            found += await asyncio.gather(*(put(self, one, blob) for one in wanted[start : start + 200]))
        return [received.id for received in found]


@dataclass(frozen=True)
class Wanted:
    disposition: Disposition
    account: str
    raw: bytes
    subject: str
    at: datetime
    recipients: tuple[str, ...] = ("u@example.com",)
    order: Order | None = None
    mode: object = None


async def put(world, wanted, blob=None):
    """Received and decided, as the pipeline would do it."""
    envelope = replace(
        ENVELOPE,
        account=wanted.account,
        queue_id=ids.new_queue_id(wanted.at),
        recipients=tuple(Recipient(address) for address in wanted.recipients),
        received_at=wanted.at,
        mode=wanted.mode or ENVELOPE.mode,
    )
    if blob is None:
        blob = await asyncio.to_thread(world.blobs.put, wanted.raw)
    received = await world.database.write(lambda tx: messages.add_received(tx, envelope, blob, at=wanted.at))
    order = wanted.order or (Order.QUARANTINE if wanted.disposition in HELD else Order.DELIVER)
    decision = Decision(
        wanted.disposition, tuple(RecipientOrder(address, order, "policy") for address in wanted.recipients)
    )
    summary = replace(SUMMARY, subject=wanted.subject)
    await world.database.write(
        lambda tx: _decide(tx, received.number, wanted, summary=summary, decision=decision)
    )
    return received


async def _decide(tx, number, wanted, *, summary, decision):
    await messages.add_decided(
        tx,
        number,
        account=wanted.account,
        facts=None,
        verdict=None,
        summary=summary,
        decision=decision,
        stamp=Stamp(b"", ()),
        at=wanted.at,
    )
    line = TraceLine(wanted.at, Direction.INBOUND, "received from 192.0.2.7")
    await messages.add_trace(tx, wanted.account, number, (line,))


@asynccontextmanager
async def world(folder: Path):
    """Open, fill with accounts, close."""
    database = await open_database(f"sqlite://{folder}/lazaretto.db")
    try:
        yield await _populate(database, Blobs(folder / "blobs"))
    finally:
        await database.close()


async def _populate(database, blobs):
    now = datetime.now(UTC)

    async def fill(tx):
        secrets = {}
        for account, domain in ((ACCOUNT, "example.com"), (OTHER_ACCOUNT, "example.org")):
            await accounts.add_account(tx, f"account {account[:4]}", now=now, id=account)
            await domains.add_domain(tx, account, domain, NextHop("127.0.0.1", 2525), now=now)
        for name, account, role in (
            ("write", ACCOUNT, Role.ADMIN),
            ("read", ACCOUNT, Role.READ_ONLY),
            ("other", OTHER_ACCOUNT, Role.ADMIN),
        ):
            _, secrets[name] = await credentials.add_token(tx, account, name=name, role=role, now=now)
        _, secrets["key"] = await credentials.add_token(
            tx, ACCOUNT, name="key", role=Role.ADMIN, now=now, kind="key", email="admin@example.com"
        )
        return secrets

    return World(database, blobs, **await database.write(fill))


class AcceptingHop:
    """The real verb, with a next hop that takes everything at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sending: set[asyncio.Task] = set()
        self.sent: list[tuple[int, str]] = []

    async def __call__(self, account, refs, actor, *, recipients=None):
        return await release(
            self._database,
            self._poke,
            account,
            refs,
            actor,
            now=lambda: datetime.now(UTC),
            recipients=recipients,
            wait=5.0,
        )

    def _poke(self):
        task = asyncio.create_task(self._database.write(self._send))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, tx):
        now = datetime.now(UTC)
        claimed = await outbox.claim(tx, owner="test", limit=10_000, now=now, lease=timedelta(seconds=60))
        for one in claimed:
            await outbox.settle(
                tx, one, outbox.Outcome(DeliveryState.DELIVERED, "250 2.0.0 Ok", "delivered to the sink"), now
            )
        self.sent += [(one.record, one.recipient.address) for one in claimed if one.generation]


def services(world: World, **options) -> Services:
    """As the program would put them together."""
    return Services(
        database=world.database,
        blobs=world.blobs,
        release=AcceptingHop(world.database),
        hostname="mx.example.com",
        version="0.0.0",
        secret=b"s" * 32,
        options=ApiOptions(**options),
    )
