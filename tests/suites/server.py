"""A server with mail in it, for test suites that know nothing of us.

    python -m tests.suites.server [--plain] FOLDER

Prints one JSON line (base_url, account, token, and ids of what is there), serves until standard input ends, and
prints which made-up values of the documentation it replaced, and how often.
It is the real application over a real store; `--plain` leaves out the layer that makes examples real.
"""

import asyncio
import json
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from lazaretto.api.app import build_api
from lazaretto.api.server import build_server
from lazaretto.model.access import Role
from lazaretto.store import credentials
from tests.suites import examples
from tests.suites.maker import Maker
from tests.suites.picture import Grey
from tests.suites.stand_in import StandIn
from tests.wire.samples import ACCOUNT
from tests.wire.seed import AcceptingHop, services, world

MESSAGES = 30
START_SECONDS = 60
STOP_SECONDS = 20
ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def seeded(folder: Path, *, messages: int = MESSAGES):
    """The application with the example credentials, and the layer around it."""
    async with world(folder) as made:
        await made.database.write(_example_credentials)
        hop = AcceptingHop(made.database)
        app = build_api(replace(services(made, failure_limit=0), release=hop, renderer=Grey()))
        maker = Maker(app, made, hop)
        try:
            await made.put_many(messages)
            yield made, app, StandIn(app, maker)
        finally:
            await maker.close()


async def _example_credentials(tx) -> None:
    now = datetime.now(UTC)
    await credentials.add_token(
        tx,
        ACCOUNT,
        name="example key",
        role=Role.ADMIN,
        now=now,
        kind="key",
        email=examples.KEY_EMAIL,
        secret=examples.KEY,
    )
    await credentials.add_token(
        tx, ACCOUNT, name="example token", role=Role.ADMIN, now=now, secret=examples.TOKEN
    )


async def serve(folder: Path, *, plain: bool) -> None:
    async with seeded(folder) as (made, app, layer):
        listening = socket.create_server(("127.0.0.1", 0))
        server = build_server(app if plain else layer, services(made).options)
        hello = {
            "base_url": f"http://127.0.0.1:{listening.getsockname()[1]}/client/v4",
            "account": ACCOUNT,
            "token": made.write,
        }
        print(json.dumps(hello), flush=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listening]))
            await asyncio.to_thread(sys.stdin.read)
            server.should_exit = True
        print(json.dumps(dict(layer.substituted)), flush=True)


@contextmanager
def running(folder: Path, *, plain: bool = False):
    """The server in a process of its own; gives what it said of itself."""
    words = ["--plain"] if plain else []
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.suites.server", *words, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=ROOT,
    )
    try:
        first = process.stdout.readline()
        assert first, (folder / "server.log").read_text()[-3000:]
        hello = json.loads(first)
        yield hello
        said, _ = process.communicate(timeout=STOP_SECONDS)
        hello["substituted"] = json.loads(said or b"{}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stdin.close()
        log.close()


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(serve(Path(sys.argv[-1]), plain="--plain" in sys.argv))
