"""Rules that an account switched off, on both databases."""

from datetime import timedelta

import pytest

from lazaretto.model.errors import Invalid
from lazaretto.store import rules_off
from lazaretto.store.accounts import remove_account
from lazaretto.store.lists import lists_version, load_lists
from lazaretto.store.rules_off import RuleOff, list_rules_off, switch_rule
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT


def switched(rule, enabled, account=ACCOUNT, now=NOW):
    return lambda tx: switch_rule(tx, account, rule, enabled=enabled, actor="ana", now=now)


async def test_off_and_on(database):
    """Only a change makes a new version, and only for its own account."""
    assert await database.write(switched("a_rule", False))
    version = await database.read(lambda tx: lists_version(tx, ACCOUNT))

    assert not await database.write(switched("a_rule", False))
    assert not await database.write(switched("b_rule", True))
    assert version == await database.read(lambda tx: lists_version(tx, ACCOUNT))
    assert (RuleOff("a_rule", NOW, "ana"),) == await database.read(lambda tx: list_rules_off(tx, ACCOUNT))
    assert {"a_rule"} == (await database.read(lambda tx: load_lists(tx, ACCOUNT))).rules_off
    assert frozenset() == (await database.read(lambda tx: load_lists(tx, OTHER_ACCOUNT))).rules_off
    assert await database.write(switched("a_rule", True, now=NOW + timedelta(hours=1)))
    assert version < await database.read(lambda tx: lists_version(tx, ACCOUNT))
    assert () == await database.read(lambda tx: list_rules_off(tx, ACCOUNT))


async def test_there_is_a_limit(database, monkeypatch):
    """Nobody switches off a ruleset rule by rule without end."""
    monkeypatch.setattr(rules_off, "MAX_OFF", 1)
    await database.write(switched("a_rule", False))

    with pytest.raises(Invalid):
        await database.write(switched("b_rule", False))


async def test_they_go_with_the_account(database):
    """Nothing of a removed account stays."""
    await database.write(switched("a_rule", False))
    await database.write(lambda tx: remove_account(tx, ACCOUNT))

    assert () == await database.read(lambda tx: list_rules_off(tx, ACCOUNT))
