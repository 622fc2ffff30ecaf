"""The road: one message's way from the door to its decision.

Bytes first, reply last: the bytes are durable before they are read, the record exists before the scan,
and the decision with its deliveries is committed before anybody answers the client.
A crash between two steps leaves something that recovery finds, never a message that was promised and lost.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter

import structlog

from lazaretto.deliver.parcel import header_block
from lazaretto.mail.claims import find_claims
from lazaretto.mail.stamp import Stamp, make_stamp
from lazaretto.model.decision import Decision
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.lists import Lists
from lazaretto.model.message import Header
from lazaretto.model.record import RecordState, Summary
from lazaretto.model.verdict import Verdict
from lazaretto.policy.compiled import CompiledLists, compile_lists
from lazaretto.policy.decide import decide, decide_without_scan
from lazaretto.policy.judge import judge_unscanned
from lazaretto.scanner.job import Examination, Job
from lazaretto.scanner.pool import ScanFailed, ScannerPool
from lazaretto.scanner.shelf import Shelf
from lazaretto.store.arrival import Arrival, arrive, keep
from lazaretto.store.blobs import BlobRef, Blobs
from lazaretto.store.database import Database
from lazaretto.store.messages import Received, add_decided, mark
from lazaretto.store.spool import Spool
from lazaretto.telemetry import metrics

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Road:
    """What the road needs from the world. Built once by `app`."""

    database: Database
    blobs: Blobs
    scanner: ScannerPool
    hostname: str
    decided: Callable[[], None]  # called when deliveries may be waiting
    lookback: int = 0  # trusted hops between us and the true client
    max_attempts: int = 3  # a message that ended so many scans by killing the process is not scanned again
    lists: Shelf[Lists] = field(default_factory=Shelf)  # of the accounts that had mail last


async def receive(
    road: Road, envelope: Envelope, content: Spool | bytes, *, each_replies: bool = False
) -> Decision:
    """Take one message. `each_replies`: every recipient can be answered for itself, as in LMTP."""
    started = perf_counter()
    kept = await asyncio.to_thread(keep, road.blobs, content)
    known = road.lists.latest(envelope.account)
    arrival = await road.database.write(lambda tx: arrive(tx, envelope, kept, known))
    road.lists.put(envelope.account, arrival.lists, arrival.lists)
    metrics.received.inc()
    try:
        decision = await _judge(road, envelope, kept.blob, arrival, each_replies=each_replies)
    except BaseException:
        await _give_up(road, envelope, arrival.received)
        raise
    road.decided()
    metrics.decided.labels(decision.disposition.value).inc()
    metrics.receive_seconds.observe(perf_counter() - started)
    log.info(
        "decided",
        queue_id=envelope.queue_id,
        disposition=decision.disposition.value,
        orders=_orders(decision),
    )
    return decision


async def _judge(
    road: Road, envelope: Envelope, blob: BlobRef, arrival: Arrival, *, each_replies: bool
) -> Decision:
    """Parse, scan, decide; commit the decision with everything that follows from it."""
    try:
        examination = await _examine(road, envelope, blob, arrival)
    except ScanFailed as failure:
        log.warning("scan failed", queue_id=envelope.queue_id, reason=failure.reason, detail=failure.detail)
        relayed = arrival.lookback(envelope, road.lookback) > 0
        decision = decide_without_scan(
            envelope,
            arrival.domains,
            reason=str(failure),
            per_recipient_replies=each_replies,
            judgement=judge_unscanned(envelope, await _compiled(arrival.lists), relayed=relayed),
        )
        claims = find_claims(await asyncio.to_thread(header_block, road.blobs, blob.sha256))
        stamp = _stamp(road, envelope, decision, None, claims)
        await _commit(road, envelope, arrival.received, _Judged(decision, stamp))
        return decision
    decision = decide(
        examination.verdict,
        envelope,
        arrival.domains,
        per_recipient_replies=each_replies,
        judgement=examination.judgement,
    )
    judged = _Judged(
        decision,
        _stamp(road, envelope, decision, examination),
        examination.facts,
        examination.verdict,
        examination.summary,
    )
    await _commit(road, envelope, arrival.received, judged)
    return decision


@dataclass(frozen=True, slots=True)
class _Judged:
    decision: Decision
    stamp: Stamp
    facts: Facts | None = None
    verdict: Verdict | None = None
    summary: Summary | None = None


async def _compiled(lists: Lists) -> CompiledLists:
    """What counts without a scan, in a thread: thousands of entries take their time."""
    known = Lists(lists.version, block=lists.block, restrictions=lists.restrictions)
    return await asyncio.to_thread(compile_lists, known)


async def _examine(road: Road, envelope: Envelope, blob: BlobRef, arrival: Arrival) -> Examination:
    attempts = arrival.received.attempts
    if attempts >= road.max_attempts:
        raise ScanFailed("crash", f"{attempts} earlier scans of this message ended with the process")
    job = Job(
        ticket=0,
        blob=blob.sha256,
        envelope=envelope,
        own_domains=tuple(arrival.domains),
        at=datetime.now(UTC),
        lookback=arrival.lookback(envelope, road.lookback),
        history=arrival.history,
    )
    return await road.scanner.examine(job, arrival.lists)


async def _commit(road: Road, envelope: Envelope, received: Received, judged: _Judged) -> None:
    await road.database.write(
        lambda tx: add_decided(
            tx,
            received.number,
            account=envelope.account,
            facts=judged.facts,
            verdict=judged.verdict,
            summary=judged.summary,
            decision=judged.decision,
            stamp=judged.stamp,
            at=datetime.now(UTC),
        )
    )


async def _give_up(road: Road, envelope: Envelope, received: Received) -> None:
    """Nothing was decided and the client is told to come back: say so on the record, if that is possible."""
    try:
        await road.database.write(
            lambda tx: mark(tx, received.number, envelope.account, RecordState.DEFERRED)
        )
    except Exception as problem:  # noqa: BLE001  # the first problem is the one to report; recovery finds the record
        log.warning("record left open", queue_id=envelope.queue_id, problem=str(problem))


def _stamp(
    road: Road,
    envelope: Envelope,
    decision: Decision,
    examination: Examination | None,
    claims: tuple[Header, ...] = (),
) -> Stamp:
    return make_stamp(
        examination.headers if examination else claims,
        envelope,
        facts=examination.facts if examination else None,
        verdict=examination.verdict if examination else None,
        decision=decision,
        hostname=road.hostname,
    )


def _orders(decision: Decision) -> dict[str, str]:
    return {order.recipient: order.order.value for order in decision.orders}
