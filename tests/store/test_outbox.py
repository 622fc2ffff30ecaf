"""The outbox: no row for two workers, nothing lost, nothing sent again that is known to be delivered."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from lazaretto.model.decision import Decision, Order, RecipientOrder
from lazaretto.model.disposition import Disposition
from lazaretto.model.envelope import Recipient
from lazaretto.model.record import DeliveryState, Operation
from lazaretto.query.criteria import Criteria
from lazaretto.store.messages import get_record, get_trace
from lazaretto.store.outbox import (
    Outcome,
    claim,
    get_sending,
    let_go,
    next_due,
    queue_depth,
    release,
    renew,
    sending,
    settle,
)
from lazaretto.store.search import count
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, STAMP, blob, envelope, stored

LEASE = timedelta(minutes=5)
LATER = NOW + timedelta(minutes=10)
DELIVERED = Outcome(
    DeliveryState.DELIVERED, "250 2.0.0 Ok: queued as ABC", "delivered", outbound_queue_id="ABC"
)


async def take(database, owner="w1", *, now=NOW, limit=100, **options):
    return await database.write(
        lambda tx: claim(tx, owner=owner, limit=limit, now=now, lease=LEASE, **options)
    )


async def end(database, claimed, outcome=DELIVERED, now=NOW):
    return await database.write(lambda tx: settle(tx, claimed, outcome, now))


async def look(database, received, account=ACCOUNT):
    return await database.read(lambda tx: get_record(tx, account, received.id))


async def test_a_claim_has_all_that_sending_needs(database):
    """Recipient with its DSN parameters, and behind it envelope, bytes and stamp."""
    one = envelope(recipients=(Recipient("a@Example.com", ("FAILURE", "DELAY"), "rfc822;a@example.com"),))
    received = await stored(database, one, order=Order.TAG, content=blob("bytes"))

    (row,) = await take(database)
    content = await database.read(lambda tx: get_sending(tx, ACCOUNT, received.number))
    hidden = await database.read(lambda tx: get_sending(tx, OTHER_ACCOUNT, received.number))

    assert (one.recipients[0], "example.com", 0, 0, True) == (
        row.recipient,
        row.domain,
        row.attempts,
        row.generation,
        row.tagged,
    )
    assert (NOW, "w1", None) == (row.queued_at, row.owner, row.in_doubt_since)
    assert (received.id, one, blob("bytes").sha256, 5, STAMP) == (
        content.id,
        content.envelope,
        content.blob,
        content.size,
        content.stamp,
    )
    assert hidden is None


async def test_a_claimed_row_is_nobody_elses_until_the_lease_ends(database):
    """A second worker gets nothing before, and everything after the lease."""
    await stored(database)

    first = await take(database)
    second = await take(database, "w2")
    third = await take(database, "w2", now=NOW + LEASE)

    assert [1, 0, 1] == [len(first), len(second), len(third)]


async def test_a_renewed_lease_holds(database):
    """A worker that is still at it keeps its rows."""
    await stored(database)
    rows = await take(database)
    await database.write(lambda tx: renew(tx, rows, now=NOW + LEASE / 2, lease=LEASE))

    assert () == await take(database, "w2", now=NOW + LEASE)


async def test_workers_at_once_never_share_a_row(database):
    """Of many claims at the same time every row goes to exactly one."""
    for _ in range(20):
        await stored(database, envelope("a@one.test", "b@two.test", "c@one.test"))

    claims = await asyncio.gather(*(take(database, f"w{n}", limit=7) for n in range(12)))
    rest = await take(database, "w99")
    ids = [row.id for rows in [*claims, rest] for row in rows]

    assert list(range(60)) == sorted(number - min(ids) for number in ids)


async def test_neighbours_come_together(database):
    """A limit does not part the recipients of one record and domain."""
    await stored(database, envelope("a@one.test", "b@two.test", "c@one.test", "d@one.test"))
    await stored(database, envelope("e@one.test"))

    rows = await take(database, limit=1)

    assert ["a@one.test", "c@one.test", "d@one.test"] == [row.recipient.address for row in rows]


async def test_a_claim_can_be_narrowed(database):
    """To one record, or to all domains but some."""
    first = await stored(database, envelope("a@one.test", "b@two.test"))
    await stored(database, envelope("c@one.test"))

    other = await take(database, exclude=("one.test", "x.test"))
    mine = await take(database, record=(ACCOUNT, first.number))
    wrong = await take(database, record=(OTHER_ACCOUNT, first.number + 1))

    assert (["b@two.test"], ["a@one.test"], ()) == (
        [row.recipient.address for row in other],
        [row.recipient.address for row in mine],
        wrong,
    )


async def test_a_delivered_copy_is_told_everywhere(database):
    """Delivery, trace, record and search agree, and the row is never due again."""
    received = await stored(database)
    (row,) = await take(database)

    written = await end(database, row)
    record = await look(database, received)
    trace = await database.read(lambda tx: get_trace(tx, ACCOUNT, received.number))
    (delivery,) = record.deliveries

    assert written
    assert (DeliveryState.DELIVERED, 1, None, DELIVERED.reply, "ABC") == (
        delivery.state,
        delivery.attempts,
        delivery.next_attempt_at,
        delivery.reply,
        delivery.outbound_queue_id,
    )
    assert "delivered" == trace[-1].text
    assert (0, 1) == (
        await _found(database, DeliveryState.QUEUED),
        await _found(database, DeliveryState.DELIVERED),
    )
    assert () == await take(database, now=LATER)


async def _found(database, state):
    asked = Criteria(NOW - timedelta(days=1), LATER, detections_only=False, delivery_status=state)
    return await database.read(lambda tx: count(tx, ACCOUNT, asked, None))


async def test_a_deferred_copy_comes_again_at_its_time(database):
    """Not before, and with the attempt counted."""
    await stored(database)
    (row,) = await take(database)
    await end(database, row, Outcome(DeliveryState.DEFERRED, "451 later", "deferred", next_attempt_at=LATER))

    due = await database.read(next_due)
    early = await take(database, now=LATER - timedelta(microseconds=1))
    (again,) = await take(database, now=LATER)

    assert (LATER, ()) == (due, early)
    assert (1, NOW) == (again.attempts, again.queued_at)


async def test_states_of_one_record_are_a_set(database):
    """One copy delivered, one bounced, one waiting: the record is found by each, at whatever order they ended."""
    received = await stored(database, envelope("a@one.test", "b@two.test", "c@three.test"))
    rows = await take(database)
    outcomes = [
        DELIVERED,
        Outcome(DeliveryState.BOUNCED, "550 no", "bounced"),
        Outcome(DeliveryState.DEFERRED, "451 later", "deferred", next_attempt_at=LATER),
    ]

    await asyncio.gather(*(end(database, row, outcome) for row, outcome in zip(rows, outcomes, strict=True)))
    record = await look(database, received)

    assert {"delivered", "bounced", "deferred"} == {d.state.value for d in record.deliveries}
    assert [1, 1, 1, 0] == [
        await _found(database, state)
        for state in (
            DeliveryState.DELIVERED,
            DeliveryState.BOUNCED,
            DeliveryState.DEFERRED,
            DeliveryState.QUEUED,
        )
    ]


async def test_who_lost_the_lease_may_only_tell_of_a_delivery(database):
    """A late failure must not disturb the new owner; a late success must stop a second sending."""
    await stored(database)
    (old,) = await take(database)
    (new,) = await take(database, "w2", now=NOW + LEASE)

    late_failure = await end(database, old, Outcome(DeliveryState.BOUNCED, "550", "no"))
    late_success = await end(database, old)
    second = await end(database, new, Outcome(DeliveryState.DEFERRED, "451", "later", next_attempt_at=LATER))

    assert (False, True, False) == (late_failure, late_success, second)
    assert () == await take(database, now=LATER + LEASE)


async def test_an_attempt_in_doubt_is_sent_again_and_said(database):
    """After a crash between the content and its reply the row comes back marked, and the trace tells why."""
    received = await stored(database)
    rows = await take(database)
    await database.write(lambda tx: sending(tx, rows, now=NOW))

    (again,) = await take(database, "w2", now=NOW + LEASE)
    trace = await database.read(lambda tx: get_trace(tx, ACCOUNT, received.number))
    await end(database, again, Outcome(DeliveryState.DEFERRED, "451", "later", next_attempt_at=LATER))
    (settled,) = await take(database, now=LATER)

    assert NOW == again.in_doubt_since
    assert "it may arrive twice" in trace[-1].text
    assert settled.in_doubt_since is None


async def test_leases_are_given_back(database):
    """A worker that stops leaves its rows to the next at once, and only its own."""
    await stored(database, envelope("a@one.test"))
    await stored(database, envelope("b@two.test"))
    (mine,) = await take(database, "w1", limit=1)
    await take(database, "w2", limit=1)

    given = await database.write(lambda tx: let_go(tx, "w1"))
    rows = await take(database, "w3")

    assert (1, [mine.id]) == (given, [row.id for row in rows])


async def test_held_refused_and_copied_mail_is_never_due(database):
    """Only what policy let through is in the outbox."""
    for order in (Order.QUARANTINE, Order.REJECT, Order.DEFER):
        await stored(database, order=order, disposition=Disposition.SPAM)

    assert () == await take(database, now=LATER)
    assert await database.read(next_due) is None
    assert {
        DeliveryState.QUEUED: 0,
        DeliveryState.DEFERRED: 0,
        DeliveryState.QUARANTINED: 1,
    } == await database.read(queue_depth)


async def test_release_sets_held_copies_free_once(database):
    """The copy is due with the next generation; an action and a trace line say so; a repetition changes nothing."""
    received = await stored(database, envelope("a@one.test", "b@two.test"), order=Order.QUARANTINE)

    async def free(tx):
        return await release(tx, ACCOUNT, received.number, None, actor="token 1", now=LATER)

    first, second = await database.write(free), await database.write(free)
    rows = await take(database, now=LATER)
    record = await look(database, received)
    trace = await database.read(lambda tx: get_trace(tx, ACCOUNT, received.number))

    assert (("a@one.test", "b@two.test"), ()) == (first.queued, first.untouched)
    assert ((), ("a@one.test", "b@two.test")) == (second.queued, second.untouched)
    assert [(1, 0, LATER), (1, 0, LATER)] == [(row.generation, row.attempts, row.queued_at) for row in rows]
    assert [
        (Operation.QUARANTINE_RELEASE, "token 1", "a@one.test"),
        (Operation.QUARANTINE_RELEASE, "token 1", "b@two.test"),
    ] == [(entry.operation, entry.actor, entry.recipient) for entry in record.actions]
    assert [
        "<a@one.test>: released from quarantine by token 1",
        "<b@two.test>: released from quarantine by token 1",
    ] == [line.text for line in trace[-2:]]
    assert not record.is_quarantined
    assert (0, 1) == (
        await _found(database, DeliveryState.QUARANTINED),
        await _found(database, DeliveryState.QUEUED),
    )


async def test_release_of_some(database):
    """Only the named copies that are held; what is not held or not known is said to be untouched."""
    one = envelope("a@one.test", "b@two.test", "c@three.test")
    orders = zip(one.recipients, (Order.QUARANTINE, Order.QUARANTINE, Order.DELIVER), strict=True)
    decided = Decision(Disposition.SPAM, tuple(RecipientOrder(r.address, order, "") for r, order in orders))
    received = await stored(database, one, decided=decided)

    freed = await database.write(
        lambda tx: release(
            tx, ACCOUNT, received.number, ["b@two.test", "c@three.test", "x@y"], actor="me", now=NOW
        )
    )
    record = await look(database, received)

    assert (("b@two.test",), ("c@three.test", "x@y")) == (freed.queued, freed.untouched)
    assert ["quarantined", "queued", "queued"] == [d.state.value for d in record.deliveries]


async def test_release_at_once_from_two_sides(database):
    """Two releases at the same moment send one copy."""
    received = await stored(database, order=Order.QUARANTINE)

    both = await asyncio.gather(
        *(
            database.write(lambda tx: release(tx, ACCOUNT, received.number, None, actor="me", now=NOW))
            for _ in range(2)
        )
    )

    assert [0, 1] == sorted(len(freed.queued) for freed in both)
    assert 1 == len((await look(database, received)).actions)


async def test_another_account_cannot_release(database):
    """The number alone opens nothing."""
    received = await stored(database, order=Order.QUARANTINE)

    freed = await database.write(
        lambda tx: release(tx, OTHER_ACCOUNT, received.number, None, actor="x", now=NOW)
    )

    assert ((), ()) == (freed.queued, freed.untouched)
    assert (await look(database, received)).is_quarantined


async def test_an_old_claim_does_not_settle_a_new_generation(database):
    """A worker that wakes up after its copy was bounced, held and released again has nothing to say."""
    received = await stored(database, order=Order.QUARANTINE)
    await database.write(lambda tx: release(tx, ACCOUNT, received.number, None, actor="me", now=NOW))
    (row,) = await take(database)
    old = replace(row, generation=0)

    assert not await end(database, old)
