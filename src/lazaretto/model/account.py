"""Who Lazaretto works for: accounts, their tokens, their domains and the policy of each domain."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from lazaretto.model.access import Role
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition

Permission = Literal["read", "write"]
TlsUse = Literal["off", "opportunistic", "required"]
NextHopProtocol = Literal["smtp", "lmtp"]
OnScanFailure = Literal["defer", "quarantine", "deliver"]


@dataclass(frozen=True, slots=True)
class Account:
    """One organisation."""

    id: str  # 32 hex digits
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A credential for the API. The secret itself is never stored."""

    id: str  # 32 hex digits
    account: str
    name: str
    kind: Literal["bearer", "key"]  # key is used together with an email address
    email: str | None
    permission: Permission  # write includes read
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None

    @property
    def role(self) -> Role:
        """What the holder may do."""
        return Role.ADMIN if self.permission == "write" else Role.READ_ONLY


@dataclass(frozen=True, slots=True)
class NextHop:
    """Where a domain's mail goes when it is let through."""

    host: str
    port: int
    protocol: NextHopProtocol = "smtp"
    tls: TlsUse = "opportunistic"


DEFAULT_ORDERS: tuple[tuple[Disposition, Order], ...] = (
    (Disposition.MALICIOUS, Order.QUARANTINE),
    (Disposition.MALICIOUS_BEC, Order.QUARANTINE),
    (Disposition.SUSPICIOUS, Order.QUARANTINE),
    (Disposition.SPOOF, Order.QUARANTINE),
    (Disposition.SPAM, Order.QUARANTINE),
    (Disposition.BULK, Order.TAG),
)
"""What is not named is delivered."""


@dataclass(frozen=True, slots=True)
class DomainPolicy:
    """What a domain wants done with each disposition."""

    orders: tuple[tuple[Disposition, Order], ...] = DEFAULT_ORDERS
    on_scan_failure: OnScanFailure = "defer"

    def order_for(self, disposition: Disposition) -> Order:
        """The order for one disposition; deliver when none is named."""
        return dict(self.orders).get(disposition, Order.DELIVER)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain whose mail we accept."""

    id: int
    account: str
    name: str  # lower case, A-label form
    next_hop: NextHop
    created_at: datetime
    policy: DomainPolicy = field(default_factory=DomainPolicy)
