"""SQLite: one thread that writes, a few that read, and one fsync for all works that wait.

Rules. The writing thread takes all works that are waiting, runs each inside a savepoint of one transaction,
commits once, and only then tells their callers. A work that raises loses its own savepoint; a commit that
fails fails them all. A work is a coroutine whose awaits never suspend, so it is driven by hand.
A caller that is cancelled while its work waits takes the work with it; once begun the work is finished.

Limits: other processes may write as well, and then they wait for each other up to BUSY_SECONDS.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import apsw

from lazaretto.store.errors import Closed, ForeignAwait, WrongStore
from lazaretto.store.migrate import migrate
from lazaretto.store.transaction import Dialect, Row, Transaction, Value

MAX_BATCH = 64
"""Works in one commit: bounds how long the first of them waits, and how many fail with the commit."""

READERS = 4
"""Threads that read."""

BUSY_SECONDS = 30
"""How long to wait for another process that writes."""

BUSY_PAUSE = 0.02
"""Seconds between two tries where SQLite does not wait by itself."""

STATEMENTS = 512
"""Prepared statements kept a connection: more than there are statements in the store."""

CHECKPOINT_PAGES = 8_000
"""The write-ahead log is carried into the database every 32 MB: less often than SQLite does by itself."""

JOURNAL_BYTES = 64 * 1024 * 1024
"""A write-ahead log that grew beyond this under load is cut back."""

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]


class SqliteTransaction:
    """A transaction on one connection, for one work."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection: apsw.Connection | None = connection

    async def rows(self, sql: str, *args: Value) -> list[Row]:
        """All rows of a statement."""
        return self._run(sql, args).fetchall()  # type: ignore[no-any-return]  # apsw has no types here

    async def row(self, sql: str, *args: Value) -> Row | None:
        """The first row, None when there is none."""
        return self._first(sql, args)

    async def value(self, sql: str, *args: Value) -> Value:
        """The first column of the first row, None when there is none."""
        row = self._first(sql, args)
        return row[0] if row else None

    async def execute(self, sql: str, *args: Value) -> None:
        """A statement whose rows do not matter."""
        self._run(sql, args).fetchall()

    async def many(self, sql: str, args: Iterable[Sequence[Value]]) -> None:
        """The same statement once for each of the arguments."""
        self._open().executemany(sql, args).fetchall()

    def end(self) -> None:
        """The work is over: a transaction that it kept for later must not work any more."""
        self._connection = None

    def _first(self, sql: str, args: tuple[Value, ...]) -> Row | None:
        rows = self._run(sql, args).fetchall()
        return rows[0] if rows else None

    def _run(self, sql: str, args: tuple[Value, ...]) -> Any:
        return self._open().execute(sql, args)

    def _open(self) -> apsw.Connection:
        if self._connection is None:
            raise ForeignAwait("the transaction was used after its work had ended")
        return self._connection


