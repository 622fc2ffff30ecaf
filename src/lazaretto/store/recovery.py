"""What is done once at start: settle what an earlier process left behind."""

from datetime import datetime

from lazaretto.store.database import Transaction


async def recover(tx: Transaction, now: datetime) -> int:
    """Records without a decision become ABANDONED, leases are let go. Returns how many records were abandoned.

    Abandoned records were never acknowledged: the client comes back with them.
    Call it before work begins; on PostgreSQL, with other servers running, only what is older than
    MAX_UNDECIDED is touched.
    """
    raise NotImplementedError
