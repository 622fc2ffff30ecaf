"""What the gateway asks of the house behind it: who is a recipient, and take this message.

The gateway knows SMTP; the door knows accounts, domains, storage and policy.
"""

from dataclasses import dataclass
from typing import Protocol

from lazaretto.intake.admission import Visitor
from lazaretto.intake.reply import Reply
from lazaretto.model.envelope import Envelope
from lazaretto.store.spool import Spool


@dataclass(frozen=True, slots=True)
class Accepted:
    """The recipient belongs to this account."""

    account: str  # account id, 32 hex digits
    reporting: bool = False  # the address takes reports about mail; nothing is delivered to it


class Door(Protocol):
    """Whatever it raises is answered with 451 4.3.0."""

    async def recipient(self, address: str, account: str | None, visitor: Visitor) -> Accepted | Reply:
        """Whether mail for the address is taken.

        `account` is that of the recipients before it, None at the first. The address is as given, without
        angle brackets; "postmaster" is the only one without a domain.
        """

    async def receive(self, envelope: Envelope, spool: Spool) -> tuple[Reply, ...]:
        """Takes custody of the message; one reply a recipient, in order.

        After a positive reply the message must survive any crash. The gateway closes the spool afterwards.
        """

    def queue_id(self) -> str:
        """A fresh queue id."""
