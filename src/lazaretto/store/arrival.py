"""The first commit of a message, and everything of its account that the judgement needs.

The lists are read when their version has changed, in the same transaction: what somebody listed before this
commit counts for this message.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lazaretto.mail.correspondence import MAX_OPENING, Correspondence, read_correspondence
from lazaretto.mail.domains import domain_of
from lazaretto.model.account import Domain
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import History
from lazaretto.model.lists import Lists
from lazaretto.store.blobs import BlobRef, Blobs
from lazaretto.store.domains import list_domains
from lazaretto.store.history import recall
from lazaretto.store.lists import lists_version, load_lists
from lazaretto.store.messages import Received, add_received
from lazaretto.store.spool import Spool
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record that exists, and the account as it is now."""

    received: Received
    domains: Mapping[str, Domain]  # by name: policy for the recipients, and for the scan what is ours
    lists: Lists
    history: History | None  # what was known about the sender

    def lookback(self, envelope: Envelope, default: int) -> int:
        """Trusted hops before us, as the domain of the first recipient has them."""
        first = envelope.recipients[0].address if envelope.recipients else ""
        domain = self.domains.get(domain_of(first))
        return default if domain is None or domain.lookback_hops is None else domain.lookback_hops


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are durable, and who writes in them."""

    blob: BlobRef
    letter: Correspondence


def keep(blobs: Blobs, content: Spool | bytes) -> Kept:
    """Store the bytes of a message. Called in a thread."""
    opening = content[:MAX_OPENING] if isinstance(content, bytes) else next(content.chunks(), b"")
    return Kept(blobs.put(content), read_correspondence(opening))


async def arrive(tx: Transaction, envelope: Envelope, kept: Kept, known: Lists | None) -> Arrival:
    """The record of a message. `known` are the account's lists as they were last read."""
    history = await recall(tx, envelope, kept.letter)
    received = await add_received(tx, envelope, kept.blob, at=envelope.received_at)
    domains = {domain.name: domain for domain in await list_domains(tx, envelope.account)}
    version = await lists_version(tx, envelope.account)
    if known is None or known.version != version:
        known = await load_lists(tx, envelope.account) if version else Lists()
    return Arrival(received, domains, known, history)
