"""What the API needs from the rest of the program, handed in by `app`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from lazaretto.actions.porter import Porter
from lazaretto.actions.release import ReleaseOutcome
from lazaretto.api.options import ApiOptions
from lazaretto.api.uses import Uses
from lazaretto.mailbox.mailbox import NoMailboxes
from lazaretto.model.account import Domain
from lazaretto.preview import Renderer
from lazaretto.scan.classifier.classifier import Classifier
from lazaretto.scan.ruleset import Ruleset, load_ruleset
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


class VerifyDomain(Protocol):
    """The domain as the DNS proves it now."""

    async def __call__(self, account: str, number: int) -> Domain | None:
        """None when the account has none of that number."""


async def shipped_rules() -> Ruleset:
    """The rules of this release, with nothing laid over them."""
    return load_ruleset()


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
    renderer: Renderer | None = None  # makes pictures of messages; None: none is installed
    verify_domain: VerifyDomain | None = None  # None: the DNS is not asked
    uses: Uses = field(default_factory=Uses)  # when tokens were used last
    porter: Porter = field(default_factory=lambda: Porter(NoMailboxes()))  # reaches mailboxes
    poke_bulk: Callable[[], None] = lambda: None  # tells the engine that there is something to do
    submitted: Callable[[], None] = lambda: None  # tells the role that judges submissions
    shipped: Callable[[], Classifier] = lambda: load_ruleset().classifier  # what accounts' labels add to
    ruleset: Callable[[], Awaitable[Ruleset]] = shipped_rules  # what judges now
    poke_rescans: Callable[[], None] = lambda: None  # tells the role that makes rescans
    rule_files: Callable[[], Mapping[str, bytes]] = dict  # laid over the shipped rules by what runs
