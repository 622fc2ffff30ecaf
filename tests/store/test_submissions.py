"""Submissions: made once, listed by their filters, escalated, reviewed, forgotten in time."""

import asyncio
import os
from datetime import timedelta

import pytest

from lazaretto.model.decision import Order
from lazaretto.model.errors import Invalid
from lazaretto.model.record import Operation
from lazaretto.model.submission import FollowUp, Original, Outcome, Processing, Review, SubmissionType
from lazaretto.store import retention
from lazaretto.store.accounts import remove_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.labels import list_labels
from lazaretto.store.messages import get_record
from lazaretto.store.submissions import list_submissions, review_submission
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, stored
from tests.helpers.submissions import (
    MALICIOUS,
    NONE,
    SPAM,
    SPAN,
    accepted,
    add,
    claim,
    judge,
    listed,
    look,
    user_wish,
    wish,
)


async def test_a_submission_comes_back_as_it_was_made(database):
    """Nothing of a wish is lost, and it waits to be worked on."""
    received = await stored(database, disposition=MALICIOUS, order=Order.QUARANTINE)
    one = wish(received.number, blob="c" * 64, follow_up=FollowUp("move", "Inbox"))

    made = await add(database, one)

    assert made == await look(database, made.id)
    assert (one.original, one.follow_up, one.blob) == (made.original, made.follow_up, made.blob)
    assert (Processing.PENDING, Review.REVIEWED, None) == (made.processing, made.review, made.outcome)
    assert made.id.isdigit()
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    assert [(Operation.SUBMISSION, "ann@example.com")] == [(a.operation, a.actor) for a in record.actions]


async def test_the_same_wish_while_pending_is_the_same_submission(database):
    """A client that repeats a POST makes one submission; another person, message or word makes another."""
    received = await stored(database)
    first = await add(database, wish(received.number))

    again = await add(database, wish(received.number), NOW + timedelta(seconds=1))
    other = await add(database, wish(received.number, requested=SPAM))
    somebody = await add(database, wish(received.number, requested_by="bob@example.com"))

    assert first == again
    assert 3 == len({first.id, other.id, somebody.id})
    record = await database.read(lambda tx: get_record(tx, ACCOUNT, received.id))
    assert 3 == len(record.actions)


async def test_the_same_wish_right_after_the_end(database):
    """A client may ask again after the work is done; a later wish, or one after another word, is a new one."""
    received = await stored(database)
    first = await add(database, wish(received.number))
    (claimed,) = await claim(database)
    await judge(database, claimed, accepted())
    again = await add(database, wish(received.number), NOW + timedelta(seconds=60))
    later = await add(database, wish(received.number), NOW + timedelta(seconds=61))
    other = await add(database, wish(received.number, requested=SPAM), NOW + timedelta(seconds=62))
    back = await add(
        database, wish(received.number, follow_up=FollowUp("release")), NOW + timedelta(seconds=63)
    )

    assert first.id == again.id
    assert 4 == len({first.id, later.id, other.id, back.id})


async def test_an_invalid_submission_is_kept_and_not_worked_on(database):
    """There was nothing in it; the reason is told."""
    made = await add(database, user_wish(invalid="There was no message attached."))

    assert (Processing.INVALID, "There was no message attached.") == (made.processing, made.reason)
    assert () == await claim(database)


async def test_nothing_is_found_from_another_account(database):
    """Ids of others are unknown here."""
    made = await add(database, wish())

    assert await look(database, made.id, OTHER_ACCOUNT) is None
    rows, total = await database.read(lambda tx: list_submissions(tx, OTHER_ACCOUNT, SPAN, 0, 10))
    assert ((), 0) == (rows, total)
    with pytest.raises(Invalid):
        await add(database, wish(account=OTHER_ACCOUNT, escalates=made.id))


@pytest.mark.parametrize("id_", ["", "x", "-1", "9" * 30, "１", "0"])
async def test_what_is_no_id_finds_nothing(database, id_):
    """Any text may be asked for."""
    assert await look(database, id_) is None


async def test_a_user_submission_is_escalated_once(database):
    """It names the team submission; the same wish again is the same one, another one is refused."""
    user = await add(database, user_wish())
    team = await add(database, wish(requested=MALICIOUS, escalates=user.id), NOW + timedelta(seconds=5))
    again = await add(database, wish(requested=MALICIOUS, escalates=user.id))

    marked = await look(database, user.id)
    assert team.id == again.id
    assert user.id == team.escalates
    assert Review.ESCALATED is marked.review
    assert (MALICIOUS, NOW + timedelta(seconds=5), "ann@example.com", team.id) == (
        marked.escalation.as_,
        marked.escalation.at,
        marked.escalation.by,
        marked.escalation.submission,
    )
    with pytest.raises(Invalid) as refusal:
        await add(database, wish(requested=SPAM, escalates=user.id))
    assert "/escalated_submission_id" == refusal.value.pointer


async def test_only_user_submissions_are_escalated(database):
    """A team submission, and one that is not there, cannot be."""
    team = await add(database, wish())

    for id_ in (team.id, "12345678", "x"):
        with pytest.raises(Invalid):
            await add(database, wish(escalates=id_))


async def test_a_review_is_noted(database):
    """The analyst's outcome and note stay; a review does not undo an escalation."""
    user = await add(database, user_wish())
    reviewed = await database.write(
        lambda tx: review_submission(tx, ACCOUNT, user.id, Outcome.REJECTED, note="Seen.")
    )
    await add(database, wish(requested=MALICIOUS, escalates=user.id))
    again = await database.write(lambda tx: review_submission(tx, ACCOUNT, user.id, None, note="Again."))

    assert (Review.REVIEWED, Outcome.REJECTED, "Seen.") == (
        reviewed.review,
        reviewed.outcome,
        reviewed.reason,
    )
    assert (Review.ESCALATED, Outcome.REJECTED, "Seen. Again.") == (again.review, again.outcome, again.reason)


