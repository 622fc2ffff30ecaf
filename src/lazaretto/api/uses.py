"""When tokens were used last: noted in memory, written a few times a minute.

Limits: what was noted since the last writing is lost when the process is killed.
"""

from datetime import datetime, timedelta

from lazaretto.model.account import Token

STALE = timedelta(minutes=1)
"""The stored time of a token that is used all the time is at most about this old."""

MAX_NOTED = 10_000
"""Tokens that wait to be written; more than are used in a few seconds."""


class Uses:
    """The notes of one process."""

    def __init__(self) -> None:
        self._noted: dict[str, tuple[str, str, datetime]] = {}
        self._written: dict[str, datetime] = {}

    def note(self, token: Token, now: datetime) -> None:
        """The token is used now."""
        known = max(filter(None, (self._written.get(token.id), token.last_used_at)), default=None)
        if (known is None or now - known >= STALE) and len(self._noted) < MAX_NOTED:
            self._noted[token.id] = (token.account, token.id, now)

    def take(self, now: datetime) -> tuple[tuple[str, str, datetime], ...]:
        """What is to be written: account, token, time."""
        taken = tuple(self._noted.values())
        self._noted.clear()
        self._written = {key: at for key, at in self._written.items() if now - at < STALE}
        self._written.update((key, at) for _, key, at in taken)
        return taken
