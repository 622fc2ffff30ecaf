"""`lazaretto rescan`: judge stored messages again under other rules, by the facts of then, and compare.

Works on the store directly, beside a running server or without one: it only reads. With --promote, what was
tried becomes what runs.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lazaretto.commands.outcome import FAILED, OK, PARTLY, CommandFailed
from lazaretto.commands.shared import load, show

if TYPE_CHECKING:
    from lazaretto.actions.replay import Progress, Selection
    from lazaretto.model.decision import Order
    from lazaretto.model.disposition import Disposition
    from lazaretto.model.replay import Candidate, Outcome
    from lazaretto.scan.overrides import Overrides
    from lazaretto.settings import Settings

CLASSIFIER = "classifier.bin"
SHOWN = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said to it."""
    tried = parser.add_argument_group("what is tried (default: what runs now)")
    tried.add_argument("--rules", metavar="DIR", help="rule files, laid over the shipped ones")
    tried.add_argument("--classifier", metavar="FILE", help="another classifier")
    tried.add_argument(
        "--weight", action="append", default=[], metavar="RULE=POINTS", help="other points for a rule"
    )
    tried.add_argument("--off", action="append", default=[], metavar="RULE", help="without this rule")
    tried.add_argument(
        "--threshold", action="append", default=[], metavar="NAME=POINTS", help="another threshold"
    )
    tried.add_argument(
        "--order", action="append", default=[], metavar="DISPOSITION=ORDER", help="another domain policy"
    )
    tried.add_argument("--without-lists", action="store_true", help="as if the account had listed nothing")
    tried.add_argument(
        "--against",
        choices=("stored", "running"),
        default="stored",
        help="compare with the stored verdicts (default), or with what runs now",
    )
    chosen = parser.add_argument_group("which messages (default: the last 30 days)")
    chosen.add_argument("ids", nargs="*", metavar="ID", help="investigate id or queue id")
    chosen.add_argument("--account", metavar="REF", help="id or name, if there is more than one")
    chosen.add_argument("--start", metavar="TIME", help="from this time on")
    chosen.add_argument("--end", metavar="TIME", help="before this time")
    chosen.add_argument("--query", metavar="WORDS", help="all of these words")
    chosen.add_argument("--disposition", metavar="NAME", help="judged so")
    chosen.add_argument("--sender", metavar="ADDRESS", help="an address or a domain")
    chosen.add_argument("--recipient", metavar="ADDRESS", help="an address or a domain")
    chosen.add_argument("--domain", metavar="NAME", help="of a sender, a recipient or a link")
    chosen.add_argument("--limit", type=int, metavar="N", help="only the newest so many")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: as set)")
    parser.add_argument("--promote", action="store_true", help="make what was tried what runs")


def run(parsed: argparse.Namespace) -> int:
    """Done when every message could be judged."""
    from lazaretto.api.wire.rescan import outcome_value
    from lazaretto.commands.editions import Told, edition_text, edition_value
    from lazaretto.commands.rescan_text import outcome_text

    outcome, told = asyncio.run(_rescan(parsed, load(parsed)))
    value, text = _plain(outcome_value(outcome)), outcome_text(outcome)
    if isinstance(told, Told):
        value["promoted"] = edition_value(told)
        text = f"{text}\n\n{edition_text(told)}"
    show(parsed, value, text)
    if not outcome.missing:
        return OK
    return PARTLY if outcome.judged else FAILED


def _plain(value: object) -> dict[str, object]:
    import msgspec

    plain: dict[str, object] = msgspec.to_builtins(value)
    return plain


