"""When each domain is to be looked up in the DNS, and what came out.

Several servers of one store may look up the same domain at the same time: both find the same, so nothing is
leased.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lazaretto.model.account import DmarcStatus, Domain, DomainStatus, SpfStatus
from lazaretto.store.domains import COLUMNS, get_domain, read_domain
from lazaretto.store.times import micros
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at the DNS has found; None keeps what is known."""

    status: DomainStatus
    spf_status: SpfStatus | None
    dmarc_status: DmarcStatus | None
    next_check_at: datetime | None  # None: never again by itself


async def due_domains(tx: Transaction, *, now: datetime, limit: int) -> tuple[Domain, ...]:
    """Domains whose time has come, the longest waiting first."""
    rows: list[Any] = await tx.rows(
        f"SELECT {COLUMNS} FROM domain WHERE next_check_at <= ? ORDER BY next_check_at LIMIT ?",
        micros(now),
        limit,
    )
    return tuple(read_domain(row) for row in rows)


async def note_check(
    tx: Transaction, account: str, number: int, found: Checked, *, now: datetime
) -> Domain | None:
    """Keep what was found; who was proven meanwhile stays so. None when the domain is gone."""
    domain = await get_domain(tx, account, number, lock=True)
    if domain is None:
        return None
    status = "ACTIVE" if domain.status == "ACTIVE" else found.status
    proven = domain.authorised_at or (now if status == "ACTIVE" else None)
    row = await tx.row(
        "UPDATE domain SET status = ?, authorised_at = ?, last_checked_at = ?, next_check_at = ?,"
        " spf_status = coalesce(?, spf_status), dmarc_status = coalesce(?, dmarc_status)"
        f" WHERE account = ? AND number = ? RETURNING {COLUMNS}",
        status,
        micros(proven) if proven else None,
        micros(now),
        micros(found.next_check_at) if found.next_check_at else None,
        found.spf_status,
        found.dmarc_status,
        account,
        number,
    )
    return read_domain(row) if row else None
