"""`lazaretto release`: send quarantined messages on to their recipients.

The running server sends them; without one they wait in the queue until it runs.
"""

import argparse
import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, PARTLY
from lazaretto.commands.shared import load, show

if TYPE_CHECKING:
    from lazaretto.actions.release import ReleaseOutcome
    from lazaretto.settings import Settings

MAX_LOGGED = 50
"""Ids that one entry of the audit log names; the action log of each message has its own."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    parser.add_argument("ids", nargs="+", metavar="ID", help="investigate id or queue id")
    parser.add_argument("--account", metavar="REF", help="id or name, if there is more than one")
    parser.add_argument("--recipient", action="append", metavar="ADDRESS", help="only this recipient's copy")
    parser.add_argument(
        "--wait", type=float, default=10.0, metavar="SECONDS", help="for the next hop (default 10)"
    )


def run(parsed: argparse.Namespace) -> int:
    """Done only if every copy arrived."""
    outcomes = asyncio.run(_release(parsed, load(parsed)))
    show(parsed, [_value(outcome) for outcome in outcomes], "\n".join(_text(outcome) for outcome in outcomes))
    arrived = [outcome.found and not outcome.failed and not outcome.undelivered for outcome in outcomes]
    if all(arrived):
        return OK
    return PARTLY if any(arrived) or any(outcome.delivered for outcome in outcomes) else FAILED


async def _release(parsed: argparse.Namespace, settings: "Settings") -> "tuple[ReleaseOutcome, ...]":
    from lazaretto.actions.release import release
    from lazaretto.commands.audited import actor, audit_command
    from lazaretto.commands.store import open_store, the_account
    from lazaretto.model.audit import Stage

    async with open_store(settings) as database:
        account = await database.read(lambda tx: the_account(tx, parsed.account))
        target = {"ids": parsed.ids[:MAX_LOGGED], "count": len(parsed.ids)}
        ask = partial(audit_command, account=account.id, operation="release", target=target)
        told = {"recipients": parsed.recipient[:MAX_LOGGED]} if parsed.recipient else {}
        asked = await database.write(partial(ask, parameters=told, stage=Stage.ASKED))
        outcomes = await release(
            database,
            lambda: None,  # the server looks into the store by itself
            account.id,
            parsed.ids,
            actor(),
            now=lambda: datetime.now(UTC),
            recipients=parsed.recipient,
            wait=parsed.wait,
        )
        found = sum(outcome.found for outcome in outcomes)
        await database.write(partial(ask, parameters={"found": found}, stage=Stage.ENDED, begun=asked))
        return outcomes


def _value(outcome: "ReleaseOutcome") -> dict[str, object]:
    return {
        "id": outcome.id,
        "found": outcome.found,
        "delivered": list(outcome.delivered),
        "failed": list(outcome.failed),
        "undelivered": list(outcome.undelivered),
    }


def _text(outcome: "ReleaseOutcome") -> str:
    if not outcome.found:
        return f"{outcome.id}: there is no such message"
    words = [
        f"{name} {', '.join(addresses)}"
        for name, addresses in (
            ("delivered to", outcome.delivered),
            ("refused for", outcome.failed),
            ("still waiting or nothing held for", outcome.undelivered),
        )
        if addresses
    ]
    return f"{outcome.id}: {'; '.join(words)}"
