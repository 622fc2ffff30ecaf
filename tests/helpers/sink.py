"""A loopback SMTP and LMTP server that stores what it gets and can be told to misbehave.

Written for tests of the way out, on plain asyncio streams, sharing nothing with our own gateway or client.
It reads DATA byte by byte as RFC 5321 4.1.1.4 says: only CRLF "." CRLF ends it.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

ALL_EXTENSIONS = ("PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN")


@dataclass
class Script:
    """What the sink answers. Replies are whole lines without CRLF; None means the ordinary one."""

    extensions: tuple[str, ...] = ALL_EXTENSIONS
    greeting: str = "220 sink.test ESMTP"
    ehlo: str | None = None  # a refusal of EHLO: "502 5.5.1 what?"
    helo: str = "250 sink.test"
    starttls: str = "220 2.0.0 go"
    tls: ssl.SSLContext | None = None  # with it STARTTLS is offered
    tls_breaks: bool = False  # closes instead of a handshake
    injected: bytes = b""  # sent in clear right behind the reply to STARTTLS
    mail: str | None = None
    rcpt: Callable[[str], str | None] = field(default=lambda address: None)  # by address
    data: str | None = None  # a refusal of DATA
    end: Callable[[str], str | None] = field(
        default=lambda address: None
    )  # at the end of data; SMTP: of the first
    rset: str = "250 2.0.0 reset"
    drop_at: str | None = (
        None  # greeting, ehlo, mail, rcpt, data, middle, end (before the reply), after (the reply)
    )
    drops: int = 1_000_000  # how often it drops
    pause_at: str | None = None  # same names: waits until `go_on` is set
    final_delay: float = 0.0


@dataclass(frozen=True)
class Mail:
    """One message that the sink accepted for at least one recipient, or heard to the end."""

    mail_from: str  # the whole argument of MAIL FROM:, parameters included
    recipients: tuple[str, ...]  # whole arguments of the accepted RCPT TO:
    content: bytes  # without dot stuffing
    accepted: tuple[str, ...]  # addresses that got a 2xx at the end
    secure: bool
    connection: int


class Sink:
    """The server, its script and what it got."""

    def __init__(self, script: Script, *, lmtp: bool = False) -> None:
        self.script = script
        self.lmtp = lmtp
        self.mails: list[Mail] = []  # acknowledged to at least one recipient
        self.heard: list[Mail] = []  # heard to the final dot, whatever was answered
        self.commands: list[str] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.port = 0
        self.paused = asyncio.Event()  # the sink has reached `pause_at`
        self.go_on = asyncio.Event()
        self.arrived = asyncio.Event()

    @property
    def accepted(self) -> list[str]:
        """Every address that was acknowledged, in order, repeats included."""
        return [a for m in self.mails for a in m.accepted]

    async def wait_for(self, count: int) -> None:
        """Until so many messages have been acknowledged."""
        async with asyncio.timeout(20):
            while len(self.mails) < count:
                self.arrived.clear()
                await self.arrived.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await _Talk(self, reader, writer, self.connections).run()
        except (OSError, asyncio.IncompleteReadError, _Dropped):
            pass
        finally:
            self.open -= 1
            writer.close()


class _Dropped(Exception):
    pass


class _Talk:
    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self.sink = sink
        self.reader = reader
        self.writer = writer
        self.number = number
        self.secure = False
        self.mail_from: str | None = None
        self.recipients: list[str] = []

    async def run(self) -> None:
        await self.stage("greeting")
        await self.say(self.sink.script.greeting)
        while True:
            line = (await self.reader.readuntil(b"\r\n"))[:-2].decode("utf-8", "replace")
            self.sink.commands.append(line)
            verb, _, rest = line.partition(" ")
            method = getattr(self, "on_" + verb.lower(), None)
            if method is None:
                await self.say("502 5.5.2 unknown")
            else:
                await method(rest)

    async def stage(self, name: str) -> None:
        script = self.sink.script
        if script.pause_at == name:
            self.sink.paused.set()
            await self.sink.go_on.wait()
        if script.drop_at == name and script.drops > 0:
            script.drops -= 1
            self.writer.transport.abort()
            raise _Dropped

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(line + "\r\n" for line in lines).encode())
        await self.writer.drain()

    async def hello(self) -> None:
        script = self.sink.script
        await self.stage("ehlo")
        if script.ehlo:
            return await self.say(script.ehlo)
        offers = [*script.extensions]
        if script.tls and not self.secure:
            offers.append("STARTTLS")
        words = ["sink.test", *offers]
        await self.say(*(f"250-{w}" for w in words[:-1]), f"250 {words[-1]}")
        return None

    async def on_ehlo(self, rest: str) -> None:
        await (self.say("502 5.5.1 this is LMTP") if self.sink.lmtp else self.hello())

    async def on_lhlo(self, rest: str) -> None:
        await (self.hello() if self.sink.lmtp else self.say("502 5.5.1 this is SMTP"))

    async def on_helo(self, rest: str) -> None:
        await self.say(self.sink.script.helo)

    async def on_starttls(self, rest: str) -> None:
        script = self.sink.script
        self.writer.write(script.starttls.encode() + b"\r\n" + script.injected)
        await self.writer.drain()
        if not script.starttls.startswith("220"):
            return
        if script.tls_breaks:
            self.writer.transport.abort()
            raise _Dropped
        assert script.tls
        await self.writer.start_tls(script.tls, ssl_handshake_timeout=5)
        self.secure = True

    async def on_mail(self, rest: str) -> None:
        await self.stage("mail")
        reply = self.sink.script.mail
        if reply is None:
            self.mail_from, self.recipients = rest.removeprefix("FROM:"), []
        await self.say(reply or "250 2.1.0 sender ok")

    async def on_rcpt(self, rest: str) -> None:
        await self.stage("rcpt")
        address = rest.removeprefix("TO:<").partition(">")[0]
        reply = self.sink.script.rcpt(address)
        if self.mail_from is None:
            reply = "503 5.5.1 MAIL first"
        if reply is None or reply.startswith("2"):
            self.recipients.append(rest.removeprefix("TO:"))
        await self.say(reply or "250 2.1.5 recipient ok")

    async def on_rset(self, rest: str) -> None:
        self.mail_from, self.recipients = None, []
        await self.say(self.sink.script.rset)

    async def on_noop(self, rest: str) -> None:
        await self.say("250 2.0.0 ok")

    async def on_quit(self, rest: str) -> None:
        await self.say("221 2.0.0 bye")
        raise _Dropped

    async def on_data(self, rest: str) -> None:
        await self.stage("data")
        if self.sink.script.data or not self.recipients:
            return await self.say(self.sink.script.data or "554 5.5.1 no valid recipients")
        await self.say("354 go ahead")
        await self.stage("middle")
        content = await self.content()
        await self.stage("end")
        if self.sink.script.final_delay:
            await asyncio.sleep(self.sink.script.final_delay)
        addresses = [r[1:].partition(">")[0] for r in self.recipients]
        asked = addresses if self.sink.lmtp else addresses[:1]
        replies = [
            self.sink.script.end(a) or f"250 2.0.0 stored as sink-{len(self.sink.heard)}" for a in asked
        ]
        good = [a for a, r in zip(asked, replies, strict=True) if r.startswith("2")]
        if good and not self.sink.lmtp:
            good = addresses
        mail = Mail(
            self.mail_from or "", tuple(self.recipients), content, tuple(good), self.secure, self.number
        )
        self.sink.heard.append(mail)
        if good:
            self.sink.mails.append(mail)
        if self.sink.script.drop_at == "after" and self.sink.script.drops > 0:
            await self.stage("after")
        await self.say(*replies)
        self.sink.arrived.set()
        self.mail_from, self.recipients = None, []
        return None

    async def content(self) -> bytes:
        data = bytearray()
        while True:
            line = await self.reader.readuntil(b"\r\n")
            while not line.endswith(b"\r\n"):
                line += await self.reader.readuntil(b"\r\n")
            if line == b".\r\n" and (not data or data.endswith(b"\r\n")):
                return bytes(data)
            data += line[1:] if line.startswith(b".") else line


@asynccontextmanager
async def sink(script: Script | None = None, *, lmtp: bool = False, port: int = 0) -> AsyncIterator[Sink]:
    """A running sink on a free port of the loopback address."""
    running = Sink(script or Script(), lmtp=lmtp)
    server = await asyncio.start_server(running.serve, "127.0.0.1", port, limit=64 * 1024 * 1024)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        running.go_on.set()
        server.close()
        await server.wait_closed()
