"""The outcome of a replay, added up."""

import random
from dataclasses import replace

from lazaretto.actions import replay_tally
from lazaretto.actions.replay_tally import MAX_MISSING_NAMED, OTHER, Tally
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition as D
from lazaretto.model.replay import Flip, Look, Missing, OrderFlip, Pair, Rates, RuleShift


def look(disposition: D, *rules: str, score: float = 1.0) -> Look:
    return Look(disposition, score, frozenset(rules), (f"because {disposition}",))


def pair(before: D, after: D, *, number: int = 1, label: D | None = None, **changes) -> Pair:
    one = Pair(
        id=f"q-{number}",
        position=number,
        sender="firm.test",
        recipients=("corp.example",),
        subject="s",
        before=look(before, "old", "both"),
        after=look(after, "new", "both"),
        label=label,
    )
    return replace(one, **changes)


def outcome_of(*pairs: Pair, shown: int = 10):
    tally = Tally(shown=shown)
    for one in pairs:
        tally.add(one)
    return tally.outcome(ruleset="r", seconds=1.0)


def test_flips_are_counted_by_what_changed():
    """Each way from one disposition to another has its count, most first, and the rest stays the same."""
    outcome = outcome_of(
        pair(D.NONE, D.SPAM), pair(D.NONE, D.SPAM), pair(D.MALICIOUS, D.NONE), pair(D.BULK, D.BULK)
    )

    assert (Flip(D.NONE, D.SPAM, 2), Flip(D.MALICIOUS, D.NONE, 1)) == outcome.flips
    assert (4, 1, 3) == (outcome.judged, outcome.same, outcome.flipped)
    assert [("firm.test", 3)] == [(one.domain, one.count) for one in outcome.senders]
    assert [("corp.example", 3)] == [(one.domain, one.count) for one in outcome.recipients]


def test_rules_that_speak_anew_and_fall_silent():
    """A rule is counted once a message, also where the disposition stays."""
    outcome = outcome_of(pair(D.NONE, D.NONE), pair(D.NONE, D.SPAM))

    assert (RuleShift("new", 2, 0), RuleShift("old", 0, 2)) == outcome.rules


def test_orders_that_change_are_counted_by_copy():
    """Copies whose order stays are not counted."""
    orders = ((Order.DELIVER, Order.QUARANTINE), (Order.TAG, Order.TAG), (Order.DELIVER, Order.QUARANTINE))

    assert (OrderFlip(Order.DELIVER, Order.QUARANTINE, 2),) == outcome_of(
        pair(D.NONE, D.SPAM, orders=orders)
    ).orders


def test_precision_and_recall_against_labels():
    """Three are labelled hostile: one was found before and two after, with one false alarm each time."""
    outcome = outcome_of(
        pair(D.MALICIOUS, D.MALICIOUS, label=D.MALICIOUS),
        pair(D.NONE, D.MALICIOUS_BEC, label=D.MALICIOUS),
        pair(D.NONE, D.NONE, label=D.MALICIOUS),
        pair(D.SPOOF, D.NONE, label=D.NONE),
        pair(D.NONE, D.SPOOF, label=D.SPAM),
        pair(D.NONE, D.SPAM),
    )
    found = {one.name: (one.before, one.after) for one in outcome.measures}

    assert 5 == outcome.labelled
    assert (Rates(1, 1, 2), Rates(2, 1, 1)) == found["hostile"]
    assert (0.5, 1 / 3) == (found["hostile"][0].precision, found["hostile"][0].recall)
    assert (Rates(1, 0, 2), Rates(2, 0, 1)) == found["MALICIOUS"]
    assert {"hostile", "unwanted", "MALICIOUS", "SPAM", "NONE"} == set(found)


def test_no_labels_no_figures():
    """A share of nothing is not a number."""
    assert () == outcome_of(pair(D.NONE, D.SPAM)).measures
    assert (None, None) == (Rates().precision, Rates().recall)


def test_the_list_to_look_at_is_bounded_and_the_same_in_every_order():
    """The greatest changes come first, then the newest; the order of coming changes nothing."""
    pairs = [pair(D.NONE, D.SPAM, number=n) for n in range(50)]
    pairs += [pair(D.NONE, D.MALICIOUS, number=n) for n in range(50, 55)]
    shuffled = random.Random(7).sample(pairs, len(pairs))

    assert outcome_of(*pairs, shown=8) == outcome_of(*shuffled, shown=8)
    assert ["q-54", "q-53", "q-52", "q-51", "q-50", "q-49", "q-48", "q-47"] == [
        one.id for one in outcome_of(*pairs, shown=8).messages
    ]


def test_reasons_are_those_of_the_worse_judgement():
    """Whoever looks at a flip wants to read what was held against the message."""
    better, worse = outcome_of(pair(D.SPAM, D.NONE, number=2), pair(D.NONE, D.SPAM, number=1)).messages

    assert (("because SPAM",), ("because SPAM",)) == (better.reasons, worse.reasons)
    assert (("new",), ("old",)) == (better.appeared, better.disappeared)


def test_domains_are_bounded(monkeypatch):
    """What comes after the limit is counted together."""
    monkeypatch.setattr(replay_tally, "MAX_DOMAINS", 3)
    outcome = outcome_of(*(pair(D.NONE, D.SPAM, number=n, sender=f"d{n}.test") for n in range(10)))

    assert {"d0.test": 1, "d1.test": 1, "d2.test": 1, OTHER: 7} == {
        d.domain: d.count for d in outcome.senders
    }


def test_recipients_of_one_message_are_bounded():
    """A message for ten thousand domains is not ten thousand rows."""
    many = tuple(f"d{n}.test" for n in range(replay_tally.MAX_RECIPIENT_DOMAINS + 5))
    outcome = outcome_of(pair(D.NONE, D.SPAM, recipients=many))

    assert replay_tally.MAX_RECIPIENT_DOMAINS == len(outcome.messages[0].recipients)
    assert replay_tally.MAX_DOMAINS_SHOWN == len(outcome.recipients)


def test_missing_messages_are_counted_and_some_are_named():
    """All are counted by reason; the named ones are the same whatever came first."""
    tally = Tally(shown=1)
    for number in random.Random(3).sample(range(1000), 500):
        tally.miss(Missing(f"q-{number:04}", "bytes"))
    tally.miss(Missing("x", "facts"))
    outcome = tally.outcome(ruleset="r", seconds=0)
    named = [one.id for one in outcome.missing_named]

    assert (("bytes", 500), ("facts", 1)) == outcome.missing
    assert MAX_MISSING_NAMED == len(named)
    assert sorted(named) == named
    assert (501, 0) == (outcome.found, outcome.judged)
