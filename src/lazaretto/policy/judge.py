"""What the lists of an account make of a judged message. Pure: the same input gives the same judgement.

Precedence, strongest first:

1. A domain whose mail must come over TLS and did not: the message is refused.
2. A blocked sender or blocked content: MALICIOUS,
3. unless the account lets trust win over blocking, and an allow policy trusts the sender or exempts the
   recipient. A policy that asks for a verified sender counts only when SPF, DKIM or DMARC proves it.
4. A trusted sender: NONE. An exempt recipient: NONE for that recipient, and for the message when all are.
5. An acceptable sender: SPAM, SPOOF and BULK become NONE; nothing else does.

A message that could not be scanned has no proof of its sender, so only blocking and TLS count for it.
"""

from dataclasses import replace

from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import Facts
from lazaretto.model.judgement import BLOCKING, Judgement, ListMatch
from lazaretto.model.message import Message
from lazaretto.policy.allows import allowed
from lazaretto.policy.blocks import blocked_content, blocked_senders, restricted
from lazaretto.policy.compiled import CompiledLists
from lazaretto.policy.patterns import normal_address
from lazaretto.policy.sides import sending_side
from lazaretto.policy.words import cut

MAX_MATCHES = 20
"""Entries that are recorded with a message: the first decides, and nobody reads on."""

MAX_NAMED = 100
"""Recipients that are recorded with an exemption."""

_BLOCK_WINS = "the message is blocked, and in this account blocking wins"
_TRUST_WINS = "in this account a trusted sender wins over it"

Matches = tuple[ListMatch, ...]


def judge_by_lists(
    found: Disposition, message: Message, envelope: Envelope, facts: Facts, lists: CompiledLists
) -> Judgement:
    """The judgement on a message that the scan found to be something."""
    if lists.empty:
        return Judgement(found)
    sides = sending_side(message, envelope, facts)
    blocking = (*blocked_senders(sides, lists), *blocked_content(message, lists))
    allowing = tuple(allowed(found, message, envelope, facts, lists=lists, sides=sides))
    if blocking and lists.block_wins:
        allowing = tuple(_set_aside(m, _BLOCK_WINS) for m in allowing)
    elif any(m.counts and m.kind == "allowed_sender" for m in allowing):
        blocking = tuple(_set_aside(m, _TRUST_WINS) for m in blocking)
    refusing = tuple(restricted(message, envelope, facts, lists))
    return _concluded(found, envelope, (*refusing, *blocking, *allowing))


def judge_unscanned(envelope: Envelope, lists: CompiledLists, *, relayed: bool) -> Judgement:
    """The judgement by the envelope alone. `relayed`: the client is a relay of ours, not the sender's."""
    sides = sending_side(None, envelope, None)
    if relayed:
        sides = tuple(side for side in sides if side.field == "envelope from")
    refusing = () if relayed else tuple(restricted(None, envelope, None, lists))
    return _concluded(Disposition.UNKNOWN, envelope, (*refusing, *blocked_senders(sides, lists)))


def _set_aside(match: ListMatch, why: str) -> ListMatch:
    """A match that does not count, because of a stronger one."""
    if not match.counts:
        return match
    head = match.reason.removesuffix(".")
    return replace(match, counts=False, reason=cut(f"{head}; it does not count: {why}."))


def _concluded(found: Disposition, envelope: Envelope, matches: Matches) -> Judgement:
    counting = {m.kind for m in matches if m.counts}
    disposition = found
    if counting.intersection(BLOCKING):
        disposition = Disposition.MALICIOUS
    elif counting.intersection({"allowed_sender", "acceptable_sender"}):
        disposition = Disposition.NONE
    exempt = _exempt(matches, envelope) if disposition is not Disposition.NONE else ()
    everybody = bool(exempt) and len(exempt) == len({r.address for r in envelope.recipients})
    return Judgement(
        disposition=Disposition.NONE if everybody else disposition,
        matches=tuple(replace(m, recipients=m.recipients[:MAX_NAMED]) for m in matches[:MAX_MATCHES]),
        exempt=exempt,
        refused="sending_restriction" in counting,
    )


def _exempt(matches: Matches, envelope: Envelope) -> tuple[str, ...]:
    """Recipients whom an exemption that counts is for, as the envelope writes them."""
    named = {r for m in matches if m.counts and m.kind == "allowed_recipient" for r in m.recipients}
    if not named:
        return ()
    return tuple(dict.fromkeys(r.address for r in envelope.recipients if normal_address(r.address) in named))
