"""One transaction with a next hop, over SMTP or LMTP.

Ours because three things matter that the libraries hide: LMTP replies by recipient, a body that streams from
chunks, and the exact moment after which we no longer know whether the next hop took the message. Results are
handed over the moment they are certain, so that they can be made durable before anything else happens.

RFC 5321, RFC 2033 (LMTP), RFC 2920 (PIPELINING), RFC 3461 (DSN), RFC 1870 (SIZE), RFC 6152 (8BITMIME),
RFC 6531 (SMTPUTF8). Limits: no CHUNKING, no AUTH, the body is never converted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator

from lazaretto.deliver.plan import Outgoing, Result, by_rcpt_reply, by_reply, failed
from lazaretto.deliver.reply import Reply
from lazaretto.deliver.session import Session
from lazaretto.deliver.stuffing import BareLineEndError, Stuffing
from lazaretto.deliver.wire import HopError
from lazaretto.model.envelope import Recipient

BLOCK = 256 * 1024
"""Bytes of content that are on the way at one time: memory does not grow with the message."""

MAX_ADDRESS = 1_000
"""Characters of an address that we send. RFC 5321 4.5.3.1.3 allows 256; more than this is nonsense."""

Conclude = Callable[[tuple[Result, ...]], Awaitable[None]]
BeforeEnd = Callable[[tuple[str, ...]], Awaitable[None]]  # gets the recipients that may be accepted


class Transaction:
    """MAIL, RCPT, DATA, content, final reply: each recipient is concluded exactly once, whatever happens."""

    def __init__(
        self, session: Session, mail: Outgoing, *, conclude: Conclude, before_end: BeforeEnd | None = None
    ) -> None:
        self.in_doubt = False  # the final dot may have arrived, no reply came yet
        self._session = session
        self._mail = mail
        self._report = conclude
        self._before_end = before_end
        self._open = {r.address: r for r in mail.recipients}  # not concluded yet, in order
        self._known: list[Result] = []  # refused at RCPT, told together with the rest

    async def run(self) -> tuple[str, ...]:
        """Sends the message and returns notes for the trace. A lost connection is a result, not an error."""
        session = self._session
        session.transactions += 1
        notes = _notes(session, self._mail)
        try:
            await self._run()
        except HopError as error:
            session.broken = True
            await self._conclude(failed(a, str(error), in_doubt=self.in_doubt) for a in self._open)
        except BareLineEndError:
            session.broken = True
            text = "content holds bare CR or LF and cannot be sent unchanged"
            await self._conclude(failed(a, text, status="5.6.0", permanent=True) for a in self._open)
        except BaseException:
            session.broken = True
            session.wire.close()
            raise
        return notes

    async def _run(self) -> None:
        if refusal := _unfit(self._session, self._mail):
            status, text = refusal
            await self._conclude(failed(a, text, status=status, permanent=True) for a in self._open)
            return
        for recipient in self._mail.recipients:
            if not _speakable(recipient.address):
                self._note(
                    failed(recipient.address, "address cannot be sent", status="5.1.3", permanent=True)
                )
        await self._envelope()
        if self._open and await self._data():
            await self._content()
            await self._final()
        await self._conclude(())

    def _note(self, result: Result) -> None:
        """A result that is certain and will be handed over with the next batch."""
        self._known.append(result)
        self._open.pop(result.recipient, None)

    async def _conclude(self, results: Iterable[Result]) -> None:
        batch = (*self._known, *results)
        self._known.clear()
        for result in batch:
            self._open.pop(result.recipient, None)
        if batch:
            await self._report(batch)

    async def _envelope(self) -> None:
        """MAIL and every RCPT; in one write where the next hop can take that. RFC 2920 3.1."""
        session = self._session
        recipients = tuple(self._open.values())
        if not recipients:
            return
        lines = [_mail_command(session, self._mail), *(_rcpt_command(session, r) for r in recipients)]
        pipelined = session.offers("PIPELINING")
        if pipelined:
            await self._say("".join(lines))
        reply = await self._answer("" if pipelined else lines[0])
        if not reply.positive:
            await self._conclude(by_reply(a, reply) for a in self._open)
            session.broken = session.broken or pipelined  # the replies to RCPT are still on their way
            return
        for recipient, line in zip(recipients, lines[1:], strict=True):
            reply = await self._answer("" if pipelined else line)
            if reply.code == 421:
                raise HopError(reply.text)  # RFC 5321 3.8: nothing more will be answered
            if not reply.positive:
                self._note(by_rcpt_reply(recipient.address, reply))

    async def _say(self, lines: str) -> None:
        seconds = self._session.durations.mail
        await self._session.wire.write(lines.encode(), seconds=seconds, what=lines[:4])

    async def _answer(self, line: str) -> Reply:
        """The reply to a command of the envelope, which is sent first unless it already was."""
        if line:
            await self._say(line)
        return await self._session.read(seconds=self._session.durations.rcpt, what="envelope")

    async def _data(self) -> bool:
        reply = await self._session.command("DATA", seconds=self._session.durations.data)
        if reply.code == 354:
            return True
        if reply.positive:
            raise HopError(f"DATA was answered {reply.text}")
        await self._conclude(by_reply(a, reply) for a in self._open)
        return False

    async def _content(self) -> None:
        """The whole content but for its last block, then the last block together with the final dot."""
        wire, wait = self._session.wire, self._session.durations
        source, stuffing = self._mail.content(), Stuffing()
        block, done = await asyncio.to_thread(_block, source, stuffing)
        while not done:
            await self._write(block)
            block, done = await asyncio.to_thread(_block, source, stuffing)
        ending = block + stuffing.last() + b".\r\n"
        if wire.unread:
            raise await self._early()
        if self._before_end:
            await self._before_end(tuple(self._open))
        self.in_doubt = True
        await wire.write(ending, seconds=wait.block, what="end of data")

    async def _write(self, block: bytes) -> None:
        wire = self._session.wire
        try:
            await wire.write(block, seconds=self._session.durations.block, what="data")
        except HopError as error:
            raise (await self._early() if wire.unread else error) from error

    async def _early(self) -> HopError:
        """A reply that came before the end of data: the next hop has given up."""
        reply = await self._session.read(seconds=1, what="data")
        if reply.permanent:
            await self._conclude(by_reply(a, reply) for a in self._open)
        return HopError(f"before the end of data the next hop said {reply.text}")

    async def _final(self) -> None:
        """One reply for all, or with LMTP one for each recipient in order. RFC 2033 4.2."""
        session, seconds = self._session, self._session.durations.end
        if session.hop.protocol == "smtp":
            reply = await session.read(seconds=seconds, what="end of data")
            self.in_doubt = False
            await self._conclude(by_reply(a, reply) for a in self._open)
            return
        for address in tuple(self._open):
            if self._known and not session.wire.unread:
                await self._conclude(())  # durable before we wait for the next one
            self._note(by_reply(address, await session.read(seconds=seconds, what="end of data")))
        self.in_doubt = False


def _block(source: Iterator[bytes], stuffing: Stuffing) -> tuple[bytes, bool]:
    """The next block, dots stuffed, and whether it is the last. Runs in a thread: the source reads files."""
    pieces: list[bytes] = []
    size = 0
    for chunk in source:
        pieces.append(stuffing.feed(chunk))
        size += len(pieces[-1])
        if size >= BLOCK:
            return b"".join(pieces), False
    return b"".join(pieces), True


def _mail_command(session: Session, mail: Outgoing) -> str:
    words = [f"MAIL FROM:<{mail.mail_from}>"]
    if session.offers("SIZE"):
        words.append(f"SIZE={mail.size}")
    if session.offers("8BITMIME") and mail.eight_bit:
        words.append("BODY=8BITMIME")
    if mail.utf8:
        words.append("SMTPUTF8")
    if session.offers("DSN"):
        words += [f"RET={mail.ret}"] if mail.ret else []
        words += [f"ENVID={mail.envid}"] if mail.envid and _speakable(mail.envid) else []
    return " ".join(words) + "\r\n"


def _rcpt_command(session: Session, recipient: Recipient) -> str:
    words = [f"RCPT TO:<{recipient.address}>"]
    if session.offers("DSN"):
        words += [f"NOTIFY={','.join(recipient.notify)}"] if recipient.notify else []
        words += [f"ORCPT={recipient.orcpt}"] if recipient.orcpt and _speakable(recipient.orcpt) else []
    return " ".join(words) + "\r\n"


def _unfit(session: Session, mail: Outgoing) -> tuple[str, str] | None:
    """Why this next hop can never take this message."""
    limit = session.extensions.get("SIZE", "")
    if limit.isascii() and limit.isdigit() and len(limit) < 19 and 0 < int(limit) < mail.size:
        return "5.3.4", f"message of {mail.size} bytes is larger than the {limit} the next hop takes"
    if mail.utf8 and not session.offers("SMTPUTF8"):
        return "5.6.7", "message needs SMTPUTF8, which the next hop does not offer"  # RFC 6531 3.2
    if mail.mail_from and not _speakable(mail.mail_from):
        return "5.1.7", "return path cannot be sent"
    return None


def _speakable(word: str) -> bool:
    """Nothing in it could end the path or the command early. Only a quoted local part may hold such signs."""
    loose = word.startswith('"') or not any(c in " <>" for c in word)
    return 0 < len(word) <= MAX_ADDRESS and word.isprintable() and loose


def _notes(session: Session, mail: Outgoing) -> tuple[str, ...]:
    if mail.eight_bit and not session.offers("8BITMIME"):
        return ("next hop does not offer 8BITMIME; the body was sent as it is",)
    return ()
