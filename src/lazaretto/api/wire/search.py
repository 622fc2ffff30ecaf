"""The parameters of the search, as they are described; `api.query` reads them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lazaretto.model.disposition import Disposition

DeliveryWord = Literal[
    "delivered", "moved", "quarantined", "rejected", "deferred", "bounced", "queued", "move_failed"
]


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that narrows or pages a search."""

    start: Annotated[
        datetime | None, Meta(description="Judged at or after this time. Default: 30 days before `end`.")
    ] = None
    end: Annotated[datetime | None, Meta(description="Judged before this time. Default: now.")] = None
    query: Annotated[
        str | None,
        Meta(description="Words that must all stand in the metadata or the text; without regard to case."),
    ] = None
    detections_only: Annotated[
        bool,
        Meta(
            description="Leave out clean mail. Asking for a disposition that is no detection implies false."
        ),
    ] = True
    submissions: Annotated[
        bool, Meta(description="Search the messages that were reported or submitted, instead of the mail.")
    ] = False
    final_disposition: Annotated[
        Disposition | None,
        Meta(description="What the message was judged to be. MALICIOUS finds BEC as well."),
    ] = None
    delivery_status: Annotated[
        DeliveryWord | None, Meta(description="The newest copy of any recipient is in this state.")
    ] = None
    message_action: Annotated[
        Literal["PREVIEW", "QUARANTINE_RELEASED", "MOVED"] | None,
        Meta(description="This was done to the message after it was judged."),
    ] = None
    sender: Annotated[str | None, Meta(description="Address or domain, of the envelope or of From.")] = None
    recipient: Annotated[str | None, Meta(description="Address or domain of a recipient.")] = None
    smtp_helo_ip: Annotated[
        str | None, Meta(description="Address of the client that brought the message.")
    ] = None
    domain: Annotated[str | None, Meta(description="Domain of the sender, of a recipient or of a link.")] = (
        None
    )
    subject: Annotated[str | None, Meta(description="Words of the subject, in any order.")] = None
    exact_subject: Annotated[str | None, Meta(description="The whole subject.")] = None
    message_id: Annotated[str | None, Meta(description="The Message-ID, with or without angle brackets.")] = (
        None
    )
    alert_id: Annotated[str | None, Meta(description="The id of a detection.")] = None
    link_host: Annotated[str | None, Meta(description="The exact host of a link. Ours.")] = None
    attachment_sha256: Annotated[
        str | None, Meta(description="SHA-256 of an attachment, in hex digits. Ours.")
    ] = None
    fingerprint: Annotated[str | None, Meta(description="The fuzzy hash of the content. Ours.")] = None
    metric: Annotated[str | None, Meta(description="Accepted; changes nothing.")] = None
    action_log: Annotated[bool | None, Meta(description="Accepted; the log is always there.")] = None
    cursor: Annotated[
        str | None,
        Meta(description="Where to go on: `result_info.next` of the page before. Keeps its filters."),
    ] = None
    page: (
        Annotated[int, Meta(ge=1, description="Number of the page, counted from the cursor if any.")] | None
    ) = None
    per_page: Annotated[int, Meta(ge=1, le=1_000, description="Rows of a page.")] = 20


class OneQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The parameter of reading one message."""

    submission: Annotated[
        bool, Meta(description="Look among the submissions only; else among the mail only.")
    ] = False
