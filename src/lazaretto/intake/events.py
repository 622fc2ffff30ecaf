"""What a session wants its driver to do. The session itself does no I/O."""

from dataclasses import dataclass

from lazaretto.intake.admission import Visitor
from lazaretto.intake.reply import Reply
from lazaretto.model.envelope import Envelope


@dataclass(frozen=True, slots=True)
class NeedData:
    """All input is used up: send the replies, then feed more."""


@dataclass(frozen=True, slots=True)
class SendReplies:
    """There is more to do, but the replies so far should leave first."""


@dataclass(frozen=True, slots=True)
class AskRecipient:
    """Ask the door; answer with `Session.recipient_answered`."""

    address: str
    account: str | None
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class StoreContent:
    """The next bytes of the message."""

    data: bytes


@dataclass(frozen=True, slots=True)
class DropContent:
    """What was stored of the message is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The message is whole; give it to the door and answer with `Session.message_answered`."""

    envelope: Envelope


@dataclass(frozen=True, slots=True)
class StartTls:
    """Send the replies, begin TLS, then call `Session.tls_started`."""


@dataclass(frozen=True, slots=True)
class Close:
    """Send the replies and close."""


Event = NeedData | SendReplies | AskRecipient | StoreContent | DropContent | Deliver | StartTls | Close


@dataclass(frozen=True, slots=True)
class Refused:
    """A reply that refused something, for the log."""

    reply: Reply
    verb: str
    argument: str
    queue_id: str | None
