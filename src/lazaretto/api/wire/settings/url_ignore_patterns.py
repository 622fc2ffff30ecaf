"""Patterns of links to leave alone, on the wire."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery, Shown, shown
from lazaretto.model.lists import IgnoredUrl


class IgnoredUrlFields(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern as it is written."""

    pattern: str
    comments: str | None = None


class IgnoredUrlPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a pattern that shall change."""

    pattern: str | UnsetType = UNSET
    comments: str | UnsetType | None = UNSET


class IgnoredUrlShown(Shown, frozen=True, kw_only=True):
    """A pattern."""

    pattern: str


class IgnoredUrlQuery(ListQuery, frozen=True, kw_only=True):
    """Which patterns are wanted."""

    order: Literal["pattern", "created_at"] = "created_at"


def ignored_url(entry: IgnoredUrl) -> IgnoredUrlShown:
    """An entry as it is answered."""
    return IgnoredUrlShown(**shown(entry), pattern=entry.pattern)
