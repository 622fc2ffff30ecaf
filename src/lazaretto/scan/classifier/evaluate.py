"""How good an account's classifier is on its labels: learned from four fifths, asked about the rest, in turn.

Labels whose messages have the same words are always on the same side, so that no message is held out from its
own copy. Messages that are merely alike are not kept apart: after one newsletter comes its next issue.

Limits: people label what we got wrong more often than what we got right, so accuracy on labels is lower than
accuracy on mail. It is good for comparing, and over time.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from lazaretto.model.learning import Bin, Evaluation, Example, Score, Week
from lazaretto.scan.classifier.adapt import Sample, agreed, learned_weights, shift, week_of
from lazaretto.scan.classifier.adapted import MOST, chance

FOLDS = 5
LEAST_LABELS = 10
"""Below this held-out labels say nothing about what is better."""

BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
MAX_WEEKS = 53
"""Weeks that are shown, the newest."""

DIGITS = 4

Chances = Sequence[float]


def evaluate(samples: Sequence[Sample], examples: Sequence[Example], bits: int) -> Evaluation:
    """What cross-validation on the samples gives; `examples` are all labels, for the verdicts of then."""
    held = _held_out(samples, bits)
    shipped, adapted = [chance(sample.odds) for sample in samples], [chance(odds) for odds in held]
    before, after = score(samples, shipped), score(samples, adapted)
    return Evaluation(
        labels=len(samples),
        bad=sum(sample.bad for sample in samples),
        shipped=before,
        adapted=after,
        weeks=weeks_of(examples, samples, shipped, adapted),
        worse=tuple(_worse(len(samples), before, after)),
    )


def _held_out(samples: Sequence[Sample], bits: int) -> list[float]:
    """Odds of each sample under what the samples of the other folds teach."""
    fold: dict[tuple[int, ...], int] = {}
    for sample in samples:
        fold.setdefault(sample.places, len(fold) % FOLDS)
    found: dict[int, float] = {}
    for number in range(FOLDS):
        weights = learned_weights([s for s in samples if fold[s.places] != number], bits)
        for sample in samples:
            if fold[sample.places] == number:
                found[sample.order] = sample.odds + max(-MOST, min(MOST, shift(weights, sample)))
    return [found[sample.order] for sample in samples]


def score(samples: Sequence[Sample], chances: Chances) -> Score:
    """Opinions beside labels."""
    pairs = [(sample.bad, value) for sample, value in zip(samples, chances, strict=True)]
    right = [(value >= 0.5) is bad for bad, value in pairs]
    loss = [-math.log(max(1e-6, value if bad else 1 - value)) for bad, value in pairs]
    return Score(
        accuracy=_mean(right),
        false_alarms=_mean([value >= 0.5 for bad, value in pairs if not bad]),
        missed=_mean([value < 0.5 for bad, value in pairs if bad]),
        loss=_mean(loss),
        bins=tuple(_bins(pairs)),
    )


def _bins(pairs: Sequence[tuple[bool, float]]) -> list[Bin]:
    found = []
    for least, most in zip(BINS, (*BINS[1:-1], 1.1), strict=False):
        inside = [(bad, value) for bad, value in pairs if least <= value < most]
        if inside:
            bad, said = _mean([b for b, _ in inside]), _mean([v for _, v in inside])
            found.append(Bin(least, len(inside), said, bad))
    return found


def weeks_of(
    examples: Sequence[Example],
    samples: Sequence[Sample] = (),
    shipped: Chances = (),
    adapted: Chances = (),
) -> tuple[Week, ...]:
    """Agreement with the labels by week: of the verdicts of that time, and of both classifiers."""
    verdicts, before, after = (defaultdict[str, list[bool]](list) for _ in range(3))
    counts: dict[str, int] = defaultdict(int)
    for example in examples:
        counts[week_of(example)] += 1
        if (same := agreed(example)) is not None:
            verdicts[week_of(example)].append(same)
    for sample, value in zip(samples, shipped, strict=False):
        before[sample.week].append((value >= 0.5) is sample.bad)
    for sample, value in zip(samples, adapted, strict=False):
        after[sample.week].append((value >= 0.5) is sample.bad)
    mean: Callable[[list[bool] | None], float | None] = lambda found: _mean(found) if found else None  # noqa: E731
    return tuple(
        Week(week, counts[week], *(mean(part.get(week)) for part in (verdicts, before, after)))
        for week in sorted(counts)[-MAX_WEEKS:]
    )


def _worse(labels: int, before: Score, after: Score) -> list[str]:
    """Why it should not be promoted by itself."""
    found = []
    if labels < LEAST_LABELS:
        found.append(f"There are {labels} labels; {LEAST_LABELS} are needed to compare.")
    if after.accuracy < before.accuracy:
        found.append("It is right less often on labels that it has not seen.")
    if after.false_alarms > before.false_alarms:
        found.append("It calls more honest mail unwanted.")
    if after.loss > before.loss:
        found.append("Its probabilities are further from what is so.")
    return found


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), DIGITS) if values else 0.0
