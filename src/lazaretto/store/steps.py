"""The trace in words: what a record's first steps are called."""

from collections.abc import Iterable
from datetime import datetime

from lazaretto.model.decision import Decision, Order
from lazaretto.model.envelope import Envelope
from lazaretto.model.record import Direction, TraceLine
from lazaretto.model.verdict import Verdict

MAX_NAMES = 20
"""Recipients named in one line: a message may have 1,000."""

MAX_TEXT = 2_000
"""Characters of one line: HELO and addresses are chosen by the client."""

ORDER_WORDS = {
    Order.DELIVER: "Queued for delivery",
    Order.TAG: "Queued for delivery with a mark",
    Order.QUARANTINE: "Held in quarantine",
    Order.REJECT: "Refused",
    Order.DEFER: "Refused for now",
}


def received(envelope: Envelope, size: int, at: datetime) -> TraceLine:
    """The message came in."""
    client = f"{envelope.client_name or 'unknown'} [{envelope.client_ip or 'unknown'}]"
    helo = f", HELO {envelope.helo}" if envelope.helo else ""
    tls = envelope.tls or "no TLS"
    sender = f"<{envelope.mail_from}>"
    count = len(envelope.recipients)
    recipients = "1 recipient" if count == 1 else f"{count} recipients"
    way = f"{envelope.protocol} ({envelope.mode}), {tls}"
    return inbound(f"Received from {client}{helo}, {way}: {sender} to {recipients}, {size} bytes", at)


def judged(
    decision: Decision, verdict: Verdict | None, at: datetime, *, inline: bool
) -> tuple[TraceLine, ...]:
    """The message was scanned, or could not be, and this is what follows for each recipient."""
    if verdict is None:
        scan = f"Not scanned: {decision.disposition}"
    else:
        scan = f"Scanned: {verdict.disposition}, score {verdict.score:.1f}, ruleset {verdict.ruleset}"
    lists = tuple(inbound(f"Lists: {match.reason}", at) for match in decision.matches)
    if not inline:
        return (inbound(scan, at), *lists, inbound("Nothing to deliver: this is a copy", at))
    groups: dict[tuple[Order, str], list[str]] = {}
    for order in decision.orders:
        groups.setdefault((order.order, order.reason), []).append(order.recipient)
    orders = (f"{ORDER_WORDS[order]} for {names(who)}: {why}" for (order, why), who in groups.items())
    return (inbound(scan, at), *lists, *(inbound(text, at) for text in orders))


def names(recipients: Iterable[str]) -> str:
    """Recipients in one line."""
    known = list(recipients)
    more = f" and {len(known) - MAX_NAMES} more" if len(known) > MAX_NAMES else ""
    return ", ".join(f"<{name}>" for name in known[:MAX_NAMES]) + more


def inbound(text: str, at: datetime) -> TraceLine:
    """A line about the way in."""
    return TraceLine(at, Direction.INBOUND, text[:MAX_TEXT])


def outbound(text: str, at: datetime) -> TraceLine:
    """A line about the way out."""
    return TraceLine(at, Direction.OUTBOUND, text[:MAX_TEXT])
