"""A door that remembers, a gateway in front of it, and a client that sends any bytes at all."""

import asyncio
import itertools
import re
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.intake.admission import Visitor
from lazaretto.intake.door import Accepted
from lazaretto.intake.gateway import Gateway
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.reply import Reply
from lazaretto.model.envelope import Envelope
from lazaretto.store.spool import Spool

ACCOUNT = "a" * 32
OTHER = "b" * 32
NOT_OURS = Reply(550, "5.7.1", "Relaying denied")
OTHER_ACCOUNT = Reply(452, "4.5.3", "Send the rest separately")


@dataclass
class RecordingDoor:
    """Takes mail for corp.example and, of another account, for other.example; keeps all of it in memory."""

    messages: list[tuple[Envelope, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    visitors: list[Visitor] = field(default_factory=list)
    answer: Callable[[Envelope], tuple[Reply, ...]] | None = None
    read: Callable[[Spool], bytes] = Spool.bytes
    asking: asyncio.Event | None = None  # when given, recipients wait for it
    receiving: asyncio.Event | None = None  # when given, messages wait for it
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    async def recipient(self, address: str, account: str | None, visitor: Visitor) -> Accepted | Reply:
        self.asked.append(address)
        self.visitors.append(visitor)
        if self.asking is not None:
            await self.asking.wait()
        domain = address.rpartition("@")[2].lower()
        if domain == "broken.example":
            raise RuntimeError("the door is broken")
        found = {"corp.example": ACCOUNT, "postmaster": ACCOUNT, "other.example": OTHER}.get(domain)
        if found is None:
            return NOT_OURS
        return Accepted(found) if account in (None, found) else OTHER_ACCOUNT

    async def receive(self, envelope: Envelope, spool: Spool) -> tuple[Reply, ...]:
        self.begun.set()
        if self.receiving is not None:
            await self.receiving.wait()
        self.messages.append((envelope, self.read(spool)))
        if self.answer is not None:
            return self.answer(envelope)
        ok = Reply(250, "2.0.0", f"Ok: queued as {envelope.queue_id}")
        return (ok,) * len(envelope.recipients)

    def queue_id(self) -> str:
        return f"Q{next(self.numbers)}"

    @property
    def contents(self) -> list[bytes]:
        return [content for _, content in self.messages]


@asynccontextmanager
async def gateway(
    door, *, limits: GatewayLimits | None = None, folder: Path | None = None, **other
) -> AsyncIterator[Gateway]:
    """A gateway on a free loopback port."""
    with tempfile.TemporaryDirectory() as temporary:
        running = Gateway(
            door,
            hostname="mx.test",
            limits=limits or GatewayLimits(),
            protocol=other.pop("protocol", "smtp"),
            tls=other.pop("tls", None),
            proxy_peers=other.pop("proxy_peers", ()),
            xclient_peers=other.pop("xclient_peers", ()),
            spool_folder=folder or Path(temporary),
        )
        await running.start("127.0.0.1", 0)
        try:
            yield running
        finally:
            await running.stop(1.0)


class Talk:
    """One raw connection. Everything it awaits ends after ten seconds."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int, *, greeted: bool = True):
        """Connects; reads the greeting."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            talk = cls(reader, writer)
            if greeted:
                assert (await talk.reply()).startswith("220 ")
            yield talk
        finally:
            writer.close()

    async def send(self, data: bytes | str) -> None:
        """These bytes and no others."""
        self.writer.write(data.encode() if isinstance(data, str) else data)
        async with asyncio.timeout(10):
            await self.writer.drain()

    async def reply(self) -> str:
        """One whole reply, lines joined by LF; "" when the server has closed."""
        lines: list[str] = []
        async with asyncio.timeout(10):
            while True:
                line = (await self.reader.readline()).decode()
                lines.append(line.rstrip("\r\n"))
                if not re.match(r"\d{3}-", line):
                    return "\n".join(lines)

    async def say(self, line: bytes | str) -> str:
        """One command and its reply."""
        await self.send((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return await self.reply()

    async def rest(self) -> str:
        """All that comes until the server closes."""
        async with asyncio.timeout(10):
            return (await self.reader.read()).decode()

    async def begin(self, *recipients: str, hello: str = "EHLO client.test") -> None:
        """Greeting and envelope."""
        assert (await self.say(hello)).startswith("250")
        assert (await self.say("MAIL FROM:<ann@sender.example>")).startswith("250")
        for recipient in recipients or ("bob@corp.example",):
            assert (await self.say(f"RCPT TO:<{recipient}>")).startswith("250")
