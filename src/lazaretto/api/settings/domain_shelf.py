"""The shelf of the domains: how the operations of the settings find and change them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lazaretto.api import codes
from lazaretto.api.settings.domain_draft import Draft, blank_policy, laid_over, read_name
from lazaretto.api.wire.settings.domains import DomainQuery
from lazaretto.model.account import Domain
from lazaretto.model.disposition import Mode
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.store.database import Transaction
from lazaretto.store.domain_traffic import ACTIVE_DAYS, Traffic, day_of, get_traffic
from lazaretto.store.domains import (
    DomainFilter,
    change_domain,
    count_domains,
    get_domain,
    insert_domain,
    remove_domain,
    search_domains,
)

MAX_DOMAINS = 2_000
"""Of one account through the API: the policies of all are read with each message."""


@dataclass(frozen=True, slots=True)
class Known:
    """A domain with the mail it had."""

    domain: Domain
    traffic: Traffic
    at: datetime  # when it was counted


@dataclass(frozen=True, slots=True)
class DomainShelf:
    """All domains of an account."""

    async def get(self, tx: Transaction, account: str, number: int) -> Known | None:
        """One domain."""
        domain = await get_domain(tx, account, number)
        return None if domain is None else (await known(tx, (domain,), datetime.now(UTC)))[0]

    async def find(self, tx: Transaction, account: str, query: DomainQuery) -> tuple[Sequence[Known], int]:
        """A page, and how many domains fit in all."""
        now = datetime.now(UTC)
        domains, total = await search_domains(tx, account, _filter(query, now))
        return await known(tx, domains, now), total

    async def find_all(self, tx: Transaction, account: str, query: DomainQuery) -> Sequence[Known]:
        """All domains that fit."""
        now = datetime.now(UTC)
        wanted = replace(_filter(query, now), limit=MAX_DOMAINS, offset=0)
        return await known(tx, (await search_domains(tx, account, wanted))[0], now)

    async def edit(self, tx: Transaction, account: str, now: datetime) -> "DomainEdit":
        """Begin to change domains."""
        return DomainEdit(tx, account, now)


class DomainEdit:
    """Changes of domains inside one work."""

    def __init__(self, tx: Transaction, account: str, now: datetime) -> None:
        self._tx = tx
        self._account = account
        self._now = now

    async def get(self, number: int) -> Known:
        """The domain, locked. Raises NotFound."""
        return (await known(self._tx, (await self._domain(number),), self._now))[0]

    async def add(self, draft: Draft) -> Known:
        """A domain that waits to be proven. Raises Invalid, the same for every account that has the name."""
        name = read_name(draft.domain or "")
        if await count_domains(self._tx, self._account) >= MAX_DOMAINS:
            raise Invalid(codes.BAD_RANGE, f"An account has at most {MAX_DOMAINS} domains", pointer="/domain")
        blank = Domain(0, self._account, name, None, self._now, blank_policy(draft), status="PENDING")
        try:
            added = await insert_domain(self._tx, laid_over(blank, draft))
        except Conflict:
            raise Invalid(codes.DUPLICATE, f"The domain {name} is taken", pointer="/domain") from None
        return Known(added, Traffic(), self._now)

    async def put(self, number: int, draft: Draft) -> Known:
        """Lay a draft over a domain. Raises NotFound, or Invalid for another name."""
        domain = laid_over(await self._domain(number), draft)
        changed = await change_domain(self._tx, replace(domain, modified_at=self._now))
        assert changed is not None
        return (await known(self._tx, (changed,), self._now))[0]

    async def remove(self, number: int) -> None:
        """Take no more mail for a domain. Raises NotFound, or Invalid while copies wait to be sent."""
        domain = await self._domain(number)
        try:
            await remove_domain(self._tx, self._account, domain.name)
        except Invalid as refusal:
            raise Invalid(refusal.code, refusal.public, pointer="/id") from None

    async def end(self) -> None:
        """Nothing is left to be done."""

    async def _domain(self, number: int) -> Domain:
        domain = await get_domain(self._tx, self._account, number, lock=True)
        if domain is None:
            text = f"There is no domain {number} in this account"
            raise NotFound(codes.NO_SETTING, text, pointer="/id")
        return domain


async def known(tx: Transaction, domains: Sequence[Domain], now: datetime) -> tuple[Known, ...]:
    """Domains of one account with their mail."""
    if not domains:
        return ()
    traffic = await get_traffic(tx, domains[0].account, [domain.id for domain in domains], now=now)
    return tuple(Known(domain, traffic.get(domain.id, Traffic()), now) for domain in domains)


def _filter(query: DomainQuery, now: datetime) -> DomainFilter:
    allowed, active, wish = query.allowed_delivery_mode, query.active_delivery_mode, query.wish
    return DomainFilter(
        names=query.domain,
        allowed_mode=Mode(allowed) if allowed else None,
        active_mode=Mode(active) if active else None,
        active_since=day_of(now) - ACTIVE_DAYS + 1,
        integration_id=query.integration_id,
        status=query.status,
        search=query.search,
        order=query.order,
        descending=query.direction == "desc",
        limit=wish.per_page,
        offset=wish.offset,
    )
