"""The role that judges submissions, with a real scanner and a real store: what it decides, and what follows."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from lazaretto.actions.porter import Porter
from lazaretto.actions.reclassify import AT_ONCE, WAITS, Reclassifier, ReclassifyTools
from lazaretto.actions.rescan import find_matter
from lazaretto.actions.similar import find_family
from lazaretto.actions.submit import Ask, escalate, submit
from lazaretto.mailbox.mailbox import NoMailboxes
from lazaretto.model.account import AccountOptions, NextHop
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.errors import Invalid
from lazaretto.model.job import Destination
from lazaretto.model.likeness import Alike
from lazaretto.model.record import DeliveryState, Operation
from lazaretto.model.submission import Original, Outcome, Processing, Purpose, SubmissionType, Wish
from lazaretto.pipeline import Road, receive
from lazaretto.scanner.job import WorkerOptions
from lazaretto.scanner.pool import ScannerPool
from lazaretto.store import retention
from lazaretto.store.accounts import add_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import open_database
from lazaretto.store.domains import add_domain
from lazaretto.store.labels import list_labels
from lazaretto.store.messages import get_record, get_trace
from lazaretto.store.options import set_options
from lazaretto.store.submissions import add_submission, get_submission
from tests.helpers.load import GTUBE
from tests.helpers.maildir import Maildirs
from tests.helpers.records import ACCOUNT, envelope

pytestmark = pytest.mark.system

SPAM = b"From: Bob <bob@shop.test>\r\nTo: user@example.com\r\nSubject: Offer 17\r\nMessage-ID: <s@shop.test>\r\n\r\n"
SPAM += GTUBE.encode() + b"\r\n"
HAM = b"From: Ann <ann@friend.test>\r\nTo: user@example.com\r\nSubject: Minutes\r\nMessage-ID: <h@friend.test>\r\n\r\n"
HAM += b"See https://docs.friend.test/minutes for the minutes of our meeting.\r\n"


class Desk:
    """A store, a scanner and the role over them."""

    def __init__(self, database, blobs, scanner, mailboxes):
        self.database, self.blobs, self.scanner = database, blobs, scanner
        self.road = Road(database, blobs, scanner, hostname="mx.example.com", decided=lambda: None)
        self.released = 0
        self.later = timedelta(0)
        self.role = Reclassifier(
            ReclassifyTools(
                database=database,
                blobs=blobs,
                scanner=scanner,
                porter=Porter(mailboxes),
                released=self._count,
                clock=lambda: datetime.now(UTC) + self.later,
            )
        )

    def _count(self):
        self.released += 1

    async def receive(self, raw, **changes):
        """One message on the road; its record."""
        one = replace(envelope(), received_at=datetime.now(UTC), **changes)
        await receive(self.road, one, raw)
        return await self.record(one.queue_id)

    async def record(self, ref):
        return await self.database.read(lambda tx: get_record(tx, ACCOUNT, ref))

    async def submit(self, record, disposition, **changes):
        ask = Ask(record.id, disposition, **changes)
        return await self.database.write(
            lambda tx: submit(tx, ACCOUNT, "ann@example.com", ask, now=datetime.now(UTC))
        )

    async def pending(self, submissions):
        found = [
            await self.database.read(lambda tx, id_=one.id: get_submission(tx, ACCOUNT, id_))
            for one in submissions
        ]
        return [one for one in found if one.processing is Processing.PENDING]

    async def judged(self, submission):
        """The submission after the role had its turn."""
        await self.role.work_off()
        return await self.database.read(lambda tx: get_submission(tx, ACCOUNT, submission.id))


@pytest_asyncio.fixture
async def mailboxes(tmp_path):
    return NoMailboxes()


@pytest_asyncio.fixture
async def desk(tmp_path, mailboxes):
    database = await open_database(f"sqlite://{tmp_path}/store.db")
    blobs = Blobs(tmp_path / "blobs")
    scanner = ScannerPool(WorkerOptions(blobs=str(tmp_path / "blobs"), offline=True), workers=1, seconds=30)
    await scanner.start()
    now = datetime.now(UTC)
    await database.write(lambda tx: add_account(tx, "one", now=now, id=ACCOUNT))
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", NextHop("127.0.0.1", 25), now=now))
    try:
        yield Desk(database, blobs, scanner, mailboxes)
    finally:
        await scanner.stop()
        await database.close()


async def test_held_mail_called_clean_is_released(desk):
    """The analyst's word holds against the scan; the copy goes on its way, once."""
    held = await desk.receive(SPAM)
    made = await desk.submit(held, Disposition.NONE, follow_up="release")

    ended = await desk.judged(made)
    again = await desk.judged(made)

    record = await desk.record(held.id)
    (label,) = await desk.database.read(lambda tx: list_labels(tx, ACCOUNT))
    assert DeliveryState.QUARANTINED is held.deliveries[0].state
    assert (Processing.COMPLETED, Outcome.ACCEPTED, Disposition.NONE) == (
        ended.processing,
        ended.outcome,
        ended.outcome_disposition,
    )
    assert "The stored message was scanned again: SPAM" in ended.reason
    assert "Released to <user@example.com>." in ended.reason
    assert (Disposition.NONE, DeliveryState.QUEUED, 1) == (
        record.disposition,
        record.deliveries[0].state,
        record.deliveries[0].generation,
    )
    assert (again, 1) == (ended, desk.released)
    assert (held.blob, Disposition.NONE) == (label.blob, label.label)
    assert {Operation.SUBMISSION, Operation.RECLASSIFY, Operation.QUARANTINE_RELEASE} == {
        action.operation for action in record.actions
    }


