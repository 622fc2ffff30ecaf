"""A next hop that is down or busy keeps its mail in the store, and one transaction finds out when it is back."""

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


def test_down_blocks_its_domains_for_a_growing_while():
    """Failures that happen together count once; the wait grows with each round and then stays."""
    hops = known()
    hops.failed(HOP, "refused", NOW)
    hops.failed(HOP, "refused", NOW + timedelta(seconds=1))

    assert ("x.test", "y.test") == hops.blocked_domains(NOW + timedelta(seconds=4))
    assert NOW + timedelta(seconds=5) == hops.wakes_at(NOW)
    assert () == hops.blocked_domains(NOW + timedelta(seconds=5))

    hops.failed(HOP, "refused", NOW + timedelta(seconds=6))
    assert NOW + timedelta(seconds=36) == hops.wakes_at(NOW)
    (state, *_) = hops.states()
    assert (False, 2, "refused") == (state.up, state.failures, state.error)


def test_opened_session_ends_it():
    """One success forgets all failures."""
    hops = known()
    hops.failed(HOP, "refused", NOW)
    hops.opened(HOP)

    assert () == hops.blocked_domains(NOW)
    assert [True] == [s.up for s in hops.states() if s.hop == HOP]


async def test_busy_blocks_only_its_own_domains():
    """A slow next hop holds up nobody else."""
    hops = known()
    async with hops.slot(HOP), hops.slot(HOP):
        blocked = hops.blocked_domains(NOW)

    assert ("x.test", "y.test") == blocked
    assert () == hops.blocked_domains(NOW)


async def test_one_at_a_time_finds_out():
    """After a failure transactions go one by one until one succeeds."""
    hops, running, most = known(), 0, 0
    hops.failed(HOP, "refused", NOW)

    async def one():
        nonlocal running, most
        async with hops.slot(HOP):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(one())

    assert 1 == most
    assert 0 == hops.waiting
