"""The road: one message's way from the door to its decision.

Bytes first, reply last: the bytes are durable before they are read, the record exists before the scan,
and the decision with its deliveries is committed before anybody answers the client.
A crash between two steps leaves something that recovery finds, never a message that was promised and lost.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

import structlog

from lazaretto.deliver.parcel import header_block
from lazaretto.mail.claims import find_claims
from lazaretto.mail.stamp import Stamp, make_stamp
from lazaretto.model.account import Domain
from lazaretto.model.decision import Decision
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.message import Header
from lazaretto.model.record import RecordState, Summary
from lazaretto.model.verdict import Verdict
from lazaretto.policy.decide import decide, decide_without_scan
from lazaretto.scanner.job import Examination, Job
from lazaretto.scanner.pool import ScanFailed, ScannerPool
from lazaretto.store.accounts import list_domains
from lazaretto.store.blobs import BlobRef, Blobs
from lazaretto.store.database import Database, Transaction
from lazaretto.store.messages import Received, add_decided, add_received, mark
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


async def receive(
    road: Road, envelope: Envelope, content: Spool | bytes, *, each_replies: bool = False
) -> Decision:
    """Take one message. `each_replies`: every recipient can be answered for itself, as in LMTP."""
    started = perf_counter()
    blob = await asyncio.to_thread(road.blobs.put, content)
    received, domains = await road.database.write(lambda tx: _arrive(tx, envelope, blob))
    metrics.received.inc()
    try:
        decision = await _judge(road, envelope, blob, received, domains, each_replies=each_replies)
    except BaseException:
        await _give_up(road, envelope, received)
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


async def _arrive(
    tx: Transaction, envelope: Envelope, blob: BlobRef
) -> tuple[Received, Mapping[str, Domain]]:
    """The record, and the account's domains: policy for the recipients, and for the scan what is ours."""
    received = await add_received(tx, envelope, blob, at=envelope.received_at)
    return received, {domain.name: domain for domain in await list_domains(tx, envelope.account)}


async def _judge(
    road: Road,
    envelope: Envelope,
    blob: BlobRef,
    received: Received,
    domains: Mapping[str, Domain],
    *,
    each_replies: bool,
) -> Decision:
    """Parse, scan, decide; commit the decision with everything that follows from it."""
    try:
        examination = await _examine(road, envelope, blob, received, tuple(domains))
    except ScanFailed as failure:
        log.warning("scan failed", queue_id=envelope.queue_id, reason=failure.reason, detail=failure.detail)
        decision = decide_without_scan(
            envelope, domains, reason=str(failure), per_recipient_replies=each_replies
        )
        claims = find_claims(await asyncio.to_thread(header_block, road.blobs, blob.sha256))
        stamp = _stamp(road, envelope, decision, None, claims)
        await _commit(road, envelope, received, _Judged(decision, stamp))
        return decision
    decision = decide(examination.verdict, envelope, domains, per_recipient_replies=each_replies)
    judged = _Judged(
        decision,
        _stamp(road, envelope, decision, examination),
        examination.facts,
        examination.verdict,
        examination.summary,
    )
    await _commit(road, envelope, received, judged)
    return decision


@dataclass(frozen=True, slots=True)
class _Judged:
    decision: Decision
    stamp: Stamp
    facts: Facts | None = None
    verdict: Verdict | None = None
    summary: Summary | None = None


async def _examine(
    road: Road, envelope: Envelope, blob: BlobRef, received: Received, own_domains: tuple[str, ...]
) -> Examination:
    if received.attempts >= road.max_attempts:
        raise ScanFailed("crash", f"{received.attempts} earlier scans of this message ended with the process")
    job = Job(
        ticket=0,
        blob=blob.sha256,
        envelope=envelope,
        own_domains=own_domains,
        at=datetime.now(UTC),
        lookback=road.lookback,
    )
    return await road.scanner.examine(job)


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