async def test_filters_narrow_the_list(database):
    """Each filter by itself."""
    user = await add(database, user_wish(original=Original(None, "4QXYZ", None, SPAM, "Ärger 100%_!")))
    team = await add(database, wish(requested=MALICIOUS, escalates=user.id), NOW + timedelta(seconds=1))

    def only(**changes):
        return listed(database, **changes)

    assert ([user.id], 1) == await only(type=SubmissionType.USER)
    assert ([team.id], 1) == await only(type=SubmissionType.TEAM)
    assert ([team.id], 1) == await only(id=team.id)
    assert ([], 0) == await only(id="x")
    assert ([user.id], 1) == await only(original=frozenset({SPAM, NONE}))
    assert ([team.id, user.id], 2) == await only(requested=frozenset({MALICIOUS}))
    assert ([], 0) == await only(outcome=frozenset({MALICIOUS}))
    assert ([user.id], 1) == await only(review=Review.ESCALATED)
    assert ([team.id], 1) == await only(escalated_from_user=True)
    assert ([user.id], 1) == await only(escalated_from_user=False)
    assert ([user.id], 1) == await only(words=("ärger", "4qxyz"))
    assert ([user.id], 1) == await only(words=("0%_!",))
    assert ([], 0) == await only(words=("0%x",))
    assert ([user.id], 1) == await only(words=("user@EXAMPLE",))
    assert ([team.id], 1) == await only(words=(team.id,), id=team.id)
    assert ([user.id], 1) == await only(end=NOW + timedelta(seconds=1))
    assert ([team.id], 1) == await only(start=NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("submission_id", [0, 1, 2]),
        ("requested_at", [2, 1, 0]),
        ("subject", [1, 0, 2]),
        ("original_disposition", [0, 2, 1]),
        ("requested_disposition", [2, 1, 0]),
        ("outcome_disposition", [2, 1, 0]),
    ],
)
async def test_orders(database, order, expected):
    """All published orders, in both directions, the same on both databases; pages follow them."""
    rows = [("b", MALICIOUS, SPAM, 3), ("A", SPAM, NONE, 2), ("c", NONE, MALICIOUS, 1)]
    ids = [
        (
            await add(
                database,
                wish(original=Original(None, None, None, was, subject), requested=said),
                NOW + timedelta(seconds=seconds),
            )
        ).id
        for subject, was, said, seconds in rows
    ]
    up, _ = await listed(database, order=order, direction="asc")
    down, _ = await listed(database, order=order, direction="desc")
    second, total = await listed(database, order=order, direction="asc", offset=1, limit=1)

    assert [ids[number] for number in expected] == up
    if order != "outcome_disposition":
        assert up[::-1] == down
    assert ([up[1]], 3) == (second, total)


async def test_many_at_once_make_one(database):
    """Repeated POSTs that arrive together, and two analysts who escalate together."""
    received = await stored(database)
    user = await add(database, user_wish())
    same = await asyncio.gather(*(add(database, wish(received.number)) for _ in range(5)))
    teams = await asyncio.gather(
        *(
            add(database, wish(requested=MALICIOUS, escalates=user.id, requested_by=f"{name}@example.com"))
            for name in ("ann", "bob", "cid")
        )
    )
    claimed = await asyncio.gather(*(claim(database, owner=f"{n}", limit=1) for n in range(4)))

    assert 1 == len({one.id for one in same})
    assert 1 == len({one.id for one in teams})
    taken = [one.id for some in claimed for one in some]
    assert 3 == len(taken) == len(set(taken))


async def test_uploads_and_submissions_age(database, tmp_path):
    """Bytes that came with a submission stay as long as bytes do; submissions go with their records."""
    blobs = Blobs(tmp_path / "blobs")
    received = await stored(database, content=blobs.put(b"the message"))
    uploaded = blobs.put(b"Subject: uploaded\r\n\r\n").sha256
    one = await add(database, wish(received.number, blob=uploaded))
    lone = await add(database, user_wish(blob=uploaded))
    later = NOW + timedelta(days=20)
    pending = await _expire(database, blobs, later, bytes=10)

    for claimed in await claim(database):
        await judge(database, claimed, accepted(disposition=None))
    kept = await _expire(database, blobs, later, bytes=30)
    still = blobs.exists(uploaded)
    gone = await _expire(database, blobs, later, bytes=10)
    without = await look(database, one.id)
    await _expire(database, blobs, later, records=10)

    assert (0, 0, 1) == (pending.blobs, kept.blobs, gone.blobs)
    assert still
    assert (None, False) == (without.blob, blobs.exists(uploaded))
    assert (None, None) == (await look(database, one.id), await look(database, lone.id))
    assert () == await database.read(lambda tx: list_labels(tx, ACCOUNT))


async def _expire(database, blobs, now, **days):
    ages = retention.Ages(**{name: timedelta(days=count) for name, count in days.items()})
    old = (now - timedelta(days=2)).timestamp()
    for path in blobs._root.glob("??/*"):
        os.utime(path, (old, old))
    return await retention.expire(database, blobs, ages=ages, now=now)


async def test_an_account_goes_with_its_submissions(database):
    """Nothing of it stays."""
    received = await stored(database)
    await add(database, wish(received.number))
    (claimed,) = await claim(database)
    await judge(database, claimed, accepted())
    await database.write(lambda tx: tx.execute("UPDATE delivery SET next_attempt_at = NULL"))
    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    for table in ("submission", "label"):
        assert 0 == await database.read(lambda tx, table=table: tx.value(f"SELECT count(*) FROM {table}"))
