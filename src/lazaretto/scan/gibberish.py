"""Whether a name looks thrown together by a machine: no syllables, only consonants or digits.

Limits: knows Latin letters and the sounds of European languages only; abbreviations look like gibberish, so
the answer weighs little by itself.
"""

from functools import lru_cache

import re2

MIN_LENGTH = 7
"""Letters a name must have: shorter ones are abbreviations."""

MAX_LENGTH = 63
"""Letters that are read: the longest label of a host name."""

MIN_VOWELS = 10
"""Letters from which the share of vowels means something."""

LONG_RUN = 6
"""Consonants in a row, after the usual clusters count as one, that no European word has."""

SUSPECT_RUN = 5
"""Consonants in a row that are enough beside one pair that no word has."""

_CLUSTERS = (
    *(
        "tsch",
        "schl",
        "schw",
        "schr",
        "schn",
        "schm",
        "sch",
        "ght",
        "str",
        "ch",
        "ck",
        "th",
        "sh",
        "ph",
        "st",
        "tz",
    ),
    *(
        "nd",
        "ng",
        "nt",
        "rt",
        "rd",
        "ld",
        "lt",
        "sp",
        "ll",
        "ss",
        "tt",
        "nn",
        "mm",
        "ff",
        "rr",
        "pp",
        "pr",
        "tr",
        "br",
    ),
)
_VOWELS = frozenset("aeiouy")
_NO_WORD = re2.compile(
    r"q(?:[^u]|$)|j[^aeiouy]|v[^aeiouyrlnksz]|x[bdgjklnrvwz]|w[bcfgjmpqvxz]|[bcdfghkpqtvwz]x|[cfghkmpqrvwxz]j"
)


@lru_cache(8_192)
def is_gibberish(label: str) -> bool:
    """The label of a host, or the local part of an address, has no syllables a person would say."""
    if label.startswith("xn--"):
        return False
    return any(_unspeakable(piece) for piece in label[:MAX_LENGTH].lower().split("-"))


def _unspeakable(piece: str) -> bool:
    letters = "".join(c for c in piece if c.isascii() and c.isalpha())
    if len(letters) < MIN_LENGTH:
        return False
    if len(letters) >= MIN_VOWELS and sum(c in "aeiou" for c in letters) * 7 < len(letters):
        return True
    strange = len(_NO_WORD.findall(letters))
    folded = letters
    for cluster in _CLUSTERS:
        folded = folded.replace(cluster, "t")
    run = _longest_run(folded)
    return strange >= 2 or run >= LONG_RUN or (run >= SUSPECT_RUN and strange == 1)


def _longest_run(letters: str) -> int:
    longest = run = 0
    for c in letters:
        run = 0 if c in _VOWELS else run + 1
        longest = max(longest, run)
    return longest
