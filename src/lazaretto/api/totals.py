"""How many rows a search has, without counting them all at every look.

Counting is the only part of a page whose cost grows with the store. A total that was counted a moment ago is
taken again, plus the rows that came since, which are on the page itself.

Limits: only for searches whose rows stay in once they are in, so not where the state of deliveries or later
actions decide; for a few seconds; in bounded number.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from lazaretto.query.criteria import Criteria

MAX_TOTALS = 1_000
"""Searches that are remembered at once: the oldest go first."""

SECONDS = 10.0
"""How long a total is built upon. Rows that leave by age are noticed after that."""


@dataclass(frozen=True, slots=True)
class Total:
    """A count, and the newest position that it holds."""

    rows: int
    newest: int
    counted_at: float


class Totals:
    """Counts of the last seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._totals: OrderedDict[Hashable, Total] = OrderedDict()

    def guess(self, key: Hashable, positions: Sequence[int]) -> int | None:
        """The total now, from the newest rows; None when it must be counted."""
        total = self._totals.get(key)
        if total is None or self._clock() - total.counted_at > SECONDS or not positions:
            return None
        newer = sum(position > total.newest for position in positions)
        return total.rows + newer if newer < len(positions) else None

    def remember(self, key: Hashable, rows: int, newest: int) -> None:
        """A count that was just made."""
        self._totals[key] = Total(rows, newest, self._clock())
        self._totals.move_to_end(key)
        while len(self._totals) > MAX_TOTALS:
            self._totals.popitem(last=False)


def is_steady(criteria: Criteria) -> bool:
    """What happens to a message later cannot take it out of this search."""
    return criteria.delivery_status is None and criteria.message_action is None
