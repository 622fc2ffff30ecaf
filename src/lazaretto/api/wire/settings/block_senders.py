"""Blocked senders on the wire."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery, Shown, shown
from lazaretto.model.lists import BlockedSender, PatternType


class BlockedSenderFields(msgspec.Struct, frozen=True, kw_only=True):
    """A blocked sender as it is written."""

    pattern: str
    pattern_type: PatternType
    is_regex: bool
    comments: str | None = None


class BlockedSenderPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a blocked sender that shall change."""

    pattern: str | UnsetType = UNSET
    pattern_type: PatternType | UnsetType = UNSET
    is_regex: bool | UnsetType = UNSET
    comments: str | UnsetType | None = UNSET


class BlockedSenderShown(Shown, frozen=True, kw_only=True):
    """A blocked sender."""

    pattern: str
    pattern_type: PatternType
    is_regex: bool


class BlockedSenderQuery(ListQuery, frozen=True, kw_only=True):
    """Which blocked senders are wanted."""

    order: Literal["pattern", "created_at"] = "created_at"
    pattern: str | None = None
    pattern_type: PatternType | None = None


def blocked_sender(entry: BlockedSender) -> BlockedSenderShown:
    """An entry as it is answered."""
    return BlockedSenderShown(
        **shown(entry), pattern=entry.pattern, pattern_type=entry.pattern_type, is_regex=entry.is_regex
    )
