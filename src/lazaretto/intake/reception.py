"""The door behind the SMTP gateway: which recipients are ours, and how a decision is told to the client."""

from collections.abc import Callable

from lazaretto.intake.admission import Rules, Visitor, refusal
from lazaretto.intake.door import Accepted
from lazaretto.intake.reply import Reply
from lazaretto.mail.domains import domain_of
from lazaretto.model.account import Domain
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.envelope import Envelope
from lazaretto.pipeline import Road, receive
from lazaretto.store.domains import find_domain
from lazaretto.store.ids import new_queue_id
from lazaretto.store.options import get_options
from lazaretto.store.spool import Spool
from lazaretto.store.transaction import Transaction

NOT_OURS = Reply(550, "5.7.1", "Relaying denied: we do not take mail for this domain")
OTHER_ACCOUNT = Reply(
    452, "4.5.3", "Recipients of two organisations in one transaction: send the rest separately"
)
STRICT = Rules()


class Reception:
    """The gateway's door to the road. With `each_replies` every recipient has its own reply: LMTP."""

    def __init__(
        self,
        road: Road,
        *,
        each_replies: bool = False,
        rules: Rules = STRICT,
        reported: Callable[[], None] = lambda: None,  # called when report mail waits to be read
    ) -> None:
        self._road = road
        self._each_replies = each_replies
        self._rules = rules
        self._reported = reported

    def queue_id(self) -> str:
        """A fresh queue id."""
        return new_queue_id()

    async def recipient(self, address: str, account: str | None, visitor: Visitor) -> Accepted | Reply:
        """Only configured domains, and one account a transaction: records of two never share a reply."""
        name = domain_of(address)
        if not name:
            return NOT_OURS
        domain, reporting = await self._road.database.read(lambda tx: _look_up(tx, name, address))
        if domain is None:
            return NOT_OURS
        if account is not None and domain.account != account:
            return OTHER_ACCOUNT
        refused = refusal(domain, visitor, self._rules)
        if refused is not None:
            return refused
        return Accepted(domain.account, reporting)

    async def receive(self, envelope: Envelope, spool: Spool) -> tuple[Reply, ...]:
        """One reply a recipient, in the order of the envelope."""
        decision = await receive(self._road, envelope, spool, each_replies=self._each_replies)
        if envelope.reporting:
            self._reported()
        return replies(decision, envelope)


async def _look_up(tx: Transaction, name: str, address: str) -> tuple[Domain | None, bool]:
    """The domain, and whether its account takes reports at this address."""
    domain = await find_domain(tx, name)
    if domain is None:
        return None, False
    options = await get_options(tx, domain.account)
    return domain, any(is_same(address, taken) for taken in options.report_addresses)


def is_same(address: str, other: str) -> bool:
    """Two spellings of one mailbox: nobody tells the case of report addresses apart."""
    local, _, _ = address.rpartition("@")
    other_local, _, _ = other.strip().strip("<>").rpartition("@")
    return local.casefold() == other_local.casefold() and domain_of(address) == domain_of(other)


def replies(decision: Decision, envelope: Envelope) -> tuple[Reply, ...]:
    """Say a decision in SMTP. The text is the same whatever the reason: the sender may be the attacker."""
    orders = {order.recipient: order for order in decision.orders}
    return tuple(_reply(orders[r.address], envelope.queue_id) for r in envelope.recipients)


def _reply(order: RecipientOrder, queue_id: str) -> Reply:
    match order.order:
        case Order.REJECT:
            return Reply(550, "5.7.1", f"Message refused by policy, reference {queue_id}")
        case Order.DEFER:
            return Reply(451, "4.7.1", f"Message cannot be judged now, try again later, reference {queue_id}")
        case Order.DELIVER | Order.TAG | Order.QUARANTINE:
            return Reply(250, "2.0.0", f"Ok: queued as {queue_id}")
