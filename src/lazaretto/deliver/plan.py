"""What is to be sent and what became of it: the values that client, relay and bounces speak in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from lazaretto.deliver.reply import Reply
from lazaretto.model.envelope import Recipient


class Ending(StrEnum):
    """How one attempt for one recipient ended."""

    DELIVERED = "delivered"  # the next hop took responsibility
    TEMPORARY = "temporary"  # try again later
    PERMANENT = "permanent"  # never try again


@dataclass(frozen=True, slots=True)
class Result:
    """One recipient's outcome of one attempt."""

    recipient: str
    ending: Ending
    status: str  # enhanced status code. RFC 3463
    text: str  # reply of the next hop, or our own words; printable, one line
    replied: bool  # the text is what the next hop said
    in_doubt: bool = False  # the final dot was sent and no reply came: it may have been accepted


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One transaction with a next hop."""

    mail_from: str  # "" is the null return path
    recipients: tuple[Recipient, ...]
    content: Callable[[], Iterator[bytes]]  # read in a thread; from its beginning at each call
    size: int
    eight_bit: bool = False  # the body was announced as 8BITMIME
    utf8: bool = False  # an address or header field needs SMTPUTF8
    ret: Literal["FULL", "HDRS"] | None = None
    envid: str | None = None


def by_reply(recipient: str, reply: Reply) -> Result:
    """What a reply means for one recipient. Anything but 2xx and 5xx is temporary: when unsure, keep."""
    ending = Ending.TEMPORARY
    if reply.positive:
        ending = Ending.DELIVERED
    elif reply.permanent:
        ending = Ending.PERMANENT
    return Result(recipient, ending, reply.status, reply.text, replied=True)


def by_rcpt_reply(recipient: str, reply: Reply) -> Result:
    """A refusal at RCPT: "too many recipients" only waits for another transaction. RFC 5321 4.5.3.1.10."""
    result = by_reply(recipient, reply)
    if reply.code == 552 and reply.enhanced in (None, "5.5.3"):
        return replace(result, ending=Ending.TEMPORARY, status="4.5.3")
    return result


def failed(
    recipient: str, text: str, *, status: str = "4.4.2", permanent: bool = False, in_doubt: bool = False
) -> Result:
    """An outcome in our own words."""
    ending = Ending.PERMANENT if permanent else Ending.TEMPORARY
    return Result(recipient, ending, status, text, replied=False, in_doubt=in_doubt)
