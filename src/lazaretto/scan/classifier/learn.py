"""Learning from examples: logistic regression over hashed features, one example after the other.

Rules. Every feature has its own step, which shrinks with what it has learned already (AdaGrad), so that rare
words learn fast and frequent ones settle. An example may count more than once by its weight. The order of
the examples comes from a fixed seed: the same examples give the same classifier.
"""

import math
import random
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lazaretto.scan.classifier.classifier import Classifier, places, spread

BITS = 18
ROUNDS = 12
STEP = 0.5
DECAY = 1e-5
BIAS_STEP = 0.01
SEED = 1
CAP = 30.0
"""Evidence beyond which an example is as sure as it can be."""


@dataclass(frozen=True, slots=True)
class Example:
    """One message whose nature is known."""

    features: frozenset[str]
    bad: bool  # spam or worse
    weight: float = 1.0


def learn(examples: Sequence[Example], *, bits: int = BITS, rounds: int = ROUNDS) -> Classifier:
    """A classifier of these examples, not yet calibrated: its probabilities follow the training data."""
    placed = [(sorted(places(e.features, bits)), e.bad, e.weight) for e in examples]
    weights = array("d", bytes(8 << bits))
    learned = array("d", [1e-6]) * (1 << bits)
    bias = 0.0
    order = list(range(len(placed)))
    shuffle = random.Random(SEED).shuffle  # noqa: S311  # an order, not a secret
    for _ in range(rounds):
        shuffle(order)
        for index in order:
            known, bad, counts = placed[index]
            share = 1 / spread(len(known))
            evidence = bias + share * sum(weights[at] for at in known)
            wrong = counts * (_chance(evidence) - bad)
            for at in known:
                slope = wrong * share + DECAY * weights[at]
                learned[at] += slope * slope
                weights[at] -= STEP * slope / math.sqrt(learned[at])
            bias -= BIAS_STEP * wrong
    prior = sum(e.bad for e in examples) / max(len(examples), 1)
    return _rounded(weights, bits, bias, prior)


def _chance(evidence: float) -> float:
    return 1 / (1 + math.exp(-max(-CAP, min(CAP, evidence))))


def _rounded(weights: "array[float]", bits: int, bias: float, prior: float) -> Classifier:
    """One byte a weight: the strongest is 127."""
    most = max(1e-9, *map(abs, weights))
    scale = _single(most / 127)
    table = array("b", (max(-127, min(127, round(weight / scale))) for weight in weights))
    return Classifier(bits, scale, _single(bias), 1.0, 0.0, _single(prior), table)


def calibrate(
    classifier: Classifier, held_out: Sequence[Example], *, evidence: Sequence[float], rounds: int = 500
) -> Classifier:
    """The same weights with the line that fits best on evidence of weights that never saw them (Platt)."""
    slope, offset = 1.0, 0.0
    for _ in range(rounds):
        by_slope = by_offset = 0.0
        for value, example in zip(evidence, held_out, strict=True):
            wrong = example.weight * (_chance(slope * value + offset) - example.bad)
            by_slope += wrong * value
            by_offset += wrong
        slope -= 0.5 * by_slope / max(len(held_out), 1)
        offset -= 0.5 * by_offset / max(len(held_out), 1)
    return replace(classifier, slope=_single(slope), offset=_single(offset))


def _single(value: float) -> float:
    """The value as the file keeps it."""
    return array("f", [value])[0]
