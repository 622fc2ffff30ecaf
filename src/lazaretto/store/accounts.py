"""Accounts, their tokens and their domains.

Secrets are random and long, so a plain SHA-256 of them is kept and nothing slower is needed.
"""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from lazaretto.mail.domains import to_alabel
from lazaretto.model.account import Account, Domain, DomainPolicy, NextHop, Permission, Token
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.store import codec
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction

GENERIC = 1000
NO_ACCOUNT = 1300
TAKEN = 1301
STILL_SENDING = 1302

SECRET_BYTES = 30
"""Of a new secret: 240 bits, 40 characters."""

MIN_SECRET = 20
"""Characters of a secret that is given from outside: shorter ones could be guessed from a stolen hash."""

ACCOUNT_TABLES = ("token", "domain", "scan", "decision", "delivery", "trace", "action", "record")
TOKEN_COLUMNS = "id, account, name, kind, email, permission, created_at, expires_at, last_used_at"  # noqa: S105
DOMAIN_COLUMNS = "number, account, name, next_hop, created_at, policy"


async def add_account(tx: Transaction, name: str, *, now: datetime, id: str | None = None) -> Account:  # noqa: A002
    """A new account. Raises Conflict when the name or the id is taken."""
    account = Account(id or secrets.token_hex(16), plain_text(name), now)
    if (
        await tx.value("SELECT id FROM account WHERE id = ? OR name = ?", account.id, account.name)
        is not None
    ):
        raise Conflict(TAKEN, f"There is an account of that name or id already: {name}")
    await tx.execute(
        "INSERT INTO account (id, number, name, created_at)"
        " SELECT ?, coalesce(max(number), 0) + 1, ?, ? FROM account",
        account.id,
        account.name,
        micros(now),
    )
    return account


async def list_accounts(tx: Transaction) -> tuple[Account, ...]:
    """All accounts, by name."""
    rows: list[Any] = await tx.rows("SELECT id, name, created_at FROM account")
    accounts = (Account(key, name, moment(created)) for key, name, created in rows)
    return tuple(sorted(accounts, key=lambda account: account.name))


async def find_account(tx: Transaction, ref: str) -> Account | None:
    """An account by id or by name."""
    row: Any = await tx.row(
        "SELECT id, name, created_at FROM account WHERE id = ? OR name = ?", plain_text(ref), plain_text(ref)
    )
    return Account(row[0], row[1], moment(row[2])) if row else None


async def remove_account(tx: Transaction, account: str) -> bool:
    """Remove an account with all its records; retention removes the bytes later. False when it is not there.

    Raises Conflict while copies wait to be sent.
    """
    if await tx.value("SELECT id FROM account WHERE id = ?", account) is None:
        return False
    waiting = "SELECT count(*) FROM delivery WHERE account = ? AND next_attempt_at IS NOT NULL"
    count: Any = await tx.value(waiting, account)
    if count:
        raise Conflict(STILL_SENDING, f"{count} copies of this account wait to be sent: let them end first")
    await _remove_search(tx, account)
    for table in ACCOUNT_TABLES:
        await tx.execute(f"DELETE FROM {table} WHERE account = ?", account)
    await tx.execute("DELETE FROM account WHERE id = ?", account)
    return True


async def _remove_search(tx: Transaction, account: str) -> None:
    from lazaretto.store.search_text import remove  # here alone

    rows: list[Any] = await tx.rows(
        "SELECT position FROM record WHERE account = ? AND position IS NOT NULL", account
    )
    await remove(tx, account, [row[0] for row in rows])


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
    """A new credential and its secret, which is shown once and not kept.

    Raises NotFound, Conflict or Invalid.
    """
    if await tx.value("SELECT id FROM account WHERE id = ?", account) is None:
        raise NotFound(NO_ACCOUNT, f"There is no account {account}")
    if (kind == "key") != (email is not None):
        raise Invalid(GENERIC, "A key needs an email address, a bearer token has none")
    if secret is not None and len(secret) < MIN_SECRET:
        raise Invalid(GENERIC, f"The secret is too short: at least {MIN_SECRET} characters")
    secret = secret or secrets.token_urlsafe(SECRET_BYTES)
    token = Token(
        id=secrets.token_hex(16),
        account=account,
        name=plain_text(name),
        kind=kind,
        email=email.lower() if email else None,
        permission=permission,
        created_at=now,
        expires_at=expires_at,
    )
    await _insert_token(tx, token, _hash(token.email, secret))
    return token, secret


async def _insert_token(tx: Transaction, token: Token, hashed: str) -> None:
    row = await tx.row(
        f"INSERT INTO token ({TOKEN_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)"
        " ON CONFLICT (hash) DO NOTHING RETURNING id",
        token.id,
        token.account,
        token.name,
        token.kind,
        token.email,
        token.permission,
        micros(token.created_at),
        micros(token.expires_at) if token.expires_at else None,
        hashed,
    )
    if row is None:
        raise Conflict(TAKEN, "There is a token with this secret already")


