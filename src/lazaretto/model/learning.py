"""What an account teaches the classifier: examples, the difference learned from them, how good it is.

An example is a label with the hashed words of its message. A difference is small and sparse: what is added to
the shipped classifier for this account alone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lazaretto.model.disposition import Disposition

Learn = Literal["off", "ask", "on"]
"""ask: learned and measured by itself, used when somebody promotes it; on: also promoted by itself."""

UNWANTED = frozenset(
    {
        Disposition.MALICIOUS,
        Disposition.MALICIOUS_BEC,
        Disposition.SUSPICIOUS,
        Disposition.SPOOF,
        Disposition.SPAM,
    }
)
"""What a classifier shall know as bad; bulk mail is wanted by somebody."""


@dataclass(frozen=True, slots=True)
class Example:
    """One label and the wording that it is about."""

    account: str
    submission: int
    record: int
    label: Disposition
    given: Disposition | None  # what we had called the message when it was labelled
    by: str
    at: datetime
    words: bytes = b""  # hashed features, four bytes each; empty: they could not be read

    @property
    def bad(self) -> bool:
        """Unwanted, as the person said."""
        return self.label in UNWANTED


@dataclass(frozen=True, slots=True)
class Difference:
    """What is added to the shipped classifier, as it is stored and sent to the workers."""

    id: str  # a hash of the rest, 12 hex digits
    bits: int  # of the hash, as of the classifier that it belongs to
    base: str  # version of the shipped classifier beside which it was learned
    places: bytes  # four bytes each, ascending
    weights: bytes  # two bytes each, signed, in thousandths of odds

    @property
    def size(self) -> int:
        """How many features it knows."""
        return len(self.weights) // 2


@dataclass(frozen=True, slots=True)
class Bin:
    """Held-out labels whose probability was alike."""

    least: float
    labels: int
    probability: float  # mean of what was said
    bad: float  # share that was bad


@dataclass(frozen=True, slots=True)
class Score:
    """How good opinions were on held-out labels."""

    accuracy: float  # share on the right side of one half
    false_alarms: float  # of the honest ones, those on the wrong side
    missed: float  # of the bad ones, those on the wrong side
    loss: float  # mean logarithmic loss: lower is better calibrated
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """Labels of one week."""

    week: str  # as 2026-W47
    labels: int
    verdict: float | None = None  # share whose verdict at that time agreed with the label
    shipped: float | None = None  # share that the shipped classifier sees as the label does
    adapted: float | None = None  # the same of the account's own, not having seen the label


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What cross-validation on the account's labels gave."""

    labels: int
    bad: int
    shipped: Score
    adapted: Score
    weeks: tuple[Week, ...] = ()
    worse: tuple[str, ...] = ()  # sentences that speak against promotion; empty: nothing does


@dataclass(frozen=True, slots=True)
class Learned:
    """An account's classifier as it was trained."""

    id: int
    made_at: datetime
    made_by: str
    evaluation: Evaluation
    difference: Difference
    promoted_at: datetime | None = None  # the last time
    promoted_by: str | None = None
    before: int | None = None  # the one that it took the place of; None: the shipped one alone