async def test_delivered_mail_called_malicious_is_a_detection(desk):
    """It is one at once; without a mailbox nothing is moved, and the outcome says so."""
    sent = await desk.receive(HAM)
    made = await desk.submit(sent, Disposition.MALICIOUS, follow_up="move")

    ended = await desk.judged(made)

    record = await desk.record(sent.id)
    assert (Disposition.MALICIOUS, True) == (record.disposition, record.is_detection)
    assert "Nothing was moved to DeletedItems" in ended.reason
    assert "NO_INTEGRATION" in ended.reason
    assert Processing.COMPLETED is ended.processing


async def test_the_accounts_option_says_what_follows(desk):
    """Without a wish of its own a clean message is released when the account wants that."""
    options = AccountOptions(after_reclassify="release_or_move")
    await desk.database.write(lambda tx: set_options(tx, ACCOUNT, options, now=datetime.now(UTC)))
    held = await desk.receive(SPAM)
    ended = await desk.judged(await desk.submit(held, Disposition.NONE))
    stays = await desk.receive(SPAM.replace(b"Offer", b"Other"))
    await desk.judged(await desk.submit(stays, Disposition.NONE, follow_up="none"))

    assert "Released to" in ended.reason
    assert DeliveryState.QUARANTINED is (await desk.record(stays.id)).deliveries[0].state


class TestMoves:
    """With mailboxes."""

    @pytest_asyncio.fixture
    async def mailboxes(self, tmp_path):
        return Maildirs(tmp_path / "mail")

    async def test_delivered_mail_is_moved(self, desk, mailboxes):
        """A malicious message leaves the inbox; the move is in the action log and in the outcome."""
        sent = await desk.receive(HAM)
        box = mailboxes.open(ACCOUNT, "user@example.com")
        box.put(HAM)
        ended = await desk.judged(
            await desk.submit(sent, Disposition.MALICIOUS, follow_up="move", destination=Destination.JUNK)
        )

        record = await desk.record(sent.id)
        assert "Moved to JunkEmail: 1 OK." in ended.reason
        assert [("MOVE", "JunkEmail")] == [
            (a.operation.value, a.folder) for a in record.actions if a.operation is Operation.MOVE
        ]
        assert {"JunkEmail": 1} == box.where()


async def test_an_uploaded_copy_is_scanned(desk):
    """The bytes that came with the wish count, when the stored ones are gone as well."""
    sent = await desk.receive(HAM)
    await _forget_bytes(desk)
    blob = desk.blobs.put(HAM.replace(b"See", GTUBE.encode() + b"\r\nSee")).sha256
    made = await desk.submit(sent, Disposition.SPAM, blob=blob)

    ended = await desk.judged(made)

    record = await desk.record(sent.id)
    (label,) = await desk.database.read(lambda tx: list_labels(tx, ACCOUNT))
    assert "The uploaded message was scanned again: SPAM" in ended.reason
    assert "gtube" in {finding.rule for finding in record.summary.findings}
    assert blob == label.blob


