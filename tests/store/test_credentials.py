"""Tokens and users: found by what they are known by, and never mightier than their user."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lazaretto.model.access import Capability, Role
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.store import migrate as migrating
from lazaretto.store.accounts import add_account, remove_account
from lazaretto.store.credentials import (
    MAX_NETWORKS,
    add_token,
    find_key,
    find_token,
    get_token,
    has_admin,
    list_tokens,
    remove_token,
    touch_tokens,
)
from lazaretto.store.database import open_database
from lazaretto.store.sqlite import SqliteTransaction, connect, drive
from lazaretto.store.users import add_user, count_users, get_user, list_users, remove_user, set_user
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT

LATER = NOW + timedelta(hours=1)


async def made(database, account=ACCOUNT, **options):
    plain = {"name": "t", "role": Role.READ_ONLY, "now": NOW}
    return await database.write(lambda tx: add_token(tx, account, **(plain | options)))


async def user_of(database, role=Role.ANALYST, email="Ann@Example.com", account=ACCOUNT):
    return await database.write(lambda tx: add_user(tx, account, email=email, role=role, name="Ann", now=NOW))


async def test_a_secret_finds_its_token_only(database):
    """Bearer and key do not stand in for each other; the secret itself is not stored."""
    bearer, secret = await made(database, role=Role.ADMIN, expires_at=NOW + timedelta(days=1))
    key, key_secret = await made(database, OTHER_ACCOUNT, kind="key", email="Me@Example.com")

    async def find(tx):
        return (
            await find_token(tx, secret),
            await find_key(tx, "ME@example.COM", key_secret),
            await find_token(tx, key_secret),
            await find_key(tx, "me@example.com", secret),
            await find_key(tx, "you@example.com", key_secret),
            await find_token(tx, ""),
            await find_token(tx, "\ud800\0"),
        )

    found = await database.read(find)
    tables = await database.read(lambda tx: tx.rows("SELECT * FROM token"))

    assert (bearer, key, None, None, None, None, None) == found
    assert 40 == len(secret)
    assert secret not in str(tables)
    assert key_secret not in str(tables)


async def test_tokens_are_listed_and_removed_by_account(database):
    """An account sees and removes its own only; use is remembered."""
    token, _ = await made(database)
    await database.write(
        lambda tx: touch_tokens(tx, [(OTHER_ACCOUNT, token.id, NOW), (ACCOUNT, token.id, LATER)])
    )
    (listed,) = await database.read(lambda tx: list_tokens(tx, ACCOUNT))

    assert LATER == listed.last_used_at
    assert () == await database.read(lambda tx: list_tokens(tx, OTHER_ACCOUNT))
    assert (listed,) == await database.read(list_tokens)
    assert [None, listed] == [
        await database.read(lambda tx, account=account: get_token(tx, account, token.id))
        for account in (OTHER_ACCOUNT, ACCOUNT)
    ]
    assert [False, True, False] == [
        await database.write(lambda tx, account=account: remove_token(tx, account, token.id))
        for account in (OTHER_ACCOUNT, ACCOUNT, ACCOUNT)
    ]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"kind": "key"}, Invalid),
        ({"email": "a@b"}, Invalid),
        ({"secret": "short"}, Invalid),
        ({"account": "f" * 32}, NotFound),
        ({"secret": "s" * 40}, Conflict),
        ({"networks": ("192.0.2.1/24",)}, Invalid),
        ({"networks": ("here",)}, Invalid),
        ({"networks": ("192.0.2.1",) * (MAX_NETWORKS + 1)}, Invalid),
    ],
)
async def test_wrong_tokens_are_refused(database, options, problem):
    """Each with its own kind of refusal."""
    await made(database, secret="s" * 40)
    wanted = {"account": ACCOUNT, "name": "t", "role": Role.READ_ONLY, "now": NOW} | options

    with pytest.raises(problem):
        await database.write(lambda tx: add_token(tx, wanted.pop("account"), **wanted))


async def test_networks_are_kept_in_their_usual_form(database):
    """Each once, addresses as networks."""
    token, secret = await made(database, networks=("192.0.2.7", " 2001:db8::/32", "192.0.2.7/32"))

    assert ("192.0.2.7/32", "2001:db8::/32") == token.networks
    assert token == await database.read(lambda tx: find_token(tx, secret))


async def test_users_are_found_in_their_account(database):
    """By id, by email in any case; an email once an account."""
    ann = await user_of(database)
    other = await user_of(database, account=OTHER_ACCOUNT)
    with pytest.raises(Invalid, match="already"):
        await user_of(database, email="ann@example.COM")
    with pytest.raises(NotFound):
        await user_of(database, account="e" * 32)

    found = [
        await database.read(lambda tx, ref=ref: get_user(tx, ACCOUNT, ref))
        for ref in (ann.id, "ANN@example.com", other.id, "\0")
    ]

    assert [ann, ann, None, None] == found
    assert (ann,) == await database.read(lambda tx: list_users(tx, ACCOUNT))
    assert () == await database.read(lambda tx: list_users(tx, ACCOUNT, limit=1, offset=1))
    assert 1 == await database.read(lambda tx: count_users(tx, ACCOUNT))


async def test_a_token_never_does_more_than_its_user(database):
    """Not when it is made, not when the user is made smaller later, and nothing when disabled."""
    ann = await user_of(database)
    with pytest.raises(Invalid, match="cannot have the role"):
        await made(database, role=Role.ADMIN, user=ann)
    token, secret = await made(database, role=Role.ANALYST, user=ann)
    rights = []
    for change in ({}, {"role": Role.POLICY}, {"role": Role.ADMIN}, {"disabled_at": LATER}):
        await database.write(lambda tx, change=change: set_user(tx, replace(ann, **change)))
        found = await database.read(lambda tx: find_token(tx, secret))
        rights.append(found.capabilities)

    analyst = Role.ANALYST.capabilities
    assert [analyst, {Capability.READ}, analyst, frozenset()] == rights
    assert "ann@example.com" == token.actor


async def test_a_key_of_a_user_goes_with_the_email_of_the_user(database):
    """It need not be said twice."""
    ann = await user_of(database)
    _, secret = await made(database, kind="key", user=ann)

    found = await database.read(lambda tx: find_key(tx, "ann@example.com", secret))

    assert ann == found.user


async def test_a_user_goes_with_all_credentials(database):
    """The tokens of others stay; another account cannot remove the user."""
    ann = await user_of(database)
    await made(database, user=ann)
    kept, _ = await made(database)

    removed = [
        await database.write(lambda tx, account=account: remove_user(tx, account, ann.id))
        for account in (OTHER_ACCOUNT, ACCOUNT, ACCOUNT)
    ]

    assert [False, True, False] == removed
    assert (kept,) == await database.read(list_tokens)


async def test_who_can_administrate(database):
    """A credential that works, and whose user may: expired ones and those of the disabled do not count."""

    async def anybody(now=NOW):
        return await database.read(lambda tx: has_admin(tx, ACCOUNT, now))

    await made(database, OTHER_ACCOUNT, role=Role.ADMIN)
    await made(database, role=Role.ANALYST)
    nobody = await anybody()
    await made(database, role=Role.ADMIN, expires_at=LATER)
    ann = await user_of(database, Role.ADMIN)
    for_a_while = await anybody(), await anybody(LATER)
    await made(database, role=Role.ADMIN, user=ann)
    with_ann = await anybody(LATER)
    await database.write(lambda tx: set_user(tx, replace(ann, disabled_at=NOW)))

    assert (False, (True, False), True, False) == (nobody, for_a_while, with_ann, await anybody(LATER))


async def test_users_go_with_their_account(database):
    """Nobody is left over for an account of the same id."""
    await user_of(database)
    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    assert 0 == await database.read(lambda tx: count_users(tx, ACCOUNT))


async def test_older_permissions_become_roles(tmp_path):
    """The word read becomes read_only, write becomes admin; the secrets keep working."""
    connection = connect(tmp_path / "store.db")

    async def older(tx):
        await tx.execute(
            "CREATE TABLE schema_version (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)"
        )
        for step in migrating.migrations():
            if step.number < 8:
                await migrating._apply(tx, step)
        await add_account(tx, "one", now=NOW, id=ACCOUNT)
        for permission in ("read", "write"):
            await tx.execute(
                "INSERT INTO token (account, id, name, kind, permission, hash, created_at)"
                f" VALUES (?, ?, 't', 'bearer', ?, '{permission}', 0)", ACCOUNT, permission, permission,
            )  # fmt: skip

    drive(older, SqliteTransaction(connection))
    connection.close()
    database = await open_database(f"sqlite://{tmp_path}/store.db")
    found = await database.read(list_tokens)
    await database.close()

    assert [("read", Role.READ_ONLY), ("write", Role.ADMIN)] == [(token.id, token.role) for token in found]
