"""Every test that asks for `database` runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lazaretto.store.accounts import add_account
from lazaretto.store.database import Database, open_database
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest_asyncio.fixture
async def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Where an empty store with all tables is."""
    if kind == "sqlite":
        yield f"sqlite://{tmp_path}/store.db"
        return
    server = request.getfixturevalue("postgres")
    address = await server.create()
    yield address
    await server.drop(address)


@pytest_asyncio.fixture
async def empty(url: str) -> AsyncIterator[Database]:
    """An open store without any account."""
    database = await open_database(url)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def database(empty: Database) -> Database:
    """An open store with two accounts."""
    await empty.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    await empty.write(lambda tx: add_account(tx, "two", now=NOW, id=OTHER_ACCOUNT))
    return empty
