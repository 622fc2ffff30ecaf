"""The accounts' lists that a process keeps: the ones used last, within a bound of accounts and of entries.

Parent and worker keep one each and see the same jobs in the same order, so that the parent knows what the
worker has. A worker that lacks something all the same says so, and is sent it again.
"""

from collections import OrderedDict
from typing import Generic, TypeVar

from lazaretto.model.lists import Lists

MAX_ACCOUNTS = 200
"""Accounts whose lists are kept."""

MAX_ENTRIES = 200_000
"""Entries of all accounts together that are kept: a plain one takes less than a kilobyte."""

FEATURES_AN_ENTRY = 10
"""Learned features take as much memory as one entry."""

T = TypeVar("T")


def entries_of(lists: Lists) -> int:
    """How many entries an account has listed."""
    return sum(
        len(part)
        for part in (
            lists.allow,
            lists.block,
            lists.trusted,
            lists.content,
            lists.people,
            lists.restrictions,
            lists.ignored_urls,
            lists.rules_off,
        )
    ) + (lists.wording.size // FEATURES_AN_ENTRY if lists.wording else 0)


class Shelf(Generic[T]):
    """One value an account, under a version."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, int, T]] = OrderedDict()  # version, entries, value
        self._entries = 0

    def has(self, account: str, version: int) -> bool:
        """There is a value of this version; it counts as used now."""
        kept = self._kept.get(account)
        if kept is None or kept[0] != version:
            return False
        self._kept.move_to_end(account)
        return True

    def find(self, account: str, version: int) -> T | None:
        """The value of this version; it counts as used now."""
        return self._kept[account][2] if self.has(account, version) else None

    def latest(self, account: str) -> T | None:
        """The value that was put last, whatever its version."""
        kept = self._kept.get(account)
        return None if kept is None else kept[2]

    def put(self, account: str, lists: Lists, value: T) -> None:
        """Keep a value; what was used longest ago gives way."""
        before = self._kept.pop(account, None)
        self._entries -= before[1] if before is not None else 0
        entries = entries_of(lists)
        self._kept[account] = (lists.version, entries, value)
        self._entries += entries
        while len(self._kept) > MAX_ACCOUNTS or (self._entries > MAX_ENTRIES and len(self._kept) > 1):
            _, (_, gone, _) = self._kept.popitem(last=False)
            self._entries -= gone