def _hash(email: str | None, secret: str) -> str:
    return sha256(f"{email or ''}\0{secret}".encode("utf-8", "surrogatepass")).hexdigest()


async def find_token(tx: Transaction, secret: str) -> Token | None:
    """The bearer token with this secret, expired or not."""
    return await _by_hash(tx, _hash(None, secret), "bearer")


async def find_key(tx: Transaction, email: str, secret: str) -> Token | None:
    """The key with this email (case does not matter) and secret, expired or not."""
    return await _by_hash(tx, _hash(email.lower(), secret), "key")


async def _by_hash(tx: Transaction, hashed: str, kind: str) -> Token | None:
    row = await tx.row(f"SELECT {TOKEN_COLUMNS} FROM token WHERE hash = ? AND kind = ?", hashed, kind)
    return _token(row) if row else None


def _token(row: Any) -> Token:
    key, account, name, kind, email, permission, created, expires, used = row
    return Token(
        id=key,
        account=account,
        name=name,
        kind=kind,
        email=email,
        permission=permission,
        created_at=moment(created),
        expires_at=moment_or_none(expires),
        last_used_at=moment_or_none(used),
    )


async def touch_token(tx: Transaction, id: str, now: datetime) -> None:  # noqa: A002
    """Remember that a token was used."""
    await tx.execute("UPDATE token SET last_used_at = ? WHERE id = ?", micros(now), id)


async def list_tokens(tx: Transaction, account: str | None = None) -> tuple[Token, ...]:
    """Tokens of one account, or of all, oldest first."""
    where, args = ("", ()) if account is None else (" WHERE account = ?", (account,))
    rows = await tx.rows(f"SELECT {TOKEN_COLUMNS} FROM token{where} ORDER BY created_at, id", *args)
    return tuple(_token(row) for row in rows)


async def remove_token(tx: Transaction, account: str, id: str) -> bool:  # noqa: A002
    """False when it was not there."""
    return (
        await tx.row("DELETE FROM token WHERE account = ? AND id = ? RETURNING id", account, id) is not None
    )


async def add_domain(
    tx: Transaction,
    account: str,
    name: str,
    next_hop: NextHop,
    *,
    now: datetime,
    policy: DomainPolicy | None = None,
) -> Domain:
    """A domain whose mail we accept; its name is brought to lower case A-label form.

    Raises NotFound without such an account, Conflict when some account has the domain.
    """
    if await tx.value("SELECT id FROM account WHERE id = ?", account) is None:
        raise NotFound(NO_ACCOUNT, f"There is no account {account}")
    row = await tx.row(
        "INSERT INTO domain (account, name, next_hop, created_at, policy) VALUES (?, ?, ?, ?, ?)"
        f" ON CONFLICT (name) DO NOTHING RETURNING {DOMAIN_COLUMNS}",
        account,
        _name(name),
        codec.encode(next_hop),
        micros(now),
        codec.encode(policy or DomainPolicy()),
    )
    if row is None:
        raise Conflict(TAKEN, f"The domain {_name(name)} is taken")
    return _domain(row)


async def set_domain(
    tx: Transaction, account: str, name: str, next_hop: NextHop, policy: DomainPolicy
) -> Domain | None:
    """Change where a domain's mail goes and what it wants. None when it is not there."""
    row = await tx.row(
        "UPDATE domain SET next_hop = ?, policy = ? WHERE account = ? AND name = ?"
        f" RETURNING {DOMAIN_COLUMNS}",
        codec.encode(next_hop),
        codec.encode(policy),
        account,
        _name(name),
    )
    return _domain(row) if row else None


async def find_domain(tx: Transaction, name: str) -> Domain | None:
    """The domain of whichever account has it; subdomains do not count."""
    row = await tx.row(f"SELECT {DOMAIN_COLUMNS} FROM domain WHERE name = ?", _name(name))
    return _domain(row) if row else None


async def list_domains(tx: Transaction, account: str | None = None) -> tuple[Domain, ...]:
    """Domains of one account, or of all, by name."""
    where, args = ("", ()) if account is None else (" WHERE account = ?", (account,))
    rows = await tx.rows(f"SELECT {DOMAIN_COLUMNS} FROM domain{where}", *args)
    return tuple(sorted((_domain(row) for row in rows), key=lambda domain: domain.name))


async def remove_domain(tx: Transaction, account: str, name: str) -> bool:
    """False when it was not there."""
    statement = "DELETE FROM domain WHERE account = ? AND name = ? RETURNING number"
    return await tx.row(statement, account, _name(name)) is not None


def _name(name: str) -> str:
    return plain_text(to_alabel(name.strip()))


def _domain(row: Any) -> Domain:
    number, account, name, next_hop, created_at, policy = row
    return Domain(
        id=number,
        account=account,
        name=name,
        next_hop=codec.decode(next_hop, NextHop),
        created_at=moment(created_at),
        policy=codec.decode(policy, DomainPolicy),
    )
