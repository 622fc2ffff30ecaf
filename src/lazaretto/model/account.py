"""Who Lazaretto works for: accounts, their tokens, their domains and the policy of each domain."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from lazaretto.model.access import Capability, Role
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition, Mode
from lazaretto.model.learning import Learn
from lazaretto.model.user import User

TlsUse = Literal["off", "opportunistic", "required"]
NextHopProtocol = Literal["smtp", "lmtp"]
OnScanFailure = Literal["defer", "quarantine", "deliver"]
DomainStatus = Literal["PENDING", "ACTIVE", "FAILED", "TIMEOUT"]
Region = Literal["GLOBAL", "AU", "DE", "IN", "US"]
Folder = Literal["AllItems", "Inbox"]
SpfStatus = Literal["none", "good", "neutral", "open", "invalid"]
DmarcStatus = Literal["none", "good", "invalid"]


@dataclass(frozen=True, slots=True)
class Account:
    """One organisation."""

    id: str  # 32 hex digits
    name: str
    created_at: datetime


AfterReclassify = Literal["nothing", "release_or_move"]


@dataclass(frozen=True, slots=True)
class AccountOptions:
    """What an account has chosen for all of its domains."""

    block_wins: bool = True  # a blocked sender is blocked even when an allow policy trusts it
    report_addresses: tuple[str, ...] = ()  # take mail that people report; inside the account's domains
    after_reclassify: AfterReclassify = "nothing"  # what follows when the request does not say
    learn: Learn = "ask"  # whether reclassifications train a classifier of the account, and who promotes it


@dataclass(frozen=True, slots=True)
class Token:
    """A credential for the API. The secret itself is never stored."""

    id: str  # 32 hex digits
    account: str
    name: str
    kind: Literal["bearer", "key"]  # key is used together with an email address
    email: str | None
    role: Role
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    networks: tuple[str, ...] = ()  # where it may be used from; empty means from everywhere
    user: User | None = None  # whose it is

    @property
    def actor(self) -> str:
        """The name that logs carry for the holder."""
        return (self.user.email if self.user else None) or self.email or self.name

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the holder may do: a user's credential never does more than its user may."""
        own = self.role.capabilities
        return own if self.user is None else own & self.user.capabilities


@dataclass(frozen=True, slots=True)
class NextHop:
    """Where a domain's mail goes when it is let through."""

    host: str
    port: int
    protocol: NextHopProtocol = "smtp"
    tls: TlsUse = "opportunistic"


MAX_LOOKBACK = 20
"""Trusted relays between the sender and us that a domain can name."""

DOMAIN_MODES = (Mode.DIRECT, Mode.BCC, Mode.JOURNAL, Mode.API, Mode.RETRO_SCAN)
"""The ways in that a domain can allow."""

DEFAULT_ORDERS: tuple[tuple[Disposition, Order], ...] = (
    (Disposition.MALICIOUS, Order.QUARANTINE),
    (Disposition.MALICIOUS_BEC, Order.QUARANTINE),
    (Disposition.SUSPICIOUS, Order.QUARANTINE),
    (Disposition.SPOOF, Order.QUARANTINE),
    (Disposition.SPAM, Order.QUARANTINE),
    (Disposition.BULK, Order.TAG),
)
"""What is not named is delivered."""

KEEPING = frozenset({Order.QUARANTINE, Order.REJECT})
"""The orders that keep mail from its recipient."""


@dataclass(frozen=True, slots=True)
class DomainPolicy:
    """What a domain wants done with each disposition."""

    orders: tuple[tuple[Disposition, Order], ...] = DEFAULT_ORDERS
    on_scan_failure: OnScanFailure = "defer"
    drop: tuple[Disposition, ...] | None = None  # laid over the orders; None: the orders alone

    def order_for(self, disposition: Disposition) -> Order:
        """The order for one disposition; deliver when none is named."""
        order = dict(self.orders).get(disposition, Order.DELIVER)
        if self.drop is None:
            return order
        if self._drops(disposition):
            return Order.REJECT if order is Order.REJECT else Order.QUARANTINE
        return Order.TAG if order in KEEPING else order

    @property
    def dropped(self) -> tuple[Disposition, ...]:
        """The dispositions that are kept from delivery: as they were named, else as the orders say."""
        if self.drop is not None:
            return self.drop
        return tuple(disposition for disposition, order in self.orders if order in KEEPING)

    @property
    def scan_failure(self) -> OnScanFailure:
        """What becomes of mail that could not be scanned: held when UNKNOWN is dropped, never let through."""
        held = self.drop is not None and Disposition.UNKNOWN in self.drop
        return "quarantine" if held else self.on_scan_failure

    def flattened(self) -> "DomainPolicy":
        """The same as orders alone."""
        if self.drop is None:
            return self
        named = dict(self.orders)
        orders = ((each, self.order_for(each)) for each in Disposition)
        kept = tuple((each, order) for each, order in orders if each in named or order is not Order.DELIVER)
        return DomainPolicy(kept, self.scan_failure)

    def _drops(self, disposition: Disposition) -> bool:
        """Who drops what is malicious also drops its kind that older clients have no word for."""
        assert self.drop is not None
        if disposition is Disposition.MALICIOUS_BEC and Disposition.MALICIOUS in self.drop:
            return True
        return disposition in self.drop


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain whose mail we accept."""

    id: int
    account: str
    name: str  # lower case, A-label form
    next_hop: NextHop | None  # None: the installation's default
    created_at: datetime
    policy: DomainPolicy = field(default_factory=DomainPolicy)
    status: DomainStatus = "ACTIVE"
    modes: tuple[Mode, ...] = DOMAIN_MODES  # the ways in that are allowed
    ip_restrictions: tuple[str, ...] = ()  # addresses and networks that may bring mail; empty: all
    regions: tuple[Region, ...] = ("GLOBAL",)  # kept for clients that manage it; changes nothing
    folder: Folder | None = None  # what of a mailbox is scanned
    integration_id: str | None = None  # the mailbox integration
    lookback_hops: int | None = None  # trusted relays before us, 1 to 20; None: as the installation says
    require_tls_inbound: bool | None = None
    require_tls_outbound: bool | None = None
    transport: str | None = None  # the next hop as it was written through the API
    challenge: str = ""  # what the TXT record must hold
    authorised_at: datetime | None = None  # proven by DNS, or vouched for by the operator
    last_checked_at: datetime | None = None
    spf_status: SpfStatus | None = None  # None: not looked up yet
    dmarc_status: DmarcStatus | None = None
    modified_at: datetime | None = None  # None: never since it was made

    def with_outbound_tls(self, required: bool | None) -> "Domain":  # noqa: FBT001  # three states
        """The domain with this wish; taking it back also takes it from the next hop."""
        hop = self.next_hop
        if hop is not None and hop.tls == "required" and not required:
            hop = replace(hop, tls="opportunistic")
        return replace(self, next_hop=hop, require_tls_outbound=required)

    def route(self, default: NextHop | None) -> NextHop | None:
        """Where its mail goes, TLS required where the domain says so; None when nobody has said where."""
        hop = self.next_hop or default
        if hop is None or not self.require_tls_outbound:
            return hop
        return replace(hop, tls="required")
