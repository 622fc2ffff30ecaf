"""Let quarantined copies go to their recipients, and say what became of each.

Each recipient is in exactly one list of the outcome: delivered, because the next hop took the copy just now;
failed, because it was refused for good; undelivered, because it still waits, or because there was nothing to
release. Repeating a release sends nothing again. What does not end within the wait goes on by itself.

Limits: only recipients whose copy is held can be released; moved and delivered mail stays where it is.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from lazaretto.model.record import Delivery, DeliveryState, Record
from lazaretto.store.database import Database, Transaction
from lazaretto.store.messages import get_record
from lazaretto.store.outbox import release as free

FIRST_LOOK = 0.02
LONGEST_LOOK = 0.25
"""Seconds between looks at the store while deliveries are under way: they usually end within milliseconds."""

MAX_AT_ONCE = 100
"""Records released in one transaction: a thousand ids must not hold the writer for long."""

log = structlog.get_logger("lazaretto.actions")


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """One message of the wish."""

    id: str  # investigate id; as given when there is no such message
    queue_id: str  # "" when there is no such message
    delivered: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    found: bool = True


@dataclass(frozen=True, slots=True)
class _Freed:
    record: Record
    queued: frozenset[str]  # recipients whose copies are on their way because of us


async def release(
    database: Database,
    poke: Callable[[], None],
    account: str,
    refs: Sequence[str],
    actor: str,
    *,
    now: Callable[[], datetime],
    recipients: Sequence[str] | None = None,
    wait: float = 10.0,
) -> tuple[ReleaseOutcome, ...]:
    """Release messages by investigate id or queue id, in the order given, each once.

    `poke` tells the relay; `wait` is how many seconds to give it; `recipients` narrows the wish.
    """
    wanted = tuple(dict.fromkeys(refs))
    freed: dict[str, _Freed | None] = {}
    for start in range(0, len(wanted), MAX_AT_ONCE):
        some = wanted[start : start + MAX_AT_ONCE]
        work = partial(_free, account=account, refs=some, recipients=recipients, actor=actor, now=now())
        freed |= await database.write(work)
        poke()
    ended = await _ended(database, account, [f for f in freed.values() if f], seconds=wait)
    return _outcomes(freed, ended, recipients)


async def _free(
    tx: Transaction,
    *,
    account: str,
    refs: Sequence[str],
    recipients: Sequence[str] | None,
    actor: str,
    now: datetime,
) -> dict[str, _Freed | None]:
    freed: dict[str, _Freed | None] = {}
    for ref in refs:
        record = await get_record(tx, account, ref)
        if record is None:
            freed[ref] = None
            continue
        wished = _spelled(record, recipients)
        released = await free(tx, account, record.number, wished, actor=actor, now=now)
        freed[ref] = _Freed(record, frozenset(released.queued))
    return freed


def _spelled(record: Record, recipients: Sequence[str] | None) -> tuple[str, ...] | None:
    """The wished recipients as the envelope spells them: nobody minds the case when asking."""
    if recipients is None:
        return None
    known = {d.recipient.lower(): d.recipient for d in record.deliveries}
    return tuple(known.get(r.lower(), r) for r in recipients)


async def _ended(
    database: Database, account: str, freed: Sequence[_Freed], *, seconds: float
) -> dict[str, tuple[Delivery, ...]]:
    """The deliveries of each record once nothing of ours is under way, or the time is up."""
    waiting = {f.record.id: f for f in reversed(freed)}  # the first name of a record set its copies free
    ended: dict[str, tuple[Delivery, ...]] = {}
    deadline, pause = time.monotonic() + seconds, FIRST_LOOK
    while True:
        ids = tuple(waiting)
        ended |= await database.read(partial(_deliveries, account=account, ids=ids))
        for id_ in ids:
            if not _under_way(ended[id_], waiting[id_].queued):
                del waiting[id_]
        if not waiting or time.monotonic() >= deadline:
            return ended
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_LOOK)


async def _deliveries(
    tx: Transaction, *, account: str, ids: Sequence[str]
) -> dict[str, tuple[Delivery, ...]]:
    records = {id_: await get_record(tx, account, id_) for id_ in ids}
    return {id_: record.deliveries if record else () for id_, record in records.items()}


def _under_way(deliveries: Sequence[Delivery], queued: frozenset[str]) -> bool:
    return any(d.recipient in queued and d.state is DeliveryState.QUEUED for d in deliveries)


def _outcomes(
    freed: dict[str, _Freed | None],
    ended: dict[str, tuple[Delivery, ...]],
    recipients: Sequence[str] | None,
) -> tuple[ReleaseOutcome, ...]:
    """One outcome a record: two names of one record are one wish."""
    outcomes: dict[str, ReleaseOutcome] = {}
    for ref, one in freed.items():
        if one is None:
            outcomes[ref] = ReleaseOutcome(ref, "", found=False)
        elif one.record.id not in outcomes:
            outcomes[one.record.id] = _outcome(one, ended[one.record.id], recipients)
    return tuple(outcomes.values())


def _outcome(one: _Freed, deliveries: Sequence[Delivery], wished: Sequence[str] | None) -> ReleaseOutcome:
    states = {d.recipient: d.state for d in deliveries}
    names = tuple(states) if wished is None else tuple(dict.fromkeys(_spelled(one.record, wished) or ()))

    def those(state: DeliveryState) -> tuple[str, ...]:
        return tuple(n for n in names if n in one.queued and states.get(n) is state)

    delivered, failed = those(DeliveryState.DELIVERED), those(DeliveryState.BOUNCED)
    rest = tuple(n for n in names if n not in delivered and n not in failed)
    queue_id = one.record.envelope.queue_id
    log.info("release", queue_id=queue_id, delivered=delivered, failed=failed, undelivered=rest)
    return ReleaseOutcome(one.record.id, queue_id, delivered, failed, rest)
