"""Tokens: one form for text, phrases for what falls into several words, tags for exact values."""

import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.model.disposition import Disposition
from lazaretto.query.criteria import Criteria
from lazaretto.store.words import (
    GAP,
    MAX_ADDRESSES,
    MAX_BODY_WORDS,
    MAX_METADATA_WORDS,
    MAX_PHRASE,
    MAX_QUERY_WORDS,
    MAX_TOKEN,
    document,
    phrases,
    words,
)
from tests.helpers.records import NOW, attachment, envelope, summary

SPAN = {"start": NOW - timedelta(days=1), "end": NOW + timedelta(days=1)}
NAME = "4Njp3P0STMz2c02Q-2026-11-21T08:00:00-00000001"
PLACES_OF_POSTGRES = 16_383


def tokens(**changes):
    return document(envelope(), summary(**changes), disposition=Disposition.NONE, name=NAME, at=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World!", ["hello", "world"]),
        ("Straße ÉCOLE", ["strasse", "école"]),
        ("Ｐａｙｐａｌ", ["paypal"]),
        ("ℌ", ["h"]),
        ("foo_bar-baz@x.test", ["foo", "bar", "baz", "x", "test"]),
        ("請求書2026", ["請", "求", "書", "2026"]),
        ("win 🎁 now", ["win", "🎁", "now"]),
        ("e\u0301cole", ["école"]),
        ("\0\ud800 !?", []),
        ("", []),
    ],
)
def test_text_has_one_form(text, expected):
    """Case, width, composition and punctuation make no difference; some scripts count by character."""
    assert expected == words(text, 100)


def test_long_words_are_cut_into_pieces():
    """A word of any length becomes tokens that both databases take."""
    found = words("x" * 1_000, 100)

    assert "x" * 1_000 == "".join(found)
    assert MAX_TOKEN == max(map(len, found))


def test_composition_is_not_lost_between_stretches():
    """Wherever a long text is cut for normalising, letters keep their accents."""
    text = "e\u0301a " * 5_000

    assert ["éa"] * 5_000 == words(text, 5_000)


def test_combining_marks_without_end_are_cheap():
    """A text of nothing but combining marks, whose normalising costs quadratic time, is cut up."""
    assert [] == words("\u0315\u0300" * 200_000, 10)


@given(st.text(max_size=300))
def test_tokens_are_letters_and_digits_only(text):
    """No token can be query syntax, whatever the text."""
    found = words(text, 1_000)

    assert not [word for word in found if set(word) & set(string.punctuation + string.whitespace + "\0")]
    assert not [word for word in found if any("\ud800" <= sign <= "\udfff" for sign in word)]


@given(st.text(max_size=100))
def test_one_form_is_stable(text):
    """Words of words are the same words: what was indexed is found by itself."""
    found = words(text, 1_000)

    assert found == [again for word in found for again in words(word, 1_000)]


def test_a_document_has_limits():
    """The largest possible summary stays below what PostgreSQL can count and store."""
    many = tuple(f"user{n}@host{n}.test" for n in range(MAX_ADDRESSES + 500))
    big = tokens(
        subject="word " * 100_000,
        body_words="a " * 10_000,
        to=many,
        reasons=("\u4e00" * 20_000,) * 50,
        attachments=(attachment("\u4e00" * 5_000),) * 1_000,
    )

    assert PLACES_OF_POSTGRES > len(big.words)
    assert MAX_BODY_WORDS >= big.words[::-1].index(GAP)
    assert MAX_METADATA_WORDS > PLACES_OF_POSTGRES - MAX_BODY_WORDS - 2_000
    assert 4 * MAX_ADDRESSES > len(big.tags)
    assert 1_000_000 > sum(len(word.encode()) + 12 for word in {*big.words, *big.tags})


def test_a_query_has_limits():
    """A query of a million words asks for the first few."""
    asked = phrases(Criteria(**SPAN, words=(*(f"w{n}" for n in range(1_000)), "a-" * 1_000)))

    assert MAX_QUERY_WORDS == len(asked)
    assert MAX_PHRASE == len(phrases(Criteria(**SPAN, words=("a-" * 1_000,)))[0])


def test_a_query_of_punctuation_asks_for_nothing():
    """Words without letters or digits are ignored, as the published search does."""
    assert () == phrases(Criteria(**SPAN, words=("!!!", "\0", "", "--")))


@pytest.mark.parametrize(
    "filters",
    [
        {"sender": "SENDER@Remote.TEST"},
        {"sender": "<sender@remote.test>"},
        {"sender": "remote.test"},
        {"sender": "@remote.test"},
        {"recipient": "user@example.com"},
        {"recipient": "EXAMPLE.com."},
        {"domain": "shop.test"},
        {"domain": "www.shop.test"},
        {"domain": "remote.test"},
        {"domain": "example.com"},
        {"helo_ip": " 192.0.2.1 "},
        {"message_id": "1@remote.test"},
        {"message_id": "<1@REMOTE.test>"},
        {"exact_subject": " Quarterly  numbers "},
        {"alert_id": "4Njp3P0STMz2c02Q-2026-11-21T08:00:00"},
    ],
)
def test_exact_filters_meet_their_tags(filters):
    """What is asked in any spelling has the tag that the record has."""
    ((tag,),) = phrases(Criteria(**SPAN, **filters))

    assert tag in tokens().tags


@pytest.mark.parametrize(
    "filters",
    [
        {"sender": "user@example.com"},
        {"sender": "mote.test"},
        {"sender": "test"},
        {"recipient": "sender@remote.test"},
        {"domain": "hop.test"},
        {"exact_subject": "quarterly numbers"},
        {"exact_subject": "Quarterly"},
        {"exact_subject": ""},
        {"alert_id": NAME},
    ],
)
def test_exact_filters_miss_what_is_not_equal(filters):
    """A part of a value, another role or another case of a subject is not the value."""
    ((tag,),) = phrases(Criteria(**SPAN, **filters))

    assert tag not in tokens().tags


def test_parents_down_to_the_registered_domain():
    """A deep host is found by itself and by each parent that somebody can own."""
    deep = ".".join(["a"] * 60) + ".news.example.co.uk"
    found = tokens(from_address=f"x@{deep}").tags

    assert all(
        phrases(Criteria(**SPAN, sender=name))[0][0] in found
        for name in (deep, "news.example.co.uk", "a.news.example.co.uk", "example.co.uk")
    )
    assert phrases(Criteria(**SPAN, sender="co.uk"))[0][0] not in found
