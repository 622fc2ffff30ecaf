"""Starts the API alone, over a store that is filled first, with new mail arriving all the time.

Usage: python -m tests.system.api_server FOLDER MESSAGES
Prints one JSON line when it listens: base_url, account, token, made (ids, oldest first). Ends on SIGTERM or
when its standard input ends.
"""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import structlog
import uvloop

from lazaretto.api.app import build_api
from lazaretto.api.server import build_server
from tests.wire.samples import ACCOUNT
from tests.wire.seed import services, world

ARRIVAL_SECONDS = 0.05


async def main(folder: Path, messages: int) -> None:
    async with world(folder) as filled:
        made = await filled.put_many(messages)
        api = services(filled)
        server = build_server(build_api(api), api.options)
        listening = socket.create_server(("127.0.0.1", 0))
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGTERM, lambda: setattr(server, "should_exit", True)
        )
        async with asyncio.TaskGroup() as group:
            arrivals = group.create_task(arrive(filled))
            watch = group.create_task(end_with_parent(server))
            host, port = listening.getsockname()
            base_url = f"http://{host}:{port}/client/v4"
            print(
                json.dumps({"base_url": base_url, "account": ACCOUNT, "token": filled.write, "made": made}),
                flush=True,
            )
            await server.serve(sockets=[listening])
            arrivals.cancel()
            watch.cancel()


async def arrive(filled) -> None:
    while True:
        await filled.put_many(1)
        await asyncio.sleep(ARRIVAL_SECONDS)


async def end_with_parent(server) -> None:
    ended = asyncio.Event()

    def read() -> None:
        if not sys.stdin.buffer.read1(1024):
            ended.set()

    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), read)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    server.should_exit = True


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    uvloop.run(main(Path(sys.argv[1]), int(sys.argv[2])))
