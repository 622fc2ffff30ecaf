"""Deliveries as work to do: claimed with a lease, marked before the point of no return, settled.

Rules. A row is due when its time has come and nobody holds a lease on it. Before the last byte of a message
is sent the attempt is made durable with `sending`; a row that is claimed again with `in_doubt_since` set was
possibly accepted, and is sent again, because duplicates are acceptable and loss is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lazaretto.mail.stamp import Stamp
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.record import ActionEntry, DeliveryState, Operation
from lazaretto.store import codec, flags, steps
from lazaretto.store.claim import lock_record, take_due
from lazaretto.store.codec import plain_text
from lazaretto.store.ids import investigate_id
from lazaretto.store.rows import fold_states
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.trace import add_action, add_trace
from lazaretto.store.transaction import Transaction, Value


@dataclass(frozen=True, slots=True)
class Claimed:
    """One recipient's copy that is ours to send until the lease ends."""

    id: int  # delivery id
    account: str
    record: int
    recipient: Recipient  # with the DSN parameters
    domain: str  # of the recipient, A-label form
    attempts: int  # ended attempts of this generation
    generation: int  # 0 for the first sending, one more for each release
    tagged: bool
    queued_at: datetime  # when this generation entered the outbox
    owner: str
    in_doubt_since: datetime | None  # an earlier attempt was cut off after the content was sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt for one recipient ended."""

    state: DeliveryState  # DELIVERED, DEFERRED (with next_attempt_at) or BOUNCED
    reply: str  # last reply of the next hop, or our own words
    trace: str  # one sentence for the trace
    next_attempt_at: datetime | None = None
    outbound_queue_id: str | None = None  # the next hop's id, when its reply names one


