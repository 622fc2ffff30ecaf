"""Deliveries as work to do: claimed with a lease, marked before the point of no return, settled with an outcome.

Rules. A row is due when its time has come and nobody holds a lease on it. Before the last byte of a message is
sent the attempt is made durable with `sending`; a row that is claimed again with `in_doubt_since` set was
possibly accepted, and is sent again, because duplicates are acceptable and loss is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lazaretto.mail.stamp import Stamp
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.record import DeliveryState
from lazaretto.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Claimed:
    """One recipient's copy that is ours to send until the lease ends."""

    id: int  # delivery id
    account: str
    record: int
    recipient: Recipient  # with the DSN parameters
    domain: str  # of the recipient, A-label form
    attempts: int  # ended attempts of this generation
    generation: int  # 0 for the first sending, one more for each release
    tagged: bool
    queued_at: datetime  # when this generation entered the outbox
    owner: str
    in_doubt_since: datetime | None  # an earlier attempt was cut off after the content was sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt for one recipient ended."""

    state: DeliveryState  # DELIVERED, DEFERRED (with next_attempt_at) or BOUNCED
    reply: str  # last reply of the next hop, or our own words
    trace: str  # one sentence for the trace
    next_attempt_at: datetime | None = None
    outbound_queue_id: str | None = None  # the next hop's id, when its reply names one


@dataclass(frozen=True, slots=True)
class Sending:
    """What has to be sent, the same for all recipients of a record."""

    account: str
    record: int
    id: str  # investigate id
    envelope: Envelope
    blob: str
    size: int
    stamp: Stamp
    disposition: Disposition | None


@dataclass(frozen=True, slots=True)
class Released:
    """What became of a wish to release."""

    queued: tuple[str, ...]  # recipients whose copies are on their way now
    untouched: tuple[str, ...]  # recipients that hold nothing: not quarantined, already released, or not of this record


async def claim(
    tx: Transaction,
    *,
    owner: str,
    limit: int,
    now: datetime,
    lease: timedelta,
    record: tuple[str, int] | None = None,
    exclude: Sequence[str] = (),
) -> tuple[Claimed, ...]:
    """Take due rows, longest waiting first; rows of one record and domain come together and next to each other.

    `exclude` names domains whose next hop is down or busy: their rows stay where they are, unclaimed.

    `limit` bounds how many rows are picked; their due neighbours of the same record and domain come with them.
    `record` (account, number) takes only rows of one record.
    """
    raise NotImplementedError


async def get_sending(tx: Transaction, account: str, number: int) -> Sending | None:
    """The content behind claimed rows."""
    raise NotImplementedError


async def renew(tx: Transaction, claimed: Sequence[Claimed], *, now: datetime, lease: timedelta) -> None:
    """Hold the rows longer."""
    raise NotImplementedError


async def sending(tx: Transaction, claimed: Sequence[Claimed], *, now: datetime) -> None:
    """Make durable that the content is about to be sent in full. Commit this before the final dot."""
    raise NotImplementedError


async def settle(tx: Transaction, claimed: Claimed, outcome: Outcome, now: datetime) -> bool:
    """Write how the attempt ended. False when the row is no longer ours and nothing was changed.

    A delivery that happened is written even after the lease was lost, as long as nobody settled the row.
    """
    raise NotImplementedError


async def let_go(tx: Transaction, owner: str) -> int:
    """Give up all leases of an owner: the rows are due again at once. Returns how many."""
    raise NotImplementedError


async def release(
    tx: Transaction,
    account: str,
    number: int,
    recipients: Sequence[str] | None,
    *,
    actor: str,
    now: datetime,
) -> Released:
    """Let quarantined copies go: QUARANTINED becomes QUEUED with the next generation. None means all recipients.

    Repeating it changes nothing. Writes one action and one trace line for each copy that it set free.
    """
    raise NotImplementedError


async def next_due(tx: Transaction) -> datetime | None:
    """When the next row becomes due that nobody holds; None when nothing waits."""
    raise NotImplementedError


async def queue_depth(tx: Transaction) -> dict[DeliveryState, int]:
    """How many copies are QUEUED, DEFERRED (waiting for their next attempt) and QUARANTINED, over all accounts."""
    raise NotImplementedError
