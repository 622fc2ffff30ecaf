"""Domains whose mail we accept, with all that they want.

Rules. A name belongs to one account at a time, whoever came first. What only the gateway and the API read
is kept as one JSON value; what lists are searched by has a column.
"""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, TypeVar

from lazaretto.mail.domains import to_alabel
from lazaretto.model.account import Domain, DomainPolicy, DomainStatus, Folder, NextHop, Region
from lazaretto.model.disposition import Mode
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.store import codec
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction, Value

NO_ACCOUNT = 1300
TAKEN = 1301
STILL_SENDING = 1302

CHALLENGE_BYTES = 16
"""Of what a TXT record must hold: it cannot be guessed by somebody who prepares a zone in advance."""

CACHED_VALUES = 4_096
"""Stored values that are kept read."""

T = TypeVar("T")

COLUMNS = (
    "number, account, name, next_hop, created_at, policy, status, modes, integration_id, wishes, challenge,"
    " authorised_at, modified_at, last_checked_at, spf_status, dmarc_status"
)


@dataclass(frozen=True, slots=True)
class DomainFilter:
    """What narrows a list of domains, its order and its page."""

    names: tuple[str, ...] = ()
    allowed_mode: Mode | None = None
    active_mode: Mode | None = None  # mail came in this way since `active_since`
    active_since: int = 0  # day
    integration_id: str | None = None
    status: DomainStatus | None = None
    search: str | None = None  # part of the name
    order: Literal["domain", "created_at"] = "domain"
    descending: bool = False
    limit: int = 1000
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Wishes:
    """The part of a domain that is stored as one value."""

    ip_restrictions: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ("GLOBAL",)
    folder: Folder | None = None
    lookback_hops: int | None = None
    require_tls_inbound: bool | None = None
    require_tls_outbound: bool | None = None
    transport: str | None = None


async def add_domain(
    tx: Transaction,
    account: str,
    name: str,
    next_hop: NextHop | None,
    *,
    now: datetime,
    policy: DomainPolicy | None = None,
) -> Domain:
    """A domain that the operator vouches for. Raises NotFound without such an account, Conflict if taken."""
    draft = Domain(0, account, name, next_hop, now, policy or DomainPolicy(), authorised_at=now)
    return await insert_domain(tx, draft)


async def insert_domain(tx: Transaction, draft: Domain) -> Domain:
    """Add a domain as the draft says; its name is brought to lower case A-label form, its number given.

    Raises NotFound without such an account, Conflict when some account has the domain.
    """
    if await tx.value("SELECT id FROM account WHERE id = ?", draft.account) is None:
        raise NotFound(NO_ACCOUNT, f"There is no account {draft.account}")
    draft = replace(draft, challenge=draft.challenge or secrets.token_hex(CHALLENGE_BYTES))
    row = await tx.row(
        "INSERT INTO domain (account, name, created_at, next_hop, policy, status, modes, integration_id,"
        " wishes, authorised_at, modified_at, challenge) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        f" ON CONFLICT (name) DO NOTHING RETURNING {COLUMNS}",
        draft.account,
        _name(draft.name),
        micros(draft.created_at),
        *_wanted(draft),
        draft.challenge,
    )
    if row is None:
        raise Conflict(TAKEN, f"The domain {_name(draft.name)} is taken")
    return read_domain(row)


async def change_domain(tx: Transaction, domain: Domain) -> Domain | None:
    """Write all that may change, by account and number; the name stays. None when it is not there."""
    row = await tx.row(
        "UPDATE domain SET next_hop = ?, policy = ?, status = ?, modes = ?, integration_id = ?, wishes = ?,"
        f" authorised_at = ?, modified_at = ? WHERE account = ? AND number = ? RETURNING {COLUMNS}",
        *_wanted(domain),
        domain.account,
        domain.id,
    )
    return read_domain(row) if row else None


async def set_domain(
    tx: Transaction, account: str, name: str, next_hop: NextHop | None, policy: DomainPolicy
) -> Domain | None:
    """Change where a domain's mail goes and what becomes of it. None when it is not there."""
    domain = await find_domain(tx, name, lock=True)
    if domain is None or domain.account != account:
        return None
    return await change_domain(tx, replace(domain, next_hop=next_hop, policy=policy, transport=None))


async def find_domain(tx: Transaction, name: str, *, lock: bool = False) -> Domain | None:
    """The domain of whichever account has it; subdomains do not count."""
    row = await tx.row(f"SELECT {COLUMNS} FROM domain WHERE name = ?{_locking(tx, lock=lock)}", _name(name))
    return read_domain(row) if row else None


async def get_domain(tx: Transaction, account: str, number: int, *, lock: bool = False) -> Domain | None:
    """The domain by its number; with `lock` nobody else changes it until the end of the work."""
    statement = f"SELECT {COLUMNS} FROM domain WHERE account = ? AND number = ?{_locking(tx, lock=lock)}"
    row = await tx.row(statement, account, number)
    return read_domain(row) if row else None


async def list_domains(tx: Transaction, account: str | None = None) -> tuple[Domain, ...]:
    """Domains of one account, or of all, by name."""
    where, args = ("", ()) if account is None else (" WHERE account = ?", (account,))
    rows = await tx.rows(f"SELECT {COLUMNS} FROM domain{where}", *args)
    return tuple(sorted((read_domain(row) for row in rows), key=lambda domain: domain.name))


