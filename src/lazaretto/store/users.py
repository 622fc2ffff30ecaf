"""The users of an account.

Removing a user removes the user's credentials too; disabling one leaves them there without any right.
"""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from lazaretto.model.access import Role
from lazaretto.model.errors import Invalid, NotFound
from lazaretto.model.user import User
from lazaretto.store.accounts import NO_ACCOUNT, TAKEN
from lazaretto.store.codec import plain_text
from lazaretto.store.times import micros, moment, moment_or_none
from lazaretto.store.transaction import Transaction, Value

COLUMNS = "id, account, email, name, role, created_at, disabled_at"


async def add_user(
    tx: Transaction,
    account: str,
    *,
    email: str,
    role: Role,
    now: datetime,
    name: str = "",
) -> User:
    """A new user. Raises NotFound without such an account, Invalid when the email address is taken."""
    if await tx.value("SELECT id FROM account WHERE id = ?", account) is None:
        raise NotFound(NO_ACCOUNT, f"There is no account {account}")
    user = User(secrets.token_hex(16), account, plain_text(email.lower()), plain_text(name), role, now)
    row = await tx.row(
        f"INSERT INTO users ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL)"
        " ON CONFLICT (account, email) DO NOTHING RETURNING id",
        user.id,
        account,
        user.email,
        user.name,
        role,
        micros(now),
    )
    if row is None:
        raise Invalid(TAKEN, f"There is a user {user.email} already", pointer="/email")
    return user


async def get_user(tx: Transaction, account: str, ref: str) -> User | None:
    """A user by id or by email address."""
    ref = plain_text(ref)
    row = await tx.row(
        f"SELECT {COLUMNS} FROM users WHERE account = ? AND (id = ? OR email = ?)", account, ref, ref.lower()
    )
    return _user(row) if row else None


async def list_users(
    tx: Transaction, account: str, *, limit: int | None = None, offset: int = 0
) -> tuple[User, ...]:
    """Users by email address."""
    page, args = ("", ()) if limit is None else (" LIMIT ? OFFSET ?", (limit, offset))
    rows = await tx.rows(
        f"SELECT {COLUMNS} FROM users WHERE account = ? ORDER BY email{page}", account, *args
    )
    return tuple(_user(row) for row in rows)


async def count_users(tx: Transaction, account: str) -> int:
    """How many there are."""
    count: Any = await tx.value("SELECT count(*) FROM users WHERE account = ?", account)
    return int(count)


async def set_user(tx: Transaction, user: User) -> User:
    """Store another name, role or state of a user who is there; email and id stay."""
    user = replace(user, name=plain_text(user.name))
    disabled: Value = micros(user.disabled_at) if user.disabled_at else None
    await tx.execute(
        "UPDATE users SET name = ?, role = ?, disabled_at = ? WHERE account = ? AND id = ?",
        user.name,
        user.role,
        disabled,
        user.account,
        user.id,
    )
    return user


async def remove_user(tx: Transaction, account: str, id: str) -> bool:  # noqa: A002
    """Remove a user with all credentials. False when there is none."""
    id = plain_text(id)  # noqa: A001
    if await tx.row("DELETE FROM users WHERE account = ? AND id = ? RETURNING id", account, id) is None:
        return False
    await tx.execute("DELETE FROM token WHERE account = ? AND owner = ?", account, id)
    return True


async def lock_access(tx: Transaction, account: str) -> None:
    """Whoever changes who may do what waits here for the others, so that each sees what is left over."""
    # SQLite has one writer at a time anyway; on PostgreSQL the lock ends with the transaction.
    await tx.execute("UPDATE account SET name = name WHERE id = ?", account)


def _user(row: Any) -> User:
    key, account, email, name, role, created, disabled = row
    return User(key, account, email, name, Role(role), moment(created), moment_or_none(disabled))
