"""The known name that is nearest to a mistyped one."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

MAX_NAME = 200
"""Characters of a name that is compared."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The nearest name by edit distance; "" when none is near: a third of the letters may differ."""
    name = name[:MAX_NAME]
    most = max(2, len(name) // 3)
    found = process.extractOne(name, sorted(known), scorer=OSA.distance, score_cutoff=most)
    return str(found[0]) if found is not None else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence: the nearest name as a question, or nothing."""
    near = nearest(name, known)
    return f" Did you mean {near!r}?" if near and near != name else ""
