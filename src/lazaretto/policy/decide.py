"""Orders for the recipients of a message, by the disposition and the policy of each recipient's domain.

SMTP has one reply for all recipients of a transaction (RFC 5321 4.2.5). So a message is only refused at the
door when every recipient's policy refuses it; otherwise the copies that would be refused are held, and the
order says so. The same holds for "not now" after a failed scan: one recipient who wants to wait makes all
wait. LMTP answers once for each recipient (RFC 2033 4.2), and there the orders may differ.

Ways in that deliver nothing (history, copies, reports) get a decision too: it records what policy would
have done, and whoever stores the deliveries leaves them undelivered.

Limits: a recipient whose domain is not ours any more gets the default policy; whether it may be relayed at
all was decided before the message was taken.
"""

from collections.abc import Mapping
from dataclasses import replace

from lazaretto.mail.domains import domain_of
from lazaretto.model.account import Domain, DomainPolicy
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Envelope, Recipient
from lazaretto.model.verdict import Verdict

DELIVERING: frozenset[Mode] = frozenset({Mode.DIRECT})
"""Ways in that owe a delivery. Everything else looks at mail that is already where it belongs."""

DEFAULT_POLICY = DomainPolicy()

_FAILURE_ORDERS = {"defer": Order.DEFER, "quarantine": Order.QUARANTINE, "deliver": Order.DELIVER}


def delivers(mode: Mode) -> bool:
    """Mail that came in this way is to be sent on."""
    return mode in DELIVERING


def decide(
    verdict: Verdict,
    envelope: Envelope,
    domains: Mapping[str, Domain],
    *,
    per_recipient_replies: bool = False,
) -> Decision:
    """One order for each recipient, with `domains` by name; LMTP gives `per_recipient_replies`."""
    disposition = verdict.disposition
    orders = tuple(_judged(r, _policy_of(r, domains), disposition) for r in envelope.recipients)
    if delivers(envelope.mode):
        orders = orders if per_recipient_replies else _one_reply(orders)
    else:
        orders = tuple(_nothing_to_refuse(o) for o in orders)
    return Decision(disposition, orders)


def decide_without_scan(
    envelope: Envelope, domains: Mapping[str, Domain], reason: str, *, per_recipient_replies: bool = False
) -> Decision:
    """Orders for a message that could not be scanned; the disposition is UNKNOWN."""
    orders = tuple(_unjudged(r, _policy_of(r, domains), reason) for r in envelope.recipients)
    if not delivers(envelope.mode):
        orders = tuple(_nothing_to_refuse(o) for o in orders)
    elif not per_recipient_replies and any(o.order is Order.DEFER for o in orders):
        orders = tuple(_waiting(o, reason) for o in orders)
    return Decision(Disposition.UNKNOWN, orders)


def _policy_of(recipient: Recipient, domains: Mapping[str, Domain]) -> DomainPolicy:
    domain = domains.get(domain_of(recipient.address))
    return domain.policy if domain is not None else DEFAULT_POLICY


def _judged(recipient: Recipient, policy: DomainPolicy, disposition: Disposition) -> RecipientOrder:
    order = policy.order_for(disposition)
    name = domain_of(recipient.address) or "the recipient's domain"
    return RecipientOrder(recipient.address, order, f"The policy of {name} for {disposition} is {order}.")


def _unjudged(recipient: Recipient, policy: DomainPolicy, reason: str) -> RecipientOrder:
    order = _FAILURE_ORDERS[policy.on_scan_failure]
    name = domain_of(recipient.address) or "the recipient's domain"
    return RecipientOrder(
        recipient.address, order, f"No scan was made ({reason}); for this {name} says {order}."
    )


def _one_reply(orders: tuple[RecipientOrder, ...]) -> tuple[RecipientOrder, ...]:
    """Refuse for all, or hold what cannot be refused alone."""
    if all(o.order is Order.REJECT for o in orders):
        return orders
    if any(o.order is Order.DEFER for o in orders):
        return tuple(_waiting(o, "another recipient's policy defers") for o in orders)
    return tuple(_held(o) if o.order is Order.REJECT else o for o in orders)


def _held(order: RecipientOrder) -> RecipientOrder:
    reason = (
        f"{order.reason} Other recipients of the transaction take the message, so this copy is held instead."
    )
    return replace(order, order=Order.QUARANTINE, reason=reason)


def _waiting(order: RecipientOrder, reason: str) -> RecipientOrder:
    if order.order is Order.DEFER:
        return order
    text = f"{order.reason} The reply is shared with a recipient who waits ({reason}), so this one waits too."
    return replace(order, order=Order.DEFER, reason=text)


def _nothing_to_refuse(order: RecipientOrder) -> RecipientOrder:
    """The message is already in its mailbox: nobody waits for a reply, so refusing becomes holding."""
    if order.order in {Order.REJECT, Order.DEFER}:
        reason = (
            f"{order.reason} The message was not offered for delivery, so there is nobody to refuse it to."
        )
        return replace(
            order, order=Order.QUARANTINE if order.order is Order.REJECT else Order.DELIVER, reason=reason
        )
    return order