@dataclass(slots=True, eq=False)
class _Job:
    """A work with the place where its result is awaited."""

    work: Work[Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    problem: BaseException | None = None

    def tell(self) -> None:
        """Called in the caller's loop."""
        if self.future.done():
            return  # the caller was cancelled
        if self.problem is not None:
            self.future.set_exception(self.problem)
        else:
            self.future.set_result(self.result)


Jobs = queue.SimpleQueue[_Job | None]


@dataclass(slots=True, eq=False)
class _Lane:
    """Works on their way to threads. None in the queue ends one thread."""

    jobs: "Jobs" = field(default_factory=queue.SimpleQueue)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(
        self, name: str, run: "Callable[[Jobs, apsw.Connection], None]", connection: apsw.Connection
    ) -> None:
        thread = threading.Thread(target=run, args=(self.jobs, connection), name=name, daemon=True)
        self.threads.append(thread)
        thread.start()

    def stop(self) -> None:
        for _ in self.threads:
            self.jobs.put(None)
        for thread in self.threads:
            thread.join()


class SqliteDatabase:
    """An open SQLite store."""

    dialect: Dialect = "sqlite"

    def __init__(self, writer: apsw.Connection, readers: Sequence[apsw.Connection]) -> None:
        self._closed = False
        self._writer, self._readers = _Lane(), _Lane()
        self._writer.start("store-writer", _write_all, writer)
        for number, reader in enumerate(readers):
            self._readers.start(f"store-reader-{number}", _read_all, reader)

    async def write(self, work: Work[T]) -> T:
        """Run a work in the next commit."""
        return await self._send(self._writer, work)

    async def read(self, work: Work[T]) -> T:
        """Run a work on a read-only connection."""
        return await self._send(self._readers, work)

    async def close(self) -> None:
        """Finish all works that wait, then close the files."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._readers.stop)
            await asyncio.to_thread(self._writer.stop)  # last: the last connection clears the log away

    async def _send(self, lane: _Lane, work: Work[T]) -> T:
        if self._closed:
            raise Closed("the store is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        lane.jobs.put(_Job(work, loop, future))
        return await future


async def open_sqlite(path: Path) -> SqliteDatabase:
    """Open or create the file, bring its tables up to date, start the threads. Raises WrongStore."""
    return await asyncio.to_thread(_open_all, path)


def connect(path: Path, *, read_only: bool = False) -> apsw.Connection:
    """A connection with our settings."""
    flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags, statementcachesize=STATEMENTS)
    connection.set_busy_timeout(BUSY_SECONDS * 1000)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32000")
    if not read_only:
        _use_log(connection)
        connection.execute("PRAGMA synchronous = FULL")  # a commit that returned is on the disk
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {JOURNAL_BYTES}")
    return connection


def _use_log(connection: apsw.Connection) -> None:
    """Switch to WAL. SQLite does not wait here by itself when another process does the same at once."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except apsw.BusyError:
            if time.monotonic() > end:
                raise
            time.sleep(BUSY_PAUSE)
        else:
            return


def _open_all(path: Path) -> SqliteDatabase:
    """The writer first: it makes the file and the tables that readers need."""
    opened: list[apsw.Connection] = []
    try:
        path.touch(mode=0o600)  # mail is nobody else's business; the log beside it gets the same mode
        opened.append(connect(path))
        _upgrade(opened[0])
        opened += [connect(path, read_only=True) for _ in range(READERS)]
    except BaseException as problem:
        for connection in opened:
            connection.close()
        if not isinstance(problem, apsw.Error | OSError):
            raise
        raise WrongStore(f"cannot use {path} as a store ({problem}): mend it or change store.url") from None
    return SqliteDatabase(opened[0], opened[1:])


def _upgrade(connection: apsw.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        drive(migrate, SqliteTransaction(connection))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _write_all(jobs: Jobs, connection: apsw.Connection) -> None:
    try:
        while batch := _take(jobs):
            _commit_together(connection, batch)
            _tell(batch)
    finally:
        connection.close()


def _read_all(jobs: Jobs, connection: apsw.Connection) -> None:
    try:
        while (job := jobs.get()) is not None:
            if not job.future.cancelled():
                _read_one(connection, job)
                _tell([job])
    finally:
        connection.close()


def drive(work: Work[T], tx: SqliteTransaction) -> T:
    """Run a work to its end without an event loop. Raises ForeignAwait when it waits for anything else."""
    steps = work(tx).__await__()
    try:
        awaited = next(steps)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]  # the value of the work
    finally:
        tx.end()
    steps.close()
    raise ForeignAwait(f"a work may await only its transaction, and this one awaited {awaited!r}")


def _take(jobs: Jobs) -> list[_Job]:
    """All works that wait, at least one; nothing when the lane ends."""
    taken: list[_Job] = []
    job = jobs.get()
    while job is not None:
        taken.append(job)
        if len(taken) == MAX_BATCH or jobs.empty():
            return taken
        job = jobs.get()
    if taken:
        jobs.put(None)  # finish these first
    return taken


def _commit_together(connection: apsw.Connection, jobs: list[_Job]) -> None:
    """Run the works and commit them; on return each has a result or a problem."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            if not job.future.cancelled():
                _write_one(connection, job)
        connection.execute("COMMIT")
    except BaseException as problem:  # noqa: BLE001  # whatever it is, no caller may believe in a commit
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for job in jobs:
            job.problem = job.problem or problem


def _write_one(connection: apsw.Connection, job: _Job) -> None:
    connection.execute("SAVEPOINT work")
    try:
        job.result = drive(job.work, SqliteTransaction(connection))
    except BaseException as problem:  # noqa: BLE001  # it belongs to the caller
        job.problem = problem
        connection.execute(
            "ROLLBACK TO work"
        )  # raises when a full disk already ended the transaction: all fail
    connection.execute("RELEASE work")


def _read_one(connection: apsw.Connection, job: _Job) -> None:
    try:
        connection.execute("BEGIN")
        job.result = drive(job.work, SqliteTransaction(connection))
    except BaseException as problem:  # noqa: BLE001  # it belongs to the caller
        job.problem = problem
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _tell(jobs: list[_Job]) -> None:
    for job in jobs:
        try:
            job.loop.call_soon_threadsafe(job.tell)
        except RuntimeError:
            continue  # the loop is closed: nobody waits any more
