"""Fixtures that more than one folder needs."""

from collections.abc import Iterator

import pytest

from tests.helpers.postgres import INSTALL, Server, installed, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One PostgreSQL server for all tests."""
    if not installed():
        pytest.skip(f"PostgreSQL is missing: {INSTALL}")
    with running_server() as server:
        yield server
