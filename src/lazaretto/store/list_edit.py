"""Changes of one list in one transaction: all of them, or none.

Rules. The head of the account is locked first, so that numbers, versions and the limit hold with any number
of servers. A number is unique in the account over all lists and never given again. Two entries of one list
never mean the same.

Limits: a list has at most MAX_ENTRIES entries.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Generic, TypeVar

from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.lists import Entry
from lazaretto.policy.entries import Checked
from lazaretto.store import codec
from lazaretto.store.list_head import Head, lock_head, write_head
from lazaretto.store.list_kinds import ListKind
from lazaretto.store.lists import get_entry
from lazaretto.store.transaction import Transaction

E = TypeVar("E", bound=Entry)

BAD_RANGE = 1004
NO_ENTRY = 1300
DUPLICATE = 1301

MAX_ENTRIES = 50_000
"""Of one list: scanners hold all lists of an account in memory."""

DIGEST_DIGITS = 32
"""128 bits: no two identities of one account will ever share them."""

_FOLDED = "title = ?, second = ?, word = ?, flags = ?, sought = ?"


class ListEdit(Generic[E]):
    """The open edit of one list; `begin_edit` makes one, `end` must be called."""

    def __init__(
        self, tx: Transaction, account: str, kind: ListKind[E], *, head: Head, now: datetime, most: int
    ) -> None:
        self._tx = tx
        self._account = account
        self._kind = kind
        self._head = head
        self._last = head.last
        self._now = now
        self._most = most
        self._free: int | None = None  # entries that still fit; None: not counted yet

    async def get(self, number: int) -> E:
        """An entry as it is now. Raises NotFound."""
        entry = await get_entry(self._tx, self._account, self._kind, number)
        if entry is None:
            raise self._not_there(number)
        return entry

    async def add(self, checked: Checked[E]) -> E:
        """A new entry; its number and times are given here. Raises Invalid for a duplicate or a full list."""
        free = await self._count_free()
        entry = replace(checked.entry, id=self._last + 1, created_at=self._now, modified_at=self._now)
        added = await self._tx.row(
            "INSERT INTO list_entry"
            " (account, list, number, identity, title, second, word, flags, sought, entry)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, list, identity) DO NOTHING"
            " RETURNING number",
            self._account,
            self._kind.name,
            entry.id,
            _digest(checked.identity),
            *self._kind.columns(entry),
            codec.encode(entry),
        )
        if added is None:
            raise await self._duplicate(checked.identity)
        self._last += 1
        self._free = free - 1
        return entry

    async def put(self, number: int, checked: Checked[E]) -> E:
        """Another content for an entry. Raises NotFound, or Invalid for a duplicate."""
        before = await self.get(number)
        entry = replace(checked.entry, id=number, created_at=before.created_at, modified_at=self._now)
        if await self._holder(checked.identity) not in {None, number}:
            raise await self._duplicate(checked.identity)
        await self._tx.execute(
            f"UPDATE list_entry SET identity = ?, {_FOLDED}, entry = ?"
            " WHERE account = ? AND list = ? AND number = ?",
            _digest(checked.identity),
            *self._kind.columns(entry),
            codec.encode(entry),
            self._account,
            self._kind.name,
            number,
        )
        return entry

    async def remove(self, number: int) -> None:
        """Raises NotFound."""
        removed = await self._tx.row(
            "DELETE FROM list_entry WHERE account = ? AND list = ? AND number = ? RETURNING number",
            self._account,
            self._kind.name,
            number,
        )
        if removed is None:
            raise self._not_there(number)
        if self._free is not None:
            self._free += 1

    async def end(self) -> None:
        """Make it a new version of the lists."""
        await write_head(self._tx, self._account, replace(self._head, last=self._last), self._now)

    async def _count_free(self) -> int:
        """Entries that still fit. Raises Invalid when there are none."""
        if self._free is None:
            statement = "SELECT count(*) FROM list_entry WHERE account = ? AND list = ?"
            count: Any = await self._tx.value(statement, self._account, self._kind.name)
            self._free = self._most - int(count)
        if self._free <= 0:
            text = f"{self._kind.name} is full: it holds at most {self._most} entries"
            raise Invalid(BAD_RANGE, text, pointer="")
        return self._free

    async def _holder(self, identity: str) -> int | None:
        number: Any = await self._tx.value(
            "SELECT number FROM list_entry WHERE account = ? AND list = ? AND identity = ?",
            self._account,
            self._kind.name,
            _digest(identity),
        )
        return number  # type: ignore[no-any-return]  # a column of integers

    async def _duplicate(self, identity: str) -> Invalid:
        number = await self._holder(identity)
        text = f"{self._kind.name} holds the same already: entry {number}"
        return Invalid(DUPLICATE, text, pointer=f"/{self._kind.blamed}")

    def _not_there(self, number: int) -> NotFound:
        return NotFound(NO_ENTRY, f"There is no entry {number} in {self._kind.name} of this account")


async def begin_edit(
    tx: Transaction, account: str, kind: ListKind[E], *, now: datetime, most: int = MAX_ENTRIES
) -> ListEdit[E]:
    """Nobody else changes a list of the account until the end of the work."""
    return ListEdit(tx, account, kind, head=await lock_head(tx, account), now=now, most=most)


def _digest(identity: str) -> str:
    """Short, because indexes of PostgreSQL take no long texts."""
    return sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_DIGITS]
