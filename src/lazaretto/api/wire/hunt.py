"""A hunt as clients ask for it and read it. All of it is ours."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.message import Message
from lazaretto.api.wire.times import rfc3339
from lazaretto.model.hunt import Hunt, HuntKind, Lead, SearchField


class HuntWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is hunted."""

    kind: HuntKind
    value: Annotated[
        str,
        Meta(
            description="Host, domain, hash, address or fingerprint; or the id of the message or the entry."
        ),
    ]
    start: Annotated[
        str | None,
        Meta(
            description="Judged at or after this time. Default: everything that is stored.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None


class SearchParams(msgspec.Struct, frozen=True, kw_only=True):
    """The search of a lead, as `POST investigate/bulk` takes it."""

    start: str
    end: str
    detections_only: bool = False
    sender: str | UnsetType = UNSET
    smtp_helo_ip: str | UnsetType = UNSET
    domain: str | UnsetType = UNSET
    link_host: str | UnsetType = UNSET
    attachment_sha256: str | UnsetType = UNSET
    fingerprint: str | UnsetType = UNSET
    query: str | UnsetType = UNSET


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What one trail led to."""

    field: str
    value: str
    shown: str
    count: int
    search_params: SearchParams
    sample: list[Message]


class HuntValue(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found."""

    kind: str
    value: str
    leads: list[Found]


DECODER = msgspec.json.Decoder(HuntWish)


def hunt_value(kind: HuntKind, value: str, hunt: Hunt, shown: Mapping[int, Message]) -> HuntValue:
    """A hunt in its published form."""
    return HuntValue(kind=kind.value, value=value, leads=[_lead(lead, hunt, shown) for lead in hunt.leads])


def _lead(lead: Lead, hunt: Hunt, shown: Mapping[int, Message]) -> Found:
    return Found(
        field=lead.trail.field.value,
        value=lead.trail.value,
        shown=lead.trail.shown,
        count=lead.count,
        search_params=search_params(lead, hunt),
        sample=[shown[number] for number in lead.sample if number in shown],
    )


def search_params(lead: Lead, hunt: Hunt) -> SearchParams:
    """What to send on to a bulk job."""
    field, value = lead.trail.field, lead.trail.value

    def only(one: SearchField) -> str | UnsetType:
        return value if field is one else UNSET

    return SearchParams(
        start=rfc3339(hunt.start),
        end=rfc3339(hunt.end),
        sender=only(SearchField.SENDER),
        smtp_helo_ip=only(SearchField.CLIENT),
        domain=only(SearchField.DOMAIN),
        link_host=only(SearchField.LINK_HOST),
        attachment_sha256=only(SearchField.ATTACHMENT),
        fingerprint=only(SearchField.FINGERPRINT),
        query=only(SearchField.WORDS),
    )
