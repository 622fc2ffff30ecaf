"""Stored messages as a replay needs them: page by page, facts and verdicts still packed.

Rules. What is read is what the last scan left: the facts of then, not of now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lazaretto.model.decision import Decision
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.query.criteria import Criteria, Place
from lazaretto.store import codec, flags
from lazaretto.store.ids import investigate_id
from lazaretto.store.lookup import get_record
from lazaretto.store.rows import in_list
from lazaretto.store.search import places
from lazaretto.store.times import moment
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one message."""

    number: int
    id: str  # investigate id
    position: int
    envelope: Envelope
    blob: str
    bytes_kept: bool
    facts: bytes | None  # packed; None when there was no scan, or retention removed them
    verdict: bytes | None
    decision: Decision | None
    label: Disposition | None  # the latest


@dataclass(frozen=True, slots=True)
class KeptPage:
    """Some messages, newest first."""

    messages: tuple[Kept, ...]
    place: Place | None  # where the next page begins; None when this was the last


async def read_page(
    tx: Transaction, account: str, criteria: Criteria, place: Place | None, limit: int
) -> KeptPage:
    """The next messages that a search finds. At most 1,000."""
    found = await places(tx, account, criteria, place, limit)
    messages = await _read(tx, account, [number for number, _ in found])
    return KeptPage(messages, Place(found[-1][1]) if len(found) == limit else None)


async def read_named(
    tx: Transaction, account: str, names: Sequence[str]
) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """The messages of these ids, and the ids that nothing has. At most 1,000."""
    records = {name: await get_record(tx, account, name) for name in dict.fromkeys(names)}
    numbers = dict.fromkeys(record.number for record in records.values() if record is not None)
    messages = await _read(tx, account, tuple(numbers))
    return messages, tuple(name for name, record in records.items() if record is None)


async def _read(tx: Transaction, account: str, numbers: Sequence[int]) -> tuple[Kept, ...]:
    if not numbers:
        return ()
    marks, args = in_list(numbers)
    rows = await tx.rows(
        "SELECT r.number, r.position, r.flags, r.received_at, r.queue_id, r.blob, r.envelope, s.facts,"
        " s.verdict, d.decision"
        " FROM record r LEFT JOIN scan s ON s.account = r.account AND s.number = r.scan"
        " LEFT JOIN decision d ON d.account = r.account AND d.number = r.decision"
        f" WHERE r.account = ? AND r.number IN {marks}",
        account,
        *args,
    )
    labels = await tx.rows(
        f"SELECT record, label FROM label WHERE account = ? AND record IN {marks} ORDER BY submission",
        account,
        *args,
    )
    said = {record: Disposition(str(label)) for record, label in labels}
    found = {row[0]: _kept(row, said.get(row[0])) for row in rows}
    return tuple(found[number] for number in numbers if number in found)


def _kept(row: Any, label: Disposition | None) -> Kept:
    number, position, bits, received_at, queue_id, blob, envelope, facts, verdict, decision = row
    return Kept(
        number=number,
        id=investigate_id(queue_id, moment(received_at), number),
        position=position or 0,
        envelope=codec.decode(envelope, Envelope),
        blob=blob,
        bytes_kept=not bits & flags.BYTES_GONE,
        facts=facts,
        verdict=verdict,
        decision=codec.decode(decision, Decision) if decision else None,
        label=label,
    )
