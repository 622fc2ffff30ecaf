"""Content policies on the wire. They have notes where other settings have comments."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery
from lazaretto.api.wire.times import rfc3339
from lazaretto.model.lists import ContentPolicy, Target


class ContentPolicyFields(msgspec.Struct, frozen=True, kw_only=True):
    """A content policy as it is written."""

    name: str
    pattern: str
    targets: tuple[Target, ...]
    enabled: bool
    notes: str | None = None


class ContentPolicyPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a content policy that shall change."""

    name: str | UnsetType = UNSET
    pattern: str | UnsetType = UNSET
    targets: tuple[Target, ...] | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET


class ContentPolicyShown(msgspec.Struct, frozen=True, kw_only=True):
    """A content policy."""

    id: str
    created_at: str
    modified_at: str
    name: str
    notes: str | None
    enabled: bool
    pattern: str
    targets: tuple[Target, ...]


class ContentPolicyQuery(ListQuery, frozen=True, kw_only=True):
    """Which content policies are wanted."""

    order: Literal["name", "created_at"] = "created_at"
    name: str | None = None
    enabled: bool | None = None


def content_policy(entry: ContentPolicy) -> ContentPolicyShown:
    """An entry as it is answered."""
    return ContentPolicyShown(
        id=str(entry.id),
        created_at=rfc3339(entry.created_at),
        modified_at=rfc3339(entry.modified_at),
        name=entry.name,
        notes=entry.notes,
        enabled=entry.enabled,
        pattern=entry.pattern,
        targets=entry.targets,
    )
