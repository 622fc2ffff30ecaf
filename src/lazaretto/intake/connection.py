"""One connection: moves bytes between a socket, a session, a spool and the door.

Small messages are spooled at once. What goes to disk is written in a thread while reading is paused. Reading
is paused too while the door thinks and the client goes on sending: memory does not grow with messages.
"""

import asyncio
import ssl
from typing import cast

import structlog

from lazaretto.intake import replies as say
from lazaretto.intake.deadlines import Deadlines
from lazaretto.intake.door import Accepted
from lazaretto.intake.events import (
    AskRecipient,
    Close,
    Deliver,
    DropContent,
    Event,
    NeedData,
    Refused,
    SendReplies,
    StartTls,
    StoreContent,
)
from lazaretto.intake.holding import Holding
from lazaretto.intake.house import House
from lazaretto.intake.peers import client_key, plain_ip
from lazaretto.intake.proxy import BadProxyHeaderError, parse_proxy
from lazaretto.intake.reply import Reply
from lazaretto.intake.session import Session
from lazaretto.intake.xclient import Client
from lazaretto.model.envelope import Envelope
from lazaretto.telemetry import metrics

MAX_UNREAD = 256 * 1024
"""Bytes that may wait for the session before the socket is left unread."""

log = structlog.get_logger()


