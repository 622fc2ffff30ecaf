"""Learning what an account's labels add to the shipped classifier, without forgetting what that knows.

Only a difference is learned, held towards nothing (L2), and only from what the shipped weights get wrong. In
this form of logistic regression each label has one number between -1 and 1, and the difference is the sum of
the labels' words times these numbers. From that follow the bounds, whatever is labelled:

- one label moves a message by at most `STRENGTH` in logarithmic odds, and by as much as the message shares
  rare words with the labelled one; unrelated mail stays where it was;
- below `FULL_AT` labels each counts less: three together move nothing by more than 2.16, which overturns no
  opinion that the shipped classifier is sure of (0.9 is odds of 2.2);
- about mail of one kind, one person counts at most as much as all others together, or as `PERSON` labels
  where that is more.

The same labels give the same difference: they are taken in their order, and nothing is drawn by lot.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lazaretto.model.learning import UNWANTED, Difference, Example
from lazaretto.scan.classifier.adapted import chance, make_difference, own_spread
from lazaretto.scan.classifier.classifier import Classifier, spread
from lazaretto.scan.classifier.common import weights_of
from lazaretto.scan.classifier.hashed import hashes_of

STRENGTH = 2.4
"""Logarithmic odds that one label moves a message with the same rare words, before others share the work."""

FULL_AT = 10.0
"""Labels from which each counts in full."""

PERSON = 12.0
"""Labels of one person on one kind of mail that count in full: who works alone can teach, within a bound."""

MAX_EXAMPLES = 1_000
"""The newest that are learned from: some seconds of work."""

ROUNDS = 15
"""Passes over the labels; the numbers are settled long before."""

SETTLED = 0.003
"""Change of a label's number below which it counts as settled."""

HALVINGS = 20
"""Of the interval in which a label's number is sought: finer than what is stored."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A label, ready to be learned from."""

    order: int  # number of the submission
    bad: bool
    by: str
    week: str
    agreed: bool | None  # our verdict at that time said the same; None: there was none
    places: tuple[int, ...]
    learns: tuple[float, ...]  # how much each place may learn
    odds: float  # what the shipped classifier says
    root: float

    @property
    def size(self) -> float:
        """How strongly the message speaks about itself: 1 when all of its words are rare."""
        return sum(self.learns) / (self.root * self.root)


def samples_of(
    examples: Sequence[Example], classifier: Classifier, shares: Mapping[int, float]
) -> tuple[Sample, ...]:
    """The newest label of each message, at most `MAX_EXAMPLES`, oldest first."""
    latest = {example.record: example for example in sorted(examples, key=lambda e: e.submission)}
    usable = sorted((e for e in latest.values() if e.words), key=lambda e: e.submission)
    return tuple(_sample(example, classifier, shares) for example in usable[-MAX_EXAMPLES:])


def week_of(example: Example) -> str:
    """The week of a label, as 2026-W47."""
    year, week, _ = example.at.isocalendar()
    return f"{year}-W{week:02}"


def agreed(example: Example) -> bool | None:
    """Our verdict at that time saw the same kind of mail; None when there was none."""
    return None if example.given is None else (example.given in UNWANTED) is example.bad


def _sample(example: Example, classifier: Classifier, shares: Mapping[int, float]) -> Sample:
    mask = (1 << classifier.bits) - 1
    learns: dict[int, float] = {}
    for full, weight in weights_of(hashes_of(example.words), shares).items():
        learns[full & mask] = min(weight, learns.get(full & mask, 1.0))
    places = tuple(sorted(learns))
    share = classifier.scale / spread(len(places))
    evidence = classifier.bias + share * sum(classifier.weights[at] for at in places)
    return Sample(
        order=example.submission,
        bad=example.bad,
        by=example.by,
        week=week_of(example),
        agreed=agreed(example),
        places=places,
        learns=tuple(learns[at] for at in places),
        odds=classifier.slope * evidence + classifier.offset,
        root=own_spread(len(places)),
    )


def adapt(samples: Sequence[Sample], classifier: Classifier) -> Difference:
    """The difference that these labels teach."""
    weights = learned_weights(samples, classifier.bits)
    learned = {at: weights[at] for sample in samples for at in sample.places}
    return make_difference(learned, bits=classifier.bits, base=classifier.version)


def learned_weights(samples: Sequence[Sample], bits: int) -> "array[float]":
    """The weights of the difference, by place, in odds."""
    counts = counted(samples)
    strength = STRENGTH * min(1.0, sum(counts) / FULL_AT)
    weights = array("d", bytes(8 << bits))
    numbers = [0.0] * len(samples)
    for _ in range(ROUNDS):
        most = 0.0
        for index, sample in enumerate(samples):
            own = strength * sample.size * numbers[index]
            number = _number(sample, shift(weights, sample) + sample.odds - own, strength, counts[index])
            change = number - numbers[index]
            if abs(change) > SETTLED:
                numbers[index] = number
                most = max(most, abs(change))
                step = strength * change / sample.root
                for at, learns in zip(sample.places, sample.learns, strict=True):
                    weights[at] += step * learns
        if most == 0.0:
            break
    return weights


def counted(samples: Sequence[Sample]) -> list[float]:
    """How much each label counts, so that no person outweighs all others on a kind of mail."""
    everybody = _kinds(samples)
    found: dict[str, dict[int, float]] = {
        by: _kinds([s for s in samples if s.by == by]) for by in {s.by for s in samples}
    }
    counts = []
    for sample in samples:
        own, all_ = shift(found[sample.by], sample), shift(everybody, sample)
        counts.append(min(1.0, max(PERSON, all_ - own) / max(own, SETTLED)))
    return counts


def _kinds(samples: Sequence[Sample]) -> dict[int, float]:
    """Weights under which a message's shift is how many of the samples are like it."""
    weights: dict[int, float] = {}
    for sample in samples:
        for at, learns in zip(sample.places, sample.learns, strict=True):
            weights[at] = weights.get(at, 0.0) + learns / sample.root
    return weights


def shift(weights: "array[float] | dict[int, float]", sample: Sample) -> float:
    """How far the weights move this message, in odds; they hold all of its places."""
    return sum(map(weights.__getitem__, sample.places)) / sample.root


def _number(sample: Sample, others: float, strength: float, counts: float) -> float:
    """The number of one label, the others' held still: where it equals what is still wrong."""
    low, high = (0.0, counts) if sample.bad else (-counts, 0.0)
    slope, bad = strength * sample.size, float(sample.bad)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle < counts * (bad - chance(others + slope * middle)):
            low = middle
        else:
            high = middle
    return (low + high) / 2
