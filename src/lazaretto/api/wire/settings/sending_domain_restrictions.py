"""Sending-domain restrictions on the wire."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery, Shown, shown
from lazaretto.model.lists import SendingRestriction


class SendingRestrictionFields(msgspec.Struct, frozen=True, kw_only=True):
    """A restriction as it is written."""

    domain: str
    exclude: tuple[str, ...]
    comments: str | None = None


class SendingRestrictionPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a restriction that shall change."""

    domain: str | UnsetType = UNSET
    exclude: tuple[str, ...] | UnsetType = UNSET
    comments: str | UnsetType | None = UNSET


class SendingRestrictionShown(Shown, frozen=True, kw_only=True):
    """A restriction."""

    domain: str
    exclude: tuple[str, ...]


class SendingRestrictionQuery(ListQuery, frozen=True, kw_only=True):
    """Which restrictions are wanted."""

    order: Literal["domain", "created_at"] = "created_at"


def sending_restriction(entry: SendingRestriction) -> SendingRestrictionShown:
    """An entry as it is answered."""
    return SendingRestrictionShown(**shown(entry), domain=entry.domain, exclude=entry.exclude)