class Connection(asyncio.Protocol):
    """The socket's side of a session."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._limits = house.terms.limits
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._peer = ""
        self._session: Session | None = None  # begins after the PROXY header
        self._head = bytearray()  # of the PROXY header
        self._counted_as: str | None = None
        self._greeting: asyncio.TimerHandle | None = None  # waits to see who speaks too early
        self._holding = Holding(house.spool_folder)
        self._working = False  # a task carries out an event
        self._writable = True
        self._paused = False
        self._eof = False
        self._closing = False
        self._lost = False
        self._deadlines: Deadlines | None = None  # of the session
        self._deadline = 0.0  # before the session and after it

    # The transport's calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._transport = cast("asyncio.Transport", transport)
        metrics.smtp_connections.labels(self._house.name).inc()
        metrics.smtp_open.labels(self._house.name).inc()
        peer = transport.get_extra_info("peername")
        self._peer = plain_ip(peer[0]) if peer else ""
        if not self._house.census.enter(self):
            self._turn_away(say.TOO_MANY_CONNECTIONS)
        elif self._peer in self._house.proxy_peers:
            self._deadline = self._loop.time() + self._limits.proxy_seconds
        else:
            self._welcome(Client(self._peer or None, peer[1] if peer else None))

    def data_received(self, data: bytes) -> None:
        """The client sent something."""
        if self._closing:
            return
        if self._session is None:
            self._read_proxy(data)
        elif self._greeting is not None:
            self._turn_away(say.EARLY_TALKER)
        else:
            self._session.feed(data)
            self._run()

    def eof_received(self) -> bool:
        """The client will send no more, but may still read: `printf ... | nc`."""
        self._eof = True
        if (
            self._session is None
            or self._greeting is not None
            or self._transport.get_extra_info("sslcontext")
        ):
            return False
        self._run()
        return True

    def pause_writing(self) -> None:
        """The client does not read its replies."""
        self._writable = False

    def resume_writing(self) -> None:
        """It does again."""
        self._writable = True
        if self._session is not None:
            self._run()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        if self._lost:
            return
        if self._session is not None and self._session.in_content and not self._closing:
            log.info("client lost", door=self._house.name, client=self._peer, error=str(exc or ""))
        self._lost = self._closing = True
        metrics.smtp_open.labels(self._house.name).dec()
        self._house.census.leave(self, self._counted_as)
        if self._greeting is not None:
            self._greeting.cancel()
        if not self._working:
            self._holding.drop()

    # The gateway's calls.

    def check_time(self, now: float) -> None:
        """See Guest."""
        if self._closing or self._deadlines is None:
            if now > self._deadline and self._greeting is None:
                self.abort()
        elif not self._working:  # the door and the handshake have limits of their own
            reply = self._deadlines.passed(now)
            if reply is not None:
                self._end(reply)

    def wind_down(self) -> None:
        """See Guest."""
        if self._closing:
            return
        if self._session is None or self._greeting is not None:
            self._turn_away(say.STOPPING)
        else:
            self._session.stop()
            self._run()

    def abort(self) -> None:
        """See Guest."""
        self._closing = True
        self._transport.abort()

    # Before the session.

    def _read_proxy(self, data: bytes) -> None:
        self._head += data
        try:
            header = parse_proxy(bytes(self._head))
        except BadProxyHeaderError:
            log.warning("bad proxy header", door=self._house.name, peer=self._peer)
            self.abort()
            return
        if header is None:
            return
        rest = bytes(self._head[header.length :])
        self._head.clear()
        self._welcome(Client(plain_ip(header.ip), header.port) if header.ip else Client(self._peer))
        if rest:
            self.data_received(rest)

    def _welcome(self, client: Client) -> None:
        self._counted_as = client_key(client.ip or "")
        if not self._house.census.admit(self._counted_as):
            self._turn_away(say.TOO_MANY_FROM_CLIENT)
            return
        self._session = Session(self._house.terms, client, xclient=self._peer in self._house.xclient_peers)
        if self._limits.banner_delay_seconds:
            self._greeting = self._loop.call_later(self._limits.banner_delay_seconds, self._greet)
        else:
            self._greet()

    def _greet(self) -> None:
        assert self._session is not None
        self._greeting = None
        self._deadlines = Deadlines(self._limits, self._session, self._loop.time())
        self._session.greet()
        self._run()

    def _turn_away(self, reply: Reply) -> None:
        if self._greeting is not None:
            self._greeting.cancel()
            self._greeting = None
        self._house.tell(Refused(reply, "", "", None), self._peer)
        self._transport.write(reply.render())
        self._close()

    # The session.

    def _run(self) -> None:
        """Goes on, unless a task does so already."""
        if not self._working:
            event = self._advance()
            if event is not None:
                self._working = True
                self._house.census.spawn(self._work(event))
        self._control_flow()

    def _advance(self) -> Event | None:
        """Carries out events until one must be waited for: that is returned. None when nothing is left."""
        session = self._session
        assert session is not None
        while self._writable and not self._closing:
            match event := session.next_event():
                case NeedData():
                    self._wait_for_client()
                    return None
                case StoreContent(data=data):
                    if self._holding.may_wait(data):
                        return event
                    self._store(session, data)
                case AskRecipient() | Deliver():
                    return event
                case StartTls():
                    self._send()
                    return event
                case SendReplies():
                    self._send()
                case DropContent():
                    self._holding.drop()
                case Close():
                    self._send()
                    self._close()
        return None

    def _wait_for_client(self) -> None:
        assert self._deadlines is not None
        self._send()
        self._deadlines.heard(self._loop.time())
        if self._eof:
            self._close()

    def _end(self, reply: Reply) -> None:
        assert self._session is not None
        self._session.end(reply)
        self._send()
        self._close()

    def _send(self) -> None:
        session = self._session
        assert session is not None
        data = session.replies()
        if data and not self._lost:
            self._transport.write(data)
        for refused in session.refused():
            self._house.tell(refused, session.client.ip)

    def _close(self) -> None:
        self._closing = True
        self._deadline = self._loop.time() + self._limits.close_seconds
        self._transport.close()
        self._holding.drop()

    def _control_flow(self) -> None:
        """Leaves the socket unread while too much waits."""
        if self._closing:
            return
        full = self._session is not None and self._session.buffered > MAX_UNREAD
        if full and not self._paused:
            self._transport.pause_reading()
        elif self._paused and not full:
            self._transport.resume_reading()
        self._paused = full

    # What takes time.

    async def _work(self, event: Event | None) -> None:
        try:
            while event is not None:
                await self._carry_out(event)
                event = self._advance()
                self._control_flow()
        except asyncio.CancelledError:
            self.abort()  # the session cannot go on without its answer
            raise
        except Exception:
            log.exception("session broken", door=self._house.name, client=self._peer)
            self._end(say.BROKEN)
        finally:
            self._working = False
            if self._closing:
                self._holding.drop()

    async def _carry_out(self, event: Event) -> None:
        session, deadlines = self._session, self._deadlines
        assert session is not None
        assert deadlines is not None
        match event:
            case AskRecipient():
                session.recipient_answered(await self._ask(event))
            case StoreContent(data=data):
                await self._store_in_thread(session, data)
            case Deliver(envelope=envelope):
                session.message_answered(await self._deliver(envelope))
            case StartTls():
                await self._start_tls(session)
        deadlines.renew(self._loop.time())

    async def _ask(self, event: AskRecipient) -> Accepted | Reply:
        try:
            async with asyncio.timeout(self._limits.door_seconds):
                return await self._house.door.recipient(event.address, event.account, event.visitor)
        except Exception:
            log.exception("recipient not answered", door=self._house.name, recipient=event.address)
            return say.INTERNAL

    async def _deliver(self, envelope: Envelope) -> tuple[Reply, ...]:
        spool = self._holding.take()
        try:
            async with asyncio.timeout(self._limits.door_seconds):
                return await self._house.door.receive(envelope, spool)
        except Exception:
            log.exception("message not received", door=self._house.name, queue_id=envelope.queue_id)
            return (say.INTERNAL,) * len(envelope.recipients)
        finally:
            spool.close()

    def _store(self, session: Session, data: bytes) -> None:
        try:
            self._holding.write(data)
        except OSError as error:
            self._not_stored(session, error)

    async def _store_in_thread(self, session: Session, data: bytes) -> None:
        try:
            await asyncio.to_thread(self._holding.write, data)
        except OSError as error:
            self._not_stored(session, error)

    def _not_stored(self, session: Session, error: OSError) -> None:
        log.error("message not stored", door=self._house.name, client=self._peer, error=str(error))
        session.content_failed(say.NO_STORAGE)

    async def _start_tls(self, session: Session) -> None:
        session.drop_input()
        try:
            transport = await self._loop.start_tls(
                self._transport,
                self,
                cast("ssl.SSLContext", self._house.tls),
                server_side=True,
                ssl_handshake_timeout=self._limits.tls_seconds,
            )
        except OSError as error:  # also ssl.SSLError and the handshake's timeout
            transport = None
            log.info("tls failed", door=self._house.name, client=self._peer, error=str(error))
        if transport is None:
            self.abort()
            self.connection_lost(None)  # the loop does not tell, as the handshake was not ours
            return
        self._transport, self._paused = transport, False
        secured = transport.get_extra_info("ssl_object")
        session.tls_started(f"{secured.version()} {secured.cipher()[0]}")
