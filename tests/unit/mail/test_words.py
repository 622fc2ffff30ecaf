"""Encoded words and parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import words
from lazaretto.mail.words import decode_words, parameter, split_parameters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?= x", "café x"),
        ("=?UTF-8?B?w6k?=", "é"),
        ("a=?iso-8859-1?q?=E9?=b", "aéb"),
        ('"=?utf-8?B?w6k=?=" <a@example.com>', '"é" <a@example.com>'),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=\t =?utf-8?q?b?=", "ab"),
        ("=?gb2312?B?1tA=?= =?utf-8?q?_x?=", "中 x"),
        ("=?utf-8*en?q?x?=", "x"),
        ("=?utf-8?q?hello world?=", "hello world"),
        ("=?no-such-set?q?x=C3=A9?=", "xé"),
        ("=?utf-8?q?=3D=3Futf-8=3F?=", "=?utf-8?"),
        ("=?utf-8?x?nope?=", "=?utf-8?x?nope?="),
        ("=?bad", "=?bad"),
        ("=?x?y?=?utf-8?q?z?=", "=?x?y?z"),
        ("?= =?", "?= =?"),
    ],
)
def test_encoded_words(text, expected):
    """Words are decoded as clients decode them: across cuts, inside quotes, without spaces."""
    assert expected == decode_words(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("attachment; filename=x.txt", "x.txt"),
        ('attachment; filename="a;b\\"c.txt"', 'a;b"c.txt'),
        ('attachment; filename="=?utf-8?B?4oKsLnR4dA==?="', "€.txt"),
        ("attachment; filename*=utf-8''%e2%82%ac.txt", "€.txt"),
        (
            "attachment; filename*0*=utf-8'en'%e2%82; filename*1*=%ac; filename*2=.exe; filename=x.txt",
            "€.exe",
        ),
        ("attachment; filename*1=b; filename*0=a", "ab"),
        ("attachment; filename*=no-charset", "no-charset"),
        ('attachment; filename="open', "open"),
        ('attachment; filename="a.txt" (comment)', "a.txt"),
        ("attachment; filename", None),
        ("attachment;;;; filename = x ", "x"),
        ("attachment; xfilename=y", None),
    ],
)
def test_parameters(value, expected):
    """Continuations, character sets and encoded words all give the name that a client shows."""
    _, found = split_parameters(value)

    assert expected == parameter(found, "filename")


def test_too_many_parameters():
    """MAX_PARAMETERS ends the reading."""
    _, found = split_parameters("x" + "; a=b" * (words.MAX_PARAMETERS + 50))

    assert words.MAX_PARAMETERS == len(found)


def test_long_charset_is_no_word():
    """Beyond MAX_CHARSET characters there is no character set, so there is no word."""
    text = "=?" + "x" * words.MAX_CHARSET + "?q?a?="

    assert text == decode_words(text)


@pytest.mark.parametrize("piece", ["=?", "?=", "=?a?q?", "=?utf-8?q?x", "=?a?b?=?=", '"', "\\", ";", '"\\"'])
def test_repeated_openings_end(piece):
    """Values that only begin words or quotes are read in linear time."""
    text = piece * (100_000 // len(piece))

    decode_words(text + "?=")
    split_parameters(text)


@given(st.text(max_size=200))
def test_total(text):
    """No text raises, and text without words is unchanged apart from control characters."""
    decoded = decode_words(text)
    main, found = split_parameters(text)

    assert "=?" in text or text == decoded
    assert isinstance(main, str)
    assert parameter(found, "name") is None or isinstance(parameter(found, "name"), str)
