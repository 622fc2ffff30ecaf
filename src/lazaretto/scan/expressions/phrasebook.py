r"""Named phrases, found in one pass a file over the beginning of all texts of a message.

A `[phrases]` table of a rule file gives a name to a list of phrases, and an expression asks `says.NAME`. The
phrases are written as those of the lexicon: RE2 without regard to case and accents, in which a space stands
for one to three separators and `(\w+ ){0,4}` for words in between.

Limits: MAX_GROUPS, MAX_PHRASES, MAX_PHRASE; only the head of each text is searched, as in the lexicon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import re2

from lazaretto.scan import phrases
from lazaretto.scan.reading import Passage

MAX_GROUPS = 400
"""Names over all files: each is a variable of every expression."""

MAX_PHRASES = 100
"""Phrases of one name; more belong to several names."""

MAX_PHRASE = 400
"""Characters of one phrase."""

SET_MEMORY = 16 << 20
"""Bytes that the automaton of one file may grow to; RE2 starts afresh when it is full."""


class PhraseError(ValueError):
    """A phrase is wrong."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase that a message says."""

    passage: Passage
    start: int  # characters within the passage
    end: int

    @property
    def text(self) -> str:
        """As written."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The phrases of one file."""

    names: tuple[str, ...]  # of each pattern
    exact: tuple[str, ...]
    loose: "re2.Set"

    def spoken(self, texts: tuple[tuple[Passage, bytes], ...], together: bytes) -> dict[str, Spoken]:
        """The first phrase of each name that the texts say."""
        found: dict[str, Spoken] = {}
        for i in sorted(self.loose.Match(together) or ()):
            name = self.names[i]
            if name in found:
                continue
            for passage, data in texts:
                if (place := _compiled(self.exact[i]).search(data)) is not None:
                    found[name] = Spoken(passage, *passage.characters(*place.span()))
                    break
        return found


def phrasebook(groups: Mapping[str, tuple[str, ...]]) -> Phrasebook:
    """The phrases of a file, ready to search. Raises PhraseError."""
    options = re2.Options()
    options.max_mem = SET_MEMORY
    options.never_capture = True
    options.log_errors = False
    loose = re2.Set.SearchSet(options)
    names, exact = [], []
    for name, patterns in groups.items():
        if not 1 <= len(patterns) <= MAX_PHRASES:
            raise PhraseError(f"{name}: from 1 to {MAX_PHRASES} phrases are expected, not {len(patterns)}")
        for phrase in patterns:
            if not 2 <= len(phrase) <= MAX_PHRASE:
                raise PhraseError(f"{name}: {phrase[:40]!r}: from 2 to {MAX_PHRASE} characters are expected")
            try:
                exact.append(phrases.exact(phrase))
                _compiled(exact[-1])
                loose.Add(phrases.loose(phrase))
            except re2.error as error:
                raise PhraseError(f"{name}: {phrase!r}: {_reason(error)}") from error
            names.append(name)
    loose.Compile()
    return Phrasebook(tuple(names), tuple(exact), loose)


def _reason(error: "re2.error") -> str:
    text = error.args[0] if error.args else error
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def windows(passages: tuple[Passage, ...]) -> tuple[tuple[Passage, bytes], ...]:
    """The texts that are searched: subject and three bodies, of each the head."""
    return tuple((p, p.head) for p in passages[:4] if p.data)


_compiled = cache(re2.compile)
