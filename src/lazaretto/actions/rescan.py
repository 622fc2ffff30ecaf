"""Look at a message again: the bytes that somebody sent in, or those that are stored."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lazaretto.mail.domains import domain_of
from lazaretto.model.account import Domain
from lazaretto.model.disposition import Mode
from lazaretto.model.envelope import Envelope
from lazaretto.model.facts import History
from lazaretto.model.lists import Lists
from lazaretto.model.record import Record
from lazaretto.model.submission import Submission
from lazaretto.scanner.job import Examination, Job
from lazaretto.scanner.pool import ScanFailed, ScannerPool
from lazaretto.store.blobs import Blobs
from lazaretto.store.domains import list_domains
from lazaretto.store.lists import load_lists
from lazaretto.store.lookup import get_facts
from lazaretto.store.rows import load
from lazaretto.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Matter:
    """What a submission is about, as the store has it now."""

    record: Record | None  # the message
    report: Record | None  # the mail that brought the submission
    domains: Mapping[str, Domain]  # by name
    lists: Lists
    history: History | None = None  # what was known about the sender when the message came

    def lookback(self, envelope: Envelope, default: int) -> int:
        """Trusted hops before us, as the domain of the first recipient has them."""
        first = envelope.recipients[0].address if envelope.recipients else ""
        domain = self.domains.get(domain_of(first))
        return default if domain is None or domain.lookback_hops is None else domain.lookback_hops


@dataclass(frozen=True, slots=True)
class Sight:
    """What the new look gave: an examination, or the sentence that says why there is none."""

    examination: Examination | None
    trouble: str = ""


async def find_matter(tx: Transaction, submission: Submission) -> Matter:
    """The message and the report, if they are there still."""
    account, numbers = submission.account, (submission.original.record, submission.report)
    wanted = [number for number in numbers if number is not None]
    found = {record.number: record for record in await load(tx, account, wanted, detailed=True)}
    record, report = (None if number is None else found.get(number) for number in numbers)
    domains = {domain.name: domain for domain in await list_domains(tx, account)}
    facts = None if record is None else await get_facts(tx, account, record.number)
    history = None if facts is None else facts.history
    return Matter(record, report, domains, await load_lists(tx, account), history)


async def look_again(
    scanner: ScannerPool,
    blobs: Blobs,
    submission: Submission,
    matter: Matter,
    *,
    lookback: int,
    at: datetime,
) -> Sight:
    """Scan the bytes that came with the submission, else those of the message."""
    record = matter.record
    blob = submission.blob or (record.blob if record and record.bytes_kept else None)
    envelope = _envelope(matter)
    if blob is None or envelope is None or not await asyncio.to_thread(blobs.exists, blob):
        return Sight(None, "Its bytes are no longer stored, so it was not scanned again.")
    job = Job(
        ticket=0,
        blob=blob,
        envelope=envelope,
        own_domains=tuple(matter.domains),
        at=at,
        lookback=matter.lookback(envelope, lookback),
        history=matter.history,
        wants_words=submission.requested is not None,
    )
    try:
        return Sight(await scanner.examine(job, matter.lists))
    except ScanFailed as failure:
        return Sight(None, f"It could not be scanned again ({failure.reason}).")


def is_this_message(record: Record, examination: Examination, blob: str | None) -> bool:
    """The bytes that were scanned are the message's, or a copy that bears its Message-ID."""
    if blob is None or blob == record.blob or record.summary is None:
        return True
    named = record.summary.message_id
    return bool(named) and named == examination.summary.message_id


def _envelope(matter: Matter) -> Envelope | None:
    """How the message came: what is reported from outside is judged by its own Received fields."""
    if matter.record is not None:
        return matter.record.envelope
    if matter.report is None:
        return None
    return replace(
        matter.report.envelope,
        mode=Mode.RETRO_SCAN,
        client_ip=None,
        client_name=None,
        helo=None,
        mail_from="",
    )
