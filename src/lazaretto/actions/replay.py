"""Replay: judge stored messages again under a candidate, by the facts of then, and tell what changes.

Rules. Nothing is asked of the world and nothing is written: DNS answers are those that were recorded, bytes
are those that were stored. Parsing and judging happen in scan workers of their own, started for this replay
with the candidate's rule files, so a hostile message can end a worker and nothing else. The same messages,
facts and candidate give the same outcome.
The account's lists are those of today unless the candidate has others: which ones were in effect earlier is
not kept. Domain policy is applied the same way.

Limits: messages are read page by page and results are added up, so memory does not grow with their number.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

import msgspec

from lazaretto.actions.promote import as_rules
from lazaretto.actions.replay_tally import Tally
from lazaretto.mail.domains import domain_of
from lazaretto.model.account import Domain
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import Lists
from lazaretto.model.replay import Candidate, Look, Missing, Outcome, Pair
from lazaretto.model.verdict import Verdict
from lazaretto.policy.decide import decide
from lazaretto.query.criteria import Criteria, Place
from lazaretto.scanner.child import RulesRefused
from lazaretto.scanner.job import Job, Rejudged, WorkerOptions
from lazaretto.scanner.pool import ScanFailed, ScannerPool
from lazaretto.store import codec
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database, Transaction
from lazaretto.store.domains import list_domains
from lazaretto.store.editions import CODE
from lazaretto.store.lists import load_lists
from lazaretto.store.replay import Kept, read_named, read_page

PAGE = 200
"""Messages that are read at once: with their facts and verdicts some megabytes."""

AT_ONCE = 8
"""Messages that wait for one worker, so that none is idle."""

MAX_NAMED = 1_000
"""Ids that one replay may name."""

NICE = 10
"""Live mail comes first."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages: what a search finds, or those that are named."""

    criteria: Criteria | None = None
    ids: tuple[str, ...] = ()
    limit: int | None = None  # the newest so many


@dataclass(frozen=True, slots=True)
class ReplayTools:
    """What a replay needs from the world."""

    database: Database
    blobs: Blobs
    options: WorkerOptions  # as those of the server's workers
    workers: int
    seconds: float  # for one message


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is the same for all messages of one replay."""

    after: "_Court"
    before: "_Court | None"  # None: the stored verdict counts
    blobs: Blobs


@dataclass(frozen=True, slots=True)
class _Court:
    """Who judges, and under what."""

    pool: ScannerPool
    lists: Lists
    domains: Mapping[str, Domain]


class _Finding(msgspec.Struct, frozen=True):
    rule: "_Named"


class _Named(msgspec.Struct, frozen=True):
    id: str


class _Before(msgspec.Struct, frozen=True):
    """As much of a stored verdict as is compared."""

    disposition: Disposition
    score: float
    findings: tuple[_Finding, ...]
    reasons: tuple[str, ...]


async def replay(
    tools: ReplayTools,
    account: str,
    selection: Selection,
    candidate: Candidate,
    *,
    against: Candidate | None = None,
    shown: int = 100,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Judge again, and add up. `shown` bounds the list to look at. Raises Invalid for wrong rules.

    Compared with what is stored, or with what `against` says of the same messages now.
    """
    started = perf_counter()
    async with AsyncExitStack() as pools:
        pool, ruleset = await _open(tools, candidate, pools)
        before = None if against is None else (await _open(tools, against, pools))[0]
        stage = _Stage(
            after=await tools.database.read(partial(_court, account, pool, candidate)),
            before=await tools.database.read(partial(_court, account, before, against))
            if before is not None and against is not None
            else None,
            blobs=tools.blobs,
        )
        tally = Tally(shown=shown)
        await _run(tools, account, selection, stage=stage, tally=tally, progress=progress)
        return tally.outcome(ruleset=ruleset, seconds=round(perf_counter() - started, 3))


async def _open(tools: ReplayTools, candidate: Candidate, pools: AsyncExitStack) -> tuple[ScannerPool, str]:
    """Workers with the files of a candidate, and the version of their ruleset. Raises Invalid."""
    options = replace(tools.options, offline=True, nice=NICE, rules=as_rules(candidate.files))
    pool = ScannerPool(options, workers=tools.workers, seconds=tools.seconds)
    try:
        ruleset = await pool.start()
    except RulesRefused as problem:
        raise Invalid(CODE, str(problem)) from None
    pools.push_async_callback(pool.stop)
    return pool, ruleset


