"""Messages made to hurt, sent to the whole program: each has a clear reply, and nothing of what was refused stays."""

import asyncio
import json

import psutil
import pytest

from tests.helpers.load import Wire, command, reply_line
from tests.helpers.program import Program
from tests.helpers.sink import sink as running_sink

pytestmark = pytest.mark.system

MIB = 1024 * 1024
MAX_GROWTH = 150 * MIB
HEAD = b"From: a@sender.example\r\nTo: user@corp.example\r\nSubject: odd\r\nMIME-Version: 1.0\r\n"


def many_parts(count: int) -> bytes:
    """Ten thousand parts side by side."""
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * count + b"--b--\r\n"


def nested(count: int) -> bytes:
    """A letter in a letter in a letter."""
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * count + b"Subject: end\r\n\r\nend\r\n"


ODD = {
    "ten thousand parts": many_parts(10_000),
    "a thousand nested messages": nested(1_000),
    "a header of a megabyte": HEAD + b"X-Long: " + b"y" * 900_000 + b"\r\n\r\nx\r\n",
    "twenty thousand header fields": HEAD + b"X-A: b\r\n" * 20_000 + b"\r\nx\r\n",
    "a line of half a megabyte": HEAD + b"\r\n" + b"z" * 500_000 + b"\r\n",
    "deep html": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"\r\n",
    "no header at all": b"\r\nbody only\r\n",
    "bytes of every kind": bytes(b for b in range(1, 256) if b not in (10, 13)) * 20 + b"\r\n",
    "an endless address list": HEAD + b"Cc: " + b"a@b.example,\r\n " * 30_000 + b"c@d.example\r\n\r\nx\r\n",
    "a broken everything": HEAD
    + b'Content-Type: multipart/mixed; boundary="\r\nFrom: "\r\n: x\r\n\r\n=?utf-8?b?/w?=',
}


async def test_what_is_odd_is_taken_and_what_is_too_much_is_refused(tmp_path):
    """Odd messages are judged and delivered; 60 MiB get 552; memory stays flat and the spool is empty afterwards."""
    async with running_sink() as sink:
        program = Program(tmp_path)
        account, token = program.set_up(f"127.0.0.1:{sink.port}")
        await asyncio.to_thread(program.start)
        server = psutil.Process(program.process.pid)
        before = server.memory_info().rss
        async with Wire(program.smtp) as wire:
            ids = {
                name: await wire.send("a@sender.example", ["user@corp.example"], raw)
                for name, raw in ODD.items()
            }
        refused = await send_large(program.smtp, 60 * MIB)
        grown = server.memory_info().rss - before
        path = f"/client/v4/accounts/{account}/email-security/investigate?detections_only=false&per_page=100"
        status, body = await asyncio.to_thread(program.get, path, token)
        assert await asyncio.to_thread(program.stop) == 0

    assert 200 == status
    listed = {m["postfix_id"]: m["final_disposition"] for m in json.loads(body)["result"]}
    assert {} == {
        name: queue_id for name, queue_id in ids.items() if listed.get(queue_id) in (None, "UNKNOWN")
    }
    assert len(ODD) == len(listed)
    assert refused.startswith(b"552 5.3.4")
    assert grown < MAX_GROWTH
    assert [] == list((tmp_path / "data" / "spool").iterdir())


async def send_large(port: int, size: int) -> bytes:
    """DATA of that size without announcing it; the reply at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reply_line(reader)
    for line in ("EHLO x.example", "MAIL FROM:<a@sender.example>", "RCPT TO:<user@corp.example>", "DATA"):
        await command(reader, writer, line)
    line = b"x" * 998 + b"\r\n"
    for _ in range(size // len(line) // 1000):
        writer.write(line * 1000)
        await writer.drain()
    writer.write(b".\r\n")
    reply = await reply_line(reader)
    writer.close()
    return reply
