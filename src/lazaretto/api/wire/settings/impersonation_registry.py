"""People of the impersonation registry on the wire."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.settings.entry import ListQuery, Shown, given, shown
from lazaretto.model.lists import Impersonated

Provenance = Literal["A1S_INTERNAL", "SNOOPY-CASB_OFFICE_365", "SNOOPY-OFFICE_365", "SNOOPY-GOOGLE_DIRECTORY"]
Node = Annotated[int, Meta(ge=0, lt=2**53)]
"""A number of somebody else's directory; JavaScript reads larger ones wrongly."""

WRITTEN_HERE = "A1S_INTERNAL"


class ImpersonatedFields(msgspec.Struct, frozen=True, kw_only=True):
    """A person as it is written."""

    name: str
    email: str
    is_email_regex: bool
    comments: str | None = None
    directory_id: Node | None = None
    directory_node_id: Node | None = None
    external_directory_node_id: str | None = None
    provenance: Provenance | None = None


class ImpersonatedPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a person that shall change."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    is_email_regex: bool | UnsetType = UNSET
    comments: str | UnsetType | None = UNSET
    directory_id: Node | UnsetType | None = UNSET
    directory_node_id: Node | UnsetType | None = UNSET
    external_directory_node_id: str | UnsetType | None = UNSET
    provenance: Provenance | UnsetType | None = UNSET


class ImpersonatedShown(Shown, frozen=True, kw_only=True):
    """A person."""

    email: str
    is_email_regex: bool
    name: str
    directory_id: int | None
    directory_node_id: int | None
    external_directory_node_id: str | None
    provenance: str


class ImpersonatedQuery(ListQuery, frozen=True, kw_only=True):
    """Which people are wanted."""

    order: Literal["name", "email", "created_at"] = "created_at"
    provenance: Provenance | None = None


def impersonated(entry: Impersonated) -> ImpersonatedShown:
    """An entry as it is answered."""
    return ImpersonatedShown(
        **shown(entry),
        email=entry.email,
        is_email_regex=entry.is_email_regex,
        name=entry.name,
        directory_id=entry.directory_id,
        directory_node_id=entry.directory_node_id,
        external_directory_node_id=entry.external_directory_node_id,
        provenance=entry.provenance,
    )


def read_person(fields: ImpersonatedFields | ImpersonatedPatch) -> dict[str, Any]:
    """The fields that are given; who does not say where a person comes from wrote it here."""
    values = given(fields)
    if values.get("provenance", WRITTEN_HERE) is None:
        values["provenance"] = WRITTEN_HERE
    return values
