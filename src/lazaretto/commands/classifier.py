"""`lazaretto classifier`: what an account's labels teach, how good that is, its use and its undoing."""

import argparse
import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from lazaretto.commands.outcome import OK
from lazaretto.commands.shared import load, show, table, verb, verbs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lazaretto.model.account import Account
    from lazaretto.model.learning import Evaluation, Learned, Score
    from lazaretto.settings import Settings
    from lazaretto.store.database import Database, Transaction

Said = tuple[object, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    group = verbs(parser)
    shown = verb(group, "show", "show what was taught, what is used, and accuracy by week")
    train = verb(group, "train", "learn from the account's labels; not used until it is promoted")
    evaluate = verb(group, "evaluate", "cross-validate on the account's labels; nothing is kept")
    promote = verb(group, "promote", "use a trained classifier from the next message on")
    promote.add_argument("id", nargs="?", type=int, metavar="ID", help="default: the newest")
    rollback = verb(group, "rollback", "use the one before again")
    rollback.add_argument("--shipped", action="store_true", help="use the shipped classifier alone")
    forget = verb(group, "forget", "remove the examples of one person; train again to unlearn them")
    forget.add_argument("--by", required=True, metavar="ACTOR", help="as the labels name them")
    for one in (shown, train, evaluate, promote, rollback, forget):
        one.add_argument("--account", metavar="REF", help="id or name, if there is more than one")


def run(parsed: argparse.Namespace) -> int:
    """Do what the verb says."""
    do: dict[str, Callable[..., Awaitable[Said]]] = {
        "show": _show,
        "train": _train,
        "evaluate": _evaluate,
        "promote": _promote,
        "rollback": _rollback,
        "forget": _forget,
    }
    value, text = asyncio.run(_in_store(parsed, load(parsed), do[parsed.verb]))
    show(parsed, value, text)
    return OK


async def _in_store(
    parsed: argparse.Namespace, settings: "Settings", do: "Callable[..., Awaitable[Said]]"
) -> Said:
    from lazaretto.commands.store import open_store, the_account

    async with open_store(settings) as database:
        account = await database.read(lambda tx: the_account(tx, parsed.account))
        return await do(parsed, settings, database, account)


async def _show(
    _: argparse.Namespace, settings: "Settings", database: "Database", account: "Account"
) -> Said:
    from lazaretto.actions.learn import look, running_classifier
    from lazaretto.api.wire.classifier import state_value

    state = await database.read(lambda tx: look(tx, account.id))
    version = running_classifier(settings.data_folder).version
    active, candidate = state.active, state.candidate
    rows = [
        ("shipped classifier", version),
        ("labels", f"{state.labels}: {state.bad} unwanted, {state.labels - state.bad} wanted"),
        ("given by", f"{state.people} people"),
        ("training by itself", state.options.learn),
        ("in use", _name(active) if active else "the shipped one alone"),
        ("waits to be promoted", _name(candidate) if candidate else "-"),
    ]
    parts = [table(rows)]
    if state.weeks:
        weeks = [(w.week, str(w.labels), _percent(w.verdict)) for w in state.weeks]
        parts.append(table([("week", "labels", "verdicts that agreed"), *weeks]))
    if newest := candidate or active:
        parts.append(_evaluation_text(newest.evaluation))
    return _plain(state_value(state, version)), "\n\n".join(parts)


async def _train(
    _: argparse.Namespace, settings: "Settings", database: "Database", account: "Account"
) -> Said:
    from lazaretto.actions.learn import running_classifier, train
    from lazaretto.commands.audited import actor

    shipped = partial(running_classifier, settings.data_folder)
    learned = await train(database, account.id, shipped, by=actor(), now=datetime.now(UTC))
    await database.write(lambda tx: _audit(tx, account, "train", {"id": learned.id}))
    text = f"trained {_name(learned)}\n\n{_evaluation_text(learned.evaluation)}"
    return _learned_value(learned), f"{text}\n\nUse it with `lazaretto classifier promote`."


async def _evaluate(
    _: argparse.Namespace, settings: "Settings", database: "Database", account: "Account"
) -> Said:
    from lazaretto.actions.learn import cross_validate, running_classifier
    from lazaretto.api.wire.classifier import evaluation_value

    found = await cross_validate(database, account.id, partial(running_classifier, settings.data_folder))
    return _plain(evaluation_value(found)), _evaluation_text(found)


async def _promote(
    parsed: argparse.Namespace, _: "Settings", database: "Database", account: "Account"
) -> Said:
    from lazaretto.commands.audited import actor
    from lazaretto.store.wording import promote_learned

    async def work(tx: "Transaction") -> "Learned":
        learned = await promote_learned(tx, account.id, parsed.id, by=actor(), now=datetime.now(UTC))
        await _audit(tx, account, "promote", {"id": learned.id})
        return learned

    learned = await database.write(work)
    return _learned_value(learned), f"in use from the next message on: {_name(learned)}"


async def _rollback(
    parsed: argparse.Namespace, _: "Settings", database: "Database", account: "Account"
) -> Said:
    from lazaretto.store.wording import rollback_learned

    async def work(tx: "Transaction") -> "Learned | None":
        learned = await rollback_learned(tx, account.id, shipped=parsed.shipped, now=datetime.now(UTC))
        await _audit(tx, account, "rollback", {"id": learned.id if learned else None})
        return learned

    learned = await database.write(work)
    name = _name(learned) if learned else "the shipped one alone"
    return {"active": learned.id if learned else None}, f"in use from the next message on: {name}"


async def _forget(
    parsed: argparse.Namespace, _: "Settings", database: "Database", account: "Account"
) -> Said:
    from lazaretto.store.examples import forget_examples

    async def work(tx: "Transaction") -> int:
        count = await forget_examples(tx, account.id, parsed.by)
        await _audit(tx, account, "forget", {"by": parsed.by})
        return count

    count = await database.write(work)
    return {"removed": count}, f"removed {count} examples of {parsed.by}; train and promote to unlearn them"


async def _audit(tx: "Transaction", account: "Account", word: str, parameters: dict[str, Any]) -> None:
    from lazaretto.commands.audited import audit_command

    await audit_command(tx, account.id, f"classifier {word}", {}, parameters)


def _evaluation_text(found: "Evaluation") -> str:
    rows = [
        ("held-out labels", "right", "false alarms", "missed", "loss"),
        _score_row("shipped classifier", found.shipped),
        _score_row("with the account's labels", found.adapted),
    ]
    weeks = [
        (w.week, str(w.labels), _percent(w.verdict), _percent(w.shipped), _percent(w.adapted))
        for w in found.weeks
    ]
    parts = [
        f"cross-validation on {found.labels} labels, {found.bad} of them unwanted",
        table(rows),
        table([("week", "labels", "verdict", "shipped", "with labels"), *weeks]) if weeks else "",
        "\n".join(found.worse) or "Nothing speaks against promotion.",
    ]
    return "\n\n".join(filter(None, parts))


def _score_row(name: str, score: "Score") -> tuple[str, ...]:
    shares = (score.accuracy, score.false_alarms, score.missed)
    return (name, *(_percent(share) for share in shares), f"{score.loss:.2f}")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share * 100:.3g} %"


def _name(learned: "Learned") -> str:
    labels, features = learned.evaluation.labels, learned.difference.size
    return f"{learned.id} ({learned.difference.id}, {labels} labels, {features} features)"


def _learned_value(learned: "Learned") -> object:
    from lazaretto.api.wire.classifier import learned_value

    return _plain(learned_value(learned))


def _plain(value: object) -> object:
    import msgspec

    return msgspec.to_builtins(value)
