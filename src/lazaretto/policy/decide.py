"""Orders for the recipients of a message, by the disposition and the policy of each recipient's domain.

SMTP has one reply for all recipients of a transaction (RFC 5321 4.2.5). So a message is only refused at the
door when every recipient's policy refuses it; otherwise the copies that would be refused are held, and the
order says so. The same holds for "not now" after a failed scan: one recipient who wants to wait makes all
wait. LMTP answers once for each recipient (RFC 2033 4.2), and there the orders may differ.

Ways in that deliver nothing (history, copies, reports) get a decision too: it records what policy would
have done, and whoever stores the deliveries leaves them undelivered.

What the account's lists say comes with the judgement: exempt recipients get the order for NONE, and mail that
had to come over TLS and did not is refused for everybody.

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
from lazaretto.model.judgement import Judgement
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
    judgement: Judgement | None = None,
) -> Decision:
    """One order for each recipient, with `domains` by name; LMTP gives `per_recipient_replies`."""
    if envelope.reporting:
        return _kept(envelope, Disposition.NONE)
    judged = judgement or Judgement(verdict.disposition)
    orders = tuple(_ordered(r, _policy_of(r, domains), judged) for r in envelope.recipients)
    if delivers(envelope.mode):
        orders = orders if per_recipient_replies else _one_reply(orders)
    else:
        orders = tuple(_nothing_to_refuse(o) for o in orders)
    return Decision(judged.disposition, orders, matches=judged.matches)


def decide_without_scan(
    envelope: Envelope,
    domains: Mapping[str, Domain],
    reason: str,
    *,
    per_recipient_replies: bool = False,
    judgement: Judgement | None = None,
) -> Decision:
    """Orders for a message that was not scanned: UNKNOWN, unless the lists know enough by the envelope."""
    if envelope.reporting:
        return _kept(envelope, Disposition.UNKNOWN)
    if judgement is not None and (judgement.refused or judgement.disposition is not Disposition.UNKNOWN):
        unknown = Verdict(judgement.disposition, 0.0, (), (), (), (), "")
        return decide(
            unknown, envelope, domains, per_recipient_replies=per_recipient_replies, judgement=judgement
        )
    orders = tuple(_unjudged(r, _policy_of(r, domains), reason) for r in envelope.recipients)
    if not delivers(envelope.mode):
        orders = tuple(_nothing_to_refuse(o) for o in orders)
    elif not per_recipient_replies and any(o.order is Order.DEFER for o in orders):
        orders = tuple(_waiting(o, reason) for o in orders)
    return Decision(Disposition.UNKNOWN, orders)


def _kept(envelope: Envelope, disposition: Disposition) -> Decision:
    """A report holds bad mail by its nature: it is not judged by what it holds, and goes nowhere."""
    reason = "The address takes reports: they are kept and read, and nothing is delivered to it."
    orders = (RecipientOrder(r.address, Order.DELIVER, reason) for r in envelope.recipients)
    return Decision(disposition, tuple(orders))


def _policy_of(recipient: Recipient, domains: Mapping[str, Domain]) -> DomainPolicy:
    domain = domains.get(domain_of(recipient.address))
    return domain.policy if domain is not None else DEFAULT_POLICY


def _ordered(recipient: Recipient, policy: DomainPolicy, judgement: Judgement) -> RecipientOrder:
    """What the lists order for everybody or for this recipient, else what the domain's policy says."""
    if judgement.refused:
        reason = next(m.reason for m in judgement.matches if m.kind == "sending_restriction")
        return RecipientOrder(recipient.address, Order.REJECT, reason)
    if recipient.address in judgement.exempt:
        order = _judged(recipient, policy, Disposition.NONE)
        return replace(order, reason=f"The recipient is exempt by an allow policy. {order.reason}")
    return _judged(recipient, policy, judgement.disposition)


def _judged(recipient: Recipient, policy: DomainPolicy, disposition: Disposition) -> RecipientOrder:
    order = policy.order_for(disposition)
    name = domain_of(recipient.address) or "the recipient's domain"
    return RecipientOrder(recipient.address, order, f"The policy of {name} for {disposition} is {order}.")


def _unjudged(recipient: Recipient, policy: DomainPolicy, reason: str) -> RecipientOrder:
    order = _FAILURE_ORDERS[policy.scan_failure]
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
