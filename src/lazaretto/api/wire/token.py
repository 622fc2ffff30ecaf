"""A credential as the verify calls and the calls of an administrator describe it."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.api.wire.user import Email, Name
from lazaretto.model.access import Role
from lazaretto.model.account import Token

Status = Literal["active", "expired", "disabled"]


class Verified(msgspec.Struct, frozen=True):
    """A credential that works. The secret is never given back."""

    id: str
    status: str
    expires_on: str | UnsetType = UNSET


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential in a list."""

    id: str
    name: str
    kind: str
    email: str | None  # goes with a key
    role: Role
    status: Status
    user_id: str | None
    user_email: str | None
    networks: tuple[str, ...]
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    secret: str | UnsetType = UNSET  # in the answer that made it, and never again


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a credential is made from."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    role: Role
    kind: Literal["bearer", "key"] = "bearer"
    email: Email | None = None
    user_id: Name | None = None
    expires_at: Annotated[str, Meta(max_length=64)] | None = None
    networks: tuple[Annotated[str, Meta(max_length=64)], ...] | None = None


class RemovedToken(msgspec.Struct, frozen=True):
    """What is gone."""

    id: str


NEW_TOKEN: msgspec.json.Decoder[NewToken] = msgspec.json.Decoder(NewToken)


def verified(token: Token) -> Verified:
    """The public side of a stored token."""
    return Verified(token.id, "active", UNSET if token.expires_at is None else rfc3339(token.expires_at))


def credential(token: Token, now: datetime, *, secret: str | UnsetType = UNSET) -> Credential:
    """The credential on the wire."""
    user = token.user
    return Credential(
        id=token.id,
        name=token.name,
        kind=token.kind,
        email=token.email,
        role=token.role,
        status=_status(token, now),
        user_id=user.id if user else None,
        user_email=user.email if user else None,
        networks=token.networks,
        created_at=rfc3339(token.created_at),
        expires_at=rfc3339_or_none(token.expires_at),
        last_used_at=rfc3339_or_none(token.last_used_at),
        secret=secret,
    )


def _status(token: Token, now: datetime) -> Status:
    if token.user is not None and token.user.disabled_at is not None:
        return "disabled"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "active"
