"""Pages by number that stay stable while new mail arrives.

SDKs page by number and never read `result_info`.
Numbers alone would shift with every arrival: so page 1 remembers where it began, each page remembers where
the next one begins, and later pages are found from there.

Two readers with one token and one search share a key; they are told apart by the page that each must ask
for next and by their connection. Where both agree the newest listing is taken, which may repeat a row and
never misses one.

Limits: kept in memory and bounded in number and age. A page whose listing is forgotten is counted from
the newest row.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MAX_KEYS = 500
"""Searches that are remembered at once: the oldest go first."""

MAX_LISTINGS = 8
"""Readers of one search that are told apart."""

MAX_STARTS = 128
"""Page starts kept a listing: readers go forward, so the newest are enough."""


@dataclass(slots=True)
class Listing:
    """One reader's way through the pages of one search."""

    total: int
    starts: dict[int, int]  # page number -> rows of this page lie below this position
    client: str
    touched: float

    def start_of(self, page: int) -> tuple[int, int]:
        """The position of the nearest page known, and how many pages to skip from there."""
        nearest = max(known for known in self.starts if known <= page)
        return self.starts[nearest], page - nearest

    def awaits(self, page: int) -> bool:
        """The reader has everything before this page and nothing after it."""
        return page == max(self.starts)

    def remember(self, page: int, before: int) -> None:
        """A page begins below this position. The first page is never forgotten."""
        self.starts[page] = before
        if len(self.starts) > MAX_STARTS:
            del self.starts[min(known for known in self.starts if known > 1)]


class Snapshots:
    """All listings that are being read."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._listings: OrderedDict[bytes, list[Listing]] = OrderedDict()

    def open(self, key: bytes, *, client: str, total: int, before: int) -> Listing:
        """A new listing, whose first page begins below a position."""
        now = self._clock()
        listing = Listing(total, {1: before}, client, now)
        self._listings[key] = [*self._fresh(key, now)[-(MAX_LISTINGS - 1) :], listing]
        self._listings.move_to_end(key)
        while len(self._listings) > MAX_KEYS:
            self._listings.popitem(last=False)
        return listing

    def find(self, key: bytes, page: int, *, client: str) -> Listing | None:
        """The listing that a reader is in the middle of."""
        now = self._clock()
        known = self._fresh(key, now)
        if not known:
            self._listings.pop(key, None)
            return None
        chosen = max(
            known, key=lambda one: (one.awaits(page), page in one.starts, one.client == client, one.touched)
        )
        chosen.client, chosen.touched = client, now
        self._listings.move_to_end(key)
        return chosen

    def _fresh(self, key: bytes, now: float) -> list[Listing]:
        return [known for known in self._listings.get(key, ()) if now - known.touched < self._seconds]
