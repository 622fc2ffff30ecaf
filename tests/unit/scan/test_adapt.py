"""What an account's labels add: it learns what was labelled, leaves the rest, and stays within its bounds."""

import math

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.scan.classifier import adapt as learning
from lazaretto.scan.classifier.adapt import adapt, counted, learned_weights, samples_of, shift, week_of
from lazaretto.scan.classifier.adapted import (
    MAX_PLACES,
    MOST,
    STEPS,
    UNIT,
    judge_adapted,
    make_difference,
    own_of,
)
from lazaretto.scan.classifier.classifier import judge, load, places
from lazaretto.scan.classifier.common import LEAST, dump_shares, load_shares, shipped_shares, weights_of
from lazaretto.scan.classifier.evaluate import LEAST_LABELS, MAX_WEEKS, evaluate, weeks_of
from lazaretto.scan.classifier.hashed import MAX_HASHES, hashed, hashes_of
from lazaretto.scan.rulefiles import shipped_files
from tests.helpers.learning import example, newsletter, unrelated, words

SPAM, NONE, BULK = Disposition.SPAM, Disposition.NONE, Disposition.BULK


@pytest.fixture(scope="module")
def shipped():
    return load(shipped_files()["classifier.bin"])


def samples(examples, classifier):
    return samples_of(examples, classifier, shipped_shares())


def taught(examples, classifier):
    return own_of(adapt(samples(examples, classifier), classifier))


def odds(probability):
    return math.log(probability / (1 - probability))


def test_ten_labels_change_what_was_labelled(shipped):
    """The next issue is seen otherwise, and the explanation names words of the newsletter."""
    own = taught([example(n) for n in range(1, 11)], shipped)
    before, after = judge(shipped, words(newsletter(40))), judge_adapted(shipped, own, words(newsletter(40)))

    assert before.probability < 0.1
    assert after.probability > 0.35
    assert before.probability == pytest.approx(after.shipped)
    assert {"word:compost", "stem:compo", "stem:garde", "stem:crocu"} & {name for name, _ in after.against}


def test_nothing_is_forgotten(shipped):
    """Opinions on a hundred unrelated letters stay where they were."""
    own = taught([example(n) for n in range(1, 11)], shipped)
    letters = unrelated()[:100]
    moved = [
        abs(judge_adapted(shipped, own, letter).probability - judge(shipped, letter).probability)
        for letter in letters
    ]

    assert 100 == len(moved)
    assert max(moved) < 0.005


def test_later_labels_do_not_wash_out_earlier_ones(shipped):
    """Fifty labels of other mail, given afterwards, leave what the first ten taught."""
    first = [example(n) for n in range(1, 11)]
    raws = [f"From: b@c.example\r\nSubject: r{n}\r\n\r\nquarterly audit {n} ledger\r\n" for n in range(50)]
    later = [example(100 + n, NONE, raw=raw.encode()) for n, raw in enumerate(raws)]
    before = judge_adapted(shipped, taught(first, shipped), words(newsletter(40)))
    after = judge_adapted(shipped, taught([*first, *later], shipped), words(newsletter(40)))

    assert before.probability == pytest.approx(after.probability, abs=0.05)


@pytest.mark.parametrize("label", [SPAM, NONE])
def test_three_labels_overturn_nothing(shipped, label):
    """However alike the messages are: what the shipped classifier is sure of stays on its side."""
    letters = [newsletter(1), *(text.encode() for text in _sure())]
    for raw in letters:
        own = taught([example(n, label, raw=raw) for n in range(3)], shipped)
        before = judge(shipped, words(raw)).probability
        after = judge_adapted(shipped, own, words(raw)).probability

        assert abs(odds(after) - odds(before)) <= 3 * learning.STRENGTH * 3 / learning.FULL_AT + 0.01
        if before >= 0.9 or before <= 0.1:
            assert (before >= 0.5) is (after >= 0.5)


def _sure():
    body = "claim your prize viagra pills casino winner lottery million dollars urgent transfer inheritance"
    yield f"From: win@x.example\r\nSubject: You won the lottery prize\r\n\r\n{body}\r\n"


def test_one_label_moves_little(shipped):
    """Among many, one label more moves no message by more than its bound."""
    many = [example(n) for n in range(1, 13)]
    against = [*many, example(13, NONE, raw=newsletter(40))]
    before = judge_adapted(shipped, taught(many, shipped), words(newsletter(40)))
    after = judge_adapted(shipped, taught(against, shipped), words(newsletter(40)))

    assert 0 < odds(before.probability) - odds(after.probability) <= learning.STRENGTH


def test_one_person_cannot_outweigh_all_others(shipped):
    """Two hundred labels of one person on a newsletter count as much as the twenty of the others on it."""
    honest = [example(n, NONE, by=f"p{n % 4}") for n in range(20)]
    malicious = [example(100 + n, SPAM, by="mallory") for n in range(200)]
    counts = counted(samples([*honest, *malicious], shipped))

    assert 20 == pytest.approx(sum(counts[20:]), abs=2)
    assert [1.0] * 20 == counts[:20]
    assert sum(counted(samples(malicious, shipped))) < learning.PERSON * 2


def test_the_newest_label_of_a_message_counts(shipped):
    """Whoever corrects a label undoes it."""
    wrong = [example(n, record=1) for n in range(1, 4)]
    corrected = [*wrong, example(9, NONE, record=1, raw=newsletter(3))]

    assert [(9, False)] == [(one.order, one.bad) for one in samples(corrected, shipped)]


