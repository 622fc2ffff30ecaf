"""Examples and trained classifiers: kept, bounded, promoted and rolled back in one step, forgotten on demand."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.actions.learn import look, train
from lazaretto.actions.learner import ACTOR, LEASE, Learner
from lazaretto.model.account import AccountOptions
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.scan.classifier.adapted import own_of
from lazaretto.scan.classifier.classifier import load
from lazaretto.scan.rulefiles import shipped_files
from lazaretto.store import examples as kept
from lazaretto.store import wording
from lazaretto.store.accounts import remove_account
from lazaretto.store.examples import (
    PATIENCE,
    QUIET,
    add_example,
    claim_training,
    forget_examples,
    list_examples,
    next_training,
    training_ended,
)
from lazaretto.store.lists import lists_version, load_lists
from lazaretto.store.options import set_options
from lazaretto.store.wording import (
    active_number,
    get_learned,
    list_learned,
    promote_learned,
    rollback_learned,
)
from tests.helpers.learning import example
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, stored
from tests.helpers.submissions import accepted, add, claim, judge, wish

ANN = "ann@corp.example"


def shipped():
    return load(shipped_files()["classifier.bin"])


async def teach(database, *labels):
    for one in labels:
        await database.write(lambda tx, one=one: add_example(tx, one))


async def trained(database, account=ACCOUNT, now=NOW):
    return await train(database, account, shipped, by=ANN, now=now)


async def promoted(database, number=None, account=ACCOUNT, now=NOW):
    return await database.write(lambda tx: promote_learned(tx, account, number, by=ANN, now=now))


async def rolled_back(database, **how):
    return await database.write(lambda tx: rollback_learned(tx, ACCOUNT, now=NOW, **how))


async def lists(database, account=ACCOUNT):
    return await database.read(lambda tx: load_lists(tx, account))


async def test_a_granted_submission_leaves_an_example(database):
    """Label, words, what we had said, and who: in the transaction of the judgement, once."""
    received = await stored(database)
    await add(database, wish(received.number))
    (claimed,) = await claim(database)
    await judge(database, claimed, accepted(label_words=b"\1\0\0\0"))
    await judge(database, claimed, accepted(label_words=b"\2\0\0\0"))
    (found,) = await database.read(lambda tx: list_examples(tx, ACCOUNT))

    assert (b"\1\0\0\0", received.number, Disposition.NONE, Disposition.MALICIOUS, "ann@example.com") == (
        found.words,
        found.record,
        found.label,
        found.given,
        found.by,
    )
    assert () == await database.read(lambda tx: list_examples(tx, OTHER_ACCOUNT))


async def test_examples_come_back_and_are_bounded(database, monkeypatch):
    """Of too many the newest are kept; those of one person can be forgotten."""
    monkeypatch.setattr(kept, "MAX_KEPT", 3)
    labels = [example(n, by=f"p{n % 2}", given=None) for n in range(1, 6)]
    await teach(database, *labels, replace(labels[4], label=Disposition.BULK))
    found = await database.read(lambda tx: list_examples(tx, ACCOUNT))

    assert tuple(labels[2:]) == found
    assert 2 == await database.write(lambda tx: forget_examples(tx, ACCOUNT, "p1"))
    assert (labels[3],) == await database.read(lambda tx: list_examples(tx, ACCOUNT))


async def test_training_is_used_after_promotion_only(database):
    """A candidate changes no lists; promotion makes a new version that carries the difference."""
    await teach(database, *(example(n) for n in range(1, 11)))
    learned = await trained(database)
    before = await database.read(lambda tx: lists_version(tx, ACCOUNT))

    assert (None, 0) == ((await lists(database)).wording, before)
    used = await promoted(database)
    now = await lists(database)

    assert (learned.id, ANN, None) == (used.id, used.promoted_by, used.before)
    assert learned.difference == now.wording
    assert now.version > before
    assert (await lists(database, OTHER_ACCOUNT)).wording is None


async def test_rollback(database):
    """To the one before, then to none; then there is nothing left to undo."""
    await teach(database, *(example(n) for n in range(1, 6)))
    first = await trained(database)
    await promoted(database)
    await teach(database, *(example(n) for n in range(6, 12)))
    second = await trained(database)
    await promoted(database)
    version = (await lists(database)).version

    assert second.difference == (await lists(database)).wording != first.difference
    assert first.id == (await rolled_back(database)).id
    assert first.difference == (await lists(database)).wording
    assert (await lists(database)).version > version
    assert await rolled_back(database) is None
    assert (await lists(database)).wording is None
    with pytest.raises(Invalid):
        await rolled_back(database)
    await promoted(database, second.id)
    assert await rolled_back(database, shipped=True) is None


async def test_promotion_of_what_is_not_there(database):
    """Named by number; promoting what is in use changes nothing."""
    with pytest.raises(NotFound, match="train first"):
        await promoted(database)
    await teach(database, example(1))
    await trained(database)
    await promoted(database)
    version = (await lists(database)).version
    await promoted(database, 1)

    assert version == (await lists(database)).version
    with pytest.raises(NotFound, match="no classifier 7"):
        await promoted(database, 7)
    with pytest.raises(NotFound):
        await promoted(database, 1, OTHER_ACCOUNT)


async def test_classifiers_are_bounded(database, monkeypatch):
    """The one in use stays however old; training without a new label makes no new one."""
    monkeypatch.setattr(wording, "MAX_KEPT", 3)
    await teach(database, example(1))
    await trained(database)
    await promoted(database)
    for number in range(2, 8):
        await teach(database, example(number))
        learned = await trained(database)
    again = await trained(database, now=NOW + timedelta(hours=1))

    assert [7, 6, 5, 1] == [one.id for one in await database.read(lambda tx: list_learned(tx, ACCOUNT))]
    assert (learned.id, learned.difference) == (again.id, again.difference)
    assert 1 == await database.read(lambda tx: active_number(tx, ACCOUNT))
    assert own_of((await lists(database)).wording) is not None


async def test_nothing_to_train_with(database):
    """Without labels, or with labels whose words were not kept."""
    with pytest.raises(Invalid):
        await trained(database)
    await teach(database, example(1, words=b""))
    with pytest.raises(Invalid):
        await trained(database)


async def test_training_waits_for_a_quiet_moment(database):
    """A row of labels makes one training, after the last of them, and not for ever later."""
    at = NOW
    while at < NOW + PATIENCE + QUIET:
        await teach(database, example(1 + int((at - NOW).total_seconds()), at=at))
        due = await database.read(next_training)
        assert min(at + QUIET, NOW + PATIENCE) == due
        at += QUIET / 2
    end = NOW + PATIENCE

    assert await database.write(lambda tx: claim_training(tx, now=end - QUIET, lease=LEASE)) is None
    assert ACCOUNT == await database.write(lambda tx: claim_training(tx, now=end, lease=LEASE))
    assert await database.write(lambda tx: claim_training(tx, now=end, lease=LEASE)) is None
    await database.write(lambda tx: training_ended(tx, ACCOUNT, lease_until=end + LEASE))
    assert await database.read(next_training) is None


async def test_a_label_during_training_is_not_lost(database):
    """It makes training due again."""
    await teach(database, example(1, at=NOW))
    now = NOW + QUIET
    await database.write(lambda tx: claim_training(tx, now=now, lease=LEASE))
    await teach(database, example(2, at=now))
    await database.write(lambda tx: training_ended(tx, ACCOUNT, lease_until=now + LEASE))

    assert await database.read(next_training) is not None


@pytest.mark.parametrize(("learn", "made", "used"), [("off", 0, None), ("ask", 1, None), ("on", 1, 1)])
async def test_the_role(database, learn, made, used):
    """What it trains, and what it promotes by itself, which is in the audit log."""
    options = AccountOptions(learn=learn)
    await database.write(lambda tx: set_options(tx, ACCOUNT, options, now=NOW))
    await teach(database, *(example(n, at=NOW) for n in range(1, 21)))
    learner = Learner(database, shipped, clock=lambda: NOW + QUIET)

    assert 1 == await learner.work_off()
    state = await database.read(lambda tx: look(tx, ACCOUNT))
    assert (made, used) == (len(state.kept), state.active and state.active.id)
    if used:
        assert ACTOR == state.active.promoted_by
    assert 0 == await learner.work_off()


async def test_the_role_promotes_nothing_that_is_worse(database):
    """Nine labels say nothing; the classifier waits for somebody."""
    options = AccountOptions(learn="on")
    await database.write(lambda tx: set_options(tx, ACCOUNT, options, now=NOW))
    await teach(database, *(example(n, at=NOW) for n in range(1, 10)))
    await Learner(database, shipped, clock=lambda: NOW + QUIET).work_off()
    state = await database.read(lambda tx: look(tx, ACCOUNT))

    assert (None, 1) == (state.active, state.candidate.id)
    assert state.candidate.evaluation.worse


async def test_the_role_outlives_an_account_without_labels(database):
    """Labels that were forgotten meanwhile, and an account that is gone."""
    await teach(database, example(1, at=NOW))
    await database.write(lambda tx: forget_examples(tx, ACCOUNT, ANN))
    learner = Learner(database, shipped, clock=lambda: NOW + QUIET)

    assert 1 == await learner.work_off()
    assert await database.read(next_training) is None


async def test_the_role_runs_until_cancelled(database):
    """Also with nothing to do."""
    task = asyncio.create_task(Learner(database, shipped).run())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_state(database):
    """Numbers of labels and people, what is used, what waits, and the verdicts of their time by week."""
    await teach(database, *(example(n, by=f"p{n % 3}") for n in range(1, 11)), example(11, Disposition.NONE))
    first = await trained(database)
    await promoted(database)
    await teach(database, example(12))
    second = await trained(database)
    state = await database.read(lambda tx: look(tx, ACCOUNT))

    assert (12, 11, 12, 4) == (state.labels, state.bad, state.usable, state.people)
    assert (first.id, second.id, [2, 1]) == (state.active.id, state.candidate.id, [k.id for k in state.kept])
    assert 12 == sum(week.labels for week in state.weeks)
    assert [0.0, 0.1667] == sorted({week.verdict for week in state.weeks})


async def test_what_goes_with_the_account(database):
    """Its examples and classifiers; those of others stay."""
    for account in (ACCOUNT, OTHER_ACCOUNT):
        await teach(database, example(1, account=account))
        await trained(database, account)
        await promoted(database, account=account)
    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    assert () == await database.read(lambda tx: list_examples(tx, ACCOUNT))
    assert await database.read(lambda tx: get_learned(tx, ACCOUNT, 1)) is None
    assert (await lists(database, OTHER_ACCOUNT)).wording is not None


async def test_what_somebody_taught_falsely_can_be_unlearned(database):
    """Without the examples of that person training gives what the others taught."""
    honest = [example(n, Disposition.NONE) for n in range(1, 11)]
    await teach(database, *honest)
    before = await trained(database)
    await teach(database, *(example(100 + n, by="mallory") for n in range(30)))
    poisoned = await trained(database)
    await database.write(lambda tx: forget_examples(tx, ACCOUNT, "mallory"))
    after = await trained(database)

    assert before.difference == after.difference != poisoned.difference
