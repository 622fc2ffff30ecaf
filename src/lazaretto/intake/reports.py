"""A report mail, read: the messages that it complains about become records, and one submission each.

Every reported message is scanned like any other and kept in the store of submissions, under the queue id of
the report with "R" and a number behind it. The name is the same whenever the report is read again, so a
reading that a crash cut off leaves nothing twice. Where the account had the message before, the submission is
about that record, and its way in counts for the new scan.

Limits: reports of strangers are kept, and nothing in them is taken out; of bare header blocks only those are
taken whose message the account has.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from lazaretto.intake.originals import find_original, handed_in
from lazaretto.mail.address import parse_addresses
from lazaretto.mail.parse import parse_headers
from lazaretto.mail.reported import MAX_REPORTED, Report, Reported, asked_disposition, read_report
from lazaretto.model.message import Header
from lazaretto.model.record import Record, RecordState
from lazaretto.model.report import Standing
from lazaretto.model.submission import Original, Purpose, SubmissionType, Wish
from lazaretto.pipeline import Road, receive
from lazaretto.policy.standing import standing_of
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Transaction
from lazaretto.store.domains import list_domains
from lazaretto.store.errors import BytesMissing
from lazaretto.store.messages import add_trace, get_facts, get_record
from lazaretto.store.reports import ClaimedReport, close_report
from lazaretto.store.rows import load
from lazaretto.store.steps import inbound
from lazaretto.store.submissions import add_submission

MAX_NAME = 320
"""Characters of the reporter's address."""

STRANGER = "The sender of the report is of no domain of this account."
FORGED = "The sender of the report names a domain of this account, whose own policy says that it is not."
HEADERS_ONLY = "Only the header of the message was given, and no message with it is known."
GONE = "The content of the report is no longer stored."
UNREADABLE = "The report could not be read; the log of the server says why."

Clock = Callable[[], datetime]

log = structlog.get_logger("lazaretto.reports")


@dataclass(frozen=True, slots=True)
class _Mail:
    """A report mail with what is known of its sender."""

    record: Record
    subject: str
    reporter: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class _Taken:
    """One reported message: what the submission is about."""

    original: Record | None = None  # as it came in, where the account knows it
    copy: Record | None = None  # what the report brought, scanned
    problem: str | None = None  # why there is nothing to work on

    @property
    def about(self) -> Record | None:
        """The record that the submission speaks of."""
        return self.original or self.copy


async def take_report(road: Road, claimed: ClaimedReport, *, clock: Clock) -> bool:
    """Read one report to the end. False when another reader was faster."""
    record = await road.database.read(lambda tx: _record(tx, claimed))
    if record is None:
        return False
    raw = await asyncio.to_thread(_bytes, road.blobs, record)
    if raw is None:
        return await _close(road, claimed, _unread(record), None, (_Taken(problem=GONE),), clock=clock)
    report = await asyncio.to_thread(read_report, raw)
    mail = await _sender(road, record, await asyncio.to_thread(parse_headers, raw))
    taken = await _take_all(road, mail, report)
    return await _close(road, claimed, mail, report, taken, clock=clock)


async def give_up(road: Road, claimed: ClaimedReport, *, clock: Clock) -> None:
    """Reading failed too often: the report is shown as one that cannot be read."""
    record = await road.database.read(lambda tx: _record(tx, claimed))
    if record is not None:
        await _close(road, claimed, _unread(record), None, (_Taken(problem=UNREADABLE),), clock=clock)


async def _record(tx: Transaction, claimed: ClaimedReport) -> Record | None:
    found = await load(tx, claimed.account, (claimed.record,))
    return found[0] if found else None


def _bytes(blobs: Blobs, record: Record) -> bytes | None:
    try:
        return blobs.get(record.blob) if record.bytes_kept else None
    except BytesMissing:
        return None


def _unread(record: Record) -> _Mail:
    subject = record.summary.subject if record.summary else ""
    return _Mail(record, subject, record.envelope.mail_from, Standing.UNVERIFIED)


async def _sender(road: Road, record: Record, headers: tuple[Header, ...]) -> _Mail:
    account = record.account
    facts = await road.database.read(lambda tx: get_facts(tx, account, record.number))
    domains = await road.database.read(lambda tx: list_domains(tx, account))
    own = frozenset(domain.name for domain in domains)
    mailbox = next((found for h in headers if h.key == "from" for found in parse_addresses(h.value)), None)
    subject = next((h.value for h in headers if h.key == "subject"), "")
    return _Mail(
        record=record,
        subject=subject,
        reporter=((mailbox.address if mailbox else "") or record.envelope.mail_from)[:MAX_NAME],
        standing=standing_of(mailbox.domain if mailbox else "", own, facts),
    )


