"""The classifier of an account on the wire."""

import msgspec

from lazaretto.actions.learn import State
from lazaretto.api.wire.times import rfc3339, rfc3339_or_none
from lazaretto.model.learning import Bin, Evaluation, Learn, Learned, Score, Week


class ClassifierScore(msgspec.Struct, frozen=True, kw_only=True):
    """How good opinions were on labels that were held out."""

    accuracy: float
    false_alarms: float
    missed: float
    loss: float
    bins: tuple[Bin, ...]


class ClassifierEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Cross-validation on the account's labels."""

    labels: int
    bad: int
    shipped: ClassifierScore
    adapted: ClassifierScore
    weeks: tuple[Week, ...]
    worse: tuple[str, ...]


class AccountClassifier(msgspec.Struct, frozen=True, kw_only=True):
    """One that was trained."""

    id: int
    version: str
    base: str
    features: int
    made_at: str
    made_by: str
    promoted_at: str | None
    promoted_by: str | None
    before: int | None
    evaluation: ClassifierEvaluation


class ClassifierState(msgspec.Struct, frozen=True, kw_only=True):
    """What an account has taught, and what is used of it."""

    learn: Learn
    shipped: str
    labels: int
    bad: int
    usable: int
    people: int
    active: AccountClassifier | None
    candidate: AccountClassifier | None
    kept: tuple[int, ...]
    weeks: tuple[Week, ...]


class ClassifierChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Which one; the newest when nothing is said."""

    id: int | None = None


class ClassifierReturn(msgspec.Struct, frozen=True, kw_only=True):
    """How far back: to the one before, or to the shipped one alone."""

    shipped: bool = False


def state_value(state: State, shipped: str) -> ClassifierState:
    """The state as it is answered; `shipped` is the version of the classifier that all accounts have."""
    return ClassifierState(
        learn=state.options.learn,
        shipped=shipped,
        labels=state.labels,
        bad=state.bad,
        usable=state.usable,
        people=state.people,
        active=learned_value(state.active) if state.active else None,
        candidate=learned_value(state.candidate) if state.candidate else None,
        kept=tuple(one.id for one in state.kept),
        weeks=state.weeks,
    )


def learned_value(learned: Learned) -> AccountClassifier:
    """One that was trained, as it is answered."""
    return AccountClassifier(
        id=learned.id,
        version=learned.difference.id,
        base=learned.difference.base,
        features=learned.difference.size,
        made_at=rfc3339(learned.made_at),
        made_by=learned.made_by,
        promoted_at=rfc3339_or_none(learned.promoted_at),
        promoted_by=learned.promoted_by,
        before=learned.before,
        evaluation=evaluation_value(learned.evaluation),
    )


def evaluation_value(found: Evaluation) -> ClassifierEvaluation:
    """An evaluation as it is answered."""
    return ClassifierEvaluation(
        labels=found.labels,
        bad=found.bad,
        shipped=_score(found.shipped),
        adapted=_score(found.adapted),
        weeks=found.weeks,
        worse=found.worse,
    )


def _score(score: Score) -> ClassifierScore:
    return ClassifierScore(
        accuracy=score.accuracy,
        false_alarms=score.false_alarms,
        missed=score.missed,
        loss=score.loss,
        bins=score.bins,
    )
