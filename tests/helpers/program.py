"""The real program in a child process, on free loopback ports, with its data in a folder of the test."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 40


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Program:
    """One `lazaretto serve`, which can be killed and started again on the same data."""

    folder: Path
    store_url: str = ""
    extra: str = ""  # more TOML
    http: int = field(default_factory=free_port)
    smtp: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def __post_init__(self):
        self.config = self.folder / "lazaretto.toml"
        self.config.write_text(
            f"""
[server]
hostname = "mx.corp.example"
data = "{self.folder / "data"}"
[store]
url = "{self.store_url}"
[http]
port = {self.http}
[smtp]
port = {self.smtp}
lmtp_port = {self.lmtp}
[dns]
offline = true
[log]
format = "json"
{self.extra}
"""
        )

    def lazaretto(self, *words: str) -> dict:
        """Run one command with --json and give what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "lazaretto", words[0], "--config", str(self.config), "--json", *words[1:]],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def set_up(
        self, next_hop: str, *, domain: str = "corp.example", protocol: str = "smtp", hold_all: bool = False
    ) -> tuple[str, str]:
        """An account with one domain and a token; gives account id and secret."""
        account = self.lazaretto("account", "add", "Corp")["id"]
        hold = "MALICIOUS,MALICIOUS-BEC,SUSPICIOUS,SPOOF,SPAM" + (",BULK,NONE" if hold_all else "")
        self.lazaretto(
            "domain", "add", domain, "--account", account, "--next-hop", next_hop,
            "--protocol", protocol, "--tls", "off", "--on-scan-failure", "quarantine", "--hold", hold,
        )  # fmt: skip
        token = self.lazaretto("token", "add", "test", "--account", account, "--permission", "write")[
            "secret"
        ]
        return account, token

    def start(self) -> None:
        """Start and wait until it is ready."""
        log = (self.folder / "log.jsonl").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lazaretto", "serve", "--config", str(self.config)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log()[-3000:]
            with suppress(OSError, urllib.error.URLError):
                if self.get("/readyz")[0] in (200, 503):
                    return
            time.sleep(0.05)
        raise AssertionError("not ready: " + self.log()[-3000:])

    def get(self, path: str, token: str | None = None, accept: str = "application/json") -> tuple[int, bytes]:
        """GET over HTTP."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", headers={"Accept": accept})
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        return self._ask(request)

    def post(self, path: str, token: str, body: object) -> tuple[int, bytes]:
        """POST JSON over HTTP."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        return self._ask(request)

    def _ask(self, request: urllib.request.Request) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def kill(self) -> None:
        """Kill -9 of the whole process group: server and workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)

    def stop(self) -> int:
        """SIGTERM and wait; gives the exit code."""
        if self.process is None or self.process.poll() is not None:
            return 0 if self.process is None else self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def log(self) -> str:
        """What it wrote so far."""
        return (self.folder / "log.jsonl").read_text(errors="replace")


async def eventually(condition, seconds: float = 30.0):
    """Wait until a condition (plain or coroutine function) gives something true, and give that."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.05)