async def _take_all(road: Road, mail: _Mail, report: Report) -> tuple[_Taken, ...]:
    if not mail.standing.may_report:
        return (_Taken(problem=FORGED if mail.standing is Standing.FORGED else STRANGER),)
    if report.problem is not None:
        return (_Taken(problem=report.problem),)
    return tuple([await _take(road, mail, one, number) for number, one in enumerate(report.reported, 1)])


async def _take(road: Road, mail: _Mail, reported: Reported, number: int) -> _Taken:
    """Find the message among what came before, and put what was reported on the road."""
    headers = await asyncio.to_thread(parse_headers, reported.raw)
    account, at, reporter = mail.record.account, mail.record.envelope.received_at, mail.reporter
    original = await road.database.read(
        lambda tx: find_original(tx, account, headers, reporter=reporter, at=at)
    )
    if reported.kind == "headers":
        return _Taken(original, problem=None if original else HEADERS_ONLY)
    queue_id = f"{mail.record.envelope.queue_id}R{number}"
    copy = await road.database.read(lambda tx: get_record(tx, account, queue_id, submissions=True))
    if copy is None or copy.state is not RecordState.DECIDED:
        envelope = handed_in(
            reported.raw, headers, original, account=account, queue_id=queue_id, reporter=reporter, at=at
        )
        await receive(road, envelope, reported.raw)
        copy = await road.database.read(lambda tx: get_record(tx, account, queue_id, submissions=True))
    return _Taken(original, copy)


async def _close(
    road: Road,
    claimed: ClaimedReport,
    mail: _Mail,
    report: Report | None,
    taken: tuple[_Taken, ...],
    *,
    clock: Clock,
) -> bool:
    """All submissions and the end of the work, in one transaction."""
    now = clock()

    async def work(tx: Transaction) -> bool:
        standing = mail.standing if report is not None else None
        said = report.said if report is not None else ""
        if not await close_report(tx, claimed, standing=standing, said=said):
            return False
        for one in taken:
            await add_submission(tx, _wish(mail, report, one), now=now)
            if one.copy is not None:
                text = f"Reported by <{mail.reporter}>, in the mail {mail.record.envelope.queue_id}"
                await add_trace(tx, mail.record.account, one.copy.number, (inbound(text, now),))
        lines = (inbound(_told(mail, report, taken), now),)
        await add_trace(tx, mail.record.account, mail.record.number, lines)
        return True

    closed = await road.database.write(work)
    problems = [one.problem for one in taken if one.problem]
    log.info(
        "report",
        queue_id=mail.record.envelope.queue_id,
        standing=mail.standing.value,
        reported=len(taken) - len(problems),
        problems=problems,
        first_reader=closed,
    )
    return closed


def _told(mail: _Mail, report: Report | None, taken: tuple[_Taken, ...]) -> str:
    """What became of the report, for its trace."""
    count = sum(one.problem is None for one in taken)
    problems = " ".join(dict.fromkeys(one.problem for one in taken if one.problem))
    more = (
        f"It holds more than {MAX_REPORTED} messages; the rest was not read."
        if report and report.more
        else ""
    )
    texts = (f"Report of <{mail.reporter}> ({mail.standing}): {count} taken up", problems, more)
    return ". ".join(filter(None, texts))


def _wish(mail: _Mail, report: Report | None, taken: _Taken) -> Wish:
    recipients = mail.record.envelope.recipients
    address = recipients[0].address if recipients else ""
    return Wish(
        account=mail.record.account,
        type=SubmissionType.USER,
        purpose=Purpose.REPORT,
        requested_by=mail.reporter,
        original=_original(mail, taken),
        requested=asked_disposition(mail.subject, report.feedback if report else None, address),
        blob=taken.copy.blob if taken.copy is not None else None,
        report=mail.record.number,
        invalid=taken.problem,
    )


def _original(mail: _Mail, taken: _Taken) -> Original:
    about = taken.about
    if about is None:
        return Original(None, mail.record.envelope.queue_id, None, None, mail.subject)
    return Original(
        record=about.number,
        queue_id=about.envelope.queue_id,
        fingerprint=(about.summary.fingerprint or None) if about.summary else None,
        disposition=about.disposition if taken.original is not None else None,
        subject=about.summary.subject if about.summary else "",
    )
