"""Phrases of lures and of spam, found in one pass a topic over all texts of a message.

The phrases are data (`rules/lexicon.toml`). Each topic is searched with its loose patterns, all at once and
in one pass; what they report is looked up with the exact pattern, which gives the place for the evidence.
One automaton for all topics would have to remember every set of words seen so far, and grow without end.
Hints are words that any long text holds some of, so a longer text needs more of them.

Limits: a phrase split over two texts, or written in a picture, is not found. What a lure has to say it says
early: only the head of each text is searched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import msgspec
import re2

from lazaretto.scan import phrases
from lazaretto.scan.reading import Passage
from lazaretto.scan.rulefiles import RuleFileError, read_table, rule_files

SAME_WORDS = 40
"""First words by which two texts are taken for the same."""

FREE_WORDS = 120
"""Words of a text that need no more hints than the topic says."""

WORDS_A_HINT = 80
"""Words beyond these for which one more hint is needed."""

MAX_EXACT = 4
"""Phrases of one topic that are looked up exactly: the rest would only be more of the same evidence."""

SET_MEMORY = 8 << 20
"""Bytes that the automaton of one topic may grow to; RE2 starts afresh when it is full."""


class _LureData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: str
    says: str
    strong: tuple[str, ...]
    hints: tuple[str, ...]
    needs: int
    beside: int = 0


class _LexiconFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lure: tuple[_LureData, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic, ready to search."""

    rule: str
    says: str
    exact: tuple[str, ...]  # patterns, strong ones first
    strong: int  # how many of them are strong
    needs: int  # hints that are enough without a strong one
    beside: int  # further phrases that a strong one needs beside it
    loose: "re2.Set"

    def enough_hints(self, ids: set[int], more: int) -> bool:
        """The hints alone carry the topic, in a text that needs so many more."""
        return sum(1 for i in ids if i >= self.strong) >= self.needs + more

    def enough(self, ids: set[int], more: int) -> bool:
        """So many phrases speak for the topic."""
        return self.enough_hints(ids, more) or (len(ids) > self.beside and min(ids) < self.strong)


@dataclass(frozen=True, slots=True)
class Match:
    """A topic that a message speaks of."""

    topic: Topic
    passage: Passage
    phrase: str
    start: int  # characters within the passage
    end: int
    count: int  # different phrases of the topic in all texts


@cache
def topics() -> tuple[Topic, ...]:
    """The shipped topics."""
    table = read_table("lexicon.toml", rule_files()["lexicon.toml"], _LexiconFile)
    return tuple(_topic(lure) for lure in table.lure)


def _topic(lure: _LureData) -> Topic:
    options = re2.Options()
    options.max_mem = SET_MEMORY
    options.never_capture = True
    options.log_errors = False
    loose = re2.Set.SearchSet(options)
    patterns = []
    for phrase in (*lure.strong, *lure.hints):
        try:
            loose.Add(phrases.loose(phrase))
            patterns.append(phrases.exact(phrase))
            re2.compile(patterns[-1])
        except re2.error as error:
            raise RuleFileError(f"lexicon.toml: {lure.rule}: {phrase!r}: {error}") from error
    loose.Compile()
    return Topic(lure.rule, lure.says, tuple(patterns), len(lure.strong), lure.needs, lure.beside, loose)


_compiled = cache(re2.compile)


def find_topics(passages: tuple[Passage, ...]) -> Iterator[Match]:
    """Every topic that the texts speak of, in the order of the lexicon."""
    windows = _windows(passages)
    together = b"\n".join(data for _, data in windows)  # no pattern reaches over a line end
    words = max((data.count(b" ") for _, data in windows), default=0)
    more = max(0, words - FREE_WORDS) // WORDS_A_HINT
    for topic in topics():
        ids = set(topic.loose.Match(together) or ())
        if ids and topic.enough(ids, more) and (match := _confirm(topic, windows, ids, more)) is not None:
            yield match


def _windows(passages: tuple[Passage, ...]) -> list[tuple[Passage, bytes]]:
    """The beginning of each text; one that begins like another is left out, as in plain text beside HTML."""
    windows: dict[bytes, tuple[Passage, bytes]] = {}
    for passage in passages:
        data = passage.head
        if data:
            windows.setdefault(b" ".join(data[:2_000].split()[:SAME_WORDS]), (passage, data))
    return list(windows.values())


def _confirm(topic: Topic, windows: list[tuple[Passage, bytes]], ids: set[int], more: int) -> Match | None:
    hints_do = topic.enough_hints(ids, more)
    for i in sorted(ids)[:MAX_EXACT]:
        if i >= topic.strong and not hints_do:
            break
        for passage, data in windows:
            if (place := _compiled(topic.exact[i]).search(data)) is not None:
                start, end = passage.characters(*place.span())
                return Match(topic, passage, passage.text[start:end], start, end, len(ids))
    return None
