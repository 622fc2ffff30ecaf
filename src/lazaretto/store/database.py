"""Open a store by its URL: SQLite in a file, or PostgreSQL.

Limits: one server at a time writes an SQLite store; a work there may await nothing but its transaction.
"""

from pathlib import Path

from lazaretto.store.errors import WrongStore
from lazaretto.store.transaction import Database, Dialect, Row, Transaction, Value

__all__ = ["Database", "Dialect", "Row", "Transaction", "Value", "open_database"]


async def open_database(url: str) -> Database:
    """Open "sqlite:///absolute/path.db" or "postgresql://..." and bring its tables up to date.

    Raises WrongStore with a sentence that says what to do.
    """
    scheme, _, _ = url.partition("://")
    if scheme == "sqlite":
        from lazaretto.store.sqlite import open_sqlite

        return await open_sqlite(_sqlite_path(url))
    if scheme in ("postgresql", "postgres"):
        from lazaretto.store.postgres import open_postgres

        return await open_postgres(url)
    raise WrongStore(f"store.url begins with {scheme or 'nothing'!r}: use sqlite:///path or postgresql://...")


def _sqlite_path(url: str) -> Path:
    """Everything behind "sqlite://", as written: a folder may hold any character."""
    path = Path("/" + url.removeprefix("sqlite://").lstrip("/"))
    if not path.parent.is_dir():
        raise WrongStore(f"the folder {path.parent} does not exist: create it or change store.url")
    return path
