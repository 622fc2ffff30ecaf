"""Words that mean something beside a name. The lists are data (`rules/words.toml`)."""

from functools import cache

import msgspec

from lazaretto.scan.rulefiles import read_table, rule_files


class WordLists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists as written in words.toml."""

    role: frozenset[str]
    lure: tuple[str, ...]
    generic: frozenset[str]
    mailboxes: frozenset[str]


@cache
def word_lists() -> WordLists:
    """The shipped lists."""
    return read_table("words.toml", rule_files()["words.toml"], WordLists)
