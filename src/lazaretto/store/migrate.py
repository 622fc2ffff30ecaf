"""Bring a store's tables up to date: numbered SQL files, each applied once, forward only.

Rules. `0001_name.sql` holds statements that end with a semicolon at the end of a line. A line that ends with
`-- sqlite` or `-- postgres` counts only there. All that is missing is applied in one transaction.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lazaretto.store.errors import WrongStore
from lazaretto.store.transaction import Dialect, Transaction

MIGRATION_LOCK = 0x6C617A61
"""PostgreSQL advisory lock: of several servers that start at once one does it, the others wait."""

_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step."""

    number: int
    name: str
    text: str

    def statements(self, dialect: Dialect) -> Iterator[str]:
        """What to execute on this database."""
        other = "-- postgres" if dialect == "sqlite" else "-- sqlite"
        lines = [line for line in self.text.splitlines() if not line.rstrip().endswith(other)]
        bare = "\n".join(line.split("--", 1)[0].rstrip() for line in lines)
        for statement in bare.split(";\n"):
            if cleaned := statement.strip().rstrip(";"):
                yield cleaned


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps that this release knows, in order."""
    folder = resources.files("lazaretto.store") / "migrations"
    found = ((_NAME.fullmatch(file.name), file) for file in folder.iterdir())
    steps = [Migration(int(name[1]), file.name, file.read_text("utf-8")) for name, file in found if name]
    return tuple(sorted(steps, key=lambda step: step.number))


async def migrate(tx: Transaction) -> None:
    """Apply what is missing. Raises WrongStore for a store that a newer release has changed."""
    if tx.dialect == "postgres":
        await tx.execute("SELECT pg_advisory_xact_lock(?)", MIGRATION_LOCK)
    await tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT PRIMARY KEY, name TEXT NOT NULL,"
        " applied_at BIGINT NOT NULL)"
    )
    done = {row[0] for row in await tx.rows("SELECT number FROM schema_version")}
    if unknown := done - {step.number for step in migrations()}:
        raise WrongStore(
            f"the store is of a newer release (table version {max(map(str, unknown))}): upgrade first"
        )
    for step in migrations():
        if step.number not in done:
            await _apply(tx, step)


async def _apply(tx: Transaction, step: Migration) -> None:
    for statement in step.statements(tx.dialect):
        await tx.execute(statement)
    now = time.time_ns() // 1000
    await tx.execute(
        "INSERT INTO schema_version (number, name, applied_at) VALUES (?, ?, ?)", step.number, step.name, now
    )
