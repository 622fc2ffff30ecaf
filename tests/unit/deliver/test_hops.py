"""A next hop that is down or busy keeps its mail in the store and holds up nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta

from lazaretto.deliver.hops import Hops
from lazaretto.model.account import NextHop

NOW = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
HOP, OTHER = NextHop("a.test", 25), NextHop("b.test", 25)


def known() -> Hops:
    hops = Hops(per_hop=2, waits=(5, 30))
    hops.learn("x.test", HOP)
    hops.learn("y.test", HOP)
    hops.learn("z.test", OTHER)
    return hops


def after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_down_blocks_its_domains_until_somebody_answers():
    """Failures that happen together count once; the wait for the next knock grows and then stays."""
    hops = known()
    hops.failed(HOP, "refused", NOW)
    hops.failed(HOP, "refused", after(1))

    assert ("x.test", "y.test") == hops.blocked_domains() == hops.domains_of(HOP)
    assert ((), (HOP,)) == (hops.to_knock_at(after(4)), hops.to_knock_at(after(5)))

    hops.failed(HOP, "refused", after(6))
    assert ((), (HOP,)) == (hops.to_knock_at(after(35)), hops.to_knock_at(after(36)))
    (state, *_) = hops.states()
    assert (False, 2, "refused", after(36)) == (state.up, state.failures, state.error, state.next_knock_at)


def test_opened_session_ends_it():
    """One success forgets all failures."""
    hops = known()
    hops.failed(HOP, "refused", NOW)
    with hops.opened(HOP):
        pass

    assert () == hops.blocked_domains()
    assert [True] == [s.up for s in hops.states() if s.hop == HOP]


def test_refusal_beside_open_sessions_is_not_down():
    """A next hop that takes so many connections and no more is not down."""
    hops = known()
    with hops.opened(HOP):
        hops.failed(HOP, "421 too many connections", NOW)

    assert not hops.down(HOP)


def test_domain_that_moved_is_not_blocked_by_its_old_next_hop():
    """Another next hop in the settings, or none any more, ends the blocking."""
    hops = known()
    hops.failed(HOP, "refused", NOW)
    hops.learn("x.test", OTHER)
    hops.learn("y.test", None)

    assert () == hops.blocked_domains()


async def test_busy_blocks_only_its_own_domains():
    """A slow next hop holds up nobody else, and its queue is known."""
    hops = known()
    go = asyncio.Event()

    async def one():
        async with hops.slot(HOP):
            await go.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(one())
        await asyncio.sleep(0)
        blocked, waiting = hops.blocked_domains(), hops.waiting
        go.set()

    assert (("x.test", "y.test"), 3) == (blocked, waiting)
    assert ((), 0) == (hops.blocked_domains(), hops.waiting)
