"""Records: received, decided, looked up.

Rules. Facts are appended as rows; the columns that the search needs are folded from them here, in the same
transaction. Every function is bound to one account and finds nothing of another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.mail.domains import domain_of
from lazaretto.mail.stamp import Stamp
from lazaretto.model.decision import Decision, Order
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.record import DeliveryState, RecordState, Summary
from lazaretto.model.verdict import Verdict
from lazaretto.store import codec, flags, search_text, steps
from lazaretto.store.blobs import BlobRef
from lazaretto.store.claim import lock_record, next_position
from lazaretto.store.codec import plain_text
from lazaretto.store.domain_traffic import count_message
from lazaretto.store.history import remember
from lazaretto.store.ids import investigate_id
from lazaretto.store.lookup import (
    find_by_blob,
    get_decision,
    get_facts,
    get_record,
    get_stamp,
    get_verdict,
)
from lazaretto.store.reports import open_report
from lazaretto.store.rows import initial_flags, split
from lazaretto.store.times import micros, moment
from lazaretto.store.trace import add_action, add_trace, get_trace
from lazaretto.store.transaction import Transaction
from lazaretto.store.words import document

__all__ = [
    "Received",
    "add_action",
    "add_decided",
    "add_received",
    "add_scan",
    "add_trace",
    "find_by_blob",
    "get_decision",
    "get_facts",
    "get_record",
    "get_stamp",
    "get_trace",
    "get_verdict",
    "mark",
]

STATE_OF_ORDER = {
    Order.DELIVER: DeliveryState.QUEUED,
    Order.TAG: DeliveryState.QUEUED,
    Order.QUARANTINE: DeliveryState.QUARANTINED,
    Order.REJECT: DeliveryState.REJECTED,
    Order.DEFER: DeliveryState.DEFERRED,
}

MAX_EARLIER = 20
"""Earlier records of the same bytes that are looked at: the same newsletter may come 100,000 times."""

REFUSED = frozenset({DeliveryState.REJECTED, DeliveryState.DEFERRED})


@dataclass(frozen=True, slots=True)
class Received:
    """A record that exists and is not decided yet."""

    number: int
    id: str  # investigate id
    attempts: int  # records of these bytes whose process died before the decision, since it last succeeded


async def add_received(tx: Transaction, envelope: Envelope, blob: BlobRef, *, at: datetime) -> Received:
    """The first commit of a message: it exists."""
    account, queue_id = envelope.account, plain_text(envelope.queue_id)
    attempts = await _abandoned(tx, account, blob.sha256)
    number: Any = await tx.value(
        "INSERT INTO record (account, flags, state, queue_id, received_at, blob, size, envelope)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
        account,
        initial_flags(envelope),
        RecordState.RECEIVED.value,
        queue_id,
        micros(envelope.received_at),
        blob.sha256,
        blob.size,
        codec.encode(envelope),
    )
    await add_trace(tx, account, number, (steps.received(envelope, blob.size, at),))
    return Received(number, investigate_id(queue_id, envelope.received_at, number), attempts)


async def _abandoned(tx: Transaction, account: str, sha256: str) -> int:
    rows = await tx.rows(
        "SELECT state FROM record WHERE blob = ? AND account = ? ORDER BY number DESC LIMIT ?",
        sha256,
        account,
        MAX_EARLIER,
    )
    ended = [state for (state,) in rows if state != RecordState.RECEIVED]
    return next((n for n, state in enumerate(ended) if state != RecordState.ABANDONED), len(ended))


async def add_decided(
    tx: Transaction,
    number: int,
    *,
    account: str,
    facts: Facts | None,
    verdict: Verdict | None,
    summary: Summary | None,
    decision: Decision,
    stamp: Stamp,
    at: datetime,
) -> None:
    """The second commit: scan, decision, one delivery a recipient, trace lines and the search row.

    DIRECT mail gets deliveries in the state that its order says; every other mode gets state NONE.
    The record becomes REJECTED or DEFERRED when no recipient's copy was taken, else DECIDED.
    """
    envelope = await _undecided(tx, account, number)
    inline = envelope.mode is Mode.DIRECT
    scan = await add_scan(tx, account, number, facts=facts, verdict=verdict, summary=summary, at=at)
    decided = await tx.value(
        "INSERT INTO decision (account, record, at, decision, stamp) VALUES (?, ?, ?, ?, ?) RETURNING number",
        account,
        number,
        micros(at),
        codec.encode(decision),
        codec.encode(stamp),
    )
    states = await _add_deliveries(tx, number, envelope, decision, at, inline=inline)
    state = _state(states, inline=inline)
    await add_trace(tx, account, number, steps.judged(decision, verdict, at, inline=inline))
    if envelope.reporting:
        await open_report(tx, account, number, at=at)
    await tx.execute(
        "UPDATE record SET scan = ?, decision = ? WHERE account = ? AND number = ?",
        scan,
        decided,
        account,
        number,
    )
    await _show(
        tx,
        number,
        envelope,
        summary,
        state=state,
        disposition=decision.disposition,
        bits=flags.of_states(states),
        at=at,
    )
    if state is not RecordState.DEFERRED:
        await count_message(tx, envelope, at=at)
        await remember(tx, envelope, summary, facts, decision.disposition)


async def _undecided(tx: Transaction, account: str, number: int) -> Envelope:
    row: Any = await tx.row(
        "SELECT envelope, decision FROM record WHERE account = ? AND number = ?", account, number
    )
    if row is None:
        raise LookupError(f"no record {number} in account {account}")
    if row[1] is not None:
        raise ValueError(f"record {number} is already decided")
    return codec.decode(row[0], Envelope)


async def add_scan(
    tx: Transaction,
    account: str,
    number: int,
    *,
    facts: Facts | None,
    verdict: Verdict | None,
    summary: Summary | None,
    at: datetime,
) -> int | None:
    """Append what one scan gave; the record does not point to it yet. None when there is nothing to keep."""
    if facts is None and verdict is None and summary is None:
        return None
    brief, detail = split(summary) if summary else (None, None)
    scan: Any = await tx.value(
        "INSERT INTO scan (account, record, at, summary, detail, facts, verdict) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " RETURNING number",
        account,
        number,
        micros(at),
        codec.encode(brief) if brief else None,
        codec.pack(detail) if detail else None,
        codec.pack(facts) if facts else None,
        codec.pack(verdict) if verdict else None,
    )
    return int(scan)


async def _add_deliveries(
    tx: Transaction, number: int, envelope: Envelope, decision: Decision, at: datetime, *, inline: bool
) -> list[DeliveryState]:
    orders = {order.recipient: order.order for order in decision.orders}
    wanted = [(recipient, orders[recipient.address]) for recipient in envelope.recipients]
    states = [STATE_OF_ORDER[order] if inline else DeliveryState.NONE for _, order in wanted]
    now = micros(at)
    await tx.many(
        "INSERT INTO delivery (account, record, recipient, domain, notify, orcpt, state, tagged, generation,"
        " attempts, queued_at, updated_at, next_attempt_at, reply)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, '')",
        [
            (
                envelope.account,
                number,
                plain_text(recipient.address),
                plain_text(domain_of(recipient.address)),
                ",".join(recipient.notify),
                None if recipient.orcpt is None else plain_text(recipient.orcpt),
                state.value,
                int(order is Order.TAG),
                now,
                now,
                now if state is DeliveryState.QUEUED else None,
            )
            for (recipient, order), state in zip(wanted, states, strict=True)
        ],
    )
    return states


def _state(states: list[DeliveryState], *, inline: bool) -> RecordState:
    if not inline or not states or not REFUSED.issuperset(states):
        return RecordState.DECIDED
    return RecordState.REJECTED if DeliveryState.REJECTED in states else RecordState.DEFERRED


async def _show(
    tx: Transaction,
    number: int,
    envelope: Envelope,
    summary: Summary | None,
    *,
    state: RecordState,
    disposition: Disposition,
    bits: int,
    at: datetime,
) -> None:
    """Give the record its place in the lists and fold what the search filters on."""
    account = envelope.account
    place: Any = await tx.value(
        "SELECT position FROM record WHERE account = ? AND number = ?", account, number
    )
    position = place or await next_position(tx, account, micros(at))
    named = investigate_id(plain_text(envelope.queue_id), envelope.received_at, number)
    content = document(envelope, summary, disposition=disposition, name=named, at=moment(position))
    await search_text.put(tx, account, position, content)
    await tx.execute(
        "UPDATE record SET position = ?, state = ?, disposition = ?, flags = (flags & ?) | ?"
        " WHERE account = ? AND number = ?",
        position,
        state.value,
        disposition.value,
        ~(flags.ALL_DISPOSITIONS | flags.ALL_STATES),
        flags.of_disposition(disposition) | bits,
        account,
        number,
    )


async def mark(
    tx: Transaction, number: int, account: str, state: RecordState, *, at: datetime | None = None
) -> bool:
    """Set the state of a record that will not be decided; it stays visible, with disposition UNKNOWN.

    Only a record in state RECEIVED is changed: whoever gives up may have been overtaken by the decision.
    """
    await lock_record(tx, account, number)
    row: Any = await tx.row(
        "SELECT envelope FROM record WHERE account = ? AND number = ? AND state = ?",
        account,
        number,
        RecordState.RECEIVED.value,
    )
    if row is None:
        return False
    envelope = codec.decode(row[0], Envelope)
    bits = flags.STATES[DeliveryState.DEFERRED] if state is RecordState.DEFERRED else 0
    moment_ = at or envelope.received_at
    await add_trace(tx, account, number, (steps.inbound(f"No decision was reached: {state.value}", moment_),))
    await _show(
        tx, number, envelope, None, state=state, disposition=Disposition.UNKNOWN, bits=bits, at=moment_
    )
    return True