async def _court(account: str, pool: ScannerPool, candidate: Candidate, tx: Transaction) -> _Court:
    lists = candidate.lists or await load_lists(tx, account)
    if candidate.without_lists:
        lists = Lists(lists.version, wording=lists.wording)
    domains = {domain.name: domain for domain in await list_domains(tx, account)}
    if candidate.orders:
        domains = {name: _with_orders(domain, candidate.orders) for name, domain in domains.items()}
    return _Court(pool, lists, domains)


def _with_orders(domain: Domain, orders: tuple[tuple[Disposition, Order], ...]) -> Domain:
    flat = domain.policy.flattened()
    laid = {**dict(flat.orders), **dict(orders)}
    return replace(domain, policy=replace(flat, orders=tuple(laid.items())))


async def _run(
    tools: ReplayTools,
    account: str,
    selection: Selection,
    *,
    stage: _Stage,
    tally: Tally,
    progress: Progress,
) -> None:
    """One reader fills a short line; some takers empty it."""
    line: asyncio.Queue[Kept | None] = asyncio.Queue(tools.workers * AT_ONCE)

    async def take() -> None:
        while (kept := await line.get()) is not None:
            result = await _judge(stage, kept)
            if isinstance(result, Pair):
                tally.add(result)
            else:
                tally.miss(result)
            progress(tally.done)

    takers = tools.workers * AT_ONCE
    async with asyncio.TaskGroup() as group:
        for _ in range(takers):
            group.create_task(take())
        async for kept in _messages(tools.database, account, selection, tally):
            await line.put(kept)
        for _ in range(takers):
            await line.put(None)


async def _messages(
    database: Database, account: str, selection: Selection, tally: Tally
) -> AsyncIterator[Kept]:
    if selection.ids:
        names: Sequence[str] = selection.ids[:MAX_NAMED]
        found, unknown = await database.read(lambda tx: read_named(tx, account, names))
        for name in unknown:
            tally.miss(Missing(name, "unknown id"))
        for kept in found:
            yield kept
    if selection.criteria is None:
        return
    place: Place | None = None
    left = selection.limit
    while left is None or left > 0:
        limit = PAGE if left is None else min(PAGE, left)
        read = partial(read_page, account=account, criteria=selection.criteria, place=place, limit=limit)
        page = await database.read(read)
        for kept in page.messages:
            yield kept
        left = None if left is None else left - len(page.messages)
        place = page.place
        if place is None:
            return


async def _judge(stage: _Stage, kept: Kept) -> Pair | Missing:
    if kept.facts is None:
        return Missing(kept.id, "facts")
    if kept.verdict is None:
        return Missing(kept.id, "verdict")
    if not kept.bytes_kept or not stage.blobs.exists(kept.blob):
        return Missing(kept.id, "bytes")
    job = Job(
        ticket=0,
        blob=kept.blob,
        envelope=kept.envelope,
        own_domains=(),
        at=kept.envelope.received_at,
        facts=kept.facts,
    )
    try:
        again = await stage.after.pool.judge_again(job, stage.after.lists)
        if stage.before is not None:
            other = await stage.before.pool.judge_again(job, stage.before.lists)
            return _pair(kept, again, _look(other), _orders(kept, other, stage.before), stage.after)
    except ScanFailed as failure:
        return Missing(kept.id, "scan failed", str(failure)[:200])
    ordered = {o.recipient: o.order for o in kept.decision.orders} if kept.decision else {}
    return _pair(kept, again, _stored_look(codec.unpack(kept.verdict, _Before)), ordered, stage.after)


def _look(judged: Rejudged) -> Look:
    return Look(judged.disposition, judged.score, frozenset(judged.rules), judged.reasons)


def _stored_look(before: _Before) -> Look:
    rules = frozenset(finding.rule.id for finding in before.findings)
    return Look(before.disposition, before.score, rules, before.reasons)


def _pair(kept: Kept, again: Rejudged, before: Look, ordered: Mapping[str, Order], court: _Court) -> Pair:
    orders = _orders(kept, again, court)
    return Pair(
        id=kept.id,
        position=kept.position,
        sender=again.sender or domain_of(kept.envelope.mail_from),
        recipients=tuple(domain_of(r.address) for r in kept.envelope.recipients),
        subject=again.subject,
        before=before,
        after=_look(again),
        orders=tuple((order, orders[name]) for name, order in ordered.items() if name in orders),
        label=kept.label,
    )


def _orders(kept: Kept, judged: Rejudged, court: _Court) -> dict[str, Order]:
    """What is ordered for each recipient."""
    verdict = Verdict(judged.disposition, judged.score, (), (), (), (), judged.ruleset)
    decision = decide(verdict, kept.envelope, court.domains, judgement=judged.judgement)
    return {order.recipient: order.order for order in decision.orders}
