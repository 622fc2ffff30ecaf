"""The shelf of the lists: where entries of allow policies, blocked senders and their like are kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from lazaretto.api import codes
from lazaretto.api.query import MAX_WORDS
from lazaretto.api.settings.resource import Edit
from lazaretto.api.wire.settings.entry import ListQuery, given
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import Entry
from lazaretto.policy.entries import Checked, check_entry
from lazaretto.store.database import Transaction
from lazaretto.store.list_edit import MAX_ENTRIES, begin_edit
from lazaretto.store.list_kinds import ListKind
from lazaretto.store.lists import ListSearch, count_list, get_entry, search_list

E = TypeVar("E", bound=Entry)
Read = Callable[[Any], Mapping[str, Any]]

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When an entry was made that is not kept yet."""


@dataclass(frozen=True, slots=True)
class ListShelf(Generic[E]):
    """One list of the store."""

    kind: ListKind[E]
    most: int = MAX_ENTRIES

    async def get(self, tx: Transaction, account: str, number: int) -> E | None:
        """One entry."""
        return await get_entry(tx, account, self.kind, number)

    async def find(self, tx: Transaction, account: str, query: ListQuery) -> tuple[Sequence[E], int]:
        """A page, and how many entries fit in all."""
        wanted, wish = self._wanted(query), query.wish
        page = await search_list(tx, account, self.kind, wanted, offset=wish.offset, limit=wish.per_page)
        return page, await count_list(tx, account, self.kind, wanted)

    async def find_all(self, tx: Transaction, account: str, query: ListQuery) -> Sequence[E]:
        """All entries that fit."""
        return await search_list(tx, account, self.kind, self._wanted(query), offset=0, limit=self.most)

    async def edit(self, tx: Transaction, account: str, now: datetime) -> Edit[E, Checked[E]]:
        """Begin to change entries."""
        return await begin_edit(tx, account, self.kind, now=now, most=self.most)

    def _wanted(self, query: ListQuery) -> ListSearch:
        kind, order = self.kind, getattr(query, "order", "")
        flags = {name: value for name in kind.flags if (value := getattr(query, name, None)) is not None}
        return ListSearch(
            words=_words(query.search or ""),
            title=getattr(query, kind.title, None),
            word=getattr(query, kind.word, None) if kind.word else None,
            flags=tuple(flags.items()),
            order="title" if order == kind.title else "second" if order == kind.second else "number",
            descending=query.direction == "desc",
        )


def reader(kind: ListKind[E], values: Read = given) -> Callable[[msgspec.Struct], Checked[E]]:
    """Reads the body of a POST or PUT. `values` gives the fields of the entry."""
    return lambda fields: check_entry(kind.type(id=0, created_at=NEVER, modified_at=NEVER, **values(fields)))


def merger(values: Read = given) -> Callable[[E, msgspec.Struct], Checked[E]]:
    """Reads the body of a PATCH over the entry that it is for."""
    return lambda entry, patch: check_entry(replace(entry, **values(patch)))


def _words(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(text.split()))
    if len(words) > MAX_WORDS:
        raise Invalid(codes.BAD_RANGE, f"search has more than {MAX_WORDS} words", pointer="search")
    return words
