"""A greeted connection to a next hop: who it is, what it offers, whether TLS is on.

RFC 5321 3.1 and 3.2, RFC 2033 4.1 (LMTP), RFC 3207 (STARTTLS). What was offered before TLS is forgotten.
A refusal at this point says something about the connection, not about a message: always temporary.
"""

from dataclasses import dataclass, field
from pathlib import Path

from lazaretto.deliver.reply import Reply
from lazaretto.deliver.tls import client_context
from lazaretto.deliver.wire import HopError, Wire
from lazaretto.model.account import NextHop, TlsUse

MAX_EXTENSIONS = 64
"""Lines of an EHLO reply that are looked at: real servers offer about fifteen."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds to wait at each step. RFC 5321 4.5.3.2 gives the least values from greeting to end."""

    connect: float = 30.0
    greeting: float = 300.0
    hello: float = 300.0
    tls: float = 60.0
    mail: float = 300.0
    rcpt: float = 300.0
    data: float = 120.0
    block: float = 180.0
    end: float = 600.0
    reset: float = 20.0  # a kept connection that is slower than this is replaced
    quit: float = 2.0  # politeness must not hold up a stop


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """How we present ourselves and what we insist on."""

    hostname: str
    durations: Durations = field(default_factory=Durations)
    verify: bool = True  # look at certificates where TLS is required
    ca_file: Path | None = None  # None: the certificates that the system trusts


class TlsFailedError(HopError):
    """The handshake failed; the connection is gone."""


class Session:
    """One connection after greeting, EHLO and STARTTLS."""

    def __init__(self, hop: NextHop, options: ClientOptions, wire: Wire) -> None:
        self.hop = hop
        self.durations = options.durations
        self.wire = wire
        self.extensions: dict[str, str] = {}
        self.transactions = 0
        self.broken = False

    @property
    def usable(self) -> bool:
        """Another transaction may be tried on it."""
        return not (self.broken or self.wire.lost or self.wire.unread)

    def offers(self, extension: str) -> bool:
        """The next hop named the extension in its reply to EHLO."""
        return extension in self.extensions

    async def command(self, line: str, *, seconds: float) -> Reply:
        """One command, one reply."""
        verb = line.partition(" ")[0]
        await self.wire.write(line.encode() + b"\r\n", seconds=seconds, what=verb)
        return await self.read(seconds=seconds, what=verb)

    async def read(self, *, seconds: float, what: str) -> Reply:
        """The next reply. 421 says that the next hop is closing. RFC 5321 3.8."""
        reply = await self.wire.reply(seconds=seconds, what=what)
        self.broken = self.broken or reply.code == 421
        return reply

    async def reset(self) -> bool:
        """Whether a kept connection is still alive and in its first state."""
        if not self.usable:
            return False
        try:
            return (await self.command("RSET", seconds=self.durations.reset)).positive
        except HopError:
            return False

    async def quit(self) -> None:
        """Says goodbye where that is possible, and closes."""
        try:
            if self.usable:
                await self.command("QUIT", seconds=self.durations.quit)
        except HopError:
            pass  # it was going away anyway
        finally:
            self.wire.close()


async def open_session(hop: NextHop, options: ClientOptions) -> Session:
    """A session with the TLS that the next hop's setting asks for.

    Opportunistic TLS that breaks is tried once more in clear, on a new connection. RFC 7435 3.
    """
    try:
        return await _open(hop, options, use=hop.tls)
    except TlsFailedError:
        if hop.tls == "required":
            raise
    return await _open(hop, options, use="off")


async def _open(hop: NextHop, options: ClientOptions, *, use: TlsUse) -> Session:
    wire = await Wire.connect(hop.host, hop.port, seconds=options.durations.connect)
    session = Session(hop, options, wire)
    try:
        await _greeting(session)
        await _hello(session, options)
        if use != "off":
            await _secure(session, options, use=use)
    except BaseException:
        wire.close()
        raise
    return session


async def _greeting(session: Session) -> None:
    greeting = await session.read(seconds=session.durations.greeting, what="greeting")
    if not greeting.positive:
        raise HopError(f"greeting was {greeting.text}")


async def _hello(session: Session, options: ClientOptions) -> None:
    seconds = options.durations.hello
    lmtp = session.hop.protocol == "lmtp"
    verb = "LHLO" if lmtp else "EHLO"
    reply = await session.command(f"{verb} {options.hostname}", seconds=seconds)
    session.extensions = {}
    if reply.positive:
        words = (line.partition(" ") for line in reply.lines[1 : MAX_EXTENSIONS + 1])
        session.extensions = {name.upper(): value for name, _, value in words}
    elif lmtp or not reply.permanent:
        raise HopError(f"{verb} was answered {reply.text}")
    elif not (reply := await session.command(f"HELO {options.hostname}", seconds=seconds)).positive:
        raise HopError(f"HELO was answered {reply.text}")  # RFC 5321 3.2: old servers know only HELO


async def _secure(session: Session, options: ClientOptions, *, use: TlsUse) -> None:
    refusal = "offers no STARTTLS"
    if session.offers("STARTTLS"):
        reply = await session.command("STARTTLS", seconds=options.durations.tls)
        if reply.code == 220:
            return await _handshake(session, options, use=use)
        refusal = f"refused STARTTLS: {reply.text}"
    if use == "required":
        raise HopError(f"TLS is required and the next hop {refusal}")
    return None


async def _handshake(session: Session, options: ClientOptions, *, use: TlsUse) -> None:
    try:
        context = client_context(use, verify=options.verify, ca_file=options.ca_file)
    except OSError as error:  # ssl.SSLError is an OSError
        raise HopError(f"certificates to trust cannot be read: {error}") from error
    if context is None:
        return
    try:
        await session.wire.start_tls(context, host=session.hop.host, seconds=options.durations.tls)
    except HopError as error:
        raise TlsFailedError(str(error)) from error
    await _hello(session, options)  # RFC 3207 4.2
