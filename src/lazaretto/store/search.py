"""The investigation search: criteria to rows, newest scan first.

Rules. Every position is unique and higher than all before it in the account, so a page is "the rows below this
position". In a page the summary leaves out headers, links and attachments, which no list shows;
`messages.get_record` has them.
A domain matches itself and its subdomains. Addresses and domains compare without case.
"""

from dataclasses import dataclass

from lazaretto.model.record import Record
from lazaretto.query.criteria import Criteria, Place
from lazaretto.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Page:
    """Records with their positions, newest first."""

    records: tuple[Record, ...]
    positions: tuple[int, ...]
    more: bool  # there are rows after the last one


async def search(tx: Transaction, account: str, criteria: Criteria, place: Place | None, limit: int) -> Page:
    """One page. `place` None begins with the newest."""
    raise NotImplementedError


async def count(tx: Transaction, account: str, criteria: Criteria, place: Place | None) -> int:
    """How many rows there are in all, exactly; with a place only those after it."""
    raise NotImplementedError
