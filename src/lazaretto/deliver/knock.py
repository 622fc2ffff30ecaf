"""Finding out whether next hops that are down are back, and letting their mail go at once when they are.

A next hop counts as back when it greets us; no mail is risked for the question. Mail that was put off
meanwhile becomes due at that moment instead of sitting out its wait.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog

from lazaretto.deliver.attempt import Tools
from lazaretto.deliver.session import open_session
from lazaretto.deliver.wire import HopError
from lazaretto.model.account import NextHop
from lazaretto.store.database import Transaction
from lazaretto.store.domains import find_domain
from lazaretto.store.hasten import hasten

KNOCK_TIME = 30.0
"""Seconds for one knock: a next hop that hangs must not keep us from the others."""

log = structlog.get_logger("lazaretto.relay")


async def knock(tools: Tools, now: datetime) -> bool:
    """Knock where the wait is over. True when somebody answered or may be asked again."""
    learned = await _learn(tools)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_knock_at(tools, hop, now)) for hop in tools.hops.to_knock_at(now)]
    return learned or any(task.result() for task in tasks)


async def find_hops(
    tx: Transaction, domains: Iterable[str], *, default: NextHop | None
) -> dict[str, NextHop]:
    """Where the mail of each of our domains goes; strangers and domains without a next hop are left out."""
    found = {name: await find_domain(tx, name) for name in sorted(domains)}
    hops = {name: domain.route(default) for name, domain in found.items() if domain}
    return {name: hop for name, hop in hops.items() if hop}


async def _learn(tools: Tools) -> bool:
    """Look up blocked domains again: somebody may have given them another next hop. True when so."""
    blocked = tools.hops.blocked_domains()
    if not blocked:
        return False
    hop_of = await tools.database.read(lambda tx: find_hops(tx, blocked, default=tools.options.default_route))
    moved = [domain for domain in blocked if tools.hops.learn(domain, hop_of.get(domain))]
    await _let_go(tools, moved)
    return bool(moved)


async def _knock_at(tools: Tools, hop: NextHop, now: datetime) -> bool:
    try:
        async with asyncio.timeout(KNOCK_TIME):
            session = await open_session(hop, tools.options.client)
    except (HopError, TimeoutError) as error:
        tools.hops.failed(hop, str(error) or "no greeting in time", now)
        return False
    with tools.hops.opened(hop):
        await session.quit()
    due = await _let_go(tools, tools.hops.domains_of(hop))
    log.info("next hop is back", hop=f"{hop.host}:{hop.port}", due=due)
    return True


async def _let_go(tools: Tools, domains: Sequence[str]) -> int:
    return await tools.database.write(lambda tx: hasten(tx, domains, now=tools.clock())) if domains else 0
