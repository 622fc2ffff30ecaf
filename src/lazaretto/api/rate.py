"""How often somebody may ask: requests of each token, and failed credentials of each address.

Rules. Windows are fixed: they begin with the first request, and all that was counted is forgotten at their
end. Both counts are kept in constant memory; who was not seen for longest is forgotten first.

Limits: each server process counts for itself.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from lazaretto.api import codes
from lazaretto.api.reply import HttpError

MAX_COUNTED = 10_000
"""Tokens, or addresses, that are counted at once: a few MB."""

MAX_RETRY_SECONDS = 60
"""SDKs ignore a longer Retry-After, and would ask again within a second."""

FAILURE_SECONDS = 60.0
"""After so long the failures of an address are forgotten."""


@dataclass(slots=True)
class _Window:
    end: float
    count: int


class Windows:
    """Counts by name, each in its own window."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def add(self, name: str) -> int:
        """Count one more; how many there are in this window."""
        window = self._windows.pop(name, None)
        if window is None or window.end <= self._clock():
            window = _Window(self._clock() + self._seconds, 0)
        window.count += 1
        self._windows[name] = window
        while len(self._windows) > MAX_COUNTED:
            self._windows.popitem(last=False)
        return window.count

    def count(self, name: str) -> int:
        """How many there are in this window."""
        window = self._windows.get(name)
        return 0 if window is None or window.end <= self._clock() else window.count

    def left(self, name: str) -> float:
        """Seconds to the end of the window."""
        window = self._windows.get(name)
        return 0.0 if window is None else max(0.0, window.end - self._clock())


class Rates:
    """The requests of each token; a limit of 0 means that nobody counts."""

    def __init__(
        self, limit: int, seconds: float, *, clock: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self._limit = limit
        self._windows = Windows(seconds, clock)
        self._now = now

    def take(self, token: str) -> tuple[tuple[str, str], ...]:
        """Count a request; the headers that its answer must carry, whatever it is."""
        if not self._limit:
            return ()
        count = self._windows.add(token)
        reset = self._now() + timedelta(seconds=math.ceil(self._windows.left(token)))
        return (
            ("x-ratelimit-limit", str(self._limit)),
            ("x-ratelimit-remaining", str(max(0, self._limit - count))),
            ("x-ratelimit-reset", format_datetime(reset, usegmt=True)),
        )

    def check(self, token: str) -> None:
        """Raises when the token has used its window up."""
        if self._limit and self._windows.count(token) > self._limit:
            raise throttled(f"More than {self._limit} requests; wait", self._windows.left(token))


class Failures:
    """Credentials that were wrong, by the address they came from; a limit of 0 means that nobody counts."""

    def __init__(self, limit: int, *, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._windows = Windows(FAILURE_SECONDS, clock)

    def check(self, address: str) -> None:
        """Raises when so many came from there that no new ones are looked at."""
        if self._limit and self._windows.count(address) >= self._limit:
            text = "Too many wrong credentials from this address; wait"
            raise throttled(text, self._windows.left(address))

    def add(self, address: str) -> None:
        """One more was wrong."""
        if self._limit:
            self._windows.add(address)


def throttled(text: str, seconds: float) -> HttpError:
    """429, with a time to come back that SDKs obey."""
    wait = min(MAX_RETRY_SECONDS, max(1, math.ceil(seconds)))
    return HttpError(429, codes.THROTTLED, text, headers=(("Retry-After", str(wait)),))
