"""Accounts, their tokens and their domains.

Secrets are random and long, so a plain SHA-256 of them is kept and nothing slower is needed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from lazaretto.model.account import Account, Domain, DomainPolicy, NextHop, Permission, Token
from lazaretto.store.database import Transaction


async def add_account(tx: Transaction, name: str, *, now: datetime, id: str | None = None) -> Account:
    """A new account. Raises Conflict when the name or the id is taken."""
    raise NotImplementedError


async def list_accounts(tx: Transaction) -> tuple[Account, ...]:
    """All accounts, by name."""
    raise NotImplementedError


async def find_account(tx: Transaction, ref: str) -> Account | None:
    """An account by id or by name."""
    raise NotImplementedError


async def remove_account(tx: Transaction, account: str) -> bool:
    """Remove an account with all its records. Raises Conflict while copies wait to be sent. False when not there."""
    raise NotImplementedError


async def add_token(
    tx: Transaction,
    account: str,
    *,
    name: str,
    permission: Permission,
    now: datetime,
    kind: Literal["bearer", "key"] = "bearer",
    email: str | None = None,
    expires_at: datetime | None = None,
    secret: str | None = None,
) -> tuple[Token, str]:
    """A new credential and its secret, which is shown once and not kept. Raises NotFound, Conflict or Invalid."""
    raise NotImplementedError


async def find_token(tx: Transaction, secret: str) -> Token | None:
    """The bearer token with this secret, expired or not."""
    raise NotImplementedError


async def find_key(tx: Transaction, email: str, secret: str) -> Token | None:
    """The key with this email (case does not matter) and secret, expired or not."""
    raise NotImplementedError


async def touch_token(tx: Transaction, id: str, now: datetime) -> None:
    """Remember that a token was used."""
    raise NotImplementedError


async def list_tokens(tx: Transaction, account: str | None = None) -> tuple[Token, ...]:
    """Tokens of one account, or of all."""
    raise NotImplementedError


async def remove_token(tx: Transaction, account: str, id: str) -> bool:
    """False when it was not there."""
    raise NotImplementedError


async def add_domain(
    tx: Transaction, account: str, name: str, next_hop: NextHop, *, now: datetime, policy: DomainPolicy | None = None
) -> Domain:
    """A domain whose mail we accept; the name is brought to lower case A-label form. Raises Conflict when it is taken."""
    raise NotImplementedError


async def set_domain(
    tx: Transaction, account: str, name: str, next_hop: NextHop, policy: DomainPolicy
) -> Domain | None:
    """Change where a domain's mail goes and what it wants. None when it is not there."""
    raise NotImplementedError


async def find_domain(tx: Transaction, name: str) -> Domain | None:
    """The domain of whichever account has it; subdomains do not count."""
    raise NotImplementedError


async def list_domains(tx: Transaction, account: str | None = None) -> tuple[Domain, ...]:
    """Domains of one account, or of all, by name."""
    raise NotImplementedError


async def remove_domain(tx: Transaction, account: str, name: str) -> bool:
    """False when it was not there."""
    raise NotImplementedError
