"""The thin interface that store functions are written against, the same for both databases.

Rules. SQL is written once, with `?` for parameters, in the subset that both databases share.
A work does nothing but await its transaction: on SQLite it is driven by hand in the writer's thread, together
with others, and all of them are committed at once. On PostgreSQL it may be run again after a serialization
failure. So it must not have effects outside the transaction.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal, Protocol, TypeVar

Dialect = Literal["sqlite", "postgres"]
Value = str | int | float | bytes | None
Row = tuple[Value, ...]
T = TypeVar("T")


class Transaction(Protocol):
    """What a store function works with. Valid only while its work runs."""

    @property
    def dialect(self) -> Dialect:
        """Which database it is, for the few statements that differ."""

    async def rows(self, sql: str, *args: Value) -> list[Row]:
        """All rows of a statement."""

    async def row(self, sql: str, *args: Value) -> Row | None:
        """The first row, None when there is none."""

    async def value(self, sql: str, *args: Value) -> Value:
        """The first column of the first row, None when there is none."""

    async def execute(self, sql: str, *args: Value) -> None:
        """A statement whose rows do not matter."""

    async def many(self, sql: str, args: Iterable[Sequence[Value]]) -> None:
        """The same statement once for each of the arguments."""


class Database(Protocol):
    """An open store."""

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a work in a transaction; durable when this returns. Nothing stays when the work raises."""

    async def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run a work that only reads, on one consistent view."""

    async def close(self) -> None:
        """Finish what was begun and let go of everything. Works that come later raise Closed."""
