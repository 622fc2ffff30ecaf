"""Every method of four generations of the official SDK, with strict validation, against the whole program."""

import asyncio
import json
import subprocess
from concurrent.futures import Future
from pathlib import Path

import pytest
from tools.sdk_environments import VERSIONS, interpreter

from tests.helpers.program import Program
from tests.helpers.sink import sink as running_sink
from tests.system.test_sdk_matrix import in_background, send

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(600)]

DRIVER = Path(__file__).with_name("sdk_calls_driver.py")
DRIVE_SECONDS = 200
MESSAGES = 2 * len(VERSIONS)
SPARE = 2

EXPECTED = {
    # No body names what is to be removed: everything is never meant.
    "settings.domains.bulk_delete": (400, 1002),
    # No renderer of pictures is installed.
    "investigate.preview.get": (422, 1105),
    "investigate.preview.create": (422, 1105),
    # The job may be over before it can be cancelled.
    "investigate.bulk.cancel.create": (400, 1202),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The program with a few held messages, and where it is."""
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
        made = run(send(program.smtp, range(MESSAGES))).result(60)
        base_url = f"http://127.0.0.1:{program.http}/client/v4"
        yield {"base_url": base_url, "account": account, "token": token, "made": made, "program": program}
        program.stop()


def ask(server, method, path, body=None):
    program, base = server["program"], f"/client/v4/accounts/{server['account']}/email-security"
    status, answer = (
        program.get(base + path, server["token"])
        if method == "GET"
        else program.post(base + path, server["token"], body)
    )
    assert status in (200, 201), answer
    return json.loads(answer)["result"]


def spare_domain(server, name):
    body = {
        "domain": name,
        "allowed_delivery_modes": ["DIRECT"],
        "drop_dispositions": [],
        "ip_restrictions": [],
        "regions": ["GLOBAL"],
    }
    return ask(server, "POST", "/settings/domains", body)["id"]


def drive(version, server, number):
    """Run the driver under one version of the SDK; what it saw."""
    wish = {key: server[key] for key in ("base_url", "account", "token")}
    held = ask(server, "GET", f"/investigate/{server['made'][2 * number]}")["id"]
    spare = [spare_domain(server, f"spare{number}-{one}.example") for one in range(SPARE)]
    done = subprocess.run(
        [interpreter(version), "-W", "ignore", str(DRIVER)],
        input=json.dumps({**wish, "held": held, "spare": spare}),
        capture_output=True,
        text=True,
        timeout=DRIVE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_method(server, version):
    """None is left out, none fails, and every answer fits the SDK's own types."""
    seen = drive(version, server, VERSIONS.index(version))
    failed = {name: outcome for name, outcome in seen["outcomes"].items() if outcome != "ok"}
    unexpected = {name: said for name, said in failed.items() if tuple(said[:2]) != EXPECTED.get(name)}

    assert seen["version"] == version
    assert unexpected == {}
    assert seen["missed"] == []
