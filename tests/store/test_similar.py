"""Traits in the index: the same message in other clothes is found, on both databases, and nobody else's mail."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.model.disposition import Mode
from lazaretto.model.likeness import Alike
from lazaretto.model.record import LinkSummary
from lazaretto.store import similar
from lazaretto.store.likeness import MAX_FILES, MAX_HOSTS, subject_form, trait_tag, traits
from lazaretto.store.similar import find_sharing
from tests.helpers.records import ACCOUNT, NOW, OTHER_ACCOUNT, attachment, envelope, stored, summary


def link(host):
    return LinkSummary(f"https://{host}/", "", host, host)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Invoice 4711", "RE: Fwd:  invoice 17"),
        ("Rechnung Nr. 12/2026", "AW: rechnung nr. 3/1999"),
        ("Ｉnvoice ٣", "invoice 9"),
        ("[list] Re: hello", "hello"),
        ("STRASSE", "straße"),
    ],
)
def test_what_a_campaign_changes_is_left_out(one, other):
    """Marks of replies, numbers of any script, case and width."""
    assert subject_form(one) == subject_form(other)


@pytest.mark.parametrize(
    "text", ["", "re:", "\ud800", "\0", "re: " * 10_000, "\u0315" * 100_000, "9" * 100_000]
)
def test_any_subject_has_a_form(text):
    """Total and short, whatever the sender wrote."""
    assert 1_100 > len(subject_form(text))


@given(st.text(max_size=200))
def test_a_form_is_stable(text):
    """The form of a form does not lose more, but for marks that stood behind others."""
    assert isinstance(subject_form(subject_form(text)), str)


def test_traits_have_limits():
    """A message of a thousand links and files has a few tags for them."""
    big = summary(
        links=tuple(link(f"h{n}.test") for n in range(1_000)),
        attachments=tuple(replace(attachment(), sha256=f"{n:064x}") for n in range(1_000)),
    )
    found = traits(big)

    assert MAX_HOSTS == sum(trait.kind is Alike.LINK for trait in found)
    assert MAX_FILES == sum(trait.kind is Alike.ATTACHMENT for trait in found)
    assert len(found) == len({trait_tag(trait) for trait in found})


def test_a_bare_message_has_no_traits():
    """Nothing is nothing that two messages share."""
    bare = summary(fingerprint="", attachments=(), links=(), subject="", from_address="")

    assert () == traits(bare)


async def test_sharing_is_found(database):
    """Newest first, without the one that was asked about, without submissions and without other accounts."""
    one = await stored(database)
    two = await stored(database, from_name="Else", body_words="other words")
    three = await stored(
        database, fingerprint="0" * 16, attachments=(), links=(), subject="Re: Quarterly numbers"
    )
    await stored(database, envelope(mode=Mode.REVIEW_SUBMISSION))
    await stored(database, envelope(account=OTHER_ACCOUNT))
    found = {
        trait.kind: [
            number
            for number, _ in await database.read(
                lambda tx, trait=trait: find_sharing(tx, ACCOUNT, trait, besides=(one.number,))
            )
        ]
        for trait in traits(summary())
    }

    assert {
        Alike.FINGERPRINT: [two.number],
        Alike.ATTACHMENT: [two.number],
        Alike.SENDER: [three.number, two.number],
        Alike.LINK: [two.number],
    } == found


async def test_a_trait_finds_at_most_so_many(database, monkeypatch):
    """The newest of them."""
    monkeypatch.setattr(similar, "MAX_FOUND", 2)
    numbers = [(await stored(database)).number for _ in range(4)]
    trait = traits(summary())[0]
    found = await database.read(lambda tx: find_sharing(tx, ACCOUNT, trait))

    assert numbers[:1:-1] == [number for number, _ in found]
    assert NOW
