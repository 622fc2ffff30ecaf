"""One kind of settings: how its entries are read, shown and kept.

`operations` makes the operations of the API from it, which are the same for all kinds.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from lazaretto.api import codes
from lazaretto.api.wire.settings.entry import ListQuery, number_of
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.store.database import Transaction

E = TypeVar("E")
K = TypeVar("K")
Entry_co = TypeVar("Entry_co", covariant=True)
Draft_contra = TypeVar("Draft_contra", contravariant=True)

MAX_CHANGES = 5_000
"""Changes of one batch or import: on SQLite mail waits while they are made."""


class Edit(Protocol[Entry_co, Draft_contra]):
    """The open changes of one work. Refusals name fields of one entry; nothing stays when one is raised."""

    async def get(self, number: int) -> Entry_co:
        """Raises NotFound."""

    async def add(self, draft: Draft_contra) -> Entry_co:
        """Raises Invalid for a duplicate."""

    async def put(self, number: int, draft: Draft_contra) -> Entry_co:
        """Raises NotFound, or Invalid for a duplicate."""

    async def remove(self, number: int) -> None:
        """Raises NotFound."""

    async def end(self) -> None:
        """After the last change."""


class Shelf(Protocol[Entry_co, Draft_contra]):
    """Where the entries of one kind are kept."""

    async def get(self, tx: Transaction, account: str, number: int) -> Entry_co | None:
        """One entry."""

    async def find(self, tx: Transaction, account: str, query: Any) -> tuple[Sequence[Entry_co], int]:
        """A page, and how many entries fit in all."""

    async def find_all(self, tx: Transaction, account: str, query: Any) -> Sequence[Entry_co]:
        """All entries that fit."""

    async def edit(self, tx: Transaction, account: str, now: datetime) -> Edit[Entry_co, Draft_contra]:
        """Begin to change entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource(Generic[E, K]):
    """One kind of settings. E is an entry, K is one that was read, checked and not kept yet."""

    word: str  # in the path
    key: str  # what the path calls an id
    noun: str  # without an article
    plural: str
    query: type[ListQuery]
    fields: type[msgspec.Struct]  # body of POST and PUT
    patch: type[msgspec.Struct]  # body of PATCH
    shown: type[msgspec.Struct]
    show: Callable[[E], msgspec.Struct]
    read: Callable[[Any], K]  # of the fields; raises Invalid
    merge: Callable[[E, Any], K]  # an entry as a patch wants it; raises Invalid
    shelf: Shelf[E, K]
    columns: tuple[str, ...] = ()  # of CSV; none: there is no CSV
    replacement: type[msgspec.Struct] | None = None  # body of PUT, where it is not that of POST
    takes_arrays: bool = False  # POST of an array gives an array


@contextmanager
def at(place: str) -> Iterator[None]:
    """Refusals of one entry name its place as well."""
    try:
        yield
    except NotFound as refusal:
        raise NotFound(refusal.code, refusal.public, pointer=f"{place}/id") from None
    except Invalid as refusal:
        pointer = place + (refusal.pointer or "")
        raise Invalid(refusal.code, refusal.public, pointer=pointer) from None


def no_entry(resource: Resource[E, K], reference: str, pointer: str) -> NotFound:
    """The refusal for an id that this account does not have."""
    shown = f" {reference}" if number_of(reference) is not None else " of this id"
    text = f"There is no {resource.noun}{shown} in this account"
    return NotFound(codes.NO_SETTING, text, pointer=pointer)


def number_in(resource: Resource[E, K], reference: str | int, pointer: str) -> int:
    """The number of an id. Raises NotFound for text that is none."""
    number = number_of(reference)
    if number is None:
        raise no_entry(resource, str(reference), pointer)
    return number


def check_count(count: int, pointer: str) -> None:
    """Not too much for one transaction."""
    if count > MAX_CHANGES:
        raise Invalid(codes.BAD_RANGE, f"At most {MAX_CHANGES} changes can be made at once", pointer=pointer)
