"""The page that an analyst reads about one message: what it was called, why, and what would change that."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lazaretto.model.judgement import ListMatch
from lazaretto.model.verdict import Verdict, Weighed
from lazaretto.scan.whatif import WhatIf
from lazaretto.telemetry.text import printable

NAME_WIDTH = 13
POINTS_WIDTH = 6


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that is on it."""

    head: tuple[tuple[str, str], ...]  # names and values, as they are shown
    verdict: Verdict
    what_if: WhatIf
    enough: Mapping[str, float]  # points of a kind that make a verdict
    matches: tuple[ListMatch, ...]


def page_text(page: Page) -> str:
    """As text for a terminal: control characters of the message are shown, not obeyed."""
    return "\n".join(printable(line) for line in _lines(page))


def _lines(page: Page) -> Iterator[str]:
    for name, value in page.head:
        yield f"{name:{NAME_WIDTH}}{value}"
    yield f"{'Verdict':{NAME_WIDTH}}{page.verdict.disposition.value}"
    yield f"{'Points':{NAME_WIDTH}}{points_by_kind(page.verdict, page.enough)}"
    yield ""
    yield "Why"
    yield from _findings(page.verdict.findings)
    if page.matches:
        yield ""
        yield "Lists"
        yield from (f"  {match_line(match)}" for match in page.matches)
    yield ""
    yield "What would change it"
    yield from (f"  {change.text}" for change in page.what_if.changes)
    if not page.what_if.changes:
        yield "  Nothing milder was found, or there is none."
    yield ""
    yield rules_line(page.verdict, page.what_if)


def points_by_kind(verdict: Verdict, enough: Mapping[str, float]) -> str:
    """Only kinds that have points, each with what makes a verdict of it."""
    told = [
        f"{kind} {points:g}" + (f" of {enough[kind]:g}" if kind in enough else "")
        for kind, points in verdict.scores
        if points
    ]
    return ", ".join(told) or "none"


def _findings(findings: Iterable[Weighed]) -> Iterator[str]:
    """The heaviest first; what weighs nothing after all others, each sentence once."""
    told = set[tuple[str, str]]()
    for weighed in findings:
        key = (weighed.rule.id, weighed.finding.reason)
        if key in told and not weighed.points:
            continue
        told.add(key)
        points = f"{weighed.points:+.1f}" if weighed.points else "note"
        yield f"  {points:>{POINTS_WIDTH}}  {weighed.rule.title} [{weighed.rule.id}]"
        yield f"  {'':{POINTS_WIDTH}}  {sentence(weighed)}"


def sentence(weighed: Weighed) -> str:
    """The reason, without the title that a combination puts before it."""
    return weighed.finding.reason.removeprefix(f"{weighed.rule.title}: ")


def match_line(match: ListMatch) -> str:
    """One entry of a list that matched."""
    counts = "" if match.counts else " (does not count)"
    named = f"{match.kind.replace('_', ' ')} {match.entry}"
    return f"{named}: {match.pattern} matches {match.field} {match.value}{counts}"


def rules_line(verdict: Verdict, found: WhatIf) -> str:
    """By which rules this was judged, and by which it was explained."""
    if verdict.ruleset == found.ruleset:
        return f"Judged by ruleset {verdict.ruleset}, which is the one that runs."
    line = f"Judged by ruleset {verdict.ruleset}, explained by {found.ruleset}, which runs now"
    if found.same:
        return f"{line} and gives the same verdict."
    return f"{line} and calls what was found then {found.now.value}."
