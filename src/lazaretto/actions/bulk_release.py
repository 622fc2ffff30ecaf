"""Releases of a bulk job: a window of copies set free, followed until their deliveries end.

Rules. Setting a copy free and saying so in its item is one transaction: however often the process dies,
nothing is released twice. A window bounds how many copies of one next hop are under way for a job, so that
other mail for it does not wait behind a million. Copies that were put off leave the window and are looked
at less often.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lazaretto.actions.bulk_tools import NOW, Tools
from lazaretto.model.job import JobStatus
from lazaretto.model.record import DeliveryState
from lazaretto.store.database import Transaction
from lazaretto.store.job_items import (
    COMPLETED,
    FAILED,
    PUT_OFF,
    SENT,
    ItemEnd,
    due_items,
    lanes,
    settle,
)
from lazaretto.store.job_release import OnItsWay, hop_keys, look, set_free
from lazaretto.store.job_sweep import OpenJob
from lazaretto.store.jobs import lock_job

MAX_ENDS = 1_000
"""Items settled with one statement."""

ARRIVED = frozenset({DeliveryState.DELIVERED, DeliveryState.MOVED, DeliveryState.MOVE_FAILED})
NOT_RELEASED = "the copy could not be released: it is held again, or its bytes are no longer stored"
GONE = "the message was removed meanwhile"


@dataclass(slots=True)
class Following:
    """What the engine remembers of one job from step to step. Losing it costs one look."""

    next_look: datetime | None = None  # at copies that were put off
    put_off: Counter[str] = field(default_factory=Counter)  # by lane, as of the last look


async def release_some(tools: Tools, open_job: OpenJob, following: Following) -> float:
    """Settle what has ended, set more free. Returns the seconds until the next step."""
    account, number, options = open_job.account, open_job.number, tools.options
    now = tools.clock()
    going = await tools.database.read(lambda tx: look(tx, account, number, SENT, limit=options.most))
    if following.next_look is None or now >= following.next_look:
        late = await tools.database.read(lambda tx: look(tx, account, number, PUT_OFF, limit=options.most))
        following.put_off = Counter(one.lane for one in late)
        following.next_look = now + timedelta(seconds=options.put_off_look)
        going = (*going, *(one for one in late if one.state is not DeliveryState.DEFERRED))
    ends = tuple(_ends(going))
    under_way = Counter(one.lane for one in going)
    under_way.subtract(_lanes_of(going, ends))
    following.put_off.update(_lanes_of(going, [end for end in ends if end.state == PUT_OFF]))
    freed = await tools.database.write(
        lambda tx: _step(tx, tools, open_job, ends, under_way=under_way, put_off=following.put_off)
    )
    if freed:
        tools.poke_relay()
        return NOW if freed >= options.batch else options.look
    if under_way.total():
        return options.look
    return options.put_off_look if following.put_off.total() else options.poll


def _ends(going: Iterable[OnItsWay]) -> Iterable[ItemEnd]:
    for one in going:
        if one.state is None:
            yield ItemEnd(one.item, FAILED, GONE)
        elif one.state in ARRIVED:
            yield ItemEnd(one.item, COMPLETED)
        elif one.state is DeliveryState.DEFERRED:
            yield ItemEnd(one.item, PUT_OFF, one.reply or None)
        elif one.state is DeliveryState.BOUNCED:
            yield ItemEnd(one.item, FAILED, one.reply or "the next hop refused it")
        elif one.state is not DeliveryState.QUEUED:
            yield ItemEnd(one.item, FAILED, NOT_RELEASED)


def _lanes_of(going: Iterable[OnItsWay], ends: Sequence[ItemEnd]) -> Counter[str]:
    ended = {end.number for end in ends}
    return Counter(one.lane for one in going if one.item in ended)


async def _step(
    tx: Transaction,
    tools: Tools,
    open_job: OpenJob,
    ends: Sequence[ItemEnd],
    *,
    under_way: Counter[str],
    put_off: Counter[str],
) -> int:
    """One transaction: outcomes in, the next copies out. Returns how many were set free."""
    account, number, now = open_job.account, open_job.number, tools.clock()
    for start in range(0, len(ends), MAX_ENDS):
        await settle(tx, account, number, ends[start : start + MAX_ENDS], now=now)
    job = await lock_job(tx, account, number)
    if job is None or job.paused or job.status is not JobStatus.PROCESSING:
        return 0
    freed = 0
    for lane, room in (await _rooms(tx, tools, open_job, under_way=under_way, put_off=put_off)).items():
        items = await due_items(tx, account, number, lane, limit=room, now=now)
        await set_free(tx, account, items, actor=job.actor, now=now)
        freed += len(items)
    return freed


async def _rooms(
    tx: Transaction,
    tools: Tools,
    open_job: OpenJob,
    *,
    under_way: Counter[str],
    put_off: Counter[str],
) -> dict[str, int]:
    """How many copies of each lane may be set free: lanes share their next hop's window, and the batch."""
    options = tools.options
    waiting = await lanes(tx, open_job.account, open_job.number)
    hop_of = await hop_keys(tx, open_job.account)
    used: Counter[object] = Counter()
    for lane, count in under_way.items():
        used[hop_of.get(lane)] += count
    if under_way.total() + put_off.total() + options.batch > options.most:
        return {}
    open_lanes = [
        lane
        for lane in waiting
        if used[hop_of.get(lane)] < options.window and put_off[lane] < options.put_off
    ]
    share = max(1, options.batch // max(1, len(open_lanes)))
    return {lane: min(share, options.window - used[hop_of.get(lane)]) for lane in open_lanes[: options.batch]}
