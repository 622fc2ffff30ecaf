"""The lists of an account: what its people decided in advance, with a version that grows with every change.

Rules. The entry is stored whole; the columns beside it are for search and order. What changes a list is in
`list_edit`.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from lazaretto.model.lists import Entry, Lists
from lazaretto.store import codec
from lazaretto.store.list_head import lists_version
from lazaretto.store.list_kinds import (
    ALLOW,
    BLOCK,
    CONTENT,
    IGNORED_URLS,
    PEOPLE,
    RESTRICTIONS,
    TRUSTED,
    ListKind,
    compared,
    folded,
)
from lazaretto.store.options import get_options
from lazaretto.store.rules_off import list_rules_off
from lazaretto.store.transaction import Transaction, Value
from lazaretto.store.wording import active_difference

E = TypeVar("E", bound=Entry)

__all__ = [
    "ListSearch",
    "count_list",
    "get_entry",
    "lists_version",
    "load_lists",
    "read_list",
    "search_list",
]


@dataclass(frozen=True, slots=True)
class ListSearch:
    """Which entries of a list are wanted, in which order. None and "" mean all."""

    words: tuple[str, ...] = ()  # all of them, anywhere in the texts of an entry
    title: str | None = None  # the whole title, without regard to case
    word: str | None = None
    flags: tuple[tuple[str, bool], ...] = ()
    order: Literal["number", "title", "second"] = "number"  # numbers grow with the time of creation
    descending: bool = False


async def load_lists(tx: Transaction, account: str) -> Lists:
    """Everything that the account has listed, by number."""
    version = await lists_version(tx, account)
    options = await get_options(tx, account)
    return Lists(
        version=version,
        allow=await read_list(tx, account, ALLOW),
        block=await read_list(tx, account, BLOCK),
        trusted=await read_list(tx, account, TRUSTED),
        content=await read_list(tx, account, CONTENT),
        people=await read_list(tx, account, PEOPLE),
        restrictions=await read_list(tx, account, RESTRICTIONS),
        ignored_urls=await read_list(tx, account, IGNORED_URLS),
        rules_off=frozenset([off.rule for off in await list_rules_off(tx, account)]),
        block_wins=options.block_wins,
        wording=await active_difference(tx, account),
    )


async def read_list(tx: Transaction, account: str, kind: ListKind[E]) -> tuple[E, ...]:
    """All entries of one list, by number."""
    statement = "SELECT entry FROM list_entry WHERE account = ? AND list = ? ORDER BY number"
    return _entries(await tx.rows(statement, account, kind.name), kind)


async def get_entry(tx: Transaction, account: str, kind: ListKind[E], number: int) -> E | None:
    """One entry."""
    statement = "SELECT entry FROM list_entry WHERE account = ? AND list = ? AND number = ?"
    row: Any = await tx.row(statement, account, kind.name, number)
    return codec.decode(row[0], kind.type) if row else None


async def search_list(
    tx: Transaction, account: str, kind: ListKind[E], wanted: ListSearch, *, offset: int, limit: int
) -> tuple[E, ...]:
    """A page of the entries that fit; entries with the same text are in the order of their numbers."""
    where, args = _where(account, kind, wanted)
    way = " DESC" if wanted.descending else ""
    order = "number" if wanted.order == "number" else f"{wanted.order}{way}, number"
    statement = f"SELECT entry FROM list_entry{where} ORDER BY {order}{way} LIMIT ? OFFSET ?"
    return _entries(await tx.rows(statement, *args, limit, offset), kind)


async def count_list(tx: Transaction, account: str, kind: ListKind[E], wanted: ListSearch) -> int:
    """How many entries fit."""
    where, args = _where(account, kind, wanted)
    count: Any = await tx.value(f"SELECT count(*) FROM list_entry{where}", *args)
    return int(count)


def _where(account: str, kind: ListKind[E], wanted: ListSearch) -> tuple[str, list[Value]]:
    parts = ["account = ?", "list = ?"]
    values: list[Value] = [account, kind.name]
    if wanted.title is not None:
        parts.append("title = ?")
        values.append(compared(wanted.title))
    if wanted.word is not None:
        parts.append("word = ?")
        values.append(wanted.word)
    if wanted.flags:
        parts.append("(flags & ?) = ?")
        values += [kind.bits(dict.fromkeys(dict(wanted.flags), True)), kind.bits(dict(wanted.flags))]
    for word in wanted.words:
        parts.append("sought LIKE ? ESCAPE '!'")
        values.append(f"%{_literal(folded(word))}%")
    return f" WHERE {' AND '.join(parts)}", values


def _literal(word: str) -> str:
    """A word for LIKE, without the signs that mean something there."""
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _entries(rows: list[Any], kind: ListKind[E]) -> tuple[E, ...]:
    return tuple(codec.decode(row[0], kind.type) for row in rows)