def test_labels_without_words_and_too_many(shipped, monkeypatch):
    """Labels whose words were not kept teach nothing; of too many the newest are taken."""
    monkeypatch.setattr(learning, "MAX_EXAMPLES", 5)
    many = [example(n) for n in range(9)] + [example(20, words=b"")]

    assert [4, 5, 6, 7, 8] == [one.order for one in samples(many, shipped)]


def test_the_same_labels_give_the_same_difference(shipped):
    """Whatever order they come in."""
    labels = [example(n, SPAM if n % 3 else NONE) for n in range(12)]

    assert adapt(samples(labels, shipped), shipped) == adapt(samples(labels[::-1], shipped), shipped)


def test_the_addition_is_bounded(shipped):
    """Weights that nobody could have learned move a message by no more than the limit."""
    found = words(newsletter(1))
    strong = dict.fromkeys(places(found, shipped.bits), 1e9)
    own = own_of(make_difference(strong, bits=shipped.bits, base="x"))
    opinion = judge_adapted(shipped, own, found)

    assert STEPS == max(own.steps.values())
    assert MOST == pytest.approx(odds(opinion.probability) - odds(opinion.shipped))


def test_a_difference_is_small():
    """Of too many weights the strongest are kept; those that say nothing are not stored."""
    weights = {at: 0.001 * (at % 500 + 1) for at in range(MAX_PLACES + 1000)}
    difference = make_difference({**weights, 10**6: UNIT / 3}, bits=22, base="x")

    assert MAX_PLACES == difference.size
    assert 6 * MAX_PLACES == len(difference.places) + len(difference.weights)
    assert 10**6 not in own_of(difference).steps
    assert own_of(make_difference({}, bits=18, base="x")) is None


def test_a_difference_of_another_table_says_nothing(shipped):
    """Its places are other words; without one the opinion is the shipped one."""
    found = words(newsletter(1))
    other = own_of(make_difference(dict.fromkeys(places(found, 18), 3.0), bits=shipped.bits + 1, base="x"))
    strange = own_of(make_difference({3: 1.0}, bits=shipped.bits, base="x"))

    assert judge(shipped, found) == judge_adapted(shipped, other, found)
    assert judge(shipped, found) == judge_adapted(shipped, strange, found)
    assert judge(shipped, ()) == judge_adapted(shipped, strange, ())


def test_common_words_learn_little():
    """The table gives back its shares; what stands in every message learns a hundredth of a rare word."""
    shares = load_shares(dump_shares({7: 1.0, 8: LEAST, 9: LEAST / 2}))

    assert {7: pytest.approx(LEAST), 8: pytest.approx(1.0, abs=0.01), 9: 1.0} == weights_of((7, 8, 9), shares)
    assert {7, 8} == set(shares)
    assert 1000 < len(shipped_shares()) < 10_000


def test_hashes():
    """Each once, in order, at most so many; without the text."""
    kept = hashed({f"word:w{n}" for n in range(MAX_HASHES + 500)})

    assert MAX_HASHES == len(hashes_of(kept)) == len(set(hashes_of(kept)))
    assert () == hashes_of(hashed(()))
    assert hashed({"word:\ud800", "b"}) == hashed({"b", "word:\ud800"})


def test_evaluation(shipped):
    """Held-out issues are seen as their labels say, which the shipped classifier does not."""
    labels = [example(n) for n in range(1, 21)]
    found = evaluate(samples(labels, shipped), labels, shipped.bits)

    assert (20, 20, 0.0) == (found.labels, found.bad, found.shipped.accuracy)
    assert found.adapted.accuracy > 0.9
    assert found.adapted.loss < found.shipped.loss
    assert () == found.worse
    assert 20 == sum(one.labels for one in found.adapted.bins) == sum(week.labels for week in found.weeks)
    assert all(week.verdict == week.shipped == 0.0 for week in found.weeks)


def test_what_speaks_against_promotion(shipped):
    """Too few labels; labels by lot, which make honest mail worse and nothing better."""
    few = [example(n) for n in range(1, LEAST_LABELS)]
    mixed = [example(n, SPAM if n // 4 % 5 > 1 else NONE, by=f"p{n % 6}") for n in range(60)]

    assert "9 labels" in evaluate(samples(few, shipped), few, shipped.bits).worse[0]
    assert evaluate(samples(mixed, shipped), mixed, shipped.bits).worse


def test_copies_are_held_out_together(shipped):
    """A message that was labelled twenty times is never asked about with its own copy known."""
    labels = [example(n, raw=newsletter(1)) for n in range(20)]
    found = evaluate(samples(labels, shipped), labels, shipped.bits)

    assert found.shipped == found.adapted


def test_weeks():
    """By ISO week; labels without a verdict count as labels only; only the newest weeks are shown."""
    labels = [example(0, given=None), example(0, BULK), example(1, SPAM), example(7 * 60, SPAM, given=SPAM)]
    first, *_, last = weeks_of(labels)
    many = weeks_of([example(7 * n) for n in range(MAX_WEEKS + 9)])

    assert (week_of(labels[0]), 3, 0.5, None, None) == (
        first.week, first.labels, first.verdict, first.shipped, first.adapted,
    )  # fmt: skip
    assert (1, 1.0) == (last.labels, last.verdict)
    assert MAX_WEEKS == len(many)


def test_nothing_to_learn(shipped):
    """No labels, no difference."""
    assert not any(learned_weights((), 12))
    assert () == evaluate((), (), 18).weeks
    assert 0.0 == shift(learned_weights((), shipped.bits), samples([example(1)], shipped)[0])
