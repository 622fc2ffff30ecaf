"""Train an account's classifier from its labels, say how good it is, and put it to use.

Training reads the kept examples, works in a thread beside the server's own work, and keeps what came out.
Mail is judged with it only after promotion.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from lazaretto.model.account import AccountOptions
from lazaretto.model.errors import Invalid
from lazaretto.model.learning import Difference, Evaluation, Example, Learned, Week
from lazaretto.scan.classifier.adapt import adapt, samples_of
from lazaretto.scan.classifier.classifier import Classifier, ClassifierFileError, load
from lazaretto.scan.classifier.common import shipped_shares
from lazaretto.scan.classifier.evaluate import evaluate, weeks_of
from lazaretto.scan.rulefiles import shipped_files
from lazaretto.scan.ruleset import CLASSIFIER_FILE
from lazaretto.store.editions import Editions
from lazaretto.store.examples import list_examples
from lazaretto.store.options import get_options
from lazaretto.store.transaction import Database, Transaction
from lazaretto.store.wording import active_number, add_learned, list_learned

NO_LABELS = 1402

log = structlog.get_logger("lazaretto.learning")

Shipped = Callable[[], Classifier]


@dataclass(frozen=True, slots=True)
class State:
    """What an account has taught, and what is used of it."""

    options: AccountOptions
    labels: int
    bad: int
    usable: int  # whose words are kept
    people: int
    active: Learned | None  # None: the shipped classifier alone
    candidate: Learned | None  # the newest, when it is not the one in use
    kept: tuple[Learned, ...]  # newest first
    weeks: tuple[Week, ...]  # the verdicts of their time beside the labels


def running_classifier(data: Path) -> Classifier:
    """The classifier that the workers of this data folder have; the shipped one when theirs is unreadable."""
    shipped = shipped_files()[CLASSIFIER_FILE]
    try:
        return load(Editions(data).files().get(CLASSIFIER_FILE, shipped))
    except (OSError, ClassifierFileError):
        log.exception("classifier of the edition not read")
        return load(shipped)


async def look(tx: Transaction, account: str) -> State:
    """The state of an account's learning."""
    examples = await list_examples(tx, account)
    kept = await list_learned(tx, account)
    active = await active_number(tx, account)
    newest = kept[0] if kept else None
    return State(
        options=await get_options(tx, account),
        labels=len(examples),
        bad=sum(example.bad for example in examples),
        usable=sum(bool(example.words) for example in examples),
        people=len({example.by for example in examples}),
        active=next((one for one in kept if one.id == active), None),
        candidate=newest if newest is not None and newest.id != active else None,
        kept=kept,
        weeks=weeks_of(examples),
    )


async def train(database: Database, account: str, shipped: Shipped, *, by: str, now: datetime) -> Learned:
    """Learn from all labels of the account. Raises Invalid when there are none to learn from."""
    examples = await database.read(lambda tx: list_examples(tx, account))
    difference, evaluation = await asyncio.to_thread(_learn, examples, shipped)
    learned = await database.write(
        lambda tx: add_learned(tx, account, difference, evaluation, by=by, now=now)
    )
    log.info("trained", account=account, classifier=learned.id, labels=evaluation.labels, by=by)
    return learned


async def cross_validate(database: Database, account: str, shipped: Shipped) -> Evaluation:
    """How good a classifier of the account's labels is now; nothing is kept."""
    examples = await database.read(lambda tx: list_examples(tx, account))
    _, evaluation = await asyncio.to_thread(_learn, examples, shipped)
    return evaluation


def _learn(examples: tuple[Example, ...], shipped: Shipped) -> tuple[Difference, Evaluation]:
    classifier = shipped()
    samples = samples_of(examples, classifier, shipped_shares())
    if not samples:
        raise Invalid(NO_LABELS, "There is nothing to learn from: no message was reclassified by an analyst")
    return adapt(samples, classifier), evaluate(samples, examples, classifier.bits)
