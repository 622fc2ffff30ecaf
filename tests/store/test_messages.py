"""Records: two commits, looked up by any of their names, seen by their own account only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.envelope import Recipient
from lazaretto.model.facts import Answer, Question
from lazaretto.model.record import ActionEntry, DeliveryState, Direction, Operation, RecordState, TraceLine
from lazaretto.store.messages import (
    MAX_EARLIER,
    add_action,
    add_decided,
    add_received,
    add_trace,
    find_by_blob,
    get_decision,
    get_facts,
    get_record,
    get_stamp,
    get_trace,
    get_verdict,
    mark,
)
from tests.helpers.records import (
    ACCOUNT,
    NOW,
    OTHER_ACCOUNT,
    STAMP,
    blob,
    decision,
    envelope,
    facts,
    finding_summary,
    store_record,
    stored,
    summary,
    verdict,
)


async def test_a_received_record_is_there_before_anything_is_known(database):
    """After commit 1 the record is found by its ids, without scan and without deliveries."""
    one = envelope()

    received = await database.write(lambda tx: add_received(tx, one, blob("abc"), at=NOW))
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert record is not None
    assert (received.number, received.id, RecordState.RECEIVED) == (record.number, record.id, record.state)
    assert one == record.envelope
    assert (blob("abc").sha256, 3) == (record.blob, record.size)
    assert (None, None, None, ()) == (
        record.scanned_at,
        record.disposition,
        record.summary,
        record.deliveries,
    )
    assert record.bytes_kept


async def test_a_decided_record_comes_back_as_it_was_written(database):
    """Everything of commit 2 reads equal, apart from the words for the search."""
    one = envelope("a@example.com", "b@example.com")
    told = summary(findings=(finding_summary(),), reasons=("because",))

    received = await stored(
        database,
        one,
        disposition=Disposition.SPAM,
        order=Order.QUARANTINE,
        findings=told.findings,
        reasons=told.reasons,
    )
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    kept = await database.read(lambda tx: _kept(tx, received.number))

    assert record is not None
    assert replace(told, body_words="") == record.summary
    assert (RecordState.DECIDED, Disposition.SPAM, NOW) == (
        record.state,
        record.disposition,
        record.scanned_at,
    )
    assert [("a@example.com", DeliveryState.QUARANTINED), ("b@example.com", DeliveryState.QUARANTINED)] == [
        (d.recipient, d.state) for d in record.deliveries
    ]
    assert record.is_quarantined
    assert (
        facts(),
        verdict(Disposition.SPAM),
        decision(one, Order.QUARANTINE, Disposition.SPAM),
        STAMP,
    ) == kept


async def _kept(tx, number):
    return (
        await get_facts(tx, ACCOUNT, number),
        await get_verdict(tx, ACCOUNT, number),
        await get_decision(tx, ACCOUNT, number),
        await get_stamp(tx, ACCOUNT, number),
    )


async def test_hostile_text_is_stored(database):
    """NUL, lone surrogates and emoji anywhere are no error, and facts come back exactly."""
    nasty = "a\0b\udc80\ud800\U0001f381' \" -- ;"
    odd = envelope(f"{nasty}@example.com", mail_from=nasty, helo=nasty, client_name=nasty)
    known = facts(answers=(Answer(Question("x.test", "TXT"), "ok", (nasty,)),))

    received = await database.write(lambda tx: add_received(tx, odd, blob(), at=NOW))
    await database.write(
        lambda tx: add_decided(
            tx,
            received.number,
            account=ACCOUNT,
            facts=known,
            verdict=verdict(),
            summary=summary(subject=nasty, body_words=nasty * 100, to=(nasty,), message_id=nasty),
            decision=decision(odd),
            stamp=STAMP,
            at=NOW,
        )
    )
    await database.write(
        lambda tx: add_trace(tx, ACCOUNT, received.number, (TraceLine(NOW, Direction.INBOUND, nasty),))
    )
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    nobody = await database.read(lambda tx: get_record(tx, ACCOUNT, nasty))
    kept = await database.read(lambda tx: get_facts(tx, ACCOUNT, received.number))

    assert record is not None
    assert (odd, nasty, None) == (record.envelope, record.summary.subject, nobody)
    assert known == kept


@pytest.mark.parametrize(
    ("orders", "state"),
    [
        ((Order.DELIVER, Order.REJECT), RecordState.DECIDED),
        ((Order.REJECT, Order.REJECT), RecordState.REJECTED),
        ((Order.DEFER, Order.DEFER), RecordState.DEFERRED),
        ((Order.QUARANTINE, Order.TAG), RecordState.DECIDED),
    ],
)
async def test_state_of_the_record_follows_from_the_orders(database, orders, state):
    """Only when no copy was taken is the record rejected or deferred."""
    one = envelope("a@example.com", "b@example.com")
    decided = Decision(
        Disposition.SPAM,
        tuple(RecipientOrder(r.address, o, "") for r, o in zip(one.recipients, orders, strict=True)),
    )

    received = await stored(database, one, decided=decided)
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert state is record.state
    assert [o is Order.TAG for o in orders] == [d.tagged for d in record.deliveries]


@pytest.mark.parametrize("mode", [Mode.RETRO_SCAN, Mode.API, Mode.JOURNAL, Mode.REVIEW_SUBMISSION])
async def test_copies_are_never_delivered(database, mode):
    """Mail that was delivered by somebody else gets deliveries that owe nothing."""
    received = await stored(database, envelope(mode=mode), order=Order.DELIVER)
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert [(DeliveryState.NONE, None)] == [(d.state, d.next_attempt_at) for d in record.deliveries]
    assert (mode is Mode.REVIEW_SUBMISSION) == record.is_submission


async def test_a_record_is_found_by_all_its_names(database):
    """Queue id, alert id and investigate id lead to it; another second or other digits do not."""
    received = await stored(database, envelope(queue_id="4Njp3P0STMz2c02Q"))
    second = "2026-11-21T08:00:00"
    names = [
        "4Njp3P0STMz2c02Q",
        f"4Njp3P0STMz2c02Q-{second}",
        f"4Njp3P0STMz2c02Q-{second}-{received.number:08d}",
    ]
    wrong = [
        "4Njp3P0STMz2c02q",
        f"4Njp3P0STMz2c02Q-2026-11-21T08:00:01-{received.number:08d}",
        names[2] + "9",
        "",
        "-",
    ]

    found = [await database.read(lambda tx, name=name: get_record(tx, ACCOUNT, name)) for name in names]
    missed = [await database.read(lambda tx, name=name: get_record(tx, ACCOUNT, name)) for name in wrong]

    assert [received.number] * 3 == [record.number for record in found]
    assert [None] * 5 == missed


async def test_a_queue_id_means_its_newest_record(database):
    """Queue ids of other mail servers come again; the investigate id still tells them apart."""
    first = await stored(database, envelope(queue_id="SAME"))
    second = await stored(database, envelope(queue_id="SAME"))

    newest = await database.read(lambda tx: get_record(tx, ACCOUNT, "SAME"))
    older = await database.read(lambda tx: get_record(tx, ACCOUNT, first.id))

    assert (second.number, first.number) == (newest.number, older.number)


async def test_submissions_and_regular_mail_are_told_apart(database):
    """`submissions` narrows the lookup, None does not."""
    received = await stored(database, envelope(mode=Mode.REVIEW_SUBMISSION))

    found = [
        await database.read(lambda tx, flag=flag: get_record(tx, ACCOUNT, received.id, submissions=flag))
        for flag in (True, False, None)
    ]

    assert [True, False, True] == [record is not None for record in found]


async def test_another_account_sees_nothing(database):
    """Every function that reads or writes a record is bound to the account."""
    received = await stored(database, envelope(queue_id="MINE"), content=blob("mine"))
    await database.write(lambda tx: mark(tx, received.number, OTHER_ACCOUNT, RecordState.ABANDONED))

    async def look(tx):
        return (
            await get_record(tx, OTHER_ACCOUNT, received.id),
            await get_record(tx, OTHER_ACCOUNT, "MINE"),
            await find_by_blob(tx, OTHER_ACCOUNT, blob("mine").sha256),
            await get_facts(tx, OTHER_ACCOUNT, received.number),
            await get_verdict(tx, OTHER_ACCOUNT, received.number),
            await get_decision(tx, OTHER_ACCOUNT, received.number),
            await get_stamp(tx, OTHER_ACCOUNT, received.number),
            await get_trace(tx, OTHER_ACCOUNT, received.number),
        )

    seen = await database.read(look)

    assert (None,) * 7 + ((),) == seen


async def test_deciding_for_another_account_is_an_error(database):
    """A number of another account is no record."""
    received = await database.write(lambda tx: add_received(tx, envelope(), blob(), at=NOW))

    with pytest.raises(LookupError):
        await database.write(
            lambda tx: add_decided(
                tx,
                received.number,
                account=OTHER_ACCOUNT,
                facts=None,
                verdict=None,
                summary=None,
                decision=decision(["user@example.com"]),
                stamp=STAMP,
                at=NOW,
            )
        )


async def test_a_record_without_scan_is_decided_too(database):
    """When the scan failed there are no facts, and the record still has its disposition and its place."""
    one = envelope()
    received = await database.write(lambda tx: add_received(tx, one, blob(), at=NOW))

    await database.write(
        lambda tx: add_decided(
            tx,
            received.number,
            account=ACCOUNT,
            facts=None,
            verdict=None,
            summary=None,
            decision=decision(one, Order.DEFER, Disposition.UNKNOWN),
            stamp=STAMP,
            at=NOW,
        )
    )
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert (RecordState.DEFERRED, Disposition.UNKNOWN, None) == (
        record.state,
        record.disposition,
        record.summary,
    )
    assert [DeliveryState.DEFERRED] == [d.state for d in record.deliveries]


async def test_giving_up_does_not_undo_a_decision(database):
    """A caller that was cancelled while the decision was committed must not mark the record afterwards."""
    received = await stored(database)

    changed = await database.write(lambda tx: mark(tx, received.number, ACCOUNT, RecordState.DEFERRED))
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert not changed
    assert RecordState.DECIDED is record.state


async def test_trace_and_actions_are_kept_in_order(database):
    """What is appended comes back in the order it was written, after the first steps."""
    received = await stored(database)
    lines = tuple(TraceLine(NOW + timedelta(seconds=n), Direction.OUTBOUND, f"step {n}") for n in range(5))
    entries = [
        ActionEntry(Operation.PREVIEW, NOW, "token", "OK"),
        ActionEntry(Operation.MOVE, NOW, "me", "FAILED", "u@x", "Inbox"),
    ]

    await database.write(lambda tx: add_trace(tx, ACCOUNT, received.number, lines))
    for entry in entries:
        await database.write(lambda tx, entry=entry: add_action(tx, ACCOUNT, received.number, entry))
    trace = await database.read(lambda tx: get_trace(tx, ACCOUNT, received.number))
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert lines == trace[-5:]
    assert ["Received from", "Scanned: NONE", "Queued for delivery"] == [
        line.text[: len(start)]
        for line, start in zip(trace, ["Received from", "Scanned: NONE", "Queued for delivery"], strict=False)
    ]
    assert tuple(entries) == record.actions


async def test_the_same_bytes_are_found(database):
    """An import asks whether the bytes are recorded; an undecided record does not count."""
    await database.write(lambda tx: add_received(tx, envelope(), blob("m"), at=NOW))

    before = await database.read(lambda tx: find_by_blob(tx, ACCOUNT, blob("m").sha256))
    received = await stored(database, content=blob("m"))
    after = await database.read(lambda tx: find_by_blob(tx, ACCOUNT, blob("m").sha256))

    assert (None, received.id) == (before, after)


async def test_attempts_count_deaths_since_the_last_success(database):
    """A message that ended the process twice says 2; once it was decided the count begins anew."""
    counts = []
    for _ in range(3):
        received = await database.write(lambda tx: add_received(tx, envelope(), blob("bad"), at=NOW))
        counts.append(received.attempts)
        await database.write(
            lambda tx, n=received.number: mark(tx, n, ACCOUNT, RecordState.ABANDONED, at=NOW)
        )
    last = await stored(database, content=blob("bad"))
    again = await database.write(lambda tx: add_received(tx, envelope(), blob("bad"), at=NOW))

    assert [0, 1, 2, 3, 0] == [*counts, last.attempts, again.attempts]


async def test_the_same_bytes_many_times(database):
    """Only a few earlier records are looked at, however often a newsletter comes."""
    for _ in range(MAX_EARLIER + 5):
        received = await database.write(lambda tx: add_received(tx, envelope(), blob("bad"), at=NOW))
        await database.write(
            lambda tx, n=received.number: mark(tx, n, ACCOUNT, RecordState.ABANDONED, at=NOW)
        )

    assert MAX_EARLIER == received.attempts


async def test_dsn_parameters_travel(database):
    """NOTIFY and ORCPT of every recipient are kept."""
    one = envelope(recipients=(Recipient("a@example.com", ("SUCCESS", "DELAY"), "rfc822;a+2Bb@example.com"),))

    received = await stored(database, one)
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))

    assert one.recipients == record.envelope.recipients


async def test_a_work_that_fails_leaves_nothing(database):
    """An error in the middle of a work takes back what it wrote."""

    async def fail(tx):
        await store_record(tx, envelope(queue_id="LOST"))
        raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError):
        await database.write(fail)
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, "LOST"))

    assert record is None