async def _rescan(parsed: argparse.Namespace, settings: "Settings") -> "tuple[Outcome, object]":
    from lazaretto.actions.replay import ReplayTools, replay
    from lazaretto.app import worker_options
    from lazaretto.commands.editions import promote_here
    from lazaretto.commands.store import open_store, the_account
    from lazaretto.store.blobs import Blobs

    candidate = _candidate(parsed, settings)
    if parsed.promote and (candidate.orders or candidate.without_lists):
        raise CommandFailed("Only rules, thresholds and a classifier can be promoted, not lists or policy.")
    if parsed.limit is not None and parsed.limit < 1:
        raise CommandFailed("--limit must be above zero.")
    async with open_store(settings) as database:
        account = await database.read(lambda tx: the_account(tx, parsed.account))
        tools = ReplayTools(
            database=database,
            blobs=Blobs(settings.blobs_folder),
            options=worker_options(settings),
            workers=parsed.workers or settings.scan_workers,
            seconds=settings.scan.timeout,
        )
        outcome = await replay(
            tools,
            account.id,
            _selection(parsed),
            candidate,
            against=_running(settings) if parsed.against == "running" else None,
            shown=SHOWN,
            progress=_progress(),
        )
        told = await promote_here(settings, database, candidate.files) if parsed.promote else None
    return outcome, told


def _candidate(parsed: argparse.Namespace, settings: "Settings") -> "Candidate":
    from lazaretto.model.replay import Candidate
    from lazaretto.scan.overrides import (
        NOTHING,
        OVERRIDES_FILE,
        laid_over,
        read_overrides,
        write_overrides,
    )
    from lazaretto.store.editions import Editions, read_folder

    running: Mapping[str, bytes] = Editions(settings.data_folder).files() if parsed.rules is None else {}
    files = dict(running if parsed.rules is None else read_folder(Path(parsed.rules)))
    if parsed.classifier:
        files[CLASSIFIER] = Path(parsed.classifier).read_bytes()
    changes = _overrides(parsed)
    if changes != NOTHING:
        files[OVERRIDES_FILE] = write_overrides(laid_over(read_overrides(files), changes))
    return Candidate(files, orders=_orders(parsed), without_lists=parsed.without_lists)


def _running(settings: "Settings") -> "Candidate":
    from lazaretto.model.replay import Candidate
    from lazaretto.store.editions import Editions

    return Candidate(Editions(settings.data_folder).files())


def _overrides(parsed: argparse.Namespace) -> "Overrides":
    from lazaretto.scan.overrides import Overrides, RuleChange, laid_over

    weights = Overrides(tuple(RuleChange(name, weight=points) for name, points in _numbers(parsed.weight)))
    off = Overrides(
        tuple(RuleChange(name, enabled=False) for name in parsed.off), dict(_numbers(parsed.threshold))
    )
    return laid_over(weights, off)


def _numbers(given: list[str]) -> list[tuple[str, float]]:
    found = []
    for text in given:
        name, _, number = text.partition("=")
        try:
            found.append((name.strip(), float(number)))
        except ValueError:
            raise CommandFailed(f"{text!r} is not NAME=NUMBER.") from None
    return found


def _orders(parsed: argparse.Namespace) -> "tuple[tuple[Disposition, Order], ...]":
    from lazaretto.model.decision import Order
    from lazaretto.model.disposition import Disposition

    found = []
    for text in parsed.order:
        name, _, order = text.partition("=")
        try:
            found.append((Disposition(name.strip().upper()), Order(order.strip().lower())))
        except ValueError:
            raise CommandFailed(f"{text!r} is not DISPOSITION=ORDER, as in SPAM=tag.") from None
    return tuple(found)


def _selection(parsed: argparse.Namespace) -> "Selection":
    from lazaretto.actions.replay import Selection
    from lazaretto.api.query import read_criteria, read_values

    if parsed.ids:
        return Selection(ids=tuple(parsed.ids))
    given = {
        "start": parsed.start,
        "end": parsed.end,
        "query": parsed.query,
        "final_disposition": parsed.disposition,
        "sender": parsed.sender,
        "recipient": parsed.recipient,
        "domain": parsed.domain,
    }
    values = read_values((name, text) for name, text in given.items() if text)
    criteria = read_criteria(values, datetime.now(UTC))
    return Selection(replace(criteria, detections_only=False), limit=parsed.limit)


def _progress() -> "Progress":
    """A line that counts, where a person watches."""
    if not sys.stderr.isatty():
        return lambda _: None

    def tell(done: int) -> None:
        if done % 100 == 0:
            print(f"\r{done} messages", end="", file=sys.stderr, flush=True)

    return tell
