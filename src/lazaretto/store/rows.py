"""Rows to our dataclasses: records with their deliveries and actions, for one record or a page of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope
from lazaretto.model.record import (
    ActionEntry,
    AttachmentSummary,
    Delivery,
    DeliveryState,
    LinkSummary,
    Operation,
    Record,
    RecordState,
    Summary,
)
from lazaretto.store import codec, flags
from lazaretto.store.ids import investigate_id
from lazaretto.store.times import moment, moment_or_none
from lazaretto.store.transaction import Transaction, Value

LIST_SIZES = (1, 10, 100, 1_000)
"""How long an IN list may be: few lengths mean few prepared statements."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a summary holds that no list shows."""

    headers: tuple[tuple[str, str], ...]
    links: tuple[LinkSummary, ...]
    attachments: tuple[AttachmentSummary, ...]
    version: int = 1


def split(summary: Summary) -> tuple[Summary, Detail]:
    """The part for lists, and the rest. The words for the search are in neither."""
    detail = Detail(summary.headers, summary.links, summary.attachments)
    return replace(summary, headers=(), links=(), attachments=(), body_words=""), detail


def in_list(values: Sequence[Value]) -> tuple[str, tuple[Value, ...]]:
    """An IN list for at most 1,000 values, filled up by repeating the last."""
    size = next(size for size in LIST_SIZES if size >= len(values))
    filled = tuple(values) + (values[-1],) * (size - len(values))
    return f"({', '.join('?' * size)})", filled


async def load(
    tx: Transaction, account: str, numbers: Sequence[int], *, detailed: bool = False
) -> tuple[Record, ...]:
    """Records by number, in the order asked for. At most 1,000."""
    if not numbers:
        return ()
    marks, args = in_list(numbers)
    rows = await tx.rows(
        "SELECT r.number, r.position, r.flags, r.state, r.disposition, r.received_at, r.queue_id, r.blob,"
        f" r.size, r.envelope, s.summary, {'s.detail' if detailed else 'NULL'}"
        " FROM record r LEFT JOIN scan s ON s.account = r.account AND s.number = r.scan"
        f" WHERE r.account = ? AND r.number IN {marks}",
        account,
        *args,
    )
    deliveries = await _deliveries(tx, account, marks, args)
    actions = await _actions(tx, account, marks, args)
    found = {row[0]: _record(row, deliveries.get(row[0], []), actions.get(row[0], [])) for row in rows}
    return tuple(found[number] for number in numbers if number in found)


def _record(row: Iterable[Any], deliveries: list[Delivery], actions: list[ActionEntry]) -> Record:
    (
        number,
        position,
        bits,
        state,
        disposition,
        received_at,
        queue_id,
        blob,
        size,
        envelope,
        summary,
        detail,
    ) = row
    return Record(
        number=number,
        id=investigate_id(queue_id, moment(received_at), number),
        envelope=codec.decode(envelope, Envelope),
        state=RecordState(state),
        blob=blob,
        size=size,
        scanned_at=moment_or_none(position),
        disposition=Disposition(disposition) if disposition else None,
        summary=_summary(summary, detail),
        deliveries=tuple(deliveries),
        actions=tuple(actions),
        is_submission=bool(bits & flags.SUBMISSION),
        bytes_kept=not bits & flags.BYTES_GONE,
    )


def _summary(brief: bytes | None, packed: bytes | None) -> Summary | None:
    if brief is None:
        return None
    summary = codec.decode(brief, Summary)
    if packed is None:
        return summary
    detail = codec.unpack(packed, Detail)
    return replace(summary, headers=detail.headers, links=detail.links, attachments=detail.attachments)


async def _deliveries(
    tx: Transaction, account: str, marks: str, args: tuple[Value, ...]
) -> dict[Value, list[Delivery]]:
    rows = await tx.rows(
        "SELECT number, record, recipient, state, attempts, next_attempt_at, updated_at, reply, tagged,"
        f" generation, outbound_queue_id FROM delivery WHERE account = ? AND record IN {marks}"
        " ORDER BY record, number",
        account,
        *args,
    )
    found: dict[Value, list[Delivery]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(_delivery(account, row))
    return found


def _delivery(account: str, row: Iterable[Any]) -> Delivery:
    number, record, recipient, state, attempts, due, updated, reply, tagged, generation, outbound = row
    return Delivery(
        id=number,
        account=account,
        record=record,
        recipient=recipient,
        state=DeliveryState(state),
        attempts=attempts,
        next_attempt_at=moment_or_none(due),
        updated_at=moment(updated),
        reply=reply,
        tagged=bool(tagged),
        generation=generation,
        outbound_queue_id=outbound,
    )


async def _actions(
    tx: Transaction, account: str, marks: str, args: tuple[Value, ...]
) -> dict[Value, list[ActionEntry]]:
    rows: list[Any] = await tx.rows(
        "SELECT record, operation, at, actor, status, recipient, folder FROM action"
        f" WHERE account = ? AND record IN {marks} ORDER BY record, number",
        account,
        *args,
    )
    found: dict[Value, list[ActionEntry]] = {}
    for record, operation, at, actor, status, recipient, folder in rows:
        entry = ActionEntry(Operation(operation), moment(at), actor, status, recipient, folder)
        found.setdefault(record, []).append(entry)
    return found


def initial_flags(envelope: Envelope) -> int:
    """The bits of a record that just came in."""
    return flags.SUBMISSION if envelope.mode is Mode.REVIEW_SUBMISSION else 0


async def fold_states(tx: Transaction, account: str, number: int) -> None:
    """Copy the set of delivery states into the record. The record must be locked."""
    rows = await tx.rows(
        "SELECT DISTINCT state FROM delivery WHERE account = ? AND record = ?", account, number
    )
    bits = flags.of_states(DeliveryState(str(row[0])) for row in rows)
    await tx.execute(
        "UPDATE record SET flags = (flags & ?) | ? WHERE account = ? AND number = ?",
        ~flags.ALL_STATES,
        bits,
        account,
        number,
    )
