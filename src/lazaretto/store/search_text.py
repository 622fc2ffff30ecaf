"""The text index of both databases: put a document in, take it out, and the join that asks it.

SQLite keeps it in an FTS5 table whose row id is the position, so results come out in order without sorting.
PostgreSQL keeps a tsvector with the same tokens. Every token begins with the account's number: lists of one
account never hold rows of another.

Limits: PostgreSQL remembers 256 places of one word in a document for phrases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lazaretto.store.transaction import Dialect, Transaction, Value
from lazaretto.store.words import Document, Phrase


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a search come from: FROM and WHERE, with the record as `r`."""

    sql: str
    args: tuple[Value, ...]
    newest_first: str  # ORDER BY, for those who care


async def put(tx: Transaction, account: str, position: int, content: Document) -> None:
    """Index a record, in place of what was indexed for it before."""
    prefix = await _prefix(tx, account)
    await remove(tx, account, (position,))
    if tx.dialect == "sqlite":
        tokens = " ".join(prefix + token for token in (*content.words, *sorted(content.tags)))
        await tx.execute("INSERT INTO search (rowid, tokens) VALUES (?, ?)", position, tokens)
        return
    await tx.execute(
        "INSERT INTO search (account, position, tokens) VALUES (?, ?, CAST(CAST(? AS TEXT) AS TSVECTOR))",
        account,
        position,
        _tsvector(content, prefix),
    )


async def remove(tx: Transaction, account: str, positions: Sequence[int]) -> None:
    """Take records out of the index."""
    if tx.dialect == "sqlite":
        await tx.many("DELETE FROM search WHERE rowid = ?", [(position,) for position in positions])
    else:
        statement = "DELETE FROM search WHERE account = ? AND position = ?"
        await tx.many(statement, [(account, position) for position in positions])


async def matching(
    tx: Transaction,
    account: str,
    asked: Sequence[Phrase],
    bounds: tuple[int, int],
    *,
    conditions: str,
    args: tuple[Value, ...],
) -> Source:
    """The records that hold all phrases, lie within bounds and fulfil conditions on `r`."""
    prefix = await _prefix(tx, account)
    return _SOURCES[tx.dialect](account, _query(tx.dialect, asked, prefix), conditions, args, bounds)


def _sqlite_source(
    account: str, query: str, conditions: str, args: tuple[Value, ...], bounds: tuple[int, int]
) -> Source:
    # CROSS JOIN keeps the text index outside: its row ids come in order, and one look into record_place a row
    # follows. The plus keeps SQLite from making that look a walk over the whole range, which is quadratic.
    sql = (
        "FROM search s CROSS JOIN record r ON r.account = ? AND r.position = +s.rowid"
        f" WHERE s.tokens MATCH ? AND s.rowid >= ? AND s.rowid < ?{conditions}"
    )
    return Source(sql, (account, query, *bounds, *args), "ORDER BY s.rowid DESC")


def _postgres_source(
    account: str, query: str, conditions: str, args: tuple[Value, ...], bounds: tuple[int, int]
) -> Source:
    sql = (
        "FROM search s JOIN record r ON r.account = s.account AND r.position = s.position"
        " WHERE s.account = ? AND s.tokens @@ CAST(CAST(? AS TEXT) AS TSQUERY)"
        f" AND s.position >= ? AND s.position < ?{conditions}"
    )
    return Source(sql, (account, query, *bounds, *args), "ORDER BY s.position DESC")


_SOURCES = {"sqlite": _sqlite_source, "postgres": _postgres_source}


def _query(dialect: Dialect, asked: Iterable[Phrase], prefix: str) -> str:
    """Tokens are letters and digits, so quoting them is all that is needed."""
    if dialect == "sqlite":
        return " AND ".join('"' + " ".join(prefix + token for token in phrase) + '"' for phrase in asked)
    return " & ".join(" <-> ".join(f"'{prefix}{token}'" for token in phrase) for phrase in asked)


def _tsvector(content: Document, prefix: str) -> str:
    places = [f"'{prefix}{token}':{place}" for place, token in enumerate(content.words, 1)]
    return " ".join(places + [f"'{prefix}{tag}'" for tag in content.tags])


async def _prefix(tx: Transaction, account: str) -> str:
    number: Any = await tx.value("SELECT number FROM account WHERE id = ?", account)
    return f"{number or 0}"
