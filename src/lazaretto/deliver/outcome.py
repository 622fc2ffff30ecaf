"""From what a next hop said to what the store keeps: retry, give up, or done. Pure; the time is passed in."""

import re
from datetime import datetime, timedelta

from lazaretto.deliver.options import RelayOptions
from lazaretto.deliver.plan import Ending, Result
from lazaretto.model.account import NextHop
from lazaretto.model.record import DeliveryState
from lazaretto.store.outbox import Claimed, Outcome

_QUEUED_AS = re.compile(r"(?:queued as|stored as|id=)\s*([A-Za-z0-9._-]{4,64})", re.ASCII | re.IGNORECASE)


def outcome_of(
    result: Result,
    row: Claimed,
    *,
    hop: NextHop | None,
    tls: str | None,
    options: RelayOptions,
    now: datetime,
) -> Outcome:
    """What to write for one recipient after one attempt."""
    where = f"{hop.host}:{hop.port}" if hop else "no next hop"
    if result.ending is Ending.DELIVERED:
        secured = f" over {tls}" if tls else ""
        trace = f"<{row.recipient.address}>: delivered to {where}{secured}: {result.text}"
        return Outcome(DeliveryState.DELIVERED, result.text, trace, None, _outbound_id(result.text))
    if result.ending is Ending.PERMANENT:
        verb = f"refused for good by {where}" if result.replied else "cannot be delivered"
        trace = f"<{row.recipient.address}>: {verb}: {result.text}"
        return Outcome(DeliveryState.BOUNCED, result.text, trace)
    return _temporary(result, row, f"<{row.recipient.address}>: {where}: {result.text}", options, now)


def _temporary(result: Result, row: Claimed, words: str, options: RelayOptions, now: datetime) -> Outcome:
    if result.in_doubt:
        words += "; the final dot was sent, so it may have been accepted"
    if (now - row.queued_at).total_seconds() >= options.give_up_after:
        words += f"; given up after {row.attempts + 1} attempts"
        return Outcome(DeliveryState.BOUNCED, result.text, words)
    wait = options.wait_after(row.attempts + 1)
    again = now + timedelta(seconds=wait)
    return Outcome(DeliveryState.DEFERRED, result.text, f"{words}; next attempt in {wait:.0f} s", again)


def expired(outcome: Outcome, result: Result) -> bool:
    """The delivery failed because its time was up, not because it was refused."""
    return outcome.state is DeliveryState.BOUNCED and result.ending is Ending.TEMPORARY


def _outbound_id(text: str) -> str | None:
    found = _QUEUED_AS.search(text)
    return found.group(1) if found else None
