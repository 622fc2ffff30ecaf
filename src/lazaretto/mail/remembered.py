"""Answers that are remembered, for short questions only.

Hosts, colours and records come over and over, so their reading is remembered. What a stranger can make long
is read anew each time: else some thousand messages fill the memory with names of a hundred kilobytes.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")

Reading = Callable[[str], T]


def remembered(entries: int, longest: int) -> Callable[[Reading[T]], Reading[T]]:
    """Remember so many answers of a function, for texts of at most so many characters."""

    def decorate(read: Reading[T]) -> Reading[T]:
        known = lru_cache(entries)(read)

        @wraps(read)
        def ask(text: str) -> T:
            return known(text) if len(text) <= longest else read(text)

        return ask

    return decorate
