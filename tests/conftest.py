"""Fixtures that more than one folder needs."""

import socket
from collections.abc import Iterator

import pytest
import structlog

from tests.helpers.postgres import INSTALL, Server, installed, running_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One PostgreSQL server for all tests."""
    if not installed():
        pytest.skip(f"PostgreSQL is missing: {INSTALL}")
    with running_server() as server:
        yield server


@pytest.fixture(autouse=True)
def own_log() -> None:
    """A command that ran in this process sends its lines to a stream that ended with its test."""
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def network_off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only tests that are marked as system tests may open connections."""
    if request.node.get_closest_marker("system") is not None:
        return

    def refuse(_socket: socket.socket, address: object) -> None:
        raise AssertionError(f"a test that is not marked `system` wants to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
