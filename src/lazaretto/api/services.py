"""What the API needs from the rest of the program, handed in by `app`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from lazaretto.actions.release import ReleaseOutcome
from lazaretto.api.options import ApiOptions
from lazaretto.store.blobs import Blobs
from lazaretto.store.database import Database


@dataclass(frozen=True, slots=True)
class PartState:
    """How one part of the program is doing, in a sentence an operator can act on."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Probe:
    """A part that can be asked how it is doing. When an essential one is not well, we are not ready."""

    name: str
    ask: Callable[[], Awaitable[PartState]]
    essential: bool = True


class Release(Protocol):
    """The verb of `actions.release`, bound to its store and relay."""

    async def __call__(
        self, account: str, refs: Sequence[str], actor: str, *, recipients: Sequence[str] | None
    ) -> tuple[ReleaseOutcome, ...]:
        """One outcome a message. `recipients` None means all of each."""


@dataclass(frozen=True, slots=True)
class Services:
    """One value, made once at start."""

    database: Database
    blobs: Blobs
    release: Release
    hostname: str
    version: str
    secret: bytes  # seals cursors; the same on all servers of one store
    probes: tuple[Probe, ...] = ()  # queue, next hops, scanner
    options: ApiOptions = field(default_factory=ApiOptions)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
