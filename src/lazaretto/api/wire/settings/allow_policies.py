"""Allow policies on the wire.

Three fields have an older name as well: both are written, either is read, and two that differ are refused.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from lazaretto.api import codes
from lazaretto.api.wire.settings.entry import ListQuery, Shown, given, shown
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import AllowPolicy, PatternType

OLD_NAMES = {
    "is_sender": "is_trusted_sender",
    "is_recipient": "is_exempt_recipient",
    "is_spoof": "is_acceptable_sender",
}


class AllowPolicyFields(msgspec.Struct, frozen=True, kw_only=True):
    """An allow policy as it is written. Of two names for one thing one must be given."""

    pattern: str
    pattern_type: PatternType
    is_regex: bool
    verify_sender: bool
    is_trusted_sender: bool | UnsetType = UNSET
    is_exempt_recipient: bool | UnsetType = UNSET
    is_acceptable_sender: bool | UnsetType = UNSET
    is_sender: bool | UnsetType | None = UNSET
    is_recipient: bool | UnsetType | None = UNSET
    is_spoof: bool | UnsetType | None = UNSET
    comments: str | None = None


class AllowPolicyPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of an allow policy that shall change."""

    pattern: str | UnsetType = UNSET
    pattern_type: PatternType | UnsetType = UNSET
    is_regex: bool | UnsetType = UNSET
    verify_sender: bool | UnsetType = UNSET
    is_trusted_sender: bool | UnsetType = UNSET
    is_exempt_recipient: bool | UnsetType = UNSET
    is_acceptable_sender: bool | UnsetType = UNSET
    is_sender: bool | UnsetType | None = UNSET
    is_recipient: bool | UnsetType | None = UNSET
    is_spoof: bool | UnsetType | None = UNSET
    comments: str | UnsetType | None = UNSET


class AllowPolicyShown(Shown, frozen=True, kw_only=True):
    """An allow policy."""

    pattern: str
    pattern_type: PatternType
    is_regex: bool
    is_trusted_sender: bool
    is_exempt_recipient: bool
    is_acceptable_sender: bool
    verify_sender: bool
    is_sender: bool
    is_recipient: bool
    is_spoof: bool


class AllowPolicyQuery(ListQuery, frozen=True, kw_only=True):
    """Which allow policies are wanted."""

    order: Literal["pattern", "created_at"] = "created_at"
    pattern: str | None = None
    pattern_type: PatternType | None = None
    is_trusted_sender: bool | None = None
    is_exempt_recipient: bool | None = None
    is_acceptable_sender: bool | None = None
    verify_sender: bool | None = None


def allow_policy(entry: AllowPolicy) -> AllowPolicyShown:
    """An entry as it is answered."""
    return AllowPolicyShown(
        **shown(entry),
        pattern=entry.pattern,
        pattern_type=entry.pattern_type,
        is_regex=entry.is_regex,
        is_trusted_sender=entry.is_trusted_sender,
        is_exempt_recipient=entry.is_exempt_recipient,
        is_acceptable_sender=entry.is_acceptable_sender,
        verify_sender=entry.verify_sender,
        is_sender=entry.is_trusted_sender,
        is_recipient=entry.is_exempt_recipient,
        is_spoof=entry.is_acceptable_sender,
    )


def read_fields(fields: AllowPolicyFields) -> dict[str, Any]:
    """The fields of a whole policy. Raises Invalid."""
    values = read_patch(fields)
    for old, new in OLD_NAMES.items():
        if new not in values:
            text = f"Object missing required field {new} (or {old}, its older name)"
            raise Invalid(codes.MISSING_FIELD, text, pointer=f"/{new}")
    return values


def read_patch(fields: AllowPolicyPatch | AllowPolicyFields) -> dict[str, Any]:
    """The fields that are given, by their newer names. Raises Invalid."""
    values = given(fields)
    for old, new in OLD_NAMES.items():
        value = values.pop(old, None)
        if value is not None and values.setdefault(new, value) != value:
            text = f"{old} is the older name of {new}: the two must not differ"
            raise Invalid(codes.GENERIC, text, pointer=f"/{old}")
    return values
