"""The accounts' lists that a process keeps: within bounds, the same on both sides of a socket."""

import random

import pytest

from lazaretto.model.lists import Lists
from lazaretto.scan.classifier.adapted import make_difference
from lazaretto.scanner import shelf as shelves
from lazaretto.scanner.shelf import Shelf, entries_of
from tests.helpers.listed import block, ignored, person


def lists(version: int, entries: int = 0) -> Lists:
    return Lists(version, block=(block("a@b.test"),) * entries)


def test_a_value_is_found_under_its_version():
    """An older or a newer one is another."""
    shelf: Shelf[str] = Shelf()
    shelf.put("a", lists(3), "three")

    assert ("three", None, None) == (shelf.find("a", 3), shelf.find("a", 4), shelf.find("b", 3))
    assert ("three", None) == (shelf.latest("a"), shelf.latest("b"))


def test_what_was_used_longest_ago_gives_way(monkeypatch: pytest.MonkeyPatch):
    """By accounts and by entries; the last one stays, however large."""
    monkeypatch.setattr(shelves, "MAX_ACCOUNTS", 3)
    monkeypatch.setattr(shelves, "MAX_ENTRIES", 10)
    shelf: Shelf[str] = Shelf()
    for name in "abc":
        shelf.put(name, lists(1, 2), name)
    assert shelf.has("a", 1)
    shelf.put("d", lists(1, 2), "d")
    assert [True, False, True, True] == [shelf.has(n, 1) for n in "abcd"]
    shelf.put("e", lists(1, 50), "e")

    assert [False, False, False, True] == [shelf.has(n, 1) for n in "acde"]


def test_two_shelves_that_see_the_same_hold_the_same(monkeypatch: pytest.MonkeyPatch):
    """So the parent knows what the worker has."""
    monkeypatch.setattr(shelves, "MAX_ACCOUNTS", 4)
    monkeypatch.setattr(shelves, "MAX_ENTRIES", 12)
    chance = random.Random(7)
    ours: Shelf[None] = Shelf()
    theirs: Shelf[str] = Shelf()
    for _ in range(2_000):
        account, version = chance.choice("abcdefg"), chance.randrange(1, 4)
        carried = None if ours.has(account, version) else lists(version, chance.randrange(6))
        if carried is not None:
            ours.put(account, carried, None)
            theirs.put(account, carried, "x")
        assert theirs.find(account, version) == "x"


def test_all_lists_are_counted():
    """Every kind takes memory."""
    assert 4 == entries_of(
        Lists(1, block=(block("a@b.test"),) * 2, people=(person("a", "b"),), ignored_urls=(ignored("x"),))
    )


def test_what_was_learned_takes_room_too():
    """A difference of the greatest size counts as hundreds of entries."""
    wording = make_difference(dict.fromkeys(range(9_000), 1.0), bits=18, base="x")

    assert 802 == entries_of(Lists(1, block=(block("a@b.test"),) * 2, wording=wording))
