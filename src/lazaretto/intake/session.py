"""One SMTP or LMTP session without I/O: bytes in, replies and events out. RFC 5321, RFC 2033.

Feed bytes with `feed`, take events from `next_event` until NeedData, send what `replies` returns.
An event that asks something (AskRecipient, Deliver, StartTls) stops the session until its answer is given;
bytes that come meanwhile wait, so pipelined commands keep their order (RFC 2920).
The outcome does not depend on how the input was cut.
"""

from collections.abc import Callable, Mapping

from lazaretto.intake import replies as say
from lazaretto.intake.buffer import InputBuffer
from lazaretto.intake.commands import Command, parse_hello, parse_line
from lazaretto.intake.door import Accepted
from lazaretto.intake.events import Event, NeedData, Refused, SendReplies, StartTls
from lazaretto.intake.mailing import Mailing
from lazaretto.intake.reply import Reply
from lazaretto.intake.terms import Terms
from lazaretto.intake.transaction import Caller
from lazaretto.intake.voice import Voice
from lazaretto.intake.xclient import ATTRIBUTES, Client, parse_xclient

MAX_WAITING_REPLIES = 65_536
"""Bytes of replies gathered before they must be sent: who pipelines and never reads fills no memory."""

_NEED_DATA = NeedData()
_SEND_REPLIES = SendReplies()
_WEB = frozenset({"GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "PATCH", "DELETE"})
_NOT_DONE = frozenset({"EXPN", "AUTH", "ETRN", "TURN", "ATRN", "SEND", "SOML", "SAML", "BURL"})


class Session:
    """The state of one connection."""

    def __init__(self, terms: Terms, client: Client, *, xclient: bool) -> None:
        self.client = client
        self.commands = 0  # command lines read so far
        self._terms = terms
        self._xclient_allowed = xclient
        self._input = InputBuffer(terms.limits.command_bytes)
        self._voice = Voice(terms.limits.errors)
        self._mailing = Mailing(terms, self._voice)
        self._helo: str | None = None
        self._extended = False
        self._tls: str | None = None
        self._stopping = False
        self._verbs = self._table()

    # What the driver uses.

    @property
    def in_transaction(self) -> bool:
        """MAIL was accepted and the message is not yet answered."""
        return self._mailing.transaction is not None

    @property
    def in_content(self) -> bool:
        """The next bytes belong to a message."""
        return self._mailing.reader is not None

    @property
    def exchanges(self) -> int:
        """Grows with whatever has to end in the time of a transaction."""
        return self._mailing.exchanges

    @property
    def buffered(self) -> int:
        """Bytes that wait to be read."""
        return len(self._input)

    def greet(self) -> None:
        """The first reply. RFC 5321 4.3.1."""
        name = "LMTP" if self._terms.lmtp else "ESMTP"
        self._voice.say(Reply(220, "", f"{self._terms.hostname} {name} Lazaretto"))

    def feed(self, data: bytes) -> None:
        """What the client sent."""
        if not self._voice.closed:
            self._input.feed(data)

    def next_event(self) -> Event:
        """What to do now."""
        voice, mailing = self._voice, self._mailing
        while not voice.events:
            assert not voice.waiting
            if len(voice.output) > MAX_WAITING_REPLIES:
                return _SEND_REPLIES
            if self._stopping and mailing.transaction is None and mailing.reader is None:
                voice.end(say.STOPPING)
            if voice.closed:
                break
            if not (mailing.read(self._input) if mailing.reader else self._read_command()):
                return _NEED_DATA
        return voice.events.popleft() if voice.events else _NEED_DATA

    def replies(self) -> bytes:
        """The bytes to send now."""
        data = bytes(self._voice.output)
        self._voice.output.clear()
        return data

    def refused(self) -> list[Refused]:
        """What was refused since the last call, for the log."""
        return self._voice.refused()

    def recipient_answered(self, answer: Accepted | Reply) -> None:
        """The door's answer to AskRecipient."""
        self._voice.waiting = False
        self._mailing.recipient_answered(answer)

    def message_answered(self, replies: tuple[Reply, ...]) -> None:
        """The door's answers to Deliver."""
        self._voice.waiting = False
        self._mailing.message_answered(replies)

    def content_failed(self, reply: Reply) -> None:
        """The answer to StoreContent when it could not be stored."""
        self._mailing.content_failed(reply)

    def drop_input(self) -> None:
        """TLS begins now: what came in clear after STARTTLS was injected. RFC 3207 4.2."""
        self._input.clear()

    def tls_started(self, description: str) -> None:
        """The answer to StartTls; the client begins anew. RFC 3207 4.2."""
        self._voice.waiting = False
        self._tls = description
        self._start_over()

    def end(self, reply: Reply) -> None:
        """Says the last word, whatever the session is doing."""
        self._voice.end(reply)
        self._input.clear()

    def stop(self) -> None:
        """Ends the session as soon as no transaction is open."""
        self._stopping = True

    # Commands.

    def _read_command(self) -> bool:
        line = self._input.line()
        if line is None:
            return False
        voice = self._voice
        self.commands += 1
        if self.commands > self._terms.limits.commands:
            voice.end(say.TOO_MANY_COMMANDS)
            return True
        command = parse_line(line)
        if isinstance(command, Reply):
            voice.command = Command("", "")
            voice.refuse(command)
            return True
        voice.command = command
        action = self._verbs.get(command.verb)
        if action is not None:
            action(command.argument)
        elif command.verb in _WEB:  # a browser was tricked into talking to us: no later line may be obeyed
            voice.end(say.NOT_MAIL)
        else:
            voice.refuse(say.NOT_IMPLEMENTED if command.verb in _NOT_DONE else say.UNKNOWN_COMMAND)
        return True

    def _table(self) -> Mapping[str, Callable[[str], None]]:
        return {
            "EHLO": self._hello,
            "HELO": self._hello,
            "LHLO": self._hello,
            "MAIL": self._mail,
            "RCPT": self._mailing.rcpt,
            "DATA": self._mailing.data,
            "BDAT": self._mailing.bdat,
            "RSET": self._rset,
            "NOOP": self._noop,
            "HELP": self._help,
            "VRFY": self._vrfy,
            "QUIT": self._quit,
            "STARTTLS": self._starttls,
            "XCLIENT": self._xclient,
        }

    def _hello(self, argument: str) -> None:
        verb = self._voice.command.verb
        if (verb == "LHLO") != self._terms.lmtp:
            self._voice.refuse(say.WRONG_GREETING)  # RFC 2033 4.1
            return
        name = parse_hello(argument)
        if isinstance(name, Reply):
            self._voice.refuse(name)
            return
        self._mailing.forget()
        self._helo = name
        self._extended = verb != "HELO"
        lines = (self._terms.hostname, *(self._extensions() if self._extended else ()))
        self._voice.say(Reply(250, "", "\n".join(lines)))

    def _extensions(self) -> tuple[str, ...]:
        size = f"SIZE {self._terms.limits.message_bytes}"
        offered = ("PIPELINING", size, "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING", "DSN")
        tls = ("STARTTLS",) if self._terms.tls and self._tls is None else ()
        xclient = (f"XCLIENT {ATTRIBUTES}",) if self._xclient_allowed else ()
        return (*offered, *tls, *xclient)

    def _mail(self, argument: str) -> None:
        if self._helo is None:
            self._voice.refuse(say.HELLO_FIRST)
            return
        caller = Caller(self.client, self._helo, self._extended, self._terms.lmtp, self._tls)
        self._mailing.mail(argument, caller)

    def _rset(self, argument: str) -> None:
        if argument:
            self._voice.refuse(say.NO_ARGUMENT)
            return
        self._mailing.forget()
        self._voice.say(say.OK)

    def _noop(self, _argument: str) -> None:
        self._voice.say(say.OK)

    def _help(self, _argument: str) -> None:
        self._voice.say(say.HELP)

    def _vrfy(self, argument: str) -> None:
        if argument:
            self._voice.say(say.CANNOT_VERIFY)  # RFC 5321 7.3
        else:
            self._voice.refuse(say.NEED_ARGUMENT)

    def _quit(self, argument: str) -> None:
        if argument:
            self._voice.refuse(say.NO_ARGUMENT)
        else:
            self.end(say.GOODBYE)

    def _starttls(self, argument: str) -> None:
        if not self._terms.tls:
            self._voice.refuse(say.NO_TLS)
        elif self._tls is not None:
            self._voice.refuse(say.TLS_ACTIVE)
        elif argument:
            self._voice.refuse(say.NO_ARGUMENT)
        elif self.in_transaction:
            self._voice.refuse(say.IN_TRANSACTION)
        else:
            self._voice.say(say.READY_FOR_TLS)
            self._voice.ask(StartTls())

    def _xclient(self, argument: str) -> None:
        if not self._xclient_allowed:
            self._voice.refuse(say.NOT_A_PROXY)
            return
        if self.in_transaction:
            self._voice.refuse(say.IN_TRANSACTION)
            return
        client = parse_xclient(argument, self.client)
        if client is None:
            self._voice.refuse(say.BAD_XCLIENT)
            return
        self.client = client
        self._start_over()
        self.greet()

    def _start_over(self) -> None:
        self._helo = None
        self._extended = False
        self._mailing.forget()
