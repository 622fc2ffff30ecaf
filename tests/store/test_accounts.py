"""Accounts: found by what they are known by, and removed with all they have."""

from datetime import timedelta

import pytest

from lazaretto.model.access import Role
from lazaretto.model.account import NextHop
from lazaretto.model.decision import Order
from lazaretto.model.disposition import Disposition
from lazaretto.model.errors import Conflict
from lazaretto.query.criteria import Criteria
from lazaretto.store.accounts import (
    add_account,
    find_account,
    list_accounts,
    remove_account,
)
from lazaretto.store.credentials import add_token, find_token
from lazaretto.store.domains import add_domain, find_domain
from lazaretto.store.search import count
from tests.helpers.records import ACCOUNT, NOW, stored

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
    _, secret = await database.write(
        lambda tx: add_token(tx, ACCOUNT, name="t", role=Role.READ_ONLY, now=NOW)
    )
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
