"""The way of one message, line by line, on both sides of us."""

from collections.abc import Iterable

import msgspec

from lazaretto.api.wire.times import rfc3339
from lazaretto.model.record import DeliveryState, Direction, Record, RecordState, TraceLine


class Line(msgspec.Struct, frozen=True):
    """One step. `ts` is the older name of `logged_at`."""

    lineno: int
    message: str
    ts: str
    logged_at: str


class Side(msgspec.Struct, frozen=True):
    """All steps of one direction; pending while more are to be expected."""

    lines: list[Line]
    pending: bool


class Trace(msgspec.Struct, frozen=True):
    """TraceGetResponse of the contract."""

    inbound: Side
    outbound: Side


WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


def trace(record: Record, lines: Iterable[TraceLine]) -> Trace:
    """The stored lines of one record, numbered from 1 on each side."""
    steps = tuple(lines)
    owed = record.state is RecordState.DECIDED and any(d.state in WAITING for d in record.deliveries)
    return Trace(
        inbound=_side(steps, Direction.INBOUND, pending=record.state is RecordState.RECEIVED),
        outbound=_side(steps, Direction.OUTBOUND, pending=owed),
    )


def _side(steps: tuple[TraceLine, ...], direction: Direction, *, pending: bool) -> Side:
    chosen = (step for step in steps if step.direction is direction)
    return Side([_line(number, step) for number, step in enumerate(chosen, start=1)], pending)


def _line(number: int, step: TraceLine) -> Line:
    at = rfc3339(step.at)
    return Line(number, step.text, at, at)
