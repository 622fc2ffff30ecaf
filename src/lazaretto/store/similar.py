"""Messages that share a trait with another one, from the text index, within a bound."""

from collections.abc import Sequence
from typing import Any

from lazaretto.model.likeness import Trait
from lazaretto.store import flags
from lazaretto.store.likeness import trait_tag
from lazaretto.store.search_text import matching
from lazaretto.store.transaction import Transaction

MAX_FOUND = 1_000
"""Messages that one trait may find: a host that everybody links to says nothing, and must not cost much."""

BOUNDS = (1, 2**62)
"""All positions."""


async def find_sharing(
    tx: Transaction, account: str, trait: Trait, *, besides: Sequence[int] = ()
) -> list[tuple[int, int]]:
    """Number and position of the newest records with a trait, at most MAX_FOUND, newest first.

    Submissions are left out, and the records named in `besides`.
    """
    conditions = f" AND (r.flags & {flags.SUBMISSION}) = 0" + " AND r.number <> ?" * len(besides)
    source = await matching(
        tx, account, [(trait_tag(trait),)], BOUNDS, conditions=conditions, args=tuple(besides)
    )
    rows: list[Any] = await tx.rows(
        f"SELECT r.number, r.position {source.sql} {source.newest_first} LIMIT ?", *source.args, MAX_FOUND
    )
    return [(number, position) for number, position in rows]
