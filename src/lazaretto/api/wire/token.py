"""A credential as the verify calls describe it."""

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.times import rfc3339
from lazaretto.model.account import Token


class Verified(msgspec.Struct, frozen=True):
    """A credential that works. The secret is never given back."""

    id: str
    status: str
    expires_on: str | UnsetType = UNSET


def verified(token: Token) -> Verified:
    """The public side of a stored token."""
    return Verified(token.id, "active", UNSET if token.expires_at is None else rfc3339(token.expires_at))
