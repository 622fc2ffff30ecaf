"""The credentials of an account: made, found by their secret, listed, removed.

Secrets are random and long, so a plain SHA-256 of them is kept and nothing slower is needed.
"""

import ipaddress
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from lazaretto.model.access import Capability, Role
from lazaretto.model.account import Token
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.model.user import User
from lazaretto.store.accounts import GENERIC, NO_ACCOUNT, TAKEN
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction

TOO_MUCH = 1321

SECRET_BYTES = 30
"""Of a new secret: 240 bits, 40 characters."""

MIN_SECRET = 20
"""Characters of a secret that is given from outside: shorter ones could be guessed from a stolen hash."""

MAX_NETWORKS = 32
"""Networks of one credential: all of them are compared with each request."""

_SELECT = (
    "SELECT t.id, t.account, t.name, t.kind, t.email, t.role, t.created_at, t.expires_at, t.last_used_at,"
    " t.networks, u.id, u.email, u.name, u.role, u.created_at, u.disabled_at"
    " FROM token t LEFT JOIN users u ON u.account = t.account AND u.id = t.owner"
)
_INSERT = (
    "INSERT INTO token (id, account, name, kind, email, role, created_at, expires_at, networks, owner, hash)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING RETURNING id"
)


async def add_token(
    tx: Transaction,
    account: str,
    *,
    name: str,
    role: Role,
    now: datetime,
    kind: Literal["bearer", "key"] = "bearer",
    email: str | None = None,
    expires_at: datetime | None = None,
    secret: str | None = None,
    user: User | None = None,
    networks: Iterable[str] = (),
) -> tuple[Token, str]:
    """A new credential and its secret, which is shown once and not kept. A user's key has the user's email.

    Raises NotFound, Conflict or Invalid.
    """
    if await tx.value("SELECT id FROM account WHERE id = ?", account) is None:
        raise NotFound(NO_ACCOUNT, f"There is no account {account}")
    if kind == "key" and email is None and user is not None:
        email = user.email
    if (kind == "key") != (email is not None):
        text = "A key needs an email address, a bearer token has none"
        raise Invalid(GENERIC, text, pointer="/email")
    if user is not None and not role.capabilities <= user.capabilities:
        state = "is disabled" if user.disabled_at else f"has the role {user.role}"
        text = f"A token of {user.email}, who {state}, cannot have the role {role}"
        raise Invalid(TOO_MUCH, text, pointer="/role")
    if secret is not None and len(secret) < MIN_SECRET:
        raise Invalid(GENERIC, f"The secret is too short: at least {MIN_SECRET} characters")
    secret = secret or secrets.token_urlsafe(SECRET_BYTES)
    token = Token(
        id=secrets.token_hex(16),
        account=account,
        name=plain_text(name),
        kind=kind,
        email=email.lower() if email else None,
        role=role,
        created_at=now,
        expires_at=expires_at,
        networks=read_networks(networks),
        user=user,
    )
    await _insert(tx, token, _hash(token.email, secret))
    return token, secret


async def _insert(tx: Transaction, token: Token, hashed: str) -> None:
    row = await tx.row(
        _INSERT,
        token.id,
        token.account,
        token.name,
        token.kind,
        token.email,
        token.role,
        micros(token.created_at),
        micros(token.expires_at) if token.expires_at else None,
        ",".join(token.networks),
        token.user.id if token.user else None,
        hashed,
    )
    if row is None:
        raise Conflict(TAKEN, "There is a token with this secret already")


def read_networks(texts: Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks, IPv4 and IPv6, in their usual form. Raises Invalid."""
    found: list[str] = []
    for number, text in enumerate(texts):
        pointer = f"/networks/{number}"
        if number == MAX_NETWORKS:
            raise Invalid(GENERIC, f"A token has at most {MAX_NETWORKS} networks", pointer=pointer)
        try:
            found.append(str(ipaddress.ip_network(text.strip())))
        except ValueError as problem:
            raise Invalid(GENERIC, f"This is not a network: {problem}", pointer=pointer) from None
    return tuple(dict.fromkeys(found))


def _hash(email: str | None, secret: str) -> str:
    return sha256(f"{email or ''}\0{secret}".encode("utf-8", "surrogatepass")).hexdigest()


async def find_token(tx: Transaction, secret: str) -> Token | None:
    """The bearer token with this secret, expired or not."""
    return await _by_hash(tx, _hash(None, secret), "bearer")


async def find_key(tx: Transaction, email: str, secret: str) -> Token | None:
    """The key with this email (case does not matter) and secret, expired or not."""
    return await _by_hash(tx, _hash(email.lower(), secret), "key")


async def _by_hash(tx: Transaction, hashed: str, kind: str) -> Token | None:
    row = await tx.row(f"{_SELECT} WHERE t.hash = ? AND t.kind = ?", hashed, kind)
    return _token(row) if row else None


async def get_token(tx: Transaction, account: str, id: str) -> Token | None:  # noqa: A002
    """One of the account's credentials."""
    row = await tx.row(f"{_SELECT} WHERE t.account = ? AND t.id = ?", account, plain_text(id))
    return _token(row) if row else None


async def list_tokens(tx: Transaction, account: str | None = None) -> tuple[Token, ...]:
    """Tokens of one account, or of all, oldest first."""
    where, args = ("", ()) if account is None else (" WHERE t.account = ?", (account,))
    rows = await tx.rows(f"{_SELECT}{where} ORDER BY t.created_at, t.id", *args)
    return tuple(_token(row) for row in rows)


async def remove_token(tx: Transaction, account: str, id: str) -> bool:  # noqa: A002
    """False when it was not there."""
    statement = "DELETE FROM token WHERE account = ? AND id = ? RETURNING id"
    return await tx.row(statement, account, plain_text(id)) is not None


async def touch_tokens(tx: Transaction, used: Iterable[tuple[str, str, datetime]]) -> None:
    """Remember when tokens were used: account, id, time."""
    statement = "UPDATE token SET last_used_at = ? WHERE account = ? AND id = ?"
    # In one order, so that two servers that remember the same tokens do not wait for each other in a ring.
    await tx.many(statement, [(micros(at), account, key) for account, key, at in sorted(used)])


async def has_admin(tx: Transaction, account: str, now: datetime) -> bool:
    """Somebody can still administrate the account over the API."""
    tokens = await list_tokens(tx, account)
    return any(Capability.ADMIN in token.capabilities and not has_expired(token, now) for token in tokens)


def has_expired(token: Token, now: datetime) -> bool:
    """The credential's own time is over."""
    return token.expires_at is not None and token.expires_at <= now


def _token(row: Any) -> Token:
    key, account, name, kind, email, role, created, expires, used, networks, *user = row
    return Token(
        id=key,
        account=account,
        name=name,
        kind=kind,
        email=email,
        role=Role(role),
        created_at=moment(created),
        expires_at=moment_or_none(expires),
        last_used_at=moment_or_none(used),
        networks=tuple(networks.split(",")) if networks else (),
        user=_owner(account, user) if user[0] is not None else None,
    )


def _owner(account: str, row: Sequence[Any]) -> User:
    key, email, name, role, created, disabled = row
    return User(key, account, email, name, Role(role), moment(created), moment_or_none(disabled))
