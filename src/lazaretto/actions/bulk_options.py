"""How bulk jobs behave: waits, windows and limits."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class BulkOptions:
    """Durations without a unit are in seconds."""

    page: int = 500  # messages recorded in one step of discovery
    batch: int = 100  # copies released in one transaction
    window: int = 400  # released copies of one next hop under way at one time, for one job
    put_off: int = (
        5_000  # released copies that a next hop told to come back later, before no more are released
    )
    most: int = 20_000  # copies under way or put off for one job, however many next hops there are
    moves: int = 64  # copies moved in one step
    sweep: int = 1_000  # items cancelled or removed in one transaction
    steps: int = 4  # jobs that are worked on at one time
    look: float = 0.1  # between looks at copies under way
    put_off_look: float = 2.0  # between looks at copies that wait for their next hop
    poll: float = 5.0  # between looks for work that nobody told us about
    waits: tuple[float, ...] = (5.0, 15.0, 60.0, 300.0, 900.0)  # before each further attempt to move a copy
    lease: timedelta = timedelta(minutes=10)  # longer than a whole step of moves can take
    trouble_wait: float = 2.0  # after a step broke
    troubles: int = 10  # steps of discovery that break one after the other before the job fails
    keep: timedelta = timedelta(days=90)  # ended jobs are removed after this

    @property
    def attempts(self) -> int:
        """How often a copy is tried."""
        return len(self.waits) + 1

    def wait_after(self, attempts: int) -> float:
        """The wait after so many failed attempts."""
        return self.waits[min(max(attempts, 1), len(self.waits)) - 1]
