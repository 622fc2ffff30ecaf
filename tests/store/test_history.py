"""What our own records say about a sender, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lazaretto.mail.correspondence import Correspondence
from lazaretto.model.disposition import Disposition
from lazaretto.model.facts import DmarcResult, Seen
from lazaretto.store import history
from lazaretto.store.accounts import remove_account
from lazaretto.store.blobs import Blobs
from lazaretto.store.history import forget_seen, recall
from lazaretto.store.messages import add_decided, add_received
from lazaretto.store.retention import Ages, expire
from tests.helpers.records import (
    ACCOUNT,
    NOW,
    OTHER_ACCOUNT,
    STAMP,
    authentication,
    blob,
    decision,
    envelope,
    facts,
    stored,
    summary,
    verdict,
)

ANN = Correspondence("Ann@Remote.test")
DAY = timedelta(days=1)


def at(days, *recipients, **changes):
    return envelope(*recipients, received_at=NOW + days * DAY, **changes)


async def known(database, one, letter=ANN):
    return await database.read(lambda tx: recall(tx, one, letter))


async def ann_wrote(database, one, **changes):
    return await stored(
        database,
        one,
        at=one.received_at,
        **{"from_address": "ann@remote.test", "message_id": "<1@r.test>"} | changes,
    )


async def count(database):
    return await database.read(lambda tx: tx.value("SELECT count(*) FROM seen"))


async def test_a_stranger_is_unknown(database):
    """Nothing was stored: no message, no days, no reach."""
    seen = await known(database, at(0))

    assert (0, Seen(), Seen(), False, None) == (
        seen.days,
        seen.sender,
        seen.domain,
        seen.recipient,
        seen.thread,
    )


async def test_who_wrote_is_known_by_address_domain_and_recipient(database):
    """Counted as buckets, with the days since the first; capitals are not another sender."""
    for day in (0, 10, 20):
        await ann_wrote(database, at(day))

    seen = await known(database, at(30))
    other = await known(database, at(30, "bob@example.com"), Correspondence("carl@mail.remote.test"))

    assert Seen(2, 30, 2, 2) == seen.sender
    assert seen.recipient
    assert 30 == seen.days
    assert (Seen(), Seen(2, 30, 2, 2), False) == (other.sender, other.domain, other.recipient)


async def test_a_thread_is_known_by_any_message_that_it_names(database):
    """None when the message names none."""
    await ann_wrote(database, at(0))
    answers = {
        "known": Correspondence("ann@remote.test", ("9@x.test", "1@r.test")),
        "unknown": Correspondence("ann@remote.test", ("9@x.test",)),
        "none": ANN,
    }

    found = {name: (await known(database, at(1), letter)).thread for name, letter in answers.items()}

    assert {"known": True, "unknown": False, "none": None} == found


async def test_what_came_later_was_not_known_before(database):
    """Mail that is imported after newer mail finds only what was there before its own time."""
    await ann_wrote(database, at(10))

    assert Seen() == (await known(database, at(5))).sender


async def test_bad_mail_makes_nobody_known(database):
    """Nor does mail that no scan could judge."""
    await ann_wrote(database, at(0), disposition=Disposition.MALICIOUS)
    await ann_wrote(database, at(0), disposition=Disposition.UNKNOWN)

    assert Seen() == (await known(database, at(1))).sender
    assert 0 == await count(database)


async def test_proof_is_counted_apart(database):
    """A message whose authentication was not looked at says nothing of it, and one that failed does."""
    failed = authentication(dmarc=DmarcResult("fail", "remote.test", "remote.test", "none", False, False))
    for what in (facts(), facts(offline=True), facts(authentication=failed)):
        await database.write(lambda tx, what=what: _decided(tx, what))

    seen = (await known(database, at(1))).sender

    assert (2, 2, 1) == (seen.messages, seen.judged, seen.proven)


async def _decided(tx, what):
    one = envelope()
    received = await add_received(tx, one, blob(one.queue_id), at=one.received_at)
    await add_decided(
        tx,
        received.number,
        account=ACCOUNT,
        facts=what,
        verdict=verdict(),
        summary=summary(from_address="ann@remote.test"),
        decision=decision(one),
        stamp=STAMP,
        at=one.received_at,
    )


async def test_accounts_do_not_know_each_others_senders(database):
    """And the senders of a removed account go with it."""
    await ann_wrote(database, at(0))
    await database.write(
        lambda tx: tx.execute("UPDATE delivery SET next_attempt_at = NULL WHERE account = ?", ACCOUNT)
    )

    foreign = await known(database, at(1, account=OTHER_ACCOUNT))
    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    assert Seen() == foreign.sender
    assert 0 == await count(database)


async def test_many_recipients_make_no_more_rows(database):
    """A letter to forty remembers the first of them only, in the one row of the sender."""
    people = [f"p{n}@example.com" for n in range(40)]

    await ann_wrote(database, at(0, *people))

    assert 3 == await count(database)
    (bits,) = await database.read(lambda tx: tx.row("SELECT max(recipients) FROM seen"))
    assert 0 < bits.bit_count() <= history.MAX_RECIPIENTS


async def test_what_is_old_is_forgotten_within_a_week(database):
    """Messages before senders; each run looks at one slice, and all slices have had their turn after a week."""
    await ann_wrote(database, at(0))
    left = []
    for age in (history.KEEP_MESSAGES + DAY, history.KEEP + DAY):
        for part in range(history.SLICES):
            now = NOW + age + timedelta(seconds=part * history.SLICE_SECONDS)
            if part % 100 == 0 or part == history.SLICES - 1:
                await database.write(lambda tx, now=now: _forget_hundred(tx, now))
        left.append(await count(database))

    assert [2, 0] == left


async def _forget_hundred(tx, start):
    for part in range(100):
        now = start + timedelta(seconds=part * history.SLICE_SECONDS)
        await forget_seen(tx, ACCOUNT, now=now, records=None)


async def test_senders_are_kept_no_longer_than_records(database):
    """The account's own age counts where it is shorter."""
    await ann_wrote(database, at(0))

    for start in range(0, history.SLICES, 100):
        now = NOW + 3 * DAY + timedelta(seconds=start * history.SLICE_SECONDS)
        await database.write(lambda tx, now=now: _forget_all(tx, now))

    assert 0 == await count(database)


async def _forget_all(tx, start):
    for part in range(100):
        now = start + timedelta(seconds=part * history.SLICE_SECONDS)
        await forget_seen(tx, ACCOUNT, now=now, records=2 * DAY)


async def test_retention_forgets_the_slice_that_is_due(database, tmp_path):
    """At the time when the slice of a row has its turn, and the row is old, the housekeeping removes it."""
    await ann_wrote(database, at(0))
    (key,) = await database.read(lambda tx: tx.row("SELECT key FROM seen LIMIT 1"))
    round_ = history.SLICES * history.SLICE_SECONDS
    due = (key + 2**63) * history.SLICES // 2**64 * history.SLICE_SECONDS
    start = ((NOW + history.KEEP + DAY).timestamp() // round_ + 1) * round_

    await expire(database, Blobs(tmp_path), ages=Ages(), now=datetime.fromtimestamp(start + due + 1, UTC))

    assert None is await database.read(lambda tx: tx.row("SELECT 1 FROM seen WHERE key = ?", key))


async def test_reports_make_nobody_known(database):
    """A user who forwards a phish has not introduced its sender."""
    await ann_wrote(database, replace(at(0), reporting=True))

    assert 0 == await count(database)
