"""A user, as the calls of an administrator show and change one."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.model.access import Role
from lazaretto.model.user import User as Known

Email = Annotated[
    str, Meta(max_length=320, pattern=r"^[^\s@,:\x00-\x1f\x7f]{1,64}@[^\s@,\x00-\x1f\x7f]{1,255}$")
]
Name = Annotated[str, Meta(max_length=200)]


class User(msgspec.Struct, frozen=True):
    """Who works here."""

    id: str
    email: str
    name: str
    role: Role
    created_at: str
    disabled: bool
    disabled_at: str | None


class NewUser(msgspec.Struct, frozen=True):
    """What a user is made from."""

    email: Email
    role: Role
    name: Name = ""


class UserChange(msgspec.Struct, frozen=True):
    """What is not named stays."""

    name: Name | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET


class RemovedUser(msgspec.Struct, frozen=True):
    """Who is gone."""

    id: str


NEW_USER: msgspec.json.Decoder[NewUser] = msgspec.json.Decoder(NewUser)
USER_CHANGE: msgspec.json.Decoder[UserChange] = msgspec.json.Decoder(UserChange)


def user(known: Known) -> User:
    """The user on the wire."""
    return User(
        id=known.id,
        email=known.email,
        name=known.name,
        role=known.role,
        created_at=rfc3339(known.created_at),
        disabled=known.disabled_at is not None,
        disabled_at=rfc3339_or_none(known.disabled_at),
    )
