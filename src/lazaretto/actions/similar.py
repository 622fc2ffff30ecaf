"""Messages like a given one within its account, and what they share with it.

Rules. Alike are messages with the same fingerprint, the same attachment, the same sender and form of subject,
or a link to the same host outside the account's own domains. They are listed by the strongest trait that they
share, then by the number of traits, then newest first.

Limits: a trait finds at most a thousand messages, the newest. What was stored before the index knew traits is
not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lazaretto.model.likeness import Alike, Trait
from lazaretto.model.record import Record, Summary
from lazaretto.store.domains import list_domains
from lazaretto.store.likeness import traits
from lazaretto.store.rows import load
from lazaretto.store.similar import MAX_FOUND, find_sharing
from lazaretto.store.transaction import Transaction

_STRENGTH = {kind: number for number, kind in enumerate(Alike)}


@dataclass(frozen=True, slots=True)
class Relative:
    """One message that is like the given one."""

    number: int
    shared: tuple[Trait, ...]  # strongest first


@dataclass(frozen=True, slots=True)
class Family:
    """All messages that are like the given one."""

    members: tuple[Relative, ...]
    bounded: bool  # a trait found as many as it may: there can be more

    def count(self, kind: Alike) -> int:
        """How many share a trait of this kind."""
        return sum(any(trait.kind is kind for trait in member.shared) for member in self.members)


async def find_family(tx: Transaction, account: str, summary: Summary, *, besides: Sequence[int]) -> Family:
    """Everything like a message with this summary, links and attachments included; `besides` are left out."""
    own = frozenset(domain.name for domain in await list_domains(tx, account))
    shared: dict[int, list[Trait]] = {}
    places: dict[int, int] = {}
    bounded = False
    for trait in traits(summary):
        if trait.kind is Alike.LINK and _is_own(trait.value, own):
            continue
        found = await find_sharing(tx, account, trait, besides=besides)
        bounded = bounded or len(found) == MAX_FOUND
        for other, position in found:
            shared.setdefault(other, []).append(trait)
            places[other] = position

    def rank(other: int) -> tuple[int, int, int]:
        kinds = shared[other]
        return (_STRENGTH[kinds[0].kind], -len(kinds), -places[other])

    return Family(tuple(Relative(other, tuple(shared[other])) for other in sorted(shared, key=rank)), bounded)


async def load_members(tx: Transaction, account: str, members: tuple[Relative, ...]) -> tuple[Record, ...]:
    """The records of a page of members, in their order. At most 1,000."""
    return await load(tx, account, [member.number for member in members])


def count_sentence(family: Family) -> str:
    """How many there are and why, for people."""
    if not family.members:
        return "No other message of the account is like it."
    words = {
        Alike.FINGERPRINT: "by fingerprint",
        Alike.ATTACHMENT: "by attachment",
        Alike.SENDER: "by sender and subject",
        Alike.LINK: "by link host",
    }
    parts = [f"{count} {words[kind]}" for kind in Alike if (count := family.count(kind))]
    total = len(family.members)
    some = f"At least {total}" if family.bounded else str(total)
    noun = "message is" if total == 1 and not family.bounded else "messages are"
    return f"{some} other {noun} like it: {', '.join(parts)}."


def _is_own(host: str, own: frozenset[str]) -> bool:
    return any(host == name or host.endswith("." + name) for name in own)
