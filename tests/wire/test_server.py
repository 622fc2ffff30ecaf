"""The HTTP server's own limits, over real connections."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager, closing

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from lazaretto.api import codes
from lazaretto.api.options import ApiOptions
from lazaretto.api.server import MAX_HEAD, build_server

pytestmark = pytest.mark.system

WAIT = 5.0
BIG = 64 * 1024 * 1024


async def hello(request):
    await request.body()
    return PlainTextResponse("hello")


async def endless(request):
    async def pieces():
        for _ in range(BIG // 65536):
            yield b"x" * 65536

    return StreamingResponse(pieces())


@asynccontextmanager
async def running(**options):
    app = Starlette(routes=[Route("/", hello, methods=["GET", "POST"]), Route("/big", endless)])
    server = build_server(app, ApiOptions(**options))
    listening = socket.create_server(("127.0.0.1", 0))
    with closing(listening):
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listening]))
            try:
                yield server, listening.getsockname()[1]
            finally:
                server.should_exit = True


async def connect(port):
    return await asyncio.open_connection("127.0.0.1", port)


async def exchange(port, sent, *, answers=1):
    """Send, and read that many answers: (status, body) each."""
    reader, writer = await connect(port)
    try:
        writer.write(sent)
        async with asyncio.timeout(WAIT):
            return [await read_answer(reader) for _ in range(answers)]
    finally:
        writer.close()


async def read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return int(head.split()[1]), (await reader.readexactly(length)).decode()


def code(answer):
    return answer[0], json.loads(answer[1])["errors"][0]["code"]


GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def test_requests_one_after_another_and_all_at_once():
    """Keep-alive and pipelining stay as they are."""
    async with running() as (_, port):
        assert [(200, "hello")] * 3 == await exchange(port, GET * 3, answers=3)


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\nA B: c\r\n\r\n",
    ],
)
async def test_what_is_not_http(sent):
    """400 in the envelope; TLS on a plain port too."""
    async with running() as (_, port):
        (answer,) = await exchange(port, sent)

        assert (400, codes.MALFORMED_HTTP) == code(answer)


@pytest.mark.parametrize(
    "sent", [b"GET /" + b"a" * (MAX_HEAD + 1), b"GET / HTTP/1.1\r\nX: " + b"a" * (MAX_HEAD + 1)]
)
async def test_a_head_without_end(sent):
    """431 in the envelope, whether it is the URL or a header."""
    async with running() as (_, port):
        (answer,) = await exchange(port, sent)

        assert (431, codes.URI_TOO_LONG) == code(answer)


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n", GET + b"GE"])
async def test_a_head_that_does_not_end(sent):
    """408 after the time for heads, also for the second request of a connection."""
    async with running(head_seconds=0.2) as (_, port):
        answers = await exchange(port, sent, answers=2 if GET in sent else 1)

        assert (408, codes.TOO_SLOW) == code(answers[-1])


async def test_a_body_that_trickles_after_its_answer():
    """Nobody reads it any more: the connection ends, although bytes keep coming."""
    async with running(head_seconds=0.2) as (server, port):
        reader, writer = await connect(port)
        writer.write(b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        async with asyncio.timeout(WAIT):
            await read_answer(reader)
            while server.server_state.connections:
                writer.write(b"x")
                await asyncio.sleep(0.02)
        writer.close()


async def test_too_many_connections():
    """503 for the next one; the others go on."""
    async with running(connections=2) as (_, port):
        held = [await connect(port) for _ in range(2)]
        for _, writer in held:
            writer.write(GET)
        for reader, _ in held:
            await read_answer(reader)

        (answer,) = await exchange(port, GET)

        assert (503, codes.TRY_LATER) == code(answer)
        for _, writer in held:
            writer.close()


async def test_a_client_that_does_not_read():
    """Its answer waits for a bounded time, then the connection is dropped."""
    async with running(send_seconds=0.3) as (server, port):
        _, writer = await connect(port)
        writer.transport.pause_reading()
        writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(WAIT):
            await asyncio.sleep(0.1)
            while server.server_state.connections:
                await asyncio.sleep(0.02)
        writer.close()
