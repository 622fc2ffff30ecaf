"""What every step of a bulk job works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lazaretto.actions.bulk_options import BulkOptions
from lazaretto.actions.porter import Porter
from lazaretto.store.database import Database

NOW = 0.0
"""A step that returns this has more to do at once."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Shared by all steps of one engine."""

    database: Database
    porter: Porter
    poke_relay: Callable[[], None]
    options: BulkOptions
    clock: Callable[[], datetime]
    owner: str  # of leases
