"""The result of one scan: findings with their weight, a score, one disposition."""

from dataclasses import dataclass
from typing import Literal

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding

Kind = Literal["malicious", "bec", "spoof", "spam", "bulk", "learned", "good", "note"]
"""What a rule speaks for. learned is the classifier, good is counter-evidence, note carries no weight."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as data. Code says what was seen, the rule says how bad it is."""

    id: str
    version: int
    kind: Kind
    weight: float  # points toward its kind; negative for good
    title: str  # short name for lists: "Link text names another site"
    text: str  # why it matters, one or two sentences
    category: str | None = None  # threat category name, for example "CredentialHarvester"
    limit: int = 1  # how many findings of this rule count toward the score
    floor: Disposition | None = None  # one finding alone makes the message at least this


@dataclass(frozen=True, slots=True)
class Weighed:
    """A finding with what its rule made of it."""

    finding: Finding
    rule: Rule
    points: float  # what it added to the score, 0 beyond the limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """One disposition and everything that led to it."""

    disposition: Disposition
    score: float  # 5 and more: worse than BULK; below: how near it came
    scores: tuple[tuple[str, float], ...]  # points by kind
    findings: tuple[Weighed, ...]  # heaviest first
    reasons: tuple[str, ...]  # sentences for the list view, heaviest first
    categories: tuple[str, ...]  # threat category names
    ruleset: str  # version of the ruleset: a hash of its files
    milliseconds: float = 0.0  # how long the scan took; not part of equality of verdicts in a replay
    version: int = 1
