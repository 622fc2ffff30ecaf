"""The shipped classifier plus what one account's labels add to it.

The addition is bounded: whatever was learned, it moves no message by more than `MOST` in logarithmic odds.
"""

import hashlib
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lazaretto.model.learning import Difference
from lazaretto.scan.classifier.classifier import Classifier, Opinion, judge, places, spread, strongest

UNIT = 0.001
"""Odds of one step of a stored weight."""

STEPS = 32_767
"""The largest stored weight."""

MOST = 8.0
"""Logarithmic odds that an account's labels can move a message: from near certainty past one half."""

SHORT = 60
"""Features from which the number of them counts: labels are about this very mail, so fewer are enough than
for the shipped weights."""

MAX_PLACES = 8_000
"""Features of a difference: 48 KB sent once a version, less than a megabyte in a worker."""


@dataclass(frozen=True, slots=True)
class Own:
    """An account's difference, ready to be used."""

    id: str
    bits: int
    steps: Mapping[int, int]  # by place


def make_difference(weights: Mapping[int, float], *, bits: int, base: str) -> Difference:
    """The difference that stores these weights, in odds: the strongest where they are too many."""
    steps = {at: max(-STEPS, min(STEPS, round(weight / UNIT))) for at, weight in weights.items()}
    strongest = sorted((-abs(step), at) for at, step in steps.items() if step)[:MAX_PLACES]
    kept = sorted(at for _, at in strongest)
    places = struct.pack(f"<{len(kept)}I", *kept)
    packed = struct.pack(f"<{len(kept)}h", *(steps[at] for at in kept))
    digest = hashlib.sha256(bytes([bits]) + base.encode() + places + packed).hexdigest()[:12]
    return Difference(digest, bits, base, places, packed)


def own_of(difference: Difference | None) -> Own | None:
    """A difference, ready to be used; None for none, and for one that says nothing."""
    if difference is None or not difference.size:
        return None
    places = struct.unpack(f"<{len(difference.places) // 4}I", difference.places)
    steps = struct.unpack(f"<{difference.size}h", difference.weights)
    return Own(difference.id, difference.bits, dict(zip(places, steps, strict=True)))


def judge_adapted(classifier: Classifier, own: Own | None, features: Iterable[str]) -> Opinion:
    """The opinion on a message with these features, under what the account taught.

    A difference of another table size says nothing: its places are other words.
    """
    if own is None or own.bits != classifier.bits:
        return judge(classifier, features)
    weights, steps = classifier.weights, own.steps
    known = places(features, classifier.bits)
    shifted = {at: step for at in known if (step := steps.get(at))}
    if not shifted:
        return judge(classifier, known.values())
    share, root = classifier.scale / spread(len(known)), own_spread(len(known))
    evidence = classifier.bias + share * sum(weights[at] for at in known)
    odds = classifier.slope * evidence + classifier.offset
    shift = max(-MOST, min(MOST, UNIT / root * sum(shifted.values())))
    slope = max(classifier.slope, 0.1)
    in_evidence = share, UNIT / root / slope
    against, in_favour = strongest(
        [weights[at] * in_evidence[0] + shifted.get(at, 0) * in_evidence[1] for at in known],
        list(known.values()),
    )
    return Opinion(
        probability=chance(odds + shift),
        evidence=evidence + shift / slope,
        against=against,
        in_favour=in_favour,
        shipped=chance(odds),
    )


def own_spread(count: int) -> float:
    """What the sum of so many of the account's weights is divided by."""
    return math.sqrt(max(count, SHORT))


def chance(odds: float) -> float:
    """Logarithmic odds as a probability."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, odds))))
