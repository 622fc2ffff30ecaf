"""A load of SMTP clients that remember exactly what was promised to them."""

import asyncio
import itertools
from contextlib import suppress
from dataclasses import dataclass, field

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


@dataclass
class Load:
    """Clients that send numbered messages until they are stopped; every third one is spam by the standard test."""

    port: int
    recipient: str = "user@corp.example"
    promised: set[str] = field(default_factory=set)  # ids that got a 250 after the final dot
    numbers: itertools.count = field(default_factory=itertools.count)
    text: str = "The minutes of Tuesday's meeting are in the usual place.\r\n"

    def letter(self, number: int) -> tuple[str, bytes]:
        """One message and its id."""
        name = f"load-{number}"
        text = GTUBE + "\r\n" if number % 3 == 0 else self.text
        return name, (
            f"From: Ann <ann@sender.example>\r\nTo: <{self.recipient}>\r\nSubject: Minutes {number}\r\n"
            f"Message-ID: <{name}@sender.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n{text}"
        ).encode()

    async def client(self, *, count: int | None = None) -> None:
        """Send one message after the other; a lost connection ends the client, silently."""
        with suppress(ConnectionError, asyncio.IncompleteReadError, OSError, TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                await reply_line(reader)
                await command(reader, writer, "EHLO load.example")
                for _ in range(count) if count is not None else itertools.count():
                    await self._send(reader, writer)
            finally:
                writer.close()

    async def _send(self, reader, writer) -> None:
        name, content = self.letter(next(self.numbers))
        await command(reader, writer, "MAIL FROM:<ann@sender.example>")
        await command(reader, writer, f"RCPT TO:<{self.recipient}>")
        await command(reader, writer, "DATA")
        writer.write(content + b".\r\n")
        if (await reply_line(reader)).startswith(b"250"):
            self.promised.add(name)

    async def run(self, clients: int, *, count: int | None = None) -> None:
        """That many clients side by side."""
        await asyncio.gather(*(self.client(count=count) for _ in range(clients)))


async def reply_line(reader) -> bytes:
    while (line := await reader.readuntil(b"\r\n"))[3:4] == b"-":
        pass
    return line


async def command(reader, writer, line: str) -> bytes:
    writer.write(line.encode() + b"\r\n")
    return await reply_line(reader)


class Wire:
    """One SMTP connection that sends whole messages and tells the queue id of each."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self):
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
        await reply_line(self._reader)
        await command(self._reader, self._writer, "EHLO load.example")
        return self

    async def __aexit__(self, *problem) -> None:
        self._writer.close()

    async def send(self, mail_from: str, recipients: list[str], content: bytes) -> str:
        """Send one message; the queue id from the reply. Raises AssertionError when it is refused."""
        await self.expect(b"250", f"MAIL FROM:<{mail_from}> BODY=8BITMIME")
        for recipient in recipients:
            await self.expect(b"250", f"RCPT TO:<{recipient}>")
        await self.expect(b"354", "DATA")
        stuffed = content.replace(b"\r\n.", b"\r\n..")
        if stuffed.startswith(b"."):
            stuffed = b"." + stuffed
        self._writer.write(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        await self._writer.drain()
        reply = await reply_line(self._reader)
        assert reply.startswith(b"250"), reply
        return reply.split()[-1].decode()

    async def expect(self, code: bytes, line: str) -> None:
        """Send a command and insist on the reply."""
        reply = await command(self._reader, self._writer, line)
        assert reply.startswith(code), (line, reply)