async def test_an_uploaded_message_that_is_another_one_is_told(desk):
    """It does not take the place of what the record says."""
    sent = await desk.receive(HAM)
    blob = desk.blobs.put(SPAM).sha256
    ended = await desk.judged(await desk.submit(sent, Disposition.SPAM, blob=blob))

    record = await desk.record(sent.id)
    assert "another Message-ID" in ended.reason
    assert ("Minutes", Disposition.SPAM) == (record.summary.subject, record.disposition)


async def test_benign_mail_without_bytes_needs_a_copy(desk):
    """There would be nothing to look at."""
    sent = await desk.receive(HAM)
    await _forget_bytes(desk)

    with pytest.raises(Invalid) as refusal:
        await desk.submit(await desk.record(sent.id), Disposition.SPAM)

    assert (1104, "/eml_content") == (refusal.value.code, refusal.value.pointer)


async def test_a_detection_without_bytes_is_reclassified_by_word_alone(desk):
    """The word of the analyst needs no scan."""
    held = await desk.receive(SPAM)
    await _forget_bytes(desk)
    ended = await desk.judged(await desk.submit(held, Disposition.NONE, follow_up="release"))

    assert "no longer stored, so it was not scanned again" in ended.reason
    assert "No copy of it was held." in ended.reason
    assert Disposition.NONE is (await desk.record(held.id)).disposition


async def test_similar_messages_are_counted(desk):
    """By content, by file, by sender and subject, and by the hosts of links."""
    first = await desk.receive(HAM)
    await desk.receive(HAM.replace(b"<h@", b"<h2@").replace(b"Minutes", b"Re: MINUTES"))
    await desk.receive(
        b"From: Carl <c@else.test>\r\nTo: user@example.com\r\nSubject: Other\r\nMessage-ID: <c@else.test>\r\n\r\n"
        b"Something else entirely, with https://docs.friend.test/page and https://www.example.com/ours\r\n"
    )
    await desk.receive(
        b"From: Dora <d@more.test>\r\nTo: user@example.com\r\nSubject: Hi\r\nMessage-ID: <d@more.test>\r\n\r\n"
        b"Only https://www.example.com/ours is linked from this letter here.\r\n"
    )
    ended = await desk.judged(await desk.submit(first, Disposition.SPAM))

    record = await desk.record(first.id)
    family = await desk.database.read(
        lambda tx: find_family(tx, ACCOUNT, record.summary, besides=(record.number,))
    )
    assert 2 == ended.similar
    assert "2 other messages are like it" in ended.reason
    assert (1, 2, 1) == tuple(family.count(kind) for kind in (Alike.FINGERPRINT, Alike.LINK, Alike.SENDER))
    assert Alike.FINGERPRINT is family.members[0].shared[0].kind
    assert not family.bounded


async def test_a_users_report_is_compared_with_the_scan(desk):
    """Both see nuisance: accepted. Our scan sees nothing: rejected. The message stays what it is."""
    held = await desk.receive(SPAM)
    sent = await desk.receive(HAM)
    right = await _report(desk, held, Disposition.BULK)
    wrong = await _report(desk, sent, Disposition.MALICIOUS)
    vague = await _report(desk, held, None)

    ended = [await desk.judged(one) for one in (right, wrong, vague)]

    assert [Outcome.ACCEPTED, Outcome.REJECTED, Outcome.ACCEPTED] == [one.outcome for one in ended]
    assert [Disposition.SPAM, Disposition.NONE, Disposition.SPAM] == [
        one.outcome_disposition for one in ended
    ]
    assert [Disposition.SPAM, Disposition.NONE] == [
        (await desk.record(one.id)).disposition for one in (held, sent)
    ]
    assert () == await desk.database.read(lambda tx: list_labels(tx, ACCOUNT))


async def test_an_escalated_report_changes_the_message(desk):
    """The analyst takes the user's word up; the team submission does the rest."""
    sent = await desk.receive(HAM)
    user = await _report(desk, sent, Disposition.MALICIOUS)
    await desk.judged(user)
    team = await desk.database.write(
        lambda tx: escalate(tx, ACCOUNT, user.id, "ann@example.com", None, now=datetime.now(UTC))
    )
    ended = await desk.judged(team)

    assert (SubmissionType.TEAM, Disposition.MALICIOUS) == (ended.type, ended.outcome_disposition)
    assert Disposition.MALICIOUS is (await desk.record(sent.id)).disposition


