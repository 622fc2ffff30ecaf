"""A real PostgreSQL for tests: Debian's server in a temporary folder, under an unprivileged user, on loopback."""

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from lazaretto.store.database import open_database
from tests.helpers.program import free_port

PROGRAMS = Path("/usr/lib/postgresql")
INSTALL = "install it with tools/install_servers.sh"
START_SECONDS = 60
PORTS = 4
"""That are tried."""
UNPRIVILEGED = "postgres"  # Debian's user; the server refuses to run as root

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # tests that need durability use SQLite; this is about behaviour
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Server:
    """A running server with a template that has all tables."""

    port: int

    def url(self, name: str) -> str:
        return f"postgresql://lazaretto@127.0.0.1:{self.port}/{name}"

    async def create(self, template: str = "lazaretto_template") -> str:
        """A fresh database; its URL."""
        name = f"test_{secrets.token_hex(6)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    async def drop(self, url: str) -> None:
        await self._run(f"DROP DATABASE {url.rsplit('/', 1)[1]} WITH (FORCE)")

    async def _run(self, sql: str) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def installed() -> bool:
    return any(PROGRAMS.glob("*/bin/postgres"))


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, make the template, stop the server at the end."""
    programs = max(PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
    with tempfile.TemporaryDirectory(prefix="lazaretto-pg-") as folder:
        data = Path(folder) / "data"
        _give_away(Path(folder))
        _run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "lazaretto",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ]
        )
        control = [programs / "pg_ctl", "-D", data, "-w", "-t", str(START_SECONDS)]
        port = _start(control, folder)
        try:
            server = Server(port)
            with ThreadPoolExecutor(1) as thread:  # a test may have a running loop here
                thread.submit(lambda: asyncio.run(_make_template(server))).result(START_SECONDS)
            yield server
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _start(control: list[Path | str], folder: str) -> int:
    """Its port. One that is free now may be taken before the server has it, so several are tried."""
    log = Path(folder) / "log"
    for _ in range(PORTS):
        port = free_port()
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        options += f" -c port={port} -c unix_socket_directories={folder}"
        try:
            _run([*control, "-l", log, "-o", options, "start"])
        except AssertionError as problem:
            told = f"{problem}\n{log.read_text() if log.exists() else ''}"
        else:
            return port
    raise AssertionError(told)


async def _make_template(server: Server) -> None:
    await server._run("CREATE DATABASE lazaretto_template")
    database = await open_database(server.url("lazaretto_template"))
    await database.close()


def _run(command: list[Path | str]) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", UNPRIVILEGED, "--", *words]
    result = subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=2 * START_SECONDS,
        cwd="/",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert result.returncode == 0, f"{words}: {result.stdout}{result.stderr}"


def _give_away(folder: Path) -> None:
    folder.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
