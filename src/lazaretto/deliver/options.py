"""How the relay behaves: waits, limits, and where notifications to strangers go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from lazaretto.deliver.session import ClientOptions
from lazaretto.model.account import NextHop

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class RelayOptions:
    """Durations are in seconds."""

    client: ClientOptions
    retry_waits: tuple[float, ...] = (MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR)
    give_up_after: float = 5 * 24 * HOUR  # RFC 5321 4.5.4.1: at least 4 to 5 days
    workers: int = 16  # transactions at one time
    per_hop: int = 8  # connections at one time to one next hop
    messages_per_connection: int = 100
    idle_connection: float = 20.0
    hop_waits: tuple[float, ...] = (5, 15, 30, MINUTE)  # how long a next hop that is down is left alone
    poll: float = 5.0  # how often to look for work that nobody told us about
    lease: timedelta = timedelta(minutes=10)
    grace: float = 20.0  # for transactions under way when the relay is stopped
    settle_tries: int = 120  # about ten minutes: an accepted message must not be forgotten
    default_route: NextHop | None = None  # for domains that name no next hop
    bounce_route: NextHop | None = None  # takes notifications to senders elsewhere
    bounce_content: int = 64 * 1024  # bytes of the original message in a notification
    jitter: Callable[[], float] = field(default=lambda: 0.5)  # 0 to 1: spreads each wait by a tenth both ways

    def wait_after(self, attempts: int) -> float:
        """The wait after so many failed attempts; the last one repeats."""
        wait = self.retry_waits[min(max(attempts, 1), len(self.retry_waits)) - 1]
        return wait * (0.9 + 0.2 * self.jitter())
