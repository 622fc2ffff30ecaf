"""Move delivered copies to another folder of their recipients' mailboxes, and say what became of each.

Rules. The mailbox is asked first; what it said is written down with the state of the delivery in one
transaction. Moving a copy to where it lies already is OK and writes nothing, so a wish can be repeated.

Limits: copies that are held cannot be moved, they are released; a message whose recipients are all
elsewhere has no mailbox that we could reach.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from lazaretto.actions.porter import Carried, Errand, Porter
from lazaretto.mail.domains import domain_of
from lazaretto.mailbox.mailbox import Sought
from lazaretto.model.job import MoveStatus
from lazaretto.model.record import Delivery, DeliveryState, Record
from lazaretto.store.database import Database, Transaction
from lazaretto.store.messages import get_record
from lazaretto.store.moves import Moved, own_domains, write_moves

MAX_AT_ONCE = 100
"""Messages looked up and written in one transaction: a thousand ids must not hold the writer for long."""

log = structlog.get_logger("lazaretto.actions")


@dataclass(frozen=True, slots=True)
class MoveOutcome:
    """One message and recipient of the wish."""

    id: str  # investigate id; as given when there is no such message
    recipient: str | None  # None when there is no such message, or it has no recipient of ours
    folder: str
    status: MoveStatus
    at: datetime
    origin: str | None = None  # where it was before
    detail: str = ""
    found: bool = True  # there is such a message


async def move(
    database: Database,
    porter: Porter,
    account: str,
    refs: Sequence[str],
    *,
    folder: str,
    actor: str,
    now: Callable[[], datetime],
    recipients: Sequence[str] | None = None,
) -> tuple[MoveOutcome, ...]:
    """Move messages by investigate id or queue id, in the order given, each once. `recipients` narrows it."""
    wanted = tuple(dict.fromkeys(refs))
    wish = _Wish(account, folder, actor, recipients)
    seen: set[int] = set()
    outcomes: list[MoveOutcome] = []
    for start in range(0, len(wanted), MAX_AT_ONCE):
        some = wanted[start : start + MAX_AT_ONCE]
        found, domains = await database.read(partial(_look, account=account, refs=some))
        records = {r.number: r for r in found.values() if r and r.number not in seen}
        seen.update(records)
        carried = await _carry(database, porter, wish, _copies(records.values(), domains, recipients), now)
        for ref, record in found.items():
            if record is None:
                outcomes.append(MoveOutcome(ref, None, folder, MoveStatus.NOT_FOUND, now(), found=False))
            elif records.pop(record.number, None):
                outcomes += _outcomes(record, carried.get(record.number, ()), folder, now())
    return tuple(outcomes)


@dataclass(frozen=True, slots=True)
class _Wish:
    account: str
    folder: str
    actor: str
    recipients: Sequence[str] | None


async def _look(
    tx: Transaction, *, account: str, refs: Sequence[str]
) -> tuple[dict[str, Record | None], frozenset[str]]:
    return {ref: await get_record(tx, account, ref) for ref in refs}, await own_domains(tx, account)


def _copies(
    records: Iterable[Record], domains: frozenset[str], recipients: Sequence[str] | None
) -> Iterator[tuple[Record, Delivery]]:
    """The newest copy of each recipient of ours that is wished for."""
    wished = None if recipients is None else {recipient.lower() for recipient in recipients}
    for record in records:
        newest = {d.recipient: d for d in sorted(record.deliveries, key=lambda d: d.generation)}
        for name, delivery in newest.items():
            if domain_of(name) in domains and (wished is None or name.lower() in wished):
                yield record, delivery


async def _carry(
    database: Database,
    porter: Porter,
    wish: _Wish,
    copies: Iterable[tuple[Record, Delivery]],
    now: Callable[[], datetime],
) -> dict[int, list[Carried]]:
    """What became of each copy, by record; written down before this returns."""
    ended: dict[int, list[Carried]] = {}
    errands: list[Errand] = []
    for record, delivery in copies:
        errand = Errand(record.number, delivery.recipient, sought(record), wish.folder)
        if refused := kept_from_mailbox(delivery.state):
            ended.setdefault(record.number, []).append(Carried(errand, refused[0], detail=refused[1]))
        else:
            errands.append(errand)
    carried = await porter.carry(wish.account, errands)
    moves = [moved(one) for one in carried if worth_writing(one)]
    if moves:
        work = partial(write_moves, account=wish.account, moves=moves, actor=wish.actor, now=now())
        await database.write(work)
    for one in carried:
        ended.setdefault(one.errand.record, []).append(one)
    return ended


def sought(record: Record) -> Sought:
    """The message as a mailbox can recognise it."""
    said = record.summary
    return Sought(record.envelope.queue_id, said.message_id if said else "", record.envelope.received_at)


def kept_from_mailbox(state: DeliveryState) -> tuple[MoveStatus, str] | None:
    """Why a copy in this state cannot be in a mailbox; None when it can."""
    if state is DeliveryState.QUARANTINED:
        return MoveStatus.QUARANTINED, "the copy is held; release it first"
    if state in (DeliveryState.REJECTED, DeliveryState.BOUNCED):
        return MoveStatus.NOT_FOUND, "the copy was never delivered"
    return None


def worth_writing(one: Carried) -> bool:
    """The mailbox did something, or was asked and did not."""
    return one.changed or one.status not in (MoveStatus.OK, MoveStatus.NO_INTEGRATION)


def moved(one: Carried) -> Moved:
    """As the store writes it down."""
    errand = one.errand
    return Moved(errand.record, errand.recipient, errand.folder, one.origin, one.status, one.detail)


def _outcomes(record: Record, carried: Sequence[Carried], folder: str, at: datetime) -> Iterator[MoveOutcome]:
    if not carried:
        detail = "the message has no recipient of this account"
        yield MoveOutcome(record.id, None, folder, MoveStatus.NO_INTEGRATION, at, detail=detail)
    for one in carried:
        log.info(
            "move",
            queue_id=record.envelope.queue_id,
            recipient=one.errand.recipient,
            folder=folder,
            status=one.status.value,
            origin=one.origin,
        )
        yield MoveOutcome(record.id, one.errand.recipient, folder, one.status, at, one.origin, one.detail)
