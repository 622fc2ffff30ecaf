"""Bulk jobs as clients send and read them.

The five counters always add up to `total_messages_discovered`. `dry_run` in the request, and `paused`,
`undo_of`, `created_by` and `previous_folder` in the answers are ours.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lazaretto.api.wire.message import Message
from lazaretto.api.wire.search import DeliveryWord
from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.model.disposition import Disposition
from lazaretto.model.job import Destination, Job, JobAction, JobItem, JobSearch

MessageAction = Literal["PREVIEW", "QUARANTINE_RELEASED", "MOVED"]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """`search_params` of a request."""

    start: Time | UnsetType = UNSET
    end: Time | UnsetType = UNSET
    detections_only: bool | UnsetType = UNSET
    submissions: bool | UnsetType = UNSET
    action_log: Annotated[bool | UnsetType, Meta(description="Accepted; changes nothing.")] = UNSET
    alert_id: str | None = None
    delivery_status: DeliveryWord | None = None
    domain: str | None = None
    exact_subject: str | None = None
    final_disposition: Disposition | None = None
    message_action: MessageAction | None = None
    message_id: str | None = None
    metric: Annotated[str | None, Meta(description="Accepted; changes nothing.")] = None
    query: str | None = None
    recipient: str | None = None
    sender: str | None = None
    smtp_helo_ip: str | None = None
    subject: str | None = None
    link_host: Annotated[str | None, Meta(description="The exact host of a link. Ours.")] = None
    attachment_sha256: Annotated[
        str | None, Meta(description="SHA-256 of an attachment, in hex digits. Ours.")
    ] = None
    fingerprint: Annotated[str | None, Meta(description="The fuzzy hash of the content. Ours.")] = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A job to be made."""

    action: JobAction
    search_params: Search
    destination: Annotated[Destination | None, Meta(description="Required for MOVE.")] = None
    comment: str | None = None
    expected_disposition: Annotated[Disposition | None, Meta(description="Accepted; changes nothing.")] = None
    dry_run: Annotated[
        bool, Meta(description="Only count what the search finds and show some of it: nothing is stored.")
    ] = False


class SearchParams(msgspec.Struct, frozen=True, kw_only=True):
    """The search of a job, as it was asked for, with the times and defaults that were taken."""

    action_log: bool
    detections_only: bool
    submissions: bool
    start: str
    end: str
    alert_id: str | None
    delivery_status: str | None
    domain: str | None
    exact_subject: str | None
    final_disposition: str | None
    message_action: str | None
    message_id: str | None
    metric: str | None
    query: str | None
    recipient: str | None
    sender: str | None
    smtp_helo_ip: str | None
    subject: str | None
    link_host: str | UnsetType = UNSET  # ours, as the next two: only where they were asked for
    attachment_sha256: str | UnsetType = UNSET
    fingerprint: str | UnsetType = UNSET


class MoveParams(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="MOVE"):
    """What a MOVE does."""

    destination: str
    expected_disposition: None = None


class MoveItemParams(MoveParams, frozen=True, kw_only=True, tag_field="type", tag="MOVE"):
    """In an item it says to whose copy."""

    client_recipient: str


class ReleaseParams(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="RELEASE"):
    """What a RELEASE does."""


class ReleaseItemParams(ReleaseParams, frozen=True, kw_only=True, tag_field="type", tag="RELEASE"):
    """In an item it says whose copy."""

    client_recipient: str


class BulkJob(msgspec.Struct, frozen=True, kw_only=True):
    """BulkGetResponse of the contract."""

    job_id: str
    action_type: str
    action_params: MoveParams | ReleaseParams
    comment: str | None
    completed_at: str | None
    created_at: str
    created_by: str
    messages_cancelled: int
    messages_failed: int
    messages_pending: int
    messages_skipped: int
    messages_successful: int
    paused: bool
    search_params: SearchParams
    started_at: str | None
    status: str
    status_message: str | None
    total_messages_discovered: int
    undo_of: str | None


class BulkMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message and recipient of a job. `message_id` names this row, not the mail."""

    action_params: MoveItemParams | ReleaseItemParams
    action_type: str
    alert_id: str | None
    created_at: str
    email_message_id: str | None
    message: Message | UnsetType = UNSET  # left out once the message was removed
    message_id: str
    postfix_id: str
    previous_folder: str | UnsetType = UNSET
    processed_at: str | None
    retry_after: str | None
    retry_count: int
    status: str
    status_message: str | None


class Removed(msgspec.Struct, frozen=True):
    """BulkDeleteResponse."""

    id: str


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a job would be about."""

    dry_run: Literal[True] = True
    action_type: str
    action_params: MoveParams | ReleaseParams
    search_params: SearchParams
    messages_matched: int
    sample: list[Message]


DECODER = msgspec.json.Decoder(Wish)


def filters(search: Search) -> Iterator[tuple[str, str]]:
    """The parameters as the search over the query string has them."""
    for name in search.__struct_fields__:
        value = getattr(search, name)
        if isinstance(value, bool):
            yield name, str(value).lower()
        elif value is not None and value is not UNSET:
            yield name, str(value)


def search_params(search: JobSearch) -> SearchParams:
    """The echo."""
    return SearchParams(
        action_log=search.action_log,
        detections_only=search.detections_only,
        submissions=search.submissions,
        start=rfc3339(search.start),
        end=rfc3339(search.end),
        alert_id=search.alert_id,
        delivery_status=search.delivery_status.value if search.delivery_status else None,
        domain=search.domain,
        exact_subject=search.exact_subject,
        final_disposition=search.final_disposition.value if search.final_disposition else None,
        message_action=search.message_action,
        message_id=search.message_id,
        metric=search.metric,
        query=search.query,
        recipient=search.recipient,
        sender=search.sender,
        smtp_helo_ip=search.helo_ip,
        subject=search.subject,
        link_host=search.link_host or UNSET,
        attachment_sha256=search.attachment or UNSET,
        fingerprint=search.fingerprint or UNSET,
    )


def action_params(action: JobAction, folder: str | None) -> MoveParams | ReleaseParams:
    """`action_params`; a folder that has no published name is shown as the inbox."""
    return ReleaseParams() if action is JobAction.RELEASE else MoveParams(destination=_shown(folder))


def item_params(action: JobAction, folder: str | None, recipient: str) -> MoveItemParams | ReleaseItemParams:
    """`action_params` of an item."""
    if action is JobAction.RELEASE:
        return ReleaseItemParams(client_recipient=recipient)
    return MoveItemParams(destination=_shown(folder), client_recipient=recipient)


def _shown(folder: str | None) -> str:
    return folder if folder in _DESTINATIONS and folder is not None else Destination.INBOX.value


_DESTINATIONS = frozenset(destination.value for destination in Destination)


def bulk_job(job: Job) -> BulkJob:
    """One job in its published form."""
    counts = job.counts
    return BulkJob(
        job_id=job.id,
        action_type=job.action.value,
        action_params=action_params(job.action, job.destination.value if job.destination else None),
        comment=job.comment,
        completed_at=rfc3339_or_none(job.completed_at),
        created_at=rfc3339(job.created_at),
        created_by=job.actor,
        messages_cancelled=counts.cancelled,
        messages_failed=counts.failed,
        messages_pending=counts.pending,
        messages_skipped=counts.skipped,
        messages_successful=counts.successful,
        paused=job.paused,
        search_params=search_params(job.search),
        started_at=rfc3339_or_none(job.started_at),
        status=job.status.value,
        status_message=job.status_message,
        total_messages_discovered=counts.discovered,
        undo_of=job.undo_of,
    )


def bulk_message(job: Job, item: JobItem, shown: Message | None) -> BulkMessage:
    """One item in its published form, with its message as long as that is kept."""
    folder = item.folder or (job.destination.value if job.destination else None)
    return BulkMessage(
        action_params=item_params(job.action, folder, item.recipient),
        action_type=job.action.value,
        alert_id=shown.alert_id if shown else None,
        created_at=rfc3339(item.created_at),
        email_message_id=shown.message_id if shown else None,
        message=shown or UNSET,
        message_id=item.id,
        postfix_id=item.queue_id,
        previous_folder=item.origin or UNSET,
        processed_at=rfc3339_or_none(item.processed_at),
        retry_after=rfc3339_or_none(item.retry_at),
        retry_count=item.retries,
        status=item.status.value,
        status_message=item.status_message,
    )
