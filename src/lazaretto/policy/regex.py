"""Regular expressions that people write, run by an engine that cannot hang.

RE2 reads a text once, whatever the pattern and whatever the text: no pattern of a user and no message of an
attacker costs more than its length. Upper and lower case are the same.

Many patterns are joined into bundles. One search of a bundle says whether any of its patterns is in the
text, which is mostly no; only then the patterns are asked one by one. RE2's own Set is not used: when it runs
out of memory it answers that nothing matched, and a block list must not fail so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import re2

from lazaretto.policy.syntax import TOO_LARGE, WrongPattern, pieces, place_of

MAX_PATTERN = 1024
"""Characters of one pattern. The vendor's own limits are 512 and less; longer ones are programs."""

MAX_INSTRUCTIONS = 5_000
"""Size of one compiled pattern: `.{1000}` is 1,000 and many classes with counts are more."""

PATTERN_MEMORY = 1 << 20
"""Bytes that the engine may use for one pattern: compiled form and states found while it searches."""

BUNDLE_MEMORY = 2 << 20
"""Bytes that the engine may use for one bundle."""

BUNDLE_INSTRUCTIONS = 10_000
"""Size of one bundle. Where the engine has to fall back to its slow way, a character costs time in
proportion to it."""

MAX_BUNDLES = 64
"""Bundles of one index: with BUNDLE_MEMORY the bound of what an account's patterns may hold in memory."""

INDEX_INSTRUCTIONS = BUNDLE_INSTRUCTIONS * (MAX_BUNDLES // 2)
"""Instructions of all patterns of one index together; what comes after is left out, and said so. Half of
what the bundles hold, because a bundle is closed before the pattern that would not fit."""


def _options(memory: int) -> "re2.Options":
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True  # nobody asks for groups, and two patterns may name theirs alike
    options.max_mem = memory
    return options


_ONE = _options(PATTERN_MEMORY)
_MANY = _options(BUNDLE_MEMORY)


def compile_regex(pattern: str, *, longest: int = MAX_PATTERN) -> "re2._Regexp":
    """A compiled pattern over bytes of UTF-8; raises WrongPattern."""
    if not pattern:
        raise WrongPattern("it is empty, and would match everything")
    if len(pattern) > longest:
        raise WrongPattern(f"it has {len(pattern)} characters, {longest} are the limit", longest + 1)
    try:
        compiled = re2.compile(pattern.encode(), _ONE)
    except UnicodeEncodeError as problem:
        raise WrongPattern("this is half of a character", problem.start + 1) from None
    except re2.error as problem:
        raise place_of(pattern, _words(problem)) from None
    if compiled.programsize > MAX_INSTRUCTIONS:
        raise WrongPattern(TOO_LARGE)
    if "\\Q" in pattern:
        for _ in pieces(pattern):  # a quotation without an end would reach into the patterns beside it
            pass
    return compiled


def _words(problem: Exception) -> str:
    said = problem.args[0] if problem.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def data_of(text: str) -> bytes:
    """A text as the engine reads it."""
    return text.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Bundle:
    joined: "re2._Regexp"
    first: int  # index of its first pattern
    end: int


class Regexes:
    """Many patterns, searched together. Patterns are named by their index."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """The patterns must be good by themselves: `compile_regex` took them."""
        self._patterns = tuple(p.encode() for p in patterns)
        self._bundles = tuple(_bundles(self._patterns))

    def __len__(self) -> int:
        return len(self._patterns)

    def search(self, data: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
        """Each pattern that is in the data, in order, with the range of its first match."""
        for bundle in self._bundles:
            if bundle.joined.search(data) is None:
                continue
            for index in range(bundle.first, bundle.end):
                match = re2.compile(self._patterns[index], _ONE).search(data)
                if match is not None:
                    yield index, match.span()


def _bundles(patterns: Sequence[bytes]) -> Iterator[_Bundle]:
    first = size = 0
    for index, pattern in enumerate(patterns):
        cost = re2.compile(pattern, _ONE).programsize
        if index > first and size + cost > BUNDLE_INSTRUCTIONS:
            yield from _joined(patterns, first, index)
            first, size = index, 0
        size += cost
    if patterns:
        yield from _joined(patterns, first, len(patterns))


def _joined(patterns: Sequence[bytes], first: int, end: int) -> Iterator[_Bundle]:
    """One bundle, or two halves where the engine finds one too large."""
    try:
        joined = re2.compile(b"|".join(b"(?:" + p + b")" for p in patterns[first:end]), _MANY)
    except re2.error:
        if end - first == 1:
            raise
        middle = (first + end) // 2
        yield from _joined(patterns, first, middle)
        yield from _joined(patterns, middle, end)
    else:
        yield _Bundle(joined, first, end)
