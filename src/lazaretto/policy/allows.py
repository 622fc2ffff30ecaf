"""Allow policies that speak for a message: trusted senders, acceptable senders, exempt recipients.

A policy with `verify_sender` is honoured by the side that proved itself, and is recorded as not honoured when
none did, so that whoever wrote it sees why the message was held.
"""

from collections.abc import Iterator
from typing import Literal

from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.judgement import ListMatch
from lazaretto.model.lists import AllowPolicy
from lazaretto.model.message import Message
from lazaretto.policy.compiled import CompiledLists
from lazaretto.policy.index import Found
from lazaretto.policy.proof import domain_to_prove, proof
from lazaretto.policy.sides import Field, Side, receiving_side
from lazaretto.policy.words import cut, quoted

AllowKind = Literal["allowed_sender", "acceptable_sender", "allowed_recipient"]

WAIVED = frozenset({Disposition.SPAM, Disposition.SPOOF, Disposition.BULK})
"""What an acceptable sender may do."""

MAX_EXEMPTIONS = 10_000
"""Pairs of recipient and policy that are looked at: a thousand recipients under ten policies each."""

RECIPIENT: frozenset[Field] = frozenset({"recipient"})

_VERBS: dict[AllowKind, str] = {
    "allowed_sender": "trusts the sender",
    "acceptable_sender": "accepts the sender",
    "allowed_recipient": "exempts the recipient",
}


def allowed(
    found: Disposition,
    message: Message,
    envelope: Envelope,
    facts: Facts,
    *,
    lists: CompiledLists,
    sides: tuple[Side, ...],
) -> Iterator[ListMatch]:
    """Allow policies that match, with what each does to the disposition that the scan found."""
    for policy, matched in _by_policy(lists.allowed_senders.find(sides), lists):
        side, proven = _best(policy, matched, message, facts)
        if policy.is_trusted_sender:
            yield _match("allowed_sender", policy, side, proven, f"the scan's {found} does not count")
        if policy.is_acceptable_sender:
            yield _acceptance(policy, side, proven, found)
    if not lists.exempt_recipients:
        return
    hits = lists.exempt_recipients.find(receiving_side(envelope), RECIPIENT, limit=MAX_EXEMPTIONS)
    for policy, matched in _by_policy(hits, lists):
        side, proven = _best(policy, matched, message, facts)
        effect = f"the scan's {found} does not count there"
        named = tuple(dict.fromkeys(s.value for s in matched))
        yield _match("allowed_recipient", policy, side, proven, effect, recipients=named)


def _by_policy(hits: tuple[Found, ...], lists: CompiledLists) -> Iterator[tuple[AllowPolicy, list[Side]]]:
    sides: dict[int, list[Side]] = {}
    for hit in hits:
        sides.setdefault(hit.pattern.entry, []).append(hit.side)
    return ((lists.allow[entry], matched) for entry, matched in sides.items())


def _best(policy: AllowPolicy, sides: list[Side], message: Message, facts: Facts) -> tuple[Side, str | None]:
    """The side that counts and its proof as a clause; None when the policy asks for one and there is none."""
    if not policy.verify_sender:
        return sides[0], ""
    for side in sides:
        if clause := proof(domain_to_prove(side, message), facts):
            return side, clause
    return sides[0], None


def _acceptance(policy: AllowPolicy, side: Side, proven: str | None, found: Disposition) -> ListMatch:
    if found in WAIVED or found is Disposition.NONE:
        return _match("acceptable_sender", policy, side, proven, f"the scan's {found} does not count")
    return _match("acceptable_sender", policy, side, proven, f"{found} is not waived by it", counts=False)


def _match(
    kind: AllowKind,
    policy: AllowPolicy,
    side: Side,
    proven: str | None,
    effect: str,
    *,
    counts: bool = True,
    recipients: tuple[str, ...] = (),
) -> ListMatch:
    if proven is None:
        effect = "neither SPF nor DKIM nor DMARC proves the sender, so it is not honoured"
    elif proven:
        effect = f"{proven}, and {effect}"
    head = (
        f"Allow policy {policy.id}, {quoted(policy.pattern)}, {_VERBS[kind]} by the {side.field} {side.value}"
    )
    if kind == "allowed_recipient":
        head = f"Allow policy {policy.id}, {quoted(policy.pattern)}, {_VERBS[kind]} {side.value}"
    return ListMatch(
        kind=kind,
        entry=policy.id,
        pattern=policy.pattern,
        field=side.field,
        value=cut(side.value),
        counts=counts and proven is not None,
        reason=cut(f"{head}: {effect}."),
        recipients=recipients,
    )
