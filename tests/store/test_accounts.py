"""Accounts, tokens, domains: found by what they are known by, and by nothing else."""

from datetime import timedelta

import pytest

from lazaretto.model.account import DomainPolicy, NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Conflict, Invalid, NotFound
from lazaretto.query.criteria import Criteria
from lazaretto.store.accounts import (
    add_account,
    add_domain,
    add_token,
    find_account,
    find_domain,
    find_key,
    find_token,
    list_accounts,
    list_domains,
    list_tokens,
    remove_account,
    remove_domain,
    remove_token,
    set_domain,
    touch_token,
)
from lazaretto.store.search import count
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, stored

HOP = NextHop("mail.example.com", 25, "lmtp", "required")


async def test_accounts_are_found_by_id_and_name(database):
    """Both lead to it; a taken name or id is a conflict."""
    third = await database.write(lambda tx: add_account(tx, "three", now=NOW))

    found = [
        await database.read(lambda tx, ref=ref: find_account(tx, ref))
        for ref in (third.id, "three", "nobody\0")
    ]
    listed = await database.read(list_accounts)
    with pytest.raises(Conflict):
        await database.write(lambda tx: add_account(tx, "three", now=NOW))
    with pytest.raises(Conflict):
        await database.write(lambda tx: add_account(tx, "four", now=NOW, id=third.id))

    assert [third, third, None] == found
    assert ["one", "three", "two"] == [account.name for account in listed]
    assert 32 == len(third.id)


async def test_an_account_goes_with_all_it_has(database):
    """Records, tokens and domains vanish; those of others stay; mail that is owed forbids it."""
    await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    _, secret = await database.write(lambda tx: add_token(tx, ACCOUNT, name="t", permission="read", now=NOW))
    await stored(database, disposition=Disposition.SPAM, order=Order.QUARANTINE)
    asked = Criteria(NOW - timedelta(days=1), NOW + timedelta(days=1), words=("numbers",))

    removed = await database.write(lambda tx: remove_account(tx, ACCOUNT))
    again = await database.write(lambda tx: remove_account(tx, ACCOUNT))

    assert (True, False) == (removed, again)
    assert await database.read(lambda tx: find_token(tx, secret)) is None
    assert await database.read(lambda tx: find_domain(tx, "example.com")) is None
    assert 0 == await database.read(lambda tx: count(tx, ACCOUNT, asked, None))
    assert ["two"] == [account.name for account in await database.read(list_accounts)]


async def test_an_account_with_mail_on_its_way_stays(database):
    """Custody: what was acknowledged is delivered first."""
    await stored(database)

    with pytest.raises(Conflict, match="wait to be sent"):
        await database.write(lambda tx: remove_account(tx, ACCOUNT))


async def test_a_secret_finds_its_token_only(database):
    """Bearer and key do not stand in for each other; the secret itself is not stored."""
    bearer, secret = await database.write(
        lambda tx: add_token(
            tx, ACCOUNT, name="ci", permission="write", now=NOW, expires_at=NOW + timedelta(days=1)
        )
    )
    key, key_secret = await database.write(
        lambda tx: add_token(
            tx, OTHER_ACCOUNT, name="k", permission="read", now=NOW, kind="key", email="Me@Example.com"
        )
    )

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
    """An account removes its own only; use is remembered."""
    token, _ = await database.write(lambda tx: add_token(tx, ACCOUNT, name="t", permission="read", now=NOW))
    await database.write(lambda tx: touch_token(tx, token.id, NOW))
    (listed,) = await database.read(lambda tx: list_tokens(tx, ACCOUNT))

    assert NOW == listed.last_used_at
    assert () == await database.read(lambda tx: list_tokens(tx, OTHER_ACCOUNT))
    assert (listed,) == await database.read(list_tokens)
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
    ],
)
async def test_wrong_tokens_are_refused(database, options, problem):
    """Each with its own kind of refusal."""
    plain = {"account": ACCOUNT, "name": "t", "permission": "read", "now": NOW}
    await database.write(lambda tx: add_token(tx, **plain, secret="s" * 40))
    wanted = plain | options

    with pytest.raises(problem):
        await database.write(lambda tx: add_token(tx, wanted.pop("account"), **wanted))


async def test_domains(database):
    """Any spelling of the name finds it, subdomains do not, and it belongs to one account."""
    policy = DomainPolicy(((Disposition.SPAM, Order.REJECT),), "quarantine")
    added = await database.write(
        lambda tx: add_domain(tx, ACCOUNT, "BÜCHER.example.", HOP, now=NOW, policy=policy)
    )
    with pytest.raises(Conflict):
        await database.write(lambda tx: add_domain(tx, OTHER_ACCOUNT, "xn--bcher-kva.example", HOP, now=NOW))
    with pytest.raises(NotFound):
        await database.write(lambda tx: add_domain(tx, "f" * 32, "else.example", HOP, now=NOW))

    names = ("xn--bcher-kva.example", "Bücher.EXAMPLE", "sub.xn--bcher-kva.example", "example", "\0")
    found = [await database.read(lambda tx, name=name: find_domain(tx, name)) for name in names]

    assert ("xn--bcher-kva.example", HOP, policy, ACCOUNT) == (
        added.name,
        added.next_hop,
        added.policy,
        added.account,
    )
    assert [added, added, None, None, None] == found
    assert ((added,), (), (added,)) == (
        await database.read(lambda tx: list_domains(tx, ACCOUNT)),
        await database.read(lambda tx: list_domains(tx, OTHER_ACCOUNT)),
        await database.read(list_domains),
    )


async def test_a_domain_is_changed_and_removed_by_its_account(database):
    """Nobody else can redirect its mail."""
    added = await database.write(lambda tx: add_domain(tx, ACCOUNT, "example.com", HOP, now=NOW))
    evil = NextHop("evil.test", 25)

    wrong = await database.write(
        lambda tx: set_domain(tx, OTHER_ACCOUNT, "example.com", evil, DomainPolicy())
    )
    right = await database.write(
        lambda tx: set_domain(tx, ACCOUNT, "Example.com", evil, DomainPolicy((), "deliver"))
    )

    assert wrong is None
    assert (added.id, evil, DomainPolicy((), "deliver")) == (right.id, right.next_hop, right.policy)
    assert right == await database.read(lambda tx: find_domain(tx, "example.com"))
    assert [False, True, False] == [
        await database.write(lambda tx, account=account: remove_domain(tx, account, "EXAMPLE.com"))
        for account in (OTHER_ACCOUNT, ACCOUNT, ACCOUNT)
    ]
