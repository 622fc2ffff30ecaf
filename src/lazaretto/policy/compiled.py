"""The lists of one account, made ready to be asked. Built once for each version of the lists.

Limits: an entry that cannot be compared (damaged, of a type that is not known, beyond the memory that an
account's expressions get) is left out and named in `left_out`; the others count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from lazaretto.mail.domains import to_alabel
from lazaretto.model.errors import Invalid
from lazaretto.model.lists import (
    AllowPolicy,
    BlockedSender,
    ContentPolicy,
    IgnoredUrl,
    Lists,
    PatternType,
    SendingRestriction,
    Target,
    TrustedDomain,
)
from lazaretto.policy.index import MAX_LABELS, Pattern, PatternIndex
from lazaretto.policy.patterns import check_content_pattern, check_domain, check_url_pattern
from lazaretto.policy.regex import INDEX_INSTRUCTIONS, Regexes, compile_regex, data_of


class TextIndex:
    """Expressions that are searched in texts, each with the number of its entry."""

    def __init__(self, patterns: Iterable[tuple[int, Callable[[], str]]]) -> None:
        """A pattern is given as a function that checks it and gives it in the engine's language."""
        kept: list[str] = []
        entries: list[int] = []
        left_out: list[int] = []
        size = 0
        for entry, checked in patterns:
            try:
                pattern = checked() if size <= INDEX_INSTRUCTIONS else ""
            except Invalid:
                left_out.append(entry)
                continue
            size += compile_regex(pattern, longest=len(pattern)).programsize if pattern else 0
            if size > INDEX_INSTRUCTIONS:  # what follows is not even compiled
                left_out.append(entry)
                continue
            kept.append(pattern)
            entries.append(entry)
        self._entries = tuple(entries)
        self._regexes = Regexes(kept)
        self.left_out = tuple(left_out)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def search(self, text: str) -> Iterator[tuple[int, str]]:
        """Each entry that is in the text, with what it matched."""
        data = data_of(text)
        for index, (start, end) in self._regexes.search(data):
            yield self._entries[index], data[start:end].decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class CompiledLists:
    """Everything that an account has listed, ready to be asked."""

    version: int
    block_wins: bool
    allow: Mapping[int, AllowPolicy]
    block: Mapping[int, BlockedSender]
    content: Mapping[int, ContentPolicy]
    trusted: Mapping[int, TrustedDomain]
    ignored: Mapping[int, IgnoredUrl]
    allowed_senders: PatternIndex  # trusted and acceptable ones
    exempt_recipients: PatternIndex
    blocked_senders: PatternIndex
    subjects: TextIndex
    bodies: TextIndex
    similar: PatternIndex  # domains that are not held to imitate another one
    recent: PatternIndex  # domains whose youth does not count
    urls: TextIndex
    restrictions: Mapping[str, tuple[SendingRestriction, ...]]  # by domain in A-label form
    left_out: tuple[int, ...]

    @property
    def empty(self) -> bool:
        """Nothing is listed that could match."""
        return not (self.allow or self.block or self.content or self.restrictions)

    def restriction_of(self, domain: str) -> SendingRestriction | None:
        """The restriction that a sending domain falls under."""
        name = domain
        for _ in range(MAX_LABELS if self.restrictions else 0):
            for entry in self.restrictions.get(name, ()):
                if not any(_below(domain, to_alabel(excluded.strip())) for excluded in entry.exclude):
                    return entry
            _, dot, name = name.partition(".")
            if not dot:
                break
        return None


def compile_lists(lists: Lists) -> CompiledLists:
    """The lists, ready to be asked."""
    senders = PatternIndex(_patterns(e for e in lists.allow if e.is_trusted_sender or e.is_acceptable_sender))
    recipients = PatternIndex(_patterns(e for e in lists.allow if e.is_exempt_recipient))
    blocked = PatternIndex(_patterns(lists.block))
    similar = PatternIndex(_domains(e for e in lists.trusted if e.is_similarity))
    recent = PatternIndex(_domains(e for e in lists.trusted if e.is_recent))
    subjects, bodies = _texts(lists.content, "SUBJECT"), _texts(lists.content, "BODY")
    urls = TextIndex((e.id, partial(check_url_pattern, e.pattern)) for e in lists.ignored_urls)
    restrictions, wrong = _restrictions(lists.restrictions)
    parts = (senders, recipients, blocked, similar, recent, subjects, bodies, urls)
    left_out = {entry for part in parts for entry in part.left_out}
    return CompiledLists(
        version=lists.version,
        block_wins=lists.block_wins,
        allow={e.id: e for e in lists.allow},
        block={e.id: e for e in lists.block},
        content={e.id: e for e in lists.content},
        trusted={e.id: e for e in lists.trusted},
        ignored={e.id: e for e in lists.ignored_urls},
        allowed_senders=senders,
        exempt_recipients=recipients,
        blocked_senders=blocked,
        subjects=subjects,
        bodies=bodies,
        similar=similar,
        recent=recent,
        urls=urls,
        restrictions=restrictions,
        left_out=tuple(sorted(left_out | wrong)),
    )


@cache
def no_lists() -> CompiledLists:
    """The lists of an account that has none."""
    return compile_lists(Lists())


def _patterns(entries: Iterable[AllowPolicy | BlockedSender]) -> Iterator[Pattern]:
    return (Pattern(e.id, e.pattern, e.pattern_type, e.is_regex) for e in entries)


def _domains(entries: Iterable[TrustedDomain]) -> Iterator[Pattern]:
    return (Pattern(e.id, e.pattern, PatternType.DOMAIN, e.is_regex) for e in entries)


def _texts(policies: Sequence[ContentPolicy], target: Target) -> TextIndex:
    return TextIndex(
        (e.id, partial(check_content_pattern, e.pattern))
        for e in policies
        if e.enabled and target in e.targets
    )


def _restrictions(
    entries: Iterable[SendingRestriction],
) -> tuple[dict[str, tuple[SendingRestriction, ...]], set[int]]:
    found: dict[str, tuple[SendingRestriction, ...]] = {}
    wrong: set[int] = set()
    for entry in entries:
        try:
            domain = check_domain(entry.domain)
        except Invalid:
            wrong.add(entry.id)
            continue
        found[domain] = (*found.get(domain, ()), entry)
    return found, wrong


def _below(domain: str, name: str) -> bool:
    return bool(name) and (domain == name or domain.endswith("." + name))