async def test_a_report_of_mail_that_we_never_saw(desk):
    """What came with the report is scanned; a report whose mail is gone is given up."""
    report = await desk.receive(HAM, mode=Mode.REVIEW_SUBMISSION)
    blob = desk.blobs.put(SPAM).sha256
    seen = await desk.judged(await _report(desk, None, Disposition.SPAM, blob=blob, report=report.number))
    lost = await desk.judged(await _report(desk, None, Disposition.SPAM, report=10_000))

    assert (Outcome.ACCEPTED, Disposition.SPAM) == (seen.outcome, seen.outcome_disposition)
    assert (Processing.FAILED, "The message is no longer stored.") == (lost.processing, lost.reason)


async def test_a_crash_at_any_place_repeats_nothing(desk):
    """Another process finishes what the first began: judged before it died, it only moves."""
    held = await desk.receive(SPAM)
    made = await desk.submit(held, Disposition.SPAM, follow_up="move")
    role = desk.role
    (claimed,) = await role._claim()
    matter = await desk.database.read(lambda tx: find_matter(tx, claimed))
    await role._judge(claimed, matter)  # and here the process dies
    after = Reclassifier(role._tools)
    await after._begin()
    await after.work_off()

    ended = await desk.database.read(lambda tx: get_submission(tx, ACCOUNT, made.id))
    record = await desk.record(held.id)
    trace = await desk.database.read(lambda tx: get_trace(tx, ACCOUNT, held.number))
    assert (Processing.COMPLETED, 2) == (ended.processing, ended.attempts)
    assert 1 == ended.reason.count("Accepted")
    assert "Moved to JunkEmail" in ended.reason
    assert 1 == sum(action.operation is Operation.RECLASSIFY for action in record.actions)
    assert 1 == sum("Reclassified" in line.text for line in trace)


async def test_work_that_breaks_is_tried_again_and_given_up(desk, caplog):
    """With growing waits; the last time a person is told."""
    sent = await desk.receive(HAM)
    made = await desk.submit(sent, Disposition.SPAM)
    await desk.database.write(
        lambda tx: tx.execute("UPDATE record SET position = NULL WHERE number = ?", sent.number)
    )
    for _ in WAITS:
        ended = await desk.judged(made)
        assert Processing.PENDING is ended.processing
        desk.later += timedelta(seconds=max(WAITS) + 1)
    ended = await desk.judged(made)

    assert (Processing.FAILED, len(WAITS) + 1) == (ended.processing, ended.attempts)
    assert "Given up after 5 attempts" in ended.reason


async def test_the_role_works_until_it_is_stopped(desk):
    """A poke wakes it; more than fit at one time are all done; stopping ends it."""
    running = asyncio.create_task(desk.role.run())
    sent = [await desk.receive(HAM.replace(b"<h@", b"<%d@" % n)) for n in range(AT_ONCE + 2)]
    made = [await desk.submit(one, Disposition.SPAM) for one in sent]
    desk.role.poke()
    async with asyncio.timeout(30):
        while await desk.pending(made):
            await asyncio.sleep(0.05)
    desk.role.stop()
    async with asyncio.timeout(10):
        await running

    assert [Disposition.SPAM] * len(sent) == [(await desk.record(one.id)).disposition for one in sent]


async def _report(desk, record, disposition, **changes):
    original = Original(None, None, None, None) if record is None else None
    wish = Wish(
        account=ACCOUNT,
        type=SubmissionType.USER,
        purpose=Purpose.REPORT,
        requested_by="user@example.com",
        original=original or Original(record.number, record.envelope.queue_id, None, record.disposition, "s"),
        requested=disposition,
        **changes,
    )
    return await desk.database.write(lambda tx: add_submission(tx, wish, now=datetime.now(UTC)))


async def _forget_bytes(desk):
    """Retention, a month later, with nothing owed any more."""
    await desk.database.write(
        lambda tx: tx.execute(
            "UPDATE delivery SET next_attempt_at = NULL, state = 'delivered' WHERE state = 'queued'"
        )
    )
    ages = retention.Ages(bytes=timedelta(days=1))
    later = datetime.now(UTC) + timedelta(days=30)
    await retention.expire(desk.database, desk.blobs, ages=ages, now=later)
