"""Postfix's own test client and test server on both sides: mail goes through at once, and none is left behind."""

import asyncio
import re
import shutil
import subprocess
from contextlib import contextmanager

import pytest

from tests.helpers.program import Program, eventually, free_port

SOURCE, SINK = "/usr/sbin/smtp-source", "/usr/sbin/smtp-sink"
MESSAGES = 300

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(shutil.which(SINK) is None, reason="Postfix is missing: tools/install_servers.sh"),
]


@contextmanager
def postfix_sink(*flags: str):
    """A running smtp-sink; its port."""
    port = free_port()
    command = [SINK, "-u", "nobody", *flags, f"127.0.0.1:{port}", "100"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


def delivered(program: Program) -> int:
    """How many copies the next hop took."""
    found = re.search(rb'lazaretto_deliveries_total\{state="delivered"\} (\S+)', program.get("/metrics")[1])
    return int(float(found[1])) if found else 0


@pytest.mark.parametrize(
    ("protocol", "flags", "size"),
    [("smtp", (), 10_240), ("smtp", ("-e",), 200_000), ("lmtp", ("-L",), 1_000)],
    ids=["esmtp", "large, without ESMTP", "lmtp"],
)
async def test_postfix_sends_and_postfix_takes(tmp_path, protocol, flags, size):
    """Every message that smtp-source was promised reaches smtp-sink, over SMTP with and without ESMTP and over LMTP."""
    count = MESSAGES if size < 100_000 else 40
    with postfix_sink(*flags) as port:
        program = Program(tmp_path)
        program.set_up(f"127.0.0.1:{port}", protocol=protocol)
        await asyncio.to_thread(program.start)
        sent = await asyncio.to_thread(
            subprocess.run,
            [
                SOURCE, "-s", "6", "-l", str(size), "-m", str(count), "-d",
                "-f", "ann@sender.example", "-t", "user@corp.example", f"127.0.0.1:{program.smtp}",
            ],
            capture_output=True,
            timeout=60,
            check=False,
        )  # fmt: skip
        await eventually(lambda: asyncio.to_thread(lambda: delivered(program) == count))
        assert await asyncio.to_thread(program.stop) == 0

    assert (0, b"") == (sent.returncode, sent.stderr)
