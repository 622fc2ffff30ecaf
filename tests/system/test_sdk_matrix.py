"""Four generations of the official SDK, each in its own environment, against a running server."""

import json
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from tools.sdk_environments import VERSIONS, interpreter

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(900)]

MESSAGES = 2_500
PER_PAGE = 100
DRIVER = Path(__file__).with_name("sdk_driver.py")
ROOT = Path(__file__).resolve().parents[2]
DRIVE_SECONDS = 120


@contextmanager
def running(folder):
    """The server, and what it said when it was ready."""
    command = [sys.executable, "-m", "tests.system.api_server", str(folder), str(MESSAGES)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("api")) as said:
        yield said


def drive(version, server, held):
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


@pytest.mark.parametrize("version", VERSIONS)
def test_an_sdk_does_its_work(server, version):
    """Lists by page and by cursor with nothing twice and nothing missed, reads one message, releases it."""
    held = server["made"][6 * VERSIONS.index(version)]  # every sixth is MALICIOUS, a fresh one for each
    seen = drive(version, server, held)

    assert version == seen["version"]
    for way in ("by_page", "by_cursor", "by_cursor_pager"):
        assert [] == [twice for twice, times in Counter(seen[way]).items() if times > 1], way
        assert [] == sorted(set(server["made"]) - set(seen[way])), way
    assert held == seen["get"]["id"] == seen["get_by_queue_id"]
    assert "MALICIOUS" == seen["get"]["final_disposition"]
    assert "QUARANTINED" == seen["detections"]["action"]
    assert seen["raw"].startswith("From: x@bad.test\r\n")
    assert seen["trace"]["inbound"]["lines"]
    assert ["u@example.com"] == seen["released"][0]["delivered"]
    assert ([], ["u@example.com"]) == (
        seen["released_again"][0]["delivered"],
        seen["released_again"][0]["undelivered"],
    )
    assert [404, 1100] == seen["not_found"]
    assert [400, 1004, "start"] == seen["bad_start"]
