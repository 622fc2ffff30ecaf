"""ClamAV: a real clamd with one signature of our own."""

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from lazaretto.resolve import clamav
from lazaretto.resolve.clamav import ScannerSilentError, ask_clamav
from tests.helpers.letters import File, written
from tests.unit.mail.files import zip_of

CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"
WORD = b"lazaretto-test-signature"

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path(CLAMD).exists(), reason="ClamAV is missing: tools/install_servers.sh"),
]


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """A running clamd; the path of its socket."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "own.ndb").write_text(f"Own.Test:0:*:{WORD.hex()}\n")
    path = folder / "s"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {path}\nDatabaseDirectory {folder / 'db'}\nForeground yes\nStreamMaxLength 1M\n"
        f"LogFile {folder / 'log'}\nMaxThreads 2\nConcurrentDatabaseReload no\n"
    )
    program = subprocess.Popen(
        [CLAMD, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(path, program, folder / "log")
        yield str(path)
    finally:
        program.terminate()
        program.wait(20)


def _wait(path, program, log):
    while program.poll() is None:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
                return
        except OSError:
            try:
                program.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(log.read_text() if log.exists() else "clamd did not start")


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (File("a.bin", b"x" + WORD), "Own.Test"),
        (File("a.zip", zip_of({"b.bin": WORD})), "Own.Test"),
        (File("a.bin", b"harmless"), ""),
    ],
)
async def test_verdicts(clamd, file, expected):
    """The name of the signature, also of a file in an archive of an attachment."""
    assert (await ask_clamav(clamd, written(attachments=[file]))).startswith(expected)
    assert bool(expected) == bool(await ask_clamav(clamd, written(attachments=[file])))


async def test_message_that_is_too_large_for_it(clamd):
    """Then it gives no verdict, and we do not take its silence for a good one."""
    with pytest.raises(ScannerSilentError):
        await ask_clamav(clamd, bytes(3 << 20))


async def test_scanner_that_is_not_there(tmp_path):
    """No socket: silent."""
    with pytest.raises(ScannerSilentError):
        await ask_clamav(str(tmp_path / "none"), b"x")


@pytest.mark.parametrize("reply", [b"", b"x" * 10_000, b"stream: nonsense\x00", b"\x00"])
async def test_answers_that_are_none(tmp_path, reply):
    """Whatever stands behind the socket, the conversation ends."""

    async def answer(reader, writer):
        await reader.readexactly(10)
        writer.write(reply)
        writer.close()

    async with await asyncio.start_unix_server(answer, tmp_path / "s"):
        with pytest.raises(ScannerSilentError):
            await ask_clamav(str(tmp_path / "s"), b"x")


async def test_scanner_that_never_answers(tmp_path, monkeypatch):
    """The time is up after so many seconds."""
    monkeypatch.setattr(clamav, "SECONDS", 0.05)

    ended = asyncio.Event()

    async def wait(reader, writer):
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.set()

    async with await asyncio.start_unix_server(wait, tmp_path / "s"):
        with pytest.raises(ScannerSilentError, match="TimeoutError"):
            await ask_clamav(str(tmp_path / "s"), b"x")
        await ended.wait()
