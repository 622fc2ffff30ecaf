"""Domains on the wire: as they are written, as they are shown, and their TXT record.

What is written is shown again letter for letter, apart from the name, which is always the A-label: tools that
compare the two find no difference. Keys whose value must not be null are left out where there is none.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery
from lazaretto.model.account import MAX_LOOKBACK, DmarcStatus, DomainStatus, Folder, Region, SpfStatus
from lazaretto.model.disposition import Disposition

MAX_NAME = 255
MAX_RESTRICTIONS = 100
MAX_WORDS = 10
"""Modes, regions and dispositions of one domain: more than there are, so that a repeated one does no harm."""

DomainMode = Literal["DIRECT", "BCC", "JOURNAL", "API", "RETRO_SCAN"]
Name = Annotated[str, Meta(max_length=MAX_NAME)]
Modes = Annotated[tuple[DomainMode, ...], Meta(min_length=1, max_length=MAX_WORDS)]
Drops = Annotated[tuple[Disposition, ...], Meta(max_length=MAX_WORDS)]
Networks = Annotated[tuple[Annotated[str, Meta(max_length=64)], ...], Meta(max_length=MAX_RESTRICTIONS)]
Regions = Annotated[tuple[Region, ...], Meta(min_length=1, max_length=MAX_WORDS)]
Hops = Annotated[int, Meta(ge=1, le=MAX_LOOKBACK)]
Transport = Annotated[str, Meta(max_length=300)]


class DomainReplacement(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be said of a domain that exists; what is left out has no value afterwards."""

    allowed_delivery_modes: Modes
    drop_dispositions: Drops
    ip_restrictions: Networks
    regions: Regions
    folder: Folder | None = None
    integration_id: Name | None = None
    lookback_hops: Hops | None = None
    require_tls_inbound: bool | None = None
    require_tls_outbound: bool | None = None
    transport: Transport | None = None
    domain: Name | UnsetType = UNSET  # may be repeated, not changed


class DomainFields(DomainReplacement, frozen=True, kw_only=True):
    """A new domain."""

    domain: Name


class DomainPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a domain that shall change."""

    allowed_delivery_modes: Modes | UnsetType = UNSET
    drop_dispositions: Drops | UnsetType = UNSET
    ip_restrictions: Networks | UnsetType = UNSET
    regions: Regions | UnsetType = UNSET
    folder: Folder | UnsetType | None = UNSET
    integration_id: Name | UnsetType | None = UNSET
    lookback_hops: Hops | UnsetType | None = UNSET
    require_tls_inbound: bool | UnsetType | None = UNSET
    require_tls_outbound: bool | UnsetType | None = UNSET
    transport: Transport | UnsetType | None = UNSET
    domain: Name | UnsetType = UNSET


class DomainQuery(ListQuery, frozen=True, kw_only=True):
    """Which domains are wanted."""

    domain: tuple[str, ...] = ()
    allowed_delivery_mode: DomainMode | None = None
    active_delivery_mode: DomainMode | None = None  # mail came in this way in the last days
    integration_id: str | None = None
    status: DomainStatus | None = None
    order: Literal["domain", "created_at"] = "created_at"


class Authorization(msgspec.Struct, frozen=True):
    """Whether mail is taken for the domain."""

    authorized: bool
    timestamp: str
    status_message: str | None


class EmailsProcessed(msgspec.Struct, frozen=True):
    """Messages in the last 30 days and in the 30 days before."""

    timestamp: str
    total_emails_processed: int
    total_emails_processed_previous: int


class DomainShown(msgspec.Struct, frozen=True, kw_only=True):
    """A domain."""

    id: str
    domain: str
    status: DomainStatus
    authorization: Authorization
    allowed_delivery_modes: tuple[str, ...]
    drop_dispositions: tuple[Disposition, ...]
    ip_restrictions: tuple[str, ...]
    regions: tuple[Region, ...]
    folder: Folder | None
    integration_id: str | None
    lookback_hops: int | UnsetType = UNSET
    require_tls_inbound: bool | None
    require_tls_outbound: bool | None
    transport: str | UnsetType = UNSET
    spf_status: SpfStatus | None
    dmarc_status: DmarcStatus | None
    emails_processed: EmailsProcessed
    inbox_provider: None = None
    o365_tenant_id: None = None
    created_at: str
    modified_at: str
    last_modified: str


class DomainVerification(msgspec.Struct, frozen=True):
    """The TXT record that proves the domain, and whether it was found."""

    status: DomainStatus
    txt_record_name: str
    txt_record_value: str
    last_checked_at: str | None


class DomainReference(msgspec.Struct, frozen=True):
    """A domain by its id."""

    id: str | int


class DomainReferences(msgspec.Struct, frozen=True):
    """Several domains by their ids."""

    ids: tuple[str | int, ...]


References = tuple[str | int | DomainReference, ...] | DomainReferences
"""Every form of the body that names domains to remove."""


def references(body: References) -> tuple[tuple[str, str | int], ...]:
    """The ids of all forms in order, each with its place."""
    if isinstance(body, DomainReferences):
        return tuple((f"/ids/{index}", item) for index, item in enumerate(body.ids))
    return tuple(
        (f"/{index}/id", item.id) if isinstance(item, DomainReference) else (f"/{index}", item)
        for index, item in enumerate(body)
    )
