"""What an account does not want to hear of: trusted domains, and links that are left alone.

A muted finding becomes a note, so that it weighs nothing, joins no combination, and can still be seen.
Which rules a trusted domain mutes is data (`rules/lists.toml`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lazaretto.mail.domains import domain_of
from lazaretto.model.finding import Finding
from lazaretto.model.judgement import ListMatch, MatchKind
from lazaretto.model.message import Link, Message
from lazaretto.policy.compiled import CompiledLists
from lazaretto.policy.index import Pattern, PatternIndex
from lazaretto.scan.evidence import clipped, quoted
from lazaretto.scan.reading import MAX_LINKS_READ, read
from lazaretto.scan.ruleset import Ruleset
from lazaretto.scan.unwrap import unwrapped

TRUSTED_DOMAIN = "list_trusted_domain"
IGNORED_LINK = "list_ignored_link"

MAX_NOTES = 20
"""Notes about ignored links: a newsletter has hundreds."""

MAX_HREF = 2_000
"""Characters of a link that a pattern is searched in."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is left after the lists, and what they had a say in."""

    findings: tuple[Finding, ...]
    matches: tuple[ListMatch, ...]


def without_ignored(message: Message, lists: CompiledLists) -> tuple[Message, Heard]:
    """The message without the links that are to be left alone."""
    if not lists.urls or not message.links:
        return message, Heard((), ())
    kept: list[Link] = []
    notes: dict[str, tuple[Link, int]] = {}
    asked: dict[str, int | None] = {}
    for link in message.links[:MAX_LINKS_READ]:
        if link.href not in asked:
            asked[link.href] = next((entry for entry, _ in lists.urls.search(link.href[:MAX_HREF])), None)
        entry = asked[link.href]
        if entry is None:
            kept.append(link)
        elif len(notes) < MAX_NOTES:
            notes.setdefault(link.href, (link, entry))
    if not notes:
        return message, Heard((), ())
    findings = tuple(_ignored(link, lists.ignored[entry].pattern, entry) for link, entry in notes.values())
    rest = (*kept, *message.links[MAX_LINKS_READ:])
    return replace(message, links=rest), Heard(findings, tuple(_ignored_matches(notes, lists)))


def _ignored(link: Link, pattern: str, entry: int) -> Finding:
    reason = f"The link is left out of the checks by URL pattern {entry}, {quoted(pattern)}."
    start, end = (link.start, link.end) if link.start >= 0 else (None, None)
    return Finding(IGNORED_LINK, clipped(reason), "link", "href", clipped(link.href), link.part, start, end)


def _ignored_matches(notes: dict[str, tuple[Link, int]], lists: CompiledLists) -> Iterator[ListMatch]:
    seen: set[int] = set()
    for href, (_, entry) in notes.items():
        if entry not in seen:
            seen.add(entry)
            pattern = lists.ignored[entry].pattern
            reason = f"URL pattern {entry}, {quoted(pattern)}, leaves links out of the checks."
            yield ListMatch("ignored_url", entry, pattern, "link", clipped(href), counts=True, reason=reason)


def without_muted(
    findings: Iterable[Finding], message: Message, lists: CompiledLists, ruleset: Ruleset
) -> Heard:
    """The findings, those about trusted domains turned into notes."""
    kept: list[Finding] = []
    matches: dict[tuple[MatchKind, int], ListMatch] = {}
    for finding in findings:
        index, kind, what = _mute_of(finding, lists, ruleset)
        found = next(_trusted(index, _hosts(finding, message)), None) if index else None
        if found is None:
            kept.append(finding)
            continue
        pattern, host = found
        reason = (
            f"Trusted domain {pattern.entry}, {quoted(pattern.pattern)}: its {what} does not count ({host})."
        )
        kept.append(replace(finding, rule=TRUSTED_DOMAIN, reason=clipped(f"{reason} {finding.reason}")))
        match = ListMatch(
            kind, pattern.entry, pattern.pattern, finding.field, host, counts=True, reason=reason
        )
        matches.setdefault((kind, pattern.entry), match)
    return Heard(tuple(kept), tuple(matches.values()))


def _mute_of(
    finding: Finding, lists: CompiledLists, ruleset: Ruleset
) -> tuple[PatternIndex | None, MatchKind, str]:
    if lists.similar and finding.rule in ruleset.muted["similarity"]:
        return lists.similar, "domain_similarity", "likeness to another domain"
    if lists.recent and finding.rule in ruleset.muted["recency"]:
        return lists.recent, "domain_recency", "youth"
    return None, "domain_recency", ""


def _hosts(finding: Finding, message: Message) -> Iterator[str]:
    """The host that a finding is about."""
    if finding.place != "link":
        yield domain_of(finding.value)
        return
    for link in read(message).links:
        if clipped(link.href) == finding.value:
            yield unwrapped(link).host
            return


def _trusted(index: PatternIndex, hosts: Iterable[str]) -> Iterator[tuple[Pattern, str]]:
    for host in hosts:
        for pattern in (*index.below(host), *index.expressions(host)):
            yield pattern, host
