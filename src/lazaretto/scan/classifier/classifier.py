"""The classifier: a weight for every feature, by hash, and what they say together about one message.

A message's evidence is the sum of its features' weights, divided by the square root of their number, so that
long mail is not judged by its length, nor a short note by a few words. A line that was fitted on mail which
the weights never saw turns evidence into a probability. The file holds the weights as one byte each.

The same file and features give the same opinion on every machine: all sums are made of integers.
"""

import hashlib
import math
import struct
import zlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAGIC = b"lzc1"
_HEAD = struct.Struct("<4sBfffff")
MAX_BITS = 22
"""Of a file: four million weights. A longer table was not made by us."""

SHORT = 100
"""Features from which the number of them counts: a note of five words must not be judged by two of them."""

STRONGEST = 8
"""Features named in an explanation, on each side."""


Named = tuple[tuple[str, float], ...]


class ClassifierFileError(ValueError):
    """The bytes are not a classifier."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the classifier makes of one message."""

    probability: float  # that it is spam or worse, 0 to 1
    evidence: float  # what the probability was made of; 0 says nothing
    against: Named  # the features that speak most for spam, with their evidence
    in_favour: Named  # the features that speak most for honest mail
    shipped: float | None = None  # the probability without what the account taught, where that counts


@dataclass(frozen=True, slots=True)
class Classifier:
    """Weights and how to read them."""

    bits: int  # of the hash: there are 2**bits weights
    scale: float  # evidence of one unit of weight
    bias: float
    slope: float  # of the line from evidence to the logarithm of the odds
    offset: float
    prior: float  # share of bad mail among the examples, for those who ask
    weights: "array[int]"  # signed bytes

    @property
    def version(self) -> str:
        """A hash of everything that is in it, 12 hex digits."""
        return hashlib.sha256(dump(self)).hexdigest()[:12]


def places(features: Iterable[str], bits: int) -> dict[int, str]:
    """Where the weights of these features stand, in the order of their names; of two in a place the last."""
    mask, checksum = (1 << bits) - 1, zlib.crc32
    return {checksum(one.encode("utf-8", "surrogatepass")) & mask: one for one in sorted(features)}


def spread(count: int) -> float:
    """What the sum of so many weights is divided by."""
    return math.sqrt(max(count, SHORT))


def judge(classifier: Classifier, features: Iterable[str]) -> Opinion:
    """The opinion on a message with these features."""
    weights = classifier.weights
    known = places(features, classifier.bits)
    units = [weights[at] for at in known]
    share = classifier.scale / spread(len(known))
    evidence = classifier.bias + share * sum(units)
    odds = classifier.slope * evidence + classifier.offset
    against, in_favour = strongest([unit * share for unit in units], list(known.values()))
    return Opinion(1 / (1 + math.exp(-max(-40.0, min(40.0, odds)))), evidence, against, in_favour)


def strongest(weights: Sequence[float], names: Sequence[str]) -> tuple[Named, Named]:
    """The features that weigh most on each side, the heaviest first."""
    ranked = sorted(weights)
    least, most = ranked[:STRONGEST][-1:], ranked[-STRONGEST:][:1]  # what the last one named weighs
    pairs = list(zip(weights, names, strict=True))
    against = sorted((-weight, name) for weight, name in pairs if weight > 0 and weight >= most[0])
    in_favour = sorted((weight, name) for weight, name in pairs if weight < 0 and weight <= least[0])
    return (
        tuple((name, round(-weight, 3)) for weight, name in against[:STRONGEST]),
        tuple((name, round(weight, 3)) for weight, name in in_favour[:STRONGEST]),
    )


def dump(classifier: Classifier) -> bytes:
    """The file of a classifier."""
    head = _HEAD.pack(
        MAGIC,
        classifier.bits,
        classifier.scale,
        classifier.bias,
        classifier.slope,
        classifier.offset,
        classifier.prior,
    )
    return head + zlib.compress(classifier.weights.tobytes(), 9)


def load(octets: bytes) -> Classifier:
    """A classifier from its file. Raises ClassifierFileError."""
    if len(octets) < _HEAD.size or not octets.startswith(MAGIC):
        raise ClassifierFileError("this is not a classifier file")
    _, bits, scale, bias, slope, offset, prior = _HEAD.unpack_from(octets)
    if bits > MAX_BITS:
        raise ClassifierFileError(f"the table has 2**{bits} weights; at most 2**{MAX_BITS} are read")
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(octets[_HEAD.size :], (1 << bits) + 1)
    except zlib.error as problem:
        raise ClassifierFileError(f"the table is damaged: {problem}") from None
    if len(plain) != 1 << bits or not unpacker.eof:
        raise ClassifierFileError("the table is shorter or longer than its head says")
    weights = array("b")
    weights.frombytes(plain)
    return Classifier(bits, scale, bias, slope, offset, prior, weights)
