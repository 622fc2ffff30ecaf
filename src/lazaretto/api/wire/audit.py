"""The audit log on the wire: entries under the names that their hash is made of."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lazaretto.api.paging import Paged
from lazaretto.store.audit import Verification

Text = Annotated[str, Meta(max_length=320)]
Sequence = Annotated[int, Meta(ge=1)]


class AuditQuery(Paged, frozen=True, kw_only=True):
    """What is wanted of the log."""

    actor: Text | None = None
    operation: Text | None = None
    start: datetime | None = None
    end: datetime | None = None
    before: Sequence | None = None


class AnchorQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A head that was kept elsewhere."""

    sequence: Sequence | None = None
    hash: Annotated[str, Meta(max_length=64)] | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One link of the chain."""

    account: str
    sequence: int
    at: str
    actor: str
    token_id: str | None
    client: str | None
    operation: str
    target: dict[str, Any]
    parameters: dict[str, Any]
    stage: str
    begun: int | None
    status: int | None
    request_id: str | None
    previous: str
    hash: str


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What a walk over the whole chain found."""

    intact: bool
    sequence: int  # of the last entry that is good
    hash: str
    broken_sequence: int | None
    reason: str | None


def verified(found: Verification) -> Verified:
    """The result on the wire."""
    damage = found.damage
    return Verified(
        intact=damage is None,
        sequence=found.head.sequence,
        hash=found.head.hash,
        broken_sequence=damage.sequence if damage else None,
        reason=damage.reason if damage else None,
    )
