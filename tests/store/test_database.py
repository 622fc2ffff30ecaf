"""The interface to both databases: transactions, waiting, ending, and what each refuses."""

import asyncio
import threading

import pytest

from lazaretto.store import sqlite
from lazaretto.store.database import open_database
from lazaretto.store.errors import Closed, ForeignAwait, WrongStore
from lazaretto.store.migrate import migrate, migrations
from lazaretto.store.postgres import numbered

INSERT = "INSERT INTO clock (scope, position) VALUES (?, ?)"
READ = "SELECT scope, position FROM clock ORDER BY scope"


def insert(scope, position=1):
    return lambda tx: tx.execute(INSERT, scope, position)


async def rows(database):
    return await database.read(lambda tx: tx.rows(READ))


async def test_what_is_written_is_read(empty):
    """Rows, one row, one value and nothing, in the types of Python."""
    await empty.write(lambda tx: tx.many(INSERT, [("a", 1), ("b", 2**62)]))

    async def look(tx):
        return (
            await tx.rows(READ),
            await tx.row(READ),
            await tx.value("SELECT position FROM clock WHERE scope = ?", "b"),
            await tx.row("SELECT scope FROM clock WHERE scope = ?", "c"),
            await tx.value("SELECT scope FROM clock WHERE scope = ?", "c"),
        )

    assert ([("a", 1), ("b", 2**62)], ("a", 1), 2**62, None, None) == await empty.read(look)


async def test_a_reader_cannot_write(empty):
    """Reads are read-only for the database too."""
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await empty.read(insert("a"))


async def test_a_work_that_raises_takes_nothing_with_it(empty):
    """Of many works at once the failing ones leave nothing and the others all of theirs."""

    async def work(tx, number):
        await tx.execute(INSERT, f"{number:02}", number)
        if number % 3 == 0:
            raise KeyError(number)
        return number

    results = await asyncio.gather(
        *(empty.write(lambda tx, n=n: work(tx, n)) for n in range(30)), return_exceptions=True
    )

    good = [n for n in range(30) if n % 3]

    assert good == [result for result in results if isinstance(result, int)]
    assert [n for n in range(30) if n % 3 == 0] == [r.args[0] for r in results if isinstance(r, KeyError)]
    assert [(f"{n:02}", n) for n in good] == await rows(empty)


async def test_an_error_of_the_database_concerns_one_work(empty):
    """A constraint that fails, and SQL that is none, do not spoil the works beside it."""
    results = await asyncio.gather(
        empty.write(insert("a")),
        empty.write(insert("a")),
        empty.write(lambda tx: tx.execute("NONSENSE")),
        empty.write(insert("b")),
        return_exceptions=True,
    )

    assert 2 == sum(isinstance(result, Exception) for result in results)
    assert [("a", 1), ("b", 1)] == await rows(empty)


async def test_a_read_sees_one_moment(empty):
    """Two statements of one read agree, whatever is written between them."""
    await empty.write(insert("a"))
    between = threading.Event()

    async def look(tx):
        before = await tx.value("SELECT count(*) FROM clock")
        loop.call_soon_threadsafe(between.set)
        while empty.dialect == "sqlite" and not written.is_set():
            await tx.value("SELECT 1")
        if empty.dialect == "postgres":
            await asyncio.sleep(0.2)
        return before, await tx.value("SELECT count(*) FROM clock")

    loop, written = asyncio.get_running_loop(), threading.Event()
    reading = asyncio.ensure_future(empty.read(look))
    while not between.is_set():
        await asyncio.sleep(0.001)
    await empty.write(insert("b"))
    written.set()

    assert (1, 1) == await reading
    assert 2 == len(await rows(empty))


