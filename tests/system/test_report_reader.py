"""The reader of report mail on a real store with real scan workers: what it takes up, and what happens when it breaks."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lazaretto.intake.report_reader import MAX_ATTEMPTS, ReportReader
from lazaretto.intake.reports import FORGED, GONE, HEADERS_ONLY, STRANGER, UNREADABLE
from lazaretto.mail.stamp import Stamp
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Recipient
from lazaretto.model.submission import Processing, SubmissionType
from lazaretto.pipeline import Road, receive
from lazaretto.query.submissions import SubmissionCriteria
from lazaretto.scanner.job import WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.store.accounts import add_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import open_database
from lazaretto.store.domains import add_domain
from lazaretto.store.messages import add_decided, add_received, get_record, get_trace
from lazaretto.store.reports import next_report_due
from lazaretto.store.submissions import list_submissions
from tests.helpers.letters import facts
from tests.helpers.program import eventually
from tests.helpers.records import ACCOUNT, envelope

pytestmark = pytest.mark.system

NOW = datetime.now(UTC).replace(microsecond=0)
PHISH = (
    b"From: Bank <x@bad.test>\r\nTo: ann@corp.example\r\nSubject: Verify\r\nMessage-ID: <1@bad.test>\r\n"
    b"\r\nhttp://login.bad.test/\r\n"
)
KEPT = RecipientOrder("phish@corp.example", Order.DELIVER, "kept")
HEADER = PHISH.partition(b"\r\n\r\n")[0] + b"\r\n"


def report(message=PHISH, *, kind=b"message/rfc822", sender=b"ann@corp.example"):
    head = b"From: " + sender + b"\r\nTo: phish@corp.example\r\nSubject: FW\r\nMIME-Version: 1.0\r\n"
    head += b'Content-Type: multipart/mixed; boundary="rpt"\r\n\r\n--rpt\r\nContent-Type: '
    return head + kind + b"\r\n\r\n" + message + b"\r\n--rpt--\r\n"


class Breaking:
    """A scanner that is out of order."""

    def __init__(self):
        self.asked = 0

    async def examine(self, *job):
        self.asked += 1
        raise RuntimeError("out of order")


class Desk:
    """A store with one account, and readers for it."""

    def __init__(self, road):
        self.road = road
        self.now = NOW

    def reader(self, **changes):
        return ReportReader(replace(self.road, **changes), clock=lambda: self.now)

    async def come(self, raw, *, queue_id="4Njp3P0STMz2c02Q", what=None):
        """A report mail as the road leaves it; its row number."""
        blob = await asyncio.to_thread(self.road.blobs.put, raw)
        mail = envelope(
            "phish@corp.example",
            queue_id=queue_id,
            mode=Mode.REVIEW_SUBMISSION,
            reporting=True,
            received_at=self.now,
            mail_from="ann@corp.example",
        )

        async def work(tx):
            received = await add_received(tx, mail, blob, at=self.now)
            await add_decided(
                tx,
                received.number,
                account=ACCOUNT,
                facts=what or facts(offline=True),
                verdict=None,
                summary=None,
                decision=Decision(Disposition.NONE, (KEPT,)),
                stamp=Stamp(b"", ()),
                at=self.now,
            )
            return received.number

        return await self.road.database.write(work)

    async def deliver(self, raw, *recipients, queue_id):
        """Ordinary mail, imported."""
        where = envelope(*recipients, queue_id=queue_id, mode=Mode.API, received_at=self.now)
        await receive(self.road, where, raw)

    async def submissions(self):
        criteria = SubmissionCriteria(
            start=NOW - timedelta(days=1),
            end=NOW + timedelta(days=10),
            order="submission_id",
            direction="asc",
        )
        found, _ = await self.road.database.read(lambda tx: list_submissions(tx, ACCOUNT, criteria, 0, 100))
        return found

    async def record(self, reference):
        return await self.road.database.read(lambda tx: get_record(tx, ACCOUNT, reference))

    async def trace(self, number):
        lines = await self.road.database.read(lambda tx: get_trace(tx, ACCOUNT, number))
        return [line.text for line in lines]


@asynccontextmanager
async def running(*readers):
    """The roles, stopped in the end as the program stops them."""
    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(reader.run())
        try:
            yield
        finally:
            for reader in readers:
                reader.stop()


@pytest.fixture(params=["sqlite", "postgres"])
async def desk(request, tmp_path):
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    url = await server.create() if server else f"sqlite://{tmp_path}/store.db"
    database = await open_database(url)
    await database.write(lambda tx: add_account(tx, "one", now=NOW, id=ACCOUNT))
    hop = NextHop("127.0.0.1", 25)
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "corp.example", hop, now=NOW))
    blobs = Blobs(tmp_path / "blobs")
    pool = ScannerPool(WorkerOptions(blobs=str(tmp_path / "blobs"), offline=True), workers=1, seconds=30)
    await pool.start()
    try:
        yield Desk(Road(database, blobs, pool, "mx.corp.example", lambda: None))
    finally:
        await pool.stop()
        await database.close()
        if server:
            await server.drop(url)


async def test_two_readers(desk):
    """Each report is read by one of them, and nothing comes out twice."""
    mails = [f"4Njp3P0STM{n}z2c02Q" for n in range(8)]
    for mail in mails:
        await desk.come(report(PHISH.replace(b"<1@", b"<%s@" % mail.encode())), queue_id=mail)
    poked = []
    readers = [ReportReader(desk.road, submitted=lambda: poked.append(1)) for _ in range(2)]

    async with running(*readers):
        found = await eventually(lambda: all_of(desk, len(mails)))

    assert sorted(f"{mail}R1" for mail in mails) == sorted(one.original.queue_id for one in found)
    assert {SubmissionType.USER} == {one.type for one in found}
    assert len(poked) >= len(mails)
    assert None is await desk.road.database.read(next_report_due)


async def all_of(desk, count):
    found = await desk.submissions()
    return found if len(found) >= count else None


async def read_one(desk, **changes):
    """Let a reader read what there is."""
    async with running(desk.reader(**changes)):
        return await eventually(lambda: all_of(desk, 1))


async def test_the_reporters_own_copy_first(desk):
    """The same mail came to two people, and another mail stole its Message-ID: the one to the reporter counts."""
    await desk.deliver(PHISH, "ann@corp.example", queue_id="4Njp3P0STM1z2c02Q")
    await desk.deliver(PHISH, "bob@corp.example", queue_id="4Njp3P0STM2z2c02Q")
    await desk.deliver(PHISH.replace(b"x@bad", b"y@good"), "ann@corp.example", queue_id="4Njp3P0STM3z2c02Q")
    number = await desk.come(report())

    (found,) = await read_one(desk)
    copy = await desk.record("4Njp3P0STMz2c02QR1")

    assert "4Njp3P0STM1z2c02Q" == found.original.queue_id
    assert (number, copy.blob) == (found.report, found.blob)
    assert (Recipient("ann@corp.example"),) == copy.envelope.recipients
    assert (Mode.REVIEW_SUBMISSION, False, True) == (
        copy.envelope.mode,
        copy.envelope.reporting,
        copy.is_submission,
    )
    assert "Reported by <ann@corp.example>, in the mail 4Njp3P0STMz2c02Q" in await desk.trace(copy.number)
    assert "Report of <ann@corp.example> (unverified): 1 taken up" in await desk.trace(number)


async def test_a_header_block_whose_message_is_known(desk):
    """Nothing is scanned: the submission is about the stored message."""
    await desk.deliver(PHISH, "ann@corp.example", queue_id="4Njp3P0STM1z2c02Q")
    await desk.come(report(HEADER, kind=b"text/rfc822-headers"))

    (found,) = await read_one(desk)

    assert ("4Njp3P0STM1z2c02Q", None, Processing.PENDING) == (
        found.original.queue_id,
        found.blob,
        found.processing,
    )
    assert None is await desk.record("4Njp3P0STMz2c02QR1")


@pytest.mark.parametrize(
    ("raw", "what", "reason"),
    [
        (report(HEADER, kind=b"text/rfc822-headers"), None, HEADERS_ONLY),
        (report(sender=b"eve@elsewhere.test"), None, STRANGER),
        (report(sender=b"nobody"), None, STRANGER),
        (report(), facts(dmarc="fail", policy="reject", domain="corp.example"), FORGED),
    ],
    ids=["unknown header", "stranger", "no address", "forged"],
)
async def test_what_is_not_taken_up(desk, raw, what, reason):
    """A submission that is finished at once and says why; nothing of the report is scanned."""
    await desk.come(raw, what=what)

    (found,) = await read_one(desk)

    assert (Processing.INVALID, reason, None) == (found.processing, found.reason, found.original.record)
    assert None is await desk.record("4Njp3P0STMz2c02QR1")


async def test_content_that_is_gone(desk):
    """The bytes of the report were removed before it was read."""
    number = await desk.come(report())
    record = await desk.record("4Njp3P0STMz2c02Q")
    desk.road.blobs.remove(record.blob)

    (found,) = await read_one(desk)

    assert (Processing.INVALID, GONE, number) == (found.processing, found.reason, found.report)


async def test_a_reading_that_breaks(desk):
    """It is tried again, each time later, and given up in the end: shown as a report that cannot be read."""
    await desk.come(report())
    scanner = Breaking()

    async with running(reader := desk.reader(scanner=scanner)):
        for attempt in range(1, MAX_ATTEMPTS + 1):
            await eventually(lambda attempt=attempt: scanner.asked == attempt)
            if attempt < MAX_ATTEMPTS:
                desk.now = await eventually(lambda: put_off(desk))
                reader.poke()
        (found,) = await eventually(lambda: all_of(desk, 1))

    assert (Processing.INVALID, UNREADABLE) == (found.processing, found.reason)
    assert None is await desk.road.database.read(next_report_due)


async def put_off(desk):
    """When it is due again, once that is later than now and no lease is what it waits for."""
    due = await desk.road.database.read(
        lambda tx: tx.value("SELECT next_attempt_at FROM report WHERE lease_until IS NULL")
    )
    at = await desk.road.database.read(next_report_due)
    return at if due is not None and at is not None and at > desk.now else None
