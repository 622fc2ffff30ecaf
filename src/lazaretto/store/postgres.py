"""PostgreSQL: a pool of connections, one transaction a work.

Rules. Works write under READ COMMITTED and lock what they fold; they read one snapshot. A work that loses
against another one (serialization failure, deadlock) is run again a few times.

Limits: every work ends within WORK_SECONDS.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, TypeVar

import asyncpg

from lazaretto.store.errors import Closed, WrongStore
from lazaretto.store.migrate import migrate
from lazaretto.store.transaction import Dialect, Row, Transaction, Value

CONNECT_SECONDS = 10
"""Time for one connection to be made."""

WORK_SECONDS = 60
"""Time for one work with waiting for a connection: a work is a few statements, all of them bounded."""

CLOSE_SECONDS = 15
"""Time for works to end when the store is closed; then connections are cut."""

CONNECTIONS = 10
"""Most connections of one process."""

STATEMENTS = 512
"""Prepared statements kept a connection."""

MAX_TRIES = 5
"""How often a work is run that loses against others."""

RETRY_SECONDS = 0.01
"""Wait before the second try; doubled each time."""

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]
Connection = Any  # asyncpg has no types


class PostgresTransaction:
    """A transaction on one connection, for one work."""

    dialect: Dialect = "postgres"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, *args: Value) -> list[Row]:
        """All rows of a statement."""
        return [tuple(row) for row in await self._connection.fetch(numbered(sql), *args)]

    async def row(self, sql: str, *args: Value) -> Row | None:
        """The first row, None when there is none."""
        row = await self._connection.fetchrow(numbered(sql), *args)
        return None if row is None else tuple(row)

    async def value(self, sql: str, *args: Value) -> Value:
        """The first column of the first row, None when there is none."""
        row = await self.row(sql, *args)
        return row[0] if row else None

    async def execute(self, sql: str, *args: Value) -> None:
        """A statement whose rows do not matter."""
        await self._connection.fetch(numbered(sql), *args)

    async def many(self, sql: str, args: Iterable[Sequence[Value]]) -> None:
        """The same statement once for each of the arguments."""
        await self._connection.executemany(numbered(sql), args)


class PostgresDatabase:
    """An open PostgreSQL store."""

    dialect: Dialect = "postgres"

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._closed = False
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def write(self, work: Work[T]) -> T:
        """Run a work in a transaction of its own, again when it loses against another."""
        with self._counted():
            for number in range(MAX_TRIES - 1):
                try:
                    return await self._run(work, isolation="read_committed")
                except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                    await asyncio.sleep(RETRY_SECONDS * 2**number)
            return await self._run(work, isolation="read_committed")

    async def read(self, work: Work[T]) -> T:
        """Run a work on one snapshot."""
        with self._counted():
            return await self._run(work, isolation="repeatable_read", readonly=True)

    async def close(self) -> None:
        """Let works end, then close all connections."""
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._idle.wait()
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Closing waits for what is under way, and refuses what comes later."""
        if self._closed:
            raise Closed("the store is closed")
        self._under_way += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _run(self, work: Work[T], **options: Any) -> T:
        async with (
            asyncio.timeout(WORK_SECONDS),
            self._pool.acquire() as connection,
            connection.transaction(**options),
        ):
            return await work(PostgresTransaction(connection))


async def open_postgres(url: str) -> PostgresDatabase:
    """Connect and bring the tables up to date. Raises WrongStore."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=CONNECTIONS,
                statement_cache_size=STATEMENTS,
                timeout=CONNECT_SECONDS,
            )
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
        told = str(problem) or type(problem).__name__
        raise WrongStore(f"cannot connect to PostgreSQL ({told}): start it or change store.url") from None
    database = PostgresDatabase(pool)
    try:
        await database.write(migrate)
    except BaseException:
        await database.close()
        raise
    return database


@lru_cache(maxsize=4 * STATEMENTS)
def numbered(sql: str) -> str:
    """The statement with $1, $2, ... for each "?": none of our statements has one inside a literal."""
    first, *rest = sql.split("?")
    return first + "".join(f"${number}{piece}" for number, piece in enumerate(rest, 1))