async def search_domains(
    tx: Transaction, account: str, wanted: DomainFilter
) -> tuple[tuple[Domain, ...], int]:
    """One page of an account's domains, and how many there are on all pages."""
    where, args = _conditions(account, wanted)
    total: Any = await tx.value(f"SELECT count(*) FROM domain WHERE {where}", *args)
    by_name = 'name COLLATE "C"' if tx.dialect == "postgres" else "name"
    way = "DESC" if wanted.descending else "ASC"
    order = f"{by_name} {way}" if wanted.order == "domain" else f"created_at {way}, number {way}"
    rows = await tx.rows(
        f"SELECT {COLUMNS} FROM domain WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?",
        *args,
        wanted.limit,
        wanted.offset,
    )
    return tuple(read_domain(row) for row in rows), total


async def count_domains(tx: Transaction, account: str) -> int:
    """How many domains an account has."""
    count: Any = await tx.value("SELECT count(*) FROM domain WHERE account = ?", account)
    return int(count)


def _conditions(account: str, wanted: DomainFilter) -> tuple[str, list[Value]]:
    parts: list[str] = ["account = ?"]
    args: list[Value] = [account]
    if wanted.names:
        parts.append(f"name IN ({', '.join('?' * len(wanted.names))})")
        args += map(_name, wanted.names)
    for column, value in (("integration_id", wanted.integration_id), ("status", wanted.status)):
        if value is not None:
            parts.append(f"{column} = ?")
            args.append(plain_text(value))
    if wanted.allowed_mode is not None:
        parts.append("modes LIKE ?")
        args.append(f"% {wanted.allowed_mode} %")
    if wanted.search:
        parts.append("name LIKE ? ESCAPE '!'")
        args.append(f"%{_escaped(_name(wanted.search))}%")
    if wanted.active_mode is not None:
        parts.append(
            "EXISTS (SELECT 1 FROM domain_traffic t WHERE t.account = domain.account"
            " AND t.domain = domain.number AND t.day >= ? AND t.mode = ?)"
        )
        args += (wanted.active_since, wanted.active_mode.value)
    return " AND ".join(parts), args


def _escaped(text: str) -> str:
    """Text as a part of a LIKE pattern: its own wildcards stand for themselves."""
    return re.sub(r"([!%_])", r"!\1", text)


async def remove_domain(tx: Transaction, account: str, name: str, *, force: bool = False) -> bool:
    """Take no more mail for it. False when it was not there.

    Raises Invalid while copies for it wait to be sent, unless forced: they are then tried until the domain is
    back, and bounced in the end.
    """
    domain = await find_domain(tx, name, lock=True)
    if domain is None or domain.account != account:
        return False
    waiting = "SELECT count(*) FROM delivery WHERE account = ? AND domain = ? AND next_attempt_at IS NOT NULL"
    count: Any = 0 if force else await tx.value(waiting, account, domain.name)
    if count:
        text = f"{count} copies for {domain.name} wait to be sent: let them end first, or change its next hop"
        raise Invalid(STILL_SENDING, text)
    await tx.execute("DELETE FROM domain_traffic WHERE account = ? AND domain = ?", account, domain.id)
    await tx.execute("DELETE FROM domain WHERE account = ? AND number = ?", account, domain.id)
    return True


def _locking(tx: Transaction, *, lock: bool) -> str:
    return " FOR UPDATE" if lock and tx.dialect == "postgres" else ""


def _name(name: str) -> str:
    return plain_text(to_alabel(name.strip()))


def _wanted(domain: Domain) -> tuple[str | int | bytes | None, ...]:
    """The columns that callers choose, in the order of both statements."""
    wishes = Wishes(
        domain.ip_restrictions,
        domain.regions,
        domain.folder,
        domain.lookback_hops,
        domain.require_tls_inbound,
        domain.require_tls_outbound,
        domain.transport,
    )
    return (
        codec.encode(domain.next_hop) if domain.next_hop else b"",
        codec.encode(domain.policy),
        domain.status,
        f" {' '.join(domain.modes)} ",
        domain.integration_id,
        codec.encode(wishes),
        micros(domain.authorised_at) if domain.authorised_at else None,
        micros(domain.modified_at) if domain.modified_at else None,
    )


@lru_cache(CACHED_VALUES)
def _read(stored: bytes, kind: type[T]) -> T:
    """A stored value; domains of one account have few different ones, and all are read with each message."""
    return codec.decode(stored, kind)


@lru_cache(CACHED_VALUES)
def _modes(text: str) -> tuple[Mode, ...]:
    return tuple(Mode(word) for word in text.split())


def read_domain(row: Any) -> Domain:
    """The domain of a row of COLUMNS."""
    number, account, name, next_hop, created, policy, status, modes, integration, stored, *rest = row
    challenge, authorised, modified, checked, spf, dmarc = rest
    wishes = _read(stored, Wishes) if stored else Wishes()
    return Domain(
        id=number,
        account=account,
        name=name,
        next_hop=_read(next_hop, NextHop) if next_hop else None,
        created_at=moment(created),
        policy=_read(policy, DomainPolicy),
        status=status,
        modes=_modes(modes),
        ip_restrictions=wishes.ip_restrictions,
        regions=wishes.regions,
        folder=wishes.folder,
        integration_id=integration,
        lookback_hops=wishes.lookback_hops,
        require_tls_inbound=wishes.require_tls_inbound,
        require_tls_outbound=wishes.require_tls_outbound,
        transport=wishes.transport,
        challenge=challenge,
        authorised_at=moment_or_none(authorised),
        last_checked_at=moment_or_none(checked),
        spf_status=spf,
        dmarc_status=dmarc,
        modified_at=moment_or_none(modified),
    )
