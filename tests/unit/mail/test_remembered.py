"""Answers that are remembered: the same as read anew, and none of them for what is long."""

import gc
import tracemalloc

import pytest

from lazaretto.mail.authentication.dkim_key import parse_key
from lazaretto.mail.authentication.spf_record import parse_record
from lazaretto.mail.charset import codec_of
from lazaretto.mail.colours import parse_colour
from lazaretto.mail.domains import domain_of, listed_domain, registered_domain, to_alabel
from lazaretto.mail.remembered import remembered
from lazaretto.mail.styles import look_of, parse_declarations
from lazaretto.mail.urls import read_target

TIMES = 30
LONG = 100_000
KEPT = 10_000
"""Bytes that may stay behind of a text of LONG characters, on average."""


def test_short_questions_are_remembered():
    """Up to the length that is given; longer ones get the same answer, each time anew."""
    asked = []

    @remembered(2, 3)
    def length(text: str) -> int:
        """How long it is."""
        asked.append(text)
        return len(text)

    assert [3, 3, 4, 4] == [length(text) for text in ("abc", "abc", "abcd", "abcd")]
    assert ["abc", "abcd", "abcd"] == asked
    assert ("length", "How long it is.") == (length.__name__, length.__doc__)


@pytest.mark.parametrize(
    "read",
    [
        to_alabel,
        registered_domain,
        listed_domain,
        lambda text: domain_of(f"a@{text}"),
        lambda text: look_of(("color:red;--x:" + text, text)),
        lambda text: parse_declarations("color:red;--x:" + text),
        parse_colour,
        codec_of,
        lambda text: parse_key(f"k=rsa; n={text}; p=AAAA"),
        lambda text: parse_record("v=spf1 " + "a:b.test " * 1_800 + f"a:{text[:9]}.test"),
        lambda text: read_target(f"http://{text}.test/"),
    ],
    ids=["alabel", "registered", "listed", "domain", "look", "declarations", "colour", "codec", "key", "spf", "target"],
)  # fmt: skip
def test_long_questions_are_forgotten(read):
    """Nothing stays of what a stranger can make as long as he likes."""
    texts = (f"{i}x".ljust(LONG, "y") for i in range(TIMES + 1))
    read(next(texts))
    gc.collect()
    tracemalloc.start()
    try:
        for text in texts:
            read(text)
        del text
        gc.collect()
        left, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert left < KEPT * TIMES