@dataclass(frozen=True, slots=True)
class Sending:
    """What has to be sent, the same for all recipients of a record."""

    account: str
    record: int
    id: str  # investigate id
    envelope: Envelope
    blob: str
    size: int
    stamp: Stamp
    disposition: Disposition | None


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a wish to release."""

    queued: tuple[str, ...]  # recipients whose copies are on their way now
    untouched: tuple[
        str, ...
    ]  # recipients that hold nothing: not quarantined, already released, or not of this record


async def claim(
    tx: Transaction,
    *,
    owner: str,
    limit: int,
    now: datetime,
    lease: timedelta,
    record: tuple[str, int] | None = None,
    exclude: Sequence[str] = (),
) -> tuple[Claimed, ...]:
    """Take due rows, longest waiting first; rows of one record and domain come together.

    `limit` bounds how many rows are picked; due neighbours of the same record and domain come with them.
    `record` (account, number) takes only rows of one record.
    `exclude` names domains whose next hop is down or busy: their rows stay where they are, unclaimed.
    """
    conditions, args = "", tuple[Value, ...]()
    if record is not None:
        conditions, args = " AND account = ? AND record = ?", record
    if exclude:
        conditions += f" AND domain NOT IN ({', '.join('?' * len(exclude))})"
        args += tuple(exclude)
    until = micros(now + lease)
    rows = await take_due(
        tx, owner=owner, now=micros(now), until=until, limit=limit, conditions=conditions, args=args
    )
    claimed = sorted((_claimed(row) for row in rows), key=_together)
    for one in claimed:
        if one.in_doubt_since is not None:
            await _tell_doubt(tx, one, now)
    return tuple(claimed)


def _together(one: Claimed) -> tuple[datetime, int, str, int]:
    return (one.queued_at, one.record, one.domain, one.id)


def _claimed(row: Iterable[Any]) -> Claimed:
    number, account, record, recipient, notify, orcpt, domain, attempts, generation, tagged, *rest = row
    queued_at, owner, in_doubt_since = rest
    return Claimed(
        id=number,
        account=account,
        record=record,
        recipient=Recipient(recipient, tuple(notify.split(",")) if notify else (), orcpt),
        domain=domain,
        attempts=attempts,
        generation=generation,
        tagged=bool(tagged),
        queued_at=moment(queued_at),
        owner=owner,
        in_doubt_since=moment_or_none(in_doubt_since),
    )


async def _tell_doubt(tx: Transaction, one: Claimed, now: datetime) -> None:
    text = (
        f"<{one.recipient.address}>: the attempt of {one.in_doubt_since:%Y-%m-%dT%H:%M:%SZ} was cut off after"
        " the content was sent and before the next hop answered; sending again, it may arrive twice"
    )
    await add_trace(tx, one.account, one.record, (steps.outbound(text, now),))


async def get_sending(tx: Transaction, account: str, number: int) -> Sending | None:
    """The content behind claimed rows."""
    row: Any = await tx.row(
        "SELECT r.queue_id, r.received_at, r.envelope, r.blob, r.size, r.disposition, d.stamp"
        " FROM record r JOIN decision d ON d.account = r.account AND d.number = r.decision"
        " WHERE r.account = ? AND r.number = ?",
        account,
        number,
    )
    if row is None:
        return None
    queue_id, received_at, envelope, blob, size, disposition, stamp = row
    return Sending(
        account=account,
        record=number,
        id=investigate_id(queue_id, moment(received_at), number),
        envelope=codec.decode(envelope, Envelope),
        blob=blob,
        size=size,
        stamp=codec.decode(stamp, Stamp),
        disposition=Disposition(disposition) if disposition else None,
    )


async def renew(tx: Transaction, claimed: Sequence[Claimed], *, now: datetime, lease: timedelta) -> None:
    """Hold the rows longer."""
    until = micros(now + lease)
    await tx.many(
        "UPDATE delivery SET lease_until = ? WHERE account = ? AND number = ? AND lease_owner = ?",
        [(until, one.account, one.id, one.owner) for one in claimed],
    )


async def sending(tx: Transaction, claimed: Sequence[Claimed], *, now: datetime) -> None:
    """Make durable that the content is about to be sent in full. Commit this before the final dot."""
    await tx.many(
        "UPDATE delivery SET in_doubt_since = ? WHERE account = ? AND number = ? AND lease_owner = ?",
        [(micros(now), one.account, one.id, one.owner) for one in claimed],
    )


async def settle(tx: Transaction, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
    """Write how the attempt ended. False when the row is no longer ours and nothing was changed.

    A delivery that happened is written even after the lease was lost, as long as nobody settled the row.
    """
    await lock_record(tx, claimed.account, claimed.record)
    happened = outcome.state is DeliveryState.DELIVERED
    due = outcome.next_attempt_at
    rows = await tx.rows(
        "UPDATE delivery SET state = ?, attempts = attempts + 1, updated_at = ?, next_attempt_at = ?,"
        " reply = ?, outbound_queue_id = ?, lease_owner = NULL, lease_until = NULL, in_doubt_since = NULL"
        " WHERE account = ? AND number = ? AND generation = ? AND next_attempt_at IS NOT NULL"
        f"{'' if happened else ' AND lease_owner = ?'} RETURNING number",
        outcome.state.value,
        micros(now),
        None if due is None else micros(due),
        plain_text(outcome.reply),
        None if outcome.outbound_queue_id is None else plain_text(outcome.outbound_queue_id),
        claimed.account,
        claimed.id,
        claimed.generation,
        *(() if happened else (claimed.owner,)),
    )
    if not rows:
        return False
    await add_trace(tx, claimed.account, claimed.record, (steps.outbound(outcome.trace, now),))
    await fold_states(tx, claimed.account, claimed.record)
    return True


async def let_go(tx: Transaction, owner: str) -> int:
    """Give up all leases of an owner: the rows are due again at once. Returns how many."""
    rows = await tx.rows(
        "UPDATE delivery SET lease_owner = NULL, lease_until = NULL"
        " WHERE next_attempt_at IS NOT NULL AND lease_owner = ? RETURNING number",
        owner,
    )
    return len(rows)


async def release(
    tx: Transaction,
    account: str,
    number: int,
    recipients: Sequence[str] | None,
    *,
    actor: str,
    now: datetime,
) -> Released:
    """Let quarantined copies go: QUARANTINED becomes QUEUED with the next generation. None means all.

    Repeating it changes nothing. Writes one action and one trace line for each copy that it set free.
    A record whose bytes are gone has nothing that could be released.
    """
    await lock_record(tx, account, number)
    rows: list[Any] = await tx.rows(
        "SELECT d.number, d.recipient, d.state, r.flags FROM delivery d"
        " JOIN record r ON r.account = d.account AND r.number = d.record"
        " WHERE d.account = ? AND d.record = ? ORDER BY d.number",
        account,
        number,
    )
    wanted = None if recipients is None else {plain_text(recipient) for recipient in recipients}
    held = [
        (delivery, recipient)
        for delivery, recipient, state, bits in rows
        if state == DeliveryState.QUARANTINED and not bits & flags.BYTES_GONE
        if wanted is None or recipient in wanted
    ]
    await _set_free(tx, account, number, held, actor=actor, now=now)
    queued = tuple(dict.fromkeys(recipient for _, recipient in held))
    asked = [recipient for _, recipient, _, _ in rows] if recipients is None else recipients
    return Released(queued, tuple(name for name in dict.fromkeys(asked) if plain_text(name) not in queued))


async def _set_free(
    tx: Transaction, account: str, number: int, held: Sequence[tuple[int, str]], *, actor: str, now: datetime
) -> None:
    if not held:
        return
    at = micros(now)
    await tx.many(
        "UPDATE delivery SET state = ?, generation = generation + 1, attempts = 0, queued_at = ?,"
        " updated_at = ?, next_attempt_at = ?, reply = '' WHERE account = ? AND number = ?",
        [(DeliveryState.QUEUED.value, at, at, at, account, delivery) for delivery, _ in held],
    )
    for _, recipient in held:
        await add_action(
            tx,
            account,
            number,
            ActionEntry(Operation.QUARANTINE_RELEASE, now, actor, "OK", recipient=recipient),
        )
    lines = (steps.outbound(f"<{name}>: released from quarantine by {actor}", now) for _, name in held)
    await add_trace(tx, account, number, tuple(lines))
    await fold_states(tx, account, number)


async def next_due(tx: Transaction) -> datetime | None:
    """When the next row becomes due that nobody holds; None when nothing waits."""
    due: Any = await tx.value(
        "SELECT next_attempt_at FROM delivery WHERE next_attempt_at IS NOT NULL AND lease_owner IS NULL"
        " ORDER BY next_attempt_at LIMIT 1"
    )
    return moment_or_none(due)


async def queue_depth(tx: Transaction) -> dict[DeliveryState, int]:
    """How many copies of all accounts are QUEUED, DEFERRED (waiting for an attempt) and QUARANTINED."""
    waiting: list[Any] = await tx.rows(
        "SELECT state, count(*) FROM delivery WHERE next_attempt_at IS NOT NULL GROUP BY state"
    )
    held: Any = await tx.value("SELECT count(*) FROM delivery WHERE state = 'quarantined'")
    depth = {DeliveryState.QUEUED: 0, DeliveryState.DEFERRED: 0}
    return {**depth, **{DeliveryState(state): n for state, n in waiting}, DeliveryState.QUARANTINED: held}
