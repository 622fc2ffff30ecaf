"""Four generations of the official SDK, each in its own environment, against the whole program.

The mail comes in through SMTP, and goes on coming in while the SDKs list it.
What must be found is what the SMTP replies promised.
"""

import asyncio
import json
import subprocess
import threading
from collections import Counter
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest
from tools.sdk_environments import VERSIONS, interpreter

from tests.helpers.load import GTUBE, Wire
from tests.helpers.program import Program
from tests.helpers.sink import sink as running_sink

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(900)]

MESSAGES = 2_500
CLIENTS = 8
PER_PAGE = 100
ARRIVAL_SECONDS = 0.05
DRIVER = Path(__file__).with_name("sdk_driver.py")
DRIVE_SECONDS = 120
RECIPIENT = "user@corp.example"


def letter(number: int) -> bytes:
    """A held message, each with bytes of its own."""
    return (
        f"From: Bob <bob@sender.example>\r\nTo: {RECIPIENT}\r\nSubject: Offer {number}\r\n"
        f"Message-ID: <{number}@sender.example>\r\n\r\n{GTUBE}\r\n"
    ).encode()


async def send(port: int, numbers) -> list[str]:
    """Send messages on one connection; their queue ids."""
    async with Wire(port) as wire:
        return [await wire.send("bob@sender.example", [RECIPIENT], letter(n)) for n in numbers]


async def arrive(port: int) -> None:
    """New mail, all the time."""
    number = MESSAGES
    while True:
        await send(port, [number := number + 1])
        await asyncio.sleep(ARRIVAL_SECONDS)


@contextmanager
def in_background():
    """An event loop in a thread, for a next hop and for mail that arrives while the test waits."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    started = []  # a loop knows its tasks only weakly

    def run(coroutine):
        started.append(asyncio.run_coroutine_threadsafe(coroutine, loop))
        return started[-1]

    try:
        yield run
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The program with its mail, and where it is."""
    program = Program(tmp_path_factory.mktemp("sdk"))
    listening = Future()

    async def next_hop():
        async with running_sink() as sink:
            listening.set_result(sink.port)
            await asyncio.Event().wait()

    with in_background() as run:
        run(next_hop())
        account, token = program.set_up(f"127.0.0.1:{listening.result(10)}")
        program.start()
        parts = [run(send(program.smtp, range(i, MESSAGES, CLIENTS))) for i in range(CLIENTS)]
        made = [queue_id for part in parts for queue_id in part.result(300)]
        arriving = run(arrive(program.smtp))
        base_url = f"http://127.0.0.1:{program.http}/client/v4"
        yield {"base_url": base_url, "account": account, "token": token, "made": made, "program": program}
        arriving.cancel()
        program.stop()


def drive(version, server, held):
    """Run the driver under one version of the SDK; what it saw."""
    wish = {key: server[key] for key in ("base_url", "account", "token")}
    done = subprocess.run(
        [interpreter(version), "-W", "ignore", str(DRIVER)],
        input=json.dumps({**wish, "per_page": PER_PAGE, "held": held}),
        capture_output=True,
        text=True,
        timeout=DRIVE_SECONDS,
        check=False,
    )
    assert 0 == done.returncode, done.stderr[-3000:]
    return json.loads(done.stdout)


def investigate_id(server, queue_id):
    """The long id of a message that SMTP named by its queue id."""
    path = f"/client/v4/accounts/{server['account']}/email-security/investigate/{queue_id}"
    status, body = server["program"].get(path, server["token"])
    assert 200 == status, body
    return json.loads(body)["result"]["id"]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_sdk_does_its_work(server, version):
    """Lists by page and by cursor with nothing twice and nothing missed, reads one message, releases it."""
    held = investigate_id(server, server["made"][VERSIONS.index(version)])
    seen = drive(version, server, held)

    assert version == seen["version"]
    for way in ("by_page", "by_cursor", "by_cursor_pager"):
        found = [one.split("-")[0] for one in seen[way]]
        assert [] == [twice for twice, times in Counter(found).items() if times > 1], way
        assert [] == sorted(set(server["made"]) - set(found)), way
    assert held == seen["get"]["id"] == seen["get_by_queue_id"]
    assert "SPAM" == seen["get"]["final_disposition"]
    assert "QUARANTINED" == seen["detections"]["action"]
    assert letter(0)[:20].decode() == seen["raw"][:20]
    assert seen["trace"]["inbound"]["lines"]
    assert [RECIPIENT] == seen["released"][0]["delivered"]
    assert ([], [RECIPIENT]) == (
        seen["released_again"][0]["delivered"],
        seen["released_again"][0]["undelivered"],
    )
    assert [404, 1100] == seen["not_found"]
    assert [400, 1004, "start"] == seen["bad_start"]
