"""Stored mail becomes records: scanned and searchable, never sent.

Repeatable: bytes that the account already has are passed over, so an interrupted import is simply run again.
Several messages are on the road at once, never two with the same bytes.
Mail of domains that do not allow history is passed over, unless another of its recipients' domains does.
Limits: holds at most IN_FLIGHT messages in memory.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from lazaretto.intake.envelopes import Listed, listed_for, stored_envelope
from lazaretto.intake.sources import Found, Sources, Unreadable
from lazaretto.mail.domains import domain_of
from lazaretto.model.decision import Decision
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope
from lazaretto.pipeline import Road, receive
from lazaretto.store.blobs import BlobRef
from lazaretto.store.domains import list_domains
from lazaretto.store.ids import new_queue_id
from lazaretto.store.messages import find_by_blob

IN_FLIGHT = 16
"""Enough to keep the scan workers busy and to let commits share one fsync."""


@dataclass(slots=True)
class Tally:
    """What became of everything, kept while the import runs."""

    recorded: int = 0
    known: int = 0
    refused: int = 0  # all domains of ours that it was for do not allow history
    dispositions: dict[Disposition, int] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """Messages that were there before or are there now."""
        return self.recorded + self.known


class Import:
    """One run for one account."""

    def __init__(self, road: Road, account: str, listed: Mapping[str, Listed]) -> None:
        self.tally = Tally()
        self._road = road
        self._account = account
        self._listed = listed
        self._busy: dict[str, asyncio.Event] = {}  # by hash of the bytes
        self._allows: dict[str, bool] = {}  # by domain of ours: history may be recorded

    async def take(self, sources: Sources, progress: Callable[[], None]) -> Tally:
        """Record everything; `progress` is called after each message."""
        domains = await self._road.database.read(lambda tx: list_domains(tx, self._account))
        self._allows = {domain.name: Mode.RETRO_SCAN in domain.modes for domain in domains}
        items = iter(sources)
        places = asyncio.Semaphore(IN_FLIGHT)
        async with asyncio.TaskGroup() as group:
            while (item := await asyncio.to_thread(_next, items)) is not None:
                if isinstance(item, Unreadable):
                    self.tally.unreadable.append(item)
                    progress()
                else:
                    await places.acquire()
                    group.create_task(self._one(item, places, progress))
        return self.tally

    async def _one(self, found: Found, places: asyncio.Semaphore, progress: Callable[[], None]) -> None:
        digest = sha256(found.raw).hexdigest()
        try:
            while digest in self._busy:  # the same bytes are on the road: wait, and find them recorded
                await self._busy[digest].wait()
            self._busy[digest] = asyncio.Event()
            try:
                await self._record(found)
            finally:
                self._busy.pop(digest).set()
        finally:
            places.release()
            progress()

    async def _record(self, found: Found) -> None:
        envelope = stored_envelope(
            found,
            listed_for(found, self._listed),
            account=self._account,
            queue_id=new_queue_id(),
            at=datetime.now(UTC),
        )
        if not self._is_allowed(envelope):
            self.tally.refused += 1
            return
        decision = await record_imported(self._road, envelope, found.raw)
        if decision is None:
            self.tally.known += 1
            return
        disposition = decision.disposition
        self.tally.recorded += 1
        self.tally.dispositions[disposition] = self.tally.dispositions.get(disposition, 0) + 1

    def _is_allowed(self, envelope: Envelope) -> bool:
        names = {domain_of(recipient.address) for recipient in envelope.recipients}
        wishes = [self._allows[name] for name in names if name in self._allows]
        return any(wishes) or not wishes


async def record_imported(road: Road, envelope: Envelope, raw: bytes) -> Decision | None:
    """Take one stored message down the road; None when the account has the same bytes already."""
    digest = BlobRef.of(raw).sha256
    if await road.database.read(lambda tx: find_by_blob(tx, envelope.account, digest)) is not None:
        return None
    return await receive(road, envelope, raw)


def _next(items: Iterator[Found | Unreadable]) -> Found | Unreadable | None:
    return next(items, None)
