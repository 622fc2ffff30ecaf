"""Replay: stored messages judged again under a candidate, and what would be different.

Before is what the store says of the last scan; after is what the candidate says of the same bytes and facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.lists import Lists

HOSTILE: frozenset[Disposition] = frozenset(
    {Disposition.MALICIOUS, Disposition.MALICIOUS_BEC, Disposition.SUSPICIOUS, Disposition.SPOOF}
)
"""What is meant to do harm."""

UNWANTED: frozenset[Disposition] = HOSTILE | {Disposition.SPAM}
"""What nobody asked for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is tried. Everything that it does not name is as it runs now."""

    files: Mapping[str, bytes] = field(default_factory=dict)  # laid over the shipped rule files, by name
    lists: Lists | None = None  # instead of the account's
    orders: tuple[tuple[Disposition, Order], ...] = ()  # laid over the policy of every domain
    without_lists: bool = False  # as if the account had listed nothing; what it taught the classifier stays


@dataclass(frozen=True, slots=True)
class Look:
    """One judgement, as far as two are compared."""

    disposition: Disposition
    score: float
    rules: frozenset[str]  # that spoke
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One message before and after."""

    id: str  # investigate id
    position: int  # its place in the lists: higher is later
    sender: str  # domain of the header from, else of the return path
    recipients: tuple[str, ...]  # domains
    subject: str
    before: Look
    after: Look
    orders: tuple[tuple[Order, Order], ...] = ()  # before and after of each copy whose order is known
    label: Disposition | None = None  # what an analyst said that it is

    @property
    def flipped(self) -> bool:
        """The disposition is another one."""
        return self.before.disposition is not self.after.disposition


@dataclass(frozen=True, slots=True)
class Flip:
    """So many messages went from one disposition to another."""

    before: Disposition
    after: Disposition
    count: int


@dataclass(frozen=True, slots=True)
class OrderFlip:
    """So many copies would be treated otherwise."""

    before: Order
    after: Order
    count: int


@dataclass(frozen=True, slots=True)
class DomainFlips:
    """The flips of one domain."""

    domain: str
    count: int
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class RuleShift:
    """In how many messages a rule spoke that was silent, or fell silent."""

    rule: str
    appeared: int
    disappeared: int


@dataclass(frozen=True, slots=True)
class Rates:
    """Labelled messages of a kind, as one judgement had them."""

    right: int = 0  # called so and labelled so
    wrong: int = 0  # called so and labelled otherwise
    missed: int = 0  # labelled so and called otherwise

    @property
    def precision(self) -> float | None:
        """Of those that were called so, the share that is; None when none was."""
        called = self.right + self.wrong
        return self.right / called if called else None

    @property
    def recall(self) -> float | None:
        """Of those that are so, the share that was called so; None when there is none."""
        there = self.right + self.missed
        return self.right / there if there else None


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision and recall for one kind of mail."""

    name: str  # "hostile", "unwanted", or a disposition
    before: Rates
    after: Rates


@dataclass(frozen=True, slots=True)
class Flipped:
    """One message to look at."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    before: Disposition
    after: Disposition
    score_before: float
    score_after: float
    appeared: tuple[str, ...]  # rules
    disappeared: tuple[str, ...]
    reasons: tuple[str, ...]  # of the judgement that calls it worse
    label: Disposition | None


MissingWhy = Literal["bytes", "facts", "verdict", "unknown id", "scan failed"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A message that could not be judged again."""

    id: str
    why: MissingWhy
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay gave."""

    found: int  # messages of the selection
    judged: int
    same: int  # of these with the same disposition
    ruleset: str  # version that the candidate's verdicts carry
    flips: tuple[Flip, ...]  # most first
    orders: tuple[OrderFlip, ...]
    senders: tuple[DomainFlips, ...]  # most flips first
    recipients: tuple[DomainFlips, ...]
    rules: tuple[RuleShift, ...]
    measures: tuple[Measure, ...]  # empty when nothing is labelled
    labelled: int
    messages: tuple[Flipped, ...]  # some of the flipped, the greatest changes first
    missing: tuple[tuple[MissingWhy, int], ...]  # how many of each
    missing_named: tuple[Missing, ...]  # some of them
    seconds: float = 0.0  # not part of what must be the same when it is repeated
    version: int = 1

    @property
    def flipped(self) -> int:
        """Messages whose disposition is another one."""
        return self.judged - self.same
