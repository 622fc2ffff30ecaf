"""Making put-off mail due at once, when there is reason to hope."""

from collections.abc import Sequence
from datetime import datetime

from lazaretto.model.record import DeliveryState
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction


async def hasten(tx: Transaction, domains: Sequence[str], *, now: datetime) -> int:
    """Deferred copies for these domains become due now. Returns how many."""
    if not domains:
        return 0
    at = micros(now)
    rows = await tx.rows(
        "UPDATE delivery SET next_attempt_at = ? WHERE state = ? AND next_attempt_at > ?"
        f" AND lease_owner IS NULL AND domain IN ({', '.join('?' * len(domains))}) RETURNING number",
        at,
        DeliveryState.DEFERRED.value,
        at,
        *domains,
    )
    return len(rows)
