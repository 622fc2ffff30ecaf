"""Make a team submission: check that it can be worked on, then store it for the role that judges it.

Rules. A message that is no detection and whose bytes are not stored needs an uploaded copy: there would be
nothing to look at. What goes with an escalated user submission is its bytes, where nothing better is stored.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from lazaretto.actions.verdicts import HARMLESS, published
from lazaretto.model.account import AccountOptions
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.job import Destination
from lazaretto.model.record import Record, RecordState
from lazaretto.model.submission import (
    FollowUp,
    FollowUpKind,
    Original,
    Purpose,
    Submission,
    SubmissionType,
    Wish,
)
from lazaretto.store.messages import get_record
from lazaretto.store.options import get_options
from lazaretto.store.rows import load
from lazaretto.store.submissions import ESCALATED, NO_SUBMISSION, add_submission, get_submission
from lazaretto.store.transaction import Transaction

GENERIC = 1000
NOT_FOUND = 1100
CONTENT_NOT_STORED = 1104

RELEASABLE = HARMLESS | {Disposition.SPAM}
"""What may be released when somebody asks for it in so many words."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What an analyst says about one message."""

    reference: str  # investigate id or queue id
    disposition: Disposition
    purpose: Purpose = Purpose.RECLASSIFICATION
    blob: str | None = None  # the bytes of an uploaded EML, stored
    escalates: str | None = None  # id of a user submission
    follow_up: FollowUpKind | None = None  # None: as the account's options say
    destination: Destination | None = None

    def with_blob(self, blob: str) -> "Ask":
        """The same with an uploaded message."""
        return replace(self, blob=blob)


def check_follow_up(ask: Ask) -> None:
    """Raises Invalid when what shall follow does not fit what is said."""
    if ask.follow_up == "release" and ask.disposition not in RELEASABLE:
        text = f"A message that is called {ask.disposition} is not released"
        raise Invalid(GENERIC, text, pointer="/follow_up")
    if ask.destination is not None and ask.follow_up != "move":
        raise Invalid(GENERIC, "A destination needs follow_up: move", pointer="/destination")


async def submit(tx: Transaction, account: str, actor: str, ask: Ask, *, now: datetime) -> Submission:
    """The submission of an ask. Raises Invalid or NotFound, with pointers into one ask."""
    record = await get_record(tx, account, ask.reference)
    if record is None:
        raise NotFound(NOT_FOUND, f"There is no message {ask.reference} in this account", pointer="/id")
    user = None if ask.escalates is None else await get_submission(tx, account, ask.escalates)
    kept = user.blob if user and user.original.record == record.number else None
    blob = ask.blob or (None if record.bytes_kept else kept)
    _check_content(record, blob)
    wish = Wish(
        account=account,
        type=SubmissionType.TEAM,
        purpose=ask.purpose,
        requested_by=actor,
        original=original(record),
        requested=ask.disposition,
        blob=blob,
        report=user.report if user else None,
        escalates=ask.escalates,
        follow_up=_follow_up(ask, await get_options(tx, account)),
    )
    return await add_submission(tx, wish, now=now)


async def escalate(
    tx: Transaction,
    account: str,
    id: str,  # noqa: A002
    actor: str,
    disposition: Disposition | None,
    *,
    now: datetime,
) -> Submission:
    """Make a team submission of a user's; None asks for what the user asked for. Raises Invalid, NotFound."""
    user = await find_user_submission(tx, account, id)
    requested = disposition or user.requested
    if requested is None:
        text = f"Submission {id} names no disposition: say expected_disposition"
        raise Invalid(GENERIC, text, pointer="/expected_disposition")
    if user.original.record is None and user.report is None:
        raise Invalid(CONTENT_NOT_STORED, f"Submission {id} is about no message", pointer="submission_id")
    numbers = () if user.original.record is None else (user.original.record,)
    stored = any(record.bytes_kept for record in await load(tx, account, numbers))
    options = await get_options(tx, account)
    wish = Wish(
        account=account,
        type=SubmissionType.TEAM,
        purpose=Purpose.RECLASSIFICATION,
        requested_by=actor,
        original=user.original,
        requested=requested,
        blob=None if stored else user.blob,
        report=user.report,
        escalates=user.id,
        follow_up=FollowUp(_default(options)),
    )
    return await add_submission(tx, wish, now=now)


async def find_user_submission(tx: Transaction, account: str, id: str) -> Submission:  # noqa: A002
    """Raises NotFound without such a submission, Invalid when it is a team's."""
    found = await get_submission(tx, account, id, lock=True)
    if found is None:
        raise NotFound(NO_SUBMISSION, "There is no submission of this id", pointer="submission_id")
    if found.type is not SubmissionType.USER:
        text = f"Submission {found.id} is one of the team: only those of users are escalated and reviewed"
        raise Invalid(ESCALATED, text, pointer="submission_id")
    return found


def original(record: Record) -> Original:
    """A message as it is now."""
    summary = record.summary
    return Original(
        record=record.number,
        queue_id=record.envelope.queue_id,
        fingerprint=(summary.fingerprint or None) if summary else None,
        disposition=published(record.disposition) if record.disposition else None,
        subject=summary.subject if summary else "",
    )


def _check_content(record: Record, blob: str | None) -> None:
    if record.state is RecordState.RECEIVED:
        raise Invalid(GENERIC, f"Message {record.id} is not judged yet", pointer="/id")
    if blob is None and not record.bytes_kept and not record.is_detection:
        text = f"The content of message {record.id} is not stored: send the message as eml_content"
        raise Invalid(CONTENT_NOT_STORED, text, pointer="/eml_content")


def _follow_up(ask: Ask, options: AccountOptions) -> FollowUp:
    if ask.follow_up is None:
        return FollowUp(_default(options))
    return FollowUp(ask.follow_up, ask.destination.value if ask.destination else None)


def _default(options: AccountOptions) -> FollowUpKind:
    return "suitable" if options.after_reclassify == "release_or_move" else "none"
