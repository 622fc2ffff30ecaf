"""A message that is like another one, and what they share."""

from collections.abc import Set as AbstractSet

import msgspec

from lazaretto.actions.similar import Relative
from lazaretto.api.wire.message import Message, message
from lazaretto.model.record import Record


class Shared(msgspec.Struct, frozen=True):
    """One trait: fingerprint, attachment, sender or link, and its value for people."""

    kind: str
    value: str


class Similar(msgspec.Struct, frozen=True):
    """One row."""

    id: str
    shared: list[Shared]
    message: Message


def similar(relative: Relative, record: Record, own_domains: AbstractSet[str]) -> Similar:
    """The row of one relative."""
    shared = [Shared(trait.kind.value, trait.shown) for trait in relative.shared]
    return Similar(record.id, shared, message(record, own_domains))
