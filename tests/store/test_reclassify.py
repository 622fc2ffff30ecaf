"""Pending submissions as work: claimed, judged in one transaction with all that follows, once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.model.decision import Order
from lazaretto.model.record import DeliveryState, Operation
from lazaretto.model.submission import Outcome, Processing
from lazaretto.query.criteria import Criteria
from lazaretto.store.labels import list_labels
from lazaretto.store.messages import add_received, get_record, get_trace
from lazaretto.store.reclassify import (
    Judgement,
    Scan,
    finish_submission,
    let_submissions_go,
    next_submission_due,
    put_off,
)
from lazaretto.store.search import search
from tests.helpers.records import ACCOUNT, NOW, blob, envelope, facts, stored, summary, verdict
from tests.helpers.submissions import (
    LEASE,
    MALICIOUS,
    NONE,
    SPAM,
    SPAN,
    accepted,
    add,
    claim,
    judge,
    look,
    user_wish,
    wish,
)


async def test_a_claim_holds_until_the_lease_ends(database):
    """Nobody else gets it meanwhile; every claim counts."""
    made = await add(database, wish())

    (first,) = await claim(database)
    nothing = await claim(database, owner="two")
    (second,) = await claim(database, NOW + LEASE, owner="two")

    assert () == nothing
    assert [made.id] * 2 == [first.id, second.id]
    assert (1, 2) == (first.attempts, second.attempts)


async def test_leases_are_let_go(database):
    """By their owner, or all of them at the start of a store with one server; work that is put off waits."""
    await add(database, wish())
    (one,) = await claim(database)
    await database.write(lambda tx: let_submissions_go(tx, "somebody else"))
    held = await claim(database)
    await database.write(lambda tx: let_submissions_go(tx, "one"))
    (again,) = await claim(database)
    await database.write(lambda tx: let_submissions_go(tx, None))
    (last,) = await claim(database)
    await database.write(lambda tx: put_off(tx, one, until=NOW + timedelta(seconds=9)))

    assert () == held
    assert (one.id, one.id) == (again.id, last.id)
    assert () == await claim(database)
    assert NOW + timedelta(seconds=9) == await database.read(next_submission_due)


async def test_a_judgement_changes_the_message_everywhere_at_once(database):
    """Disposition, lists, free search, trace, action log, label and release are one transaction."""
    received = await stored(database, disposition=MALICIOUS, order=Order.QUARANTINE)
    await add(database, wish(received.number))
    (claimed,) = await claim(database)
    scan = Scan(facts(), verdict(NONE), summary(subject="Quarterly numbers", findings=()), shown=True)

    judged = await judge(database, claimed, accepted(scan=scan, similar=3, release=True))

    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    asked = Criteria(SPAN.start, SPAN.end)
    detections = await database.read(lambda tx: search(tx, ACCOUNT, asked, None, 10))
    clean = replace(
        asked, detections_only=False, dispositions=frozenset({NONE}), words=("numbers", "attached")
    )
    found = await database.read(lambda tx: search(tx, ACCOUNT, clean, None, 10))
    trace = await database.read(lambda tx: get_trace(tx, ACCOUNT, received.number))
    ended = await look(database, claimed.id)
    (label,) = await database.read(lambda tx: list_labels(tx, ACCOUNT))

    assert ("user@example.com",) == judged.released
    assert (NONE, None, DeliveryState.QUEUED) == (
        record.disposition,
        record.alert_id,
        record.deliveries[0].state,
    )
    assert () == detections.records
    assert [record.id] == [one.id for one in found.records]
    assert Operation.RECLASSIFY in {action.operation for action in record.actions}
    assert any("Reclassified from MALICIOUS to NONE by ann@example.com" in line.text for line in trace)
    assert (Processing.COMPLETED, Outcome.ACCEPTED, NONE, 3) == (
        ended.processing,
        ended.outcome,
        ended.outcome_disposition,
        ended.similar,
    )
    assert "Accepted. Released to <user@example.com>." == ended.reason
    assert (received.number, "b" * 64, NONE, "ann@example.com", claimed.id) == (
        label.record,
        label.blob,
        label.label,
        label.by,
        label.submission,
    )


async def test_the_free_search_finds_the_new_disposition(database):
    """The index is written anew with the words of the new scan."""
    received = await stored(database, disposition=NONE)
    await add(database, wish(received.number, requested=MALICIOUS))
    (claimed,) = await claim(database)
    scan = Scan(facts(), verdict(MALICIOUS), summary(body_words="a hidden lure"), shown=True)
    await judge(database, claimed, accepted(MALICIOUS, scan=scan))

    asked = Criteria(SPAN.start, SPAN.end, words=("malicious", "lure"))
    page = await database.read(lambda tx: search(tx, ACCOUNT, asked, None, 10))

    assert [received.id] == [record.id for record in page.records]
    assert page.records[0].alert_id is not None


async def test_a_look_at_other_bytes_is_kept_and_not_shown(database):
    """An uploaded message that is another one does not change what the record says."""
    received = await stored(database, disposition=NONE)
    await add(database, wish(received.number, requested=MALICIOUS))
    (claimed,) = await claim(database)
    scan = Scan(facts(), verdict(MALICIOUS), summary(subject="Another"), shown=False)
    await judge(database, claimed, accepted(MALICIOUS, scan=scan))

    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    scans = await database.read(lambda tx: tx.value("SELECT count(*) FROM scan"))

    assert ("Quarterly numbers", MALICIOUS, 2) == (record.summary.subject, record.disposition, scans)


async def test_a_judgement_is_written_once(database):
    """Whoever comes second, after a crash or a lost lease, changes nothing."""
    received = await stored(database, disposition=MALICIOUS, order=Order.QUARANTINE)
    await add(database, wish(received.number))
    (claimed,) = await claim(database)
    first = await judge(database, claimed, accepted(completed=False))

    second = await judge(database, claimed, accepted(SPAM))
    (again,) = await claim(database, NOW + LEASE)
    done = await database.write(
        lambda tx: finish_submission(tx, again, Processing.COMPLETED, "Moved.", now=NOW)
    )
    twice = await database.write(
        lambda tx: finish_submission(tx, again, Processing.FAILED, "Broken.", now=NOW)
    )

    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    ended = await look(database, claimed.id)
    assert (True, None) == (first.held, second)
    assert again.decided_at == NOW
    assert (True, False) == (done, twice)
    assert (Processing.COMPLETED, "Accepted. Moved.") == (ended.processing, ended.reason)
    assert 1 == sum(action.operation is Operation.RECLASSIFY for action in record.actions)


async def test_the_later_submission_holds(database):
    """Judged in the wrong order, the first one is granted and changes nothing any more."""
    received = await stored(database, disposition=MALICIOUS, order=Order.QUARANTINE)
    await add(database, wish(received.number, requested=NONE))
    await add(database, wish(received.number, requested=SPAM))
    first, second = await claim(database)

    await judge(database, second, accepted(SPAM))
    judged = await judge(database, first, accepted(NONE, release=True, completed=False))

    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    ended = await look(database, first.id)
    assert not judged.held
    assert (SPAM, DeliveryState.QUARANTINED) == (record.disposition, record.deliveries[0].state)
    assert "A later submission about the message was granted already" in ended.reason
    assert Processing.COMPLETED is ended.processing


async def test_a_judgement_without_a_message(database):
    """What is about a message that never came by has an outcome all the same."""
    await add(database, user_wish(report=7))
    (claimed,) = await claim(database)

    judged = await judge(database, claimed, Judgement(Outcome.REJECTED, NONE, "Clean."))

    ended = await look(database, claimed.id)
    assert not judged.held
    assert (Outcome.REJECTED, NONE, Processing.COMPLETED) == (
        ended.outcome,
        ended.outcome_disposition,
        ended.processing,
    )


async def test_a_message_that_is_not_decided_waits(database):
    """Its place in the lists is not known yet: the work is tried again later."""
    one = envelope()
    received = await database.write(lambda tx: add_received(tx, one, blob("x"), at=NOW))
    await add(database, wish(received.number))
    (claimed,) = await claim(database)

    with pytest.raises(LookupError):
        await judge(database, claimed, accepted())


async def test_two_judges_write_one_judgement(database):
    """A lease that was lost in the middle of the work changes nothing twice."""
    received = await stored(database, disposition=MALICIOUS, order=Order.QUARANTINE)
    await add(database, wish(received.number))
    (one,) = await claim(database)
    judged = await asyncio.gather(*(judge(database, one, accepted(release=True)) for _ in range(4)))

    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    assert 3 == judged.count(None)
    assert 1 == record.deliveries[0].generation
    assert 1 == sum(action.operation is Operation.RECLASSIFY for action in record.actions)
