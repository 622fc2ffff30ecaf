"""Drives a session without sockets: bytes in, replies and messages out."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lazaretto.intake.door import Accepted
from lazaretto.intake.events import (
    AskRecipient,
    Close,
    Deliver,
    DropContent,
    NeedData,
    SendReplies,
    StartTls,
    StoreContent,
)
from lazaretto.intake.limits import GatewayLimits
from lazaretto.intake.reply import Reply
from lazaretto.intake.session import Session
from lazaretto.intake.terms import Terms
from lazaretto.intake.xclient import Client
from lazaretto.model.envelope import Envelope

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOT_OURS = Reply(550, "5.7.1", "Relaying denied")
HELLO = b"EHLO client.test\r\n"
ENVELOPE = b"MAIL FROM:<ann@sender.example>\r\nRCPT TO:<bob@corp.example>\r\n"

FULL = Reply(452, "4.3.1", "full")


@dataclass
class Driven:
    """A session with a door that takes corp.example; `replies` are lists of lines without CRLF."""

    limits: GatewayLimits = field(default_factory=GatewayLimits)
    lmtp: bool = False
    tls: bool = True
    xclient: bool = False
    answers: tuple[Reply, ...] | None = None
    full: bool = False  # nothing can be stored

    def __post_init__(self) -> None:
        numbers = itertools.count(1)
        terms = Terms("mx.test", self.limits, self.lmtp, self.tls, lambda: f"Q{next(numbers)}", lambda: NOW)
        self.session = Session(terms, Client("192.0.2.1", 4321), xclient=self.xclient)
        self.output = b""
        self.messages: list[tuple[Envelope, bytes]] = []
        self.stored = b""
        self.closed = False
        self.wants_tls = False

    def feed(self, data: bytes) -> "Driven":
        """Feeds and carries out all events. Goes no further at StartTls."""
        self.session.feed(data)
        while not self.closed and not self.wants_tls:
            match event := self.session.next_event():
                case NeedData():
                    break
                case SendReplies():
                    pass
                case StoreContent():
                    if self.full:
                        self.session.content_failed(FULL)
                    else:
                        self.stored += event.data
                case DropContent():
                    self.stored = b""
                case AskRecipient():
                    ours = event.address.lower().endswith("@corp.example") or "@" not in event.address
                    reports = event.address.lower().startswith("phish@")
                    self.session.recipient_answered(Accepted("a" * 32, reports) if ours else NOT_OURS)
                case Deliver():
                    self._deliver(event.envelope)
                case StartTls():
                    self.wants_tls = True
                case Close():
                    self.closed = True
            self.output += self.session.replies()
        self.output += self.session.replies()
        return self

    def _deliver(self, envelope: Envelope) -> None:
        self.messages.append((envelope, self.stored))
        self.stored = b""
        ok = (Reply(250, "2.0.0", f"Ok: queued as {envelope.queue_id}"),) * len(envelope.recipients)
        self.session.message_answered(ok if self.answers is None else self.answers)

    def take(self) -> list[str]:
        """Reply lines since the last call."""
        lines = self.output.decode("ascii").split("\r\n")
        assert lines.pop() == ""
        self.output = b""
        return lines

    def say(self, line: bytes | str) -> list[str]:
        """Feeds one line, returns the reply lines."""
        self.feed((line.encode() if isinstance(line, str) else line) + b"\r\n")
        return self.take()

    def codes(self, line: bytes | str) -> str:
        """Feeds one line, returns code and enhanced code of the last reply line."""
        return " ".join(self.say(line)[-1].split(" ")[:2])

    def hello(self) -> "Driven":
        """After the greeting command."""
        self.say("LHLO client.test" if self.lmtp else "EHLO client.test")
        return self

    def in_data(self) -> "Driven":
        """After DATA was accepted."""
        self.hello().feed(ENVELOPE + b"DATA\r\n")
        assert self.take()[-1].startswith("354")
        return self

    @property
    def contents(self) -> list[bytes]:
        return [content for _, content in self.messages]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in pieces."""
    edges = [0, *sorted({p % (len(data) + 1) for p in places}), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]
