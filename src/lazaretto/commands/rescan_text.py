"""The outcome of a replay in words and tables."""

from collections.abc import Iterator, Sequence

from lazaretto.commands.shared import table
from lazaretto.model.replay import DomainFlips, Measure, Outcome, Rates
from lazaretto.telemetry.text import printable

MAX_DOMAINS = 10
MAX_RULES = 20
MAX_MESSAGES = 20
"""Rows of the tables of text; --json has them all."""


def outcome_text(outcome: Outcome) -> str:
    """Everything that a person wants to see first."""
    return "\n".join(_lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    rate = outcome.judged / outcome.seconds if outcome.seconds else 0.0
    yield (
        f"{outcome.judged} of {outcome.found} messages judged again under ruleset {outcome.ruleset}"
        f" in {outcome.seconds:.1f} s ({rate:.0f} a second)."
    )
    yield f"{outcome.same} stay as they are, {outcome.flipped} would be called something else."
    for why, count in outcome.missing:
        yield f"{count} could not be judged: {_WHY[why]}."
    yield from _section(
        "Disposition", ("before", "after", "messages"), [(f.before, f.after, f.count) for f in outcome.flips]
    )
    yield from _section(
        "Orders", ("before", "after", "copies"), [(f.before, f.after, f.count) for f in outcome.orders]
    )
    yield from _section("Sender domains", ("domain", "messages", ""), _domains(outcome.senders))
    yield from _section("Recipient domains", ("domain", "messages", ""), _domains(outcome.recipients))
    yield from _section(
        "Rules",
        ("rule", "appeared in", "disappeared from"),
        [(r.rule, r.appeared, r.disappeared) for r in outcome.rules[:MAX_RULES]],
    )
    yield from _section(
        f"Against {outcome.labelled} labels",
        ("kind", "precision before", "after", "recall before", "after"),
        [_measure(one) for one in outcome.measures],
    )
    yield from _section(
        "To look at",
        ("message", "before", "after", "sender", "why"),
        [
            (m.id, m.before, m.after, m.sender, m.reasons[0][:100] if m.reasons else "")
            for m in outcome.messages[:MAX_MESSAGES]
        ],
    )


_WHY = {
    "bytes": "their bytes are no longer stored",
    "facts": "no facts of a scan are stored",
    "verdict": "no verdict is stored",
    "unknown id": "there is no message of that id",
    "scan failed": "the scan ended or took too long",
}


def _section(title: str, head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield table([head, *(tuple(printable(str(cell)) for cell in row) for row in rows)])


def _domains(domains: tuple[DomainFlips, ...]) -> list[tuple[object, ...]]:
    return [
        (d.domain, d.count, ", ".join(f"{f.before} to {f.after} {f.count}" for f in d.flips[:3]))
        for d in domains[:MAX_DOMAINS]
    ]


def _measure(measure: Measure) -> tuple[object, ...]:
    before, after = measure.before, measure.after
    return (measure.name, _precision(before), _precision(after), _recall(before), _recall(after))


def _precision(rates: Rates) -> str:
    return _percent(rates.precision)


def _recall(rates: Rates) -> str:
    return _percent(rates.recall)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
