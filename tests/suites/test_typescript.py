"""Every documented call by the real packages of the TypeScript SDK; each answer by the published schemas.

The npm packages carry no tests, so `typescript/calls.mjs` is our own transcript of all methods.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tools.sdk_environments import FOLDER, run

from tests.helpers.contract import contract
from tests.suites import examples
from tests.suites.server import running

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(400)]

VERSIONS = ("7.3.0", "5.2.0")
CALLS = Path(__file__).with_name("typescript") / "calls.mjs"
RUN_SECONDS = 120
MIN_CALLS = 50


def package(version: str) -> Path:
    """The folder that has the package, made on first use and kept."""
    folder = FOLDER / f"ts-{version}"
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = (
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
            str(folder),
        )
        run(*npm, f"cloudflare@{version}")
        (folder / "complete").touch()
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The seeded server, where the examples of the documentation exist."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed (on Debian: apt-get install nodejs npm)")
    with running(tmp_path_factory.mktemp("typescript")) as running_server:
        yield running_server


def transcript(server, version):
    """What the SDK sent and saw."""
    wish = {
        "baseURL": server["base_url"],
        "token": server["token"],
        "account": server["account"],
        "message": examples.INVESTIGATE_ID,
        "queueId": examples.QUEUE_ID,
        "job": examples.JOB_ID,
        "setting": examples.SETTING_ID,
    }
    done = subprocess.run(
        ["node", str(CALLS), str(package(version))],
        input=json.dumps(wish),
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_call(server, version):
    """None raises, none is left out, and what was answered is what the contract says."""
    published = contract()
    seen = transcript(server, version)
    wrong = []
    for call in seen["calls"]:
        path = call["path"].removeprefix("/client/v4")
        found = published.complaints(call["method"], path, call["status"], json.loads(call["text"]))
        wrong += [f"{call['method']} {path}: {one}" for one in found]

    assert seen["version"] == version
    assert seen["failed"] == {}
    assert seen["missed"] == []
    assert wrong == []
    assert len(seen["calls"]) > MIN_CALLS