async def test_a_cancelled_caller_harms_nobody(empty):
    """Cancelling some of many writers leaves the store and the others in order."""
    tasks = [asyncio.ensure_future(empty.write(insert(f"{n:02}"))) for n in range(40)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await empty.write(insert("zz"))
    kept = {scope for scope, _ in await rows(empty)}

    assert [None] * 20 == results[1::2]
    assert {f"{n:02}" for n in range(1, 40, 2)} | {"zz"} <= kept


async def test_works_that_wait_are_done_before_closing(url):
    """Closing finishes what was begun; later works are refused; closing twice is fine."""
    database = await open_database(url)
    works = [asyncio.ensure_future(database.write(insert(f"{n}"))) for n in range(5)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    results = await asyncio.gather(*works, return_exceptions=True)
    with pytest.raises(Closed):
        await database.write(insert("late"))
    with pytest.raises(Closed):
        await database.read(lambda tx: tx.rows(READ))
    again = await open_database(url)
    kept = await rows(again)
    await again.close()

    assert [None] * 5 == results
    assert [(f"{n}", 1) for n in range(5)] == kept


async def test_opening_again_changes_nothing(url):
    """Migrations are applied once, and two servers that start at once agree."""
    stores = await asyncio.gather(open_database(url), open_database(url))
    applied = await stores[0].read(
        lambda tx: tx.rows("SELECT number, name FROM schema_version ORDER BY number")
    )
    for store in stores:
        await store.close()

    assert [(step.number, step.name) for step in migrations()] == applied


async def test_a_store_of_a_newer_release_is_refused(url):
    """Tables that this release does not know must not be written by it."""
    database = await open_database(url)
    await database.write(
        lambda tx: tx.execute(
            "INSERT INTO schema_version (number, name, applied_at) VALUES (9999, 'future', 0)"
        )
    )
    await database.close()

    with pytest.raises(WrongStore, match=r"9999.*upgrade"):
        await open_database(url)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("mysql://x", "sqlite:///path or postgresql"),
        ("", "sqlite:///path or postgresql"),
        ("sqlite:///does/not/exist/at/all.db", "create it"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot connect"),
        ("postgresql://[", "store.url"),
    ],
)
@pytest.mark.system
async def test_a_wrong_url_says_what_to_do(wrong, told):
    """One sentence, no traceback of a driver."""
    with pytest.raises(WrongStore, match=told):
        await open_database(wrong)


async def test_a_file_that_is_no_store_is_refused(tmp_path):
    """Something else under that name is not touched."""
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear reader, this is no database. " * 100)

    with pytest.raises(WrongStore, match=r"store\.url"):
        await open_database(f"sqlite://{path}")
    assert path.read_bytes().startswith(b"Dear reader")


async def test_a_folder_may_have_any_name(tmp_path):
    """What is special in a URL is not special in a path."""
    folder = tmp_path / "50% of #mail? yes"
    folder.mkdir()
    database = await open_database(f"sqlite://{folder}/store.db")
    await database.close()

    assert (folder / "store.db").exists()


async def test_migrations_are_applied_from_empty(empty):
    """A store begins with nothing, and a second run of the migrations finds nothing to do."""
    before = await empty.read(lambda tx: tx.value("SELECT count(*) FROM schema_version"))
    await empty.write(migrate)

    assert (
        before
        == await empty.read(lambda tx: tx.value("SELECT count(*) FROM schema_version"))
        == len(migrations())
    )


class TestSqlite:
    """What only SQLite has: a thread that commits many works at once."""

    @pytest.fixture
    def kind(self):
        return "sqlite"

    async def test_waiting_works_share_one_commit(self, empty):
        """While one work holds the writer, all that arrive go into the next commit together."""
        entered, go_on, commits = threading.Event(), threading.Event(), []

        async def hold(tx):
            entered.set()
            go_on.wait(10)
            await tx.execute(INSERT, "first", 0)

        async def count(tx):
            commits.append(await tx.value("SELECT count(*) FROM clock"))
            await tx.execute(INSERT, f"{len(commits):02}", 1)

        def hook():
            commits.append("commit")
            return False

        holder = asyncio.ensure_future(empty.write(hold))
        await asyncio.to_thread(entered.wait, 10)
        others = [asyncio.ensure_future(empty.write(count)) for _ in range(10)]
        await asyncio.sleep(0.05)
        await self._set_commit_hook(empty, hook, go_on)
        await asyncio.gather(holder, *others)

        assert ["commit", *range(1, 11), "commit"] == commits

    async def _set_commit_hook(self, empty, hook, go_on):
        """Hooks are set by the work that is running: nobody else may touch the connection."""
        writer = next(thread for thread in empty._writer.threads)
        connection = writer._args[1] if hasattr(writer, "_args") else None
        assert connection is not None
        connection.set_commit_hook(hook)
        go_on.set()

    async def test_files_are_private(self, empty, tmp_path):
        """Other users of the machine cannot read mail."""
        await empty.write(insert("a"))

        assert {0o600} == {path.stat().st_mode & 0o777 for path in tmp_path.glob("store.db*")}

    async def test_more_works_than_a_batch(self, empty):
        """Several commits do what one cannot hold."""
        await asyncio.gather(*(empty.write(insert(f"{n:04}")) for n in range(3 * sqlite.MAX_BATCH)))

        assert 3 * sqlite.MAX_BATCH == len(await rows(empty))

    @pytest.mark.parametrize("how", ["write", "read"])
    async def test_waiting_for_something_else_is_an_error(self, empty, how):
        """A work that awaits the event loop is told so, and the thread goes on."""

        async def sleepy(tx):
            await tx.rows(READ)
            await asyncio.sleep(0)

        with pytest.raises(ForeignAwait, match="may await only its transaction"):
            await getattr(empty, how)(sleepy)
        await empty.write(insert("a"))

        assert [("a", 1)] == await rows(empty)

    async def test_a_transaction_does_not_outlive_its_work(self, empty):
        """Keeping it for later is told, not silently written somewhere."""
        kept = []

        async def keep(tx):
            kept.append(tx)

        await empty.write(keep)

        with pytest.raises(ForeignAwait, match="after its work"):
            await kept[0].execute(INSERT, "a", 1)

    async def test_a_commit_that_fails_fails_all_its_works(self, empty):
        """Nobody is told that it is durable."""
        go_on = threading.Event()

        async def hold(tx):
            go_on.wait(10)

        first = asyncio.ensure_future(empty.write(hold))
        await asyncio.sleep(0.05)
        works = [asyncio.ensure_future(empty.write(insert(f"{n}"))) for n in range(3)]
        await asyncio.sleep(0.05)
        calls = []

        def fail_the_second():
            calls.append(1)
            return len(calls) == 2

        await self._set_commit_hook(empty, fail_the_second, go_on)
        results = await asyncio.gather(first, *works, return_exceptions=True)
        await empty.write(insert("later"))

        assert results[0] is None
        assert 3 == sum(isinstance(result, Exception) for result in results)
        assert [("later", 1)] == await rows(empty)

    async def test_works_from_another_loop(self, empty):
        """Each caller is answered in its own event loop."""
        done = await asyncio.to_thread(lambda: asyncio.run(empty.write(insert("a"))))

        assert done is None
        assert [("a", 1)] == await rows(empty)


@pytest.mark.system
class TestPostgres:
    """What only PostgreSQL has: works that run at the same time and may get into each other's way."""

    @pytest.fixture
    def kind(self):
        return "postgres"

    async def test_works_that_block_each_other_are_run_again(self, empty):
        """Two works that lock two rows in opposite order both end well."""
        await empty.write(lambda tx: tx.many(INSERT, [("a", 0), ("b", 0)]))
        runs = []

        async def both(tx, first, second):
            runs.append(first)
            await tx.execute("UPDATE clock SET position = position + 1 WHERE scope = ?", first)
            await asyncio.sleep(0.1)
            await tx.execute("UPDATE clock SET position = position + 1 WHERE scope = ?", second)

        await asyncio.gather(
            empty.write(lambda tx: both(tx, "a", "b")), empty.write(lambda tx: both(tx, "b", "a"))
        )

        assert [("a", 2), ("b", 2)] == await rows(empty)
        assert len(runs) >= 3

    async def test_more_works_than_connections(self, empty):
        """They wait their turn."""
        await asyncio.gather(*(empty.write(insert(f"{n:03}")) for n in range(50)))

        assert 50 == len(await rows(empty))

    async def test_a_connection_that_is_cut_fails_its_work_only(self, empty):
        """The next work gets a fresh connection."""
        cut = "SELECT pg_terminate_backend(pg_backend_pid())"
        with pytest.raises(Exception, match=r"(?i)connection|terminat"):
            await empty.write(lambda tx: tx.execute(cut))
        await empty.write(insert("a"))

        assert [("a", 1)] == await rows(empty)


def test_parameters_are_numbered():
    """Each question mark becomes the next number."""
    assert "a = $1 AND b IN ($2, $3)" == numbered("a = ? AND b IN (?, ?)")
