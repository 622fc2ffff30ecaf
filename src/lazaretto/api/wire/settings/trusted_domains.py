"""Trusted domains on the wire."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery, Shown, shown
from lazaretto.model.lists import TrustedDomain


class TrustedDomainFields(msgspec.Struct, frozen=True, kw_only=True):
    """A trusted domain as it is written."""

    pattern: str
    is_regex: bool
    is_recent: bool
    is_similarity: bool
    comments: str | None = None


class TrustedDomainPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a trusted domain that shall change."""

    pattern: str | UnsetType = UNSET
    is_regex: bool | UnsetType = UNSET
    is_recent: bool | UnsetType = UNSET
    is_similarity: bool | UnsetType = UNSET
    comments: str | UnsetType | None = UNSET


class TrustedDomainShown(Shown, frozen=True, kw_only=True):
    """A trusted domain."""

    pattern: str
    is_regex: bool
    is_recent: bool
    is_similarity: bool


class TrustedDomainQuery(ListQuery, frozen=True, kw_only=True):
    """Which trusted domains are wanted."""

    order: Literal["pattern", "created_at"] = "created_at"
    pattern: str | None = None
    is_recent: bool | None = None
    is_similarity: bool | None = None


def trusted_domain(entry: TrustedDomain) -> TrustedDomainShown:
    """An entry as it is answered."""
    return TrustedDomainShown(
        **shown(entry),
        pattern=entry.pattern,
        is_regex=entry.is_regex,
        is_recent=entry.is_recent,
        is_similarity=entry.is_similarity,
    )
