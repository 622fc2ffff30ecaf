"""A body of 100 MiB is refused before it is read, whether its length is told or not."""

import json
import socket

import pytest

from tests.suites.maker import BASE
from tests.suites.server import running

pytestmark = [pytest.mark.system]

SIZE = 100 * 1024 * 1024
PIECE = b"x" * 65_536
ENOUGH = 16 * 1024 * 1024
"""Bytes that may lie in the buffers of both ends; far less than the body."""

SECONDS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("large"), plain=True) as running_server:
        yield running_server


def connect(server, *headers):
    """A connection that has sent the head of a request."""
    port = int(server["base_url"].rpartition(":")[2].partition("/")[0])
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    lines = [
        f"POST {BASE}/investigate/release HTTP/1.1",
        "Host: lazaretto.test",
        f"Authorization: Bearer {server['token']}",
        "Content-Type: application/json",
        *headers,
    ]
    connection.sendall("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n")
    return connection


def answer(connection):
    """Status and code of what comes back, up to the end of the connection."""
    octets = b""
    try:
        while piece := connection.recv(65_536):
            octets += piece
    except ConnectionResetError:
        pass  # what had come before is there
    head, _, body = octets.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["errors"][0]["code"]


def test_a_length_that_is_too_large(server):
    """The head is enough; nothing of the body is waited for."""
    with connect(server, f"Content-Length: {SIZE}") as connection:
        refused = answer(connection)

    assert refused == (413, 1006)


def test_a_body_without_a_length(server):
    """It is counted; the server stops reading long before the end."""
    sent = 0
    with connect(server, "Transfer-Encoding: chunked") as connection:
        try:
            while sent < SIZE:
                connection.sendall(b"%x\r\n%b\r\n" % (len(PIECE), PIECE))
                sent += len(PIECE)
        except (ConnectionResetError, BrokenPipeError):
            pass

    assert sent < ENOUGH
