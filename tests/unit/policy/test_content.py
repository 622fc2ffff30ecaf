"""The language of content policies: what it has, what it means, where it says no."""

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.model.errors import Invalid
from lazaretto.policy.content import MAX_CONTENT_PATTERN, MAX_GROWTH, translated
from lazaretto.policy.patterns import check_content_pattern
from lazaretto.policy.regex import compile_regex
from lazaretto.policy.syntax import WrongPattern


def holds(pattern: str, text: str) -> bool:
    return compile_regex(translated(pattern), longest=100_000).search(text.encode()) is not None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\binvoice\b", "Your INVOICE, please"),
        (r"\bинвойс\b", "это ИНВОЙС."),
        (r"\bfinanzübersicht\b", "Die Finanzübersicht!"),
        (r"\bفاتورة\b", "هذه فاتورة، لك"),
        ("wire transfer", "a wire\ntransfer"),
        ("wire transfer", "a wire \r\n  transfer"),
        ("wire transfer", "a wire\u00a0transfer"),
        ("wire +transfer", "a wire   transfer"),
        (r"^Dear\s+customer", "Hello\nDear  customer"),
        ("end$", "the end\nand more"),
        (r"\d{3}-\d{4}", "call 555-1234"),
        (r"a.b|c\.d", "xcx c.d"),
        (r"[^a-z]x[\w.]", "1x."),
        (r"colou?r", "COLOR"),
        (r"1\+1=2\?", "is 1+1=2?"),
        (r"a{2,3}b", "aaab"),
    ],
)
def test_what_is_found(pattern, text):
    """All signs of the language, letters of any script, phrases over broken lines."""
    assert holds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\binvoice\b", "invoices"),
        (r"\binvoice\b", "éinvoice"),
        (r"\bинвойс\b", "инвойсы"),
        ("wire transfer", "wiretransfer"),
        ("a.b", "a\nb"),
        (r"a\.b", "axb"),
        (r"^x$", "xy"),
    ],
)
def test_what_is_not_found(pattern, text):
    """A part of a word is not the word."""
    assert not holds(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "place", "word"),
    [
        ("pay (now)", 5, r"\("),
        ("pay now)", 8, "closes nothing"),
        (r"x\D", 2, "allowed are"),
        (r"\pL", 1, "allowed are"),
        (r"\x41", 1, "allowed are"),
        ("a[[:alpha:]]", 3, "named class"),
        (r"a[\pL]", 3, "allowed are"),
        (r"a\Qb\E", 2, "quotation"),
        ("a{51}", 2, "50"),
        ("a{2,51}", 2, "50"),
        ("(?i)a", 1, r"\("),
        ("(?=a)", 1, "looking ahead"),
        ("x" * (MAX_CONTENT_PATTERN + 1), MAX_CONTENT_PATTERN + 1, "limit"),
    ],
)
def test_what_is_not_in_the_language(pattern, place, word):
    """The place is shown, and what may be written."""
    with pytest.raises(Invalid) as caught:
        check_content_pattern(pattern)

    assert f"at character {place}:" in caught.value.public
    assert word in caught.value.public


@pytest.mark.parametrize("count", [r"\w{50}", r"\b\w+\b|" * 9 + "x", "[^\\w]{9}", " " * 500, r"a{50}"])
def test_what_is_large_and_allowed(count):
    """Exact words in a row fit well below the limits."""
    assert re2.compile(translated(count).encode()).programsize < 5_000


def test_what_is_too_large():
    """A pattern of counted classes is refused when it is written, not when mail comes."""
    with pytest.raises(WrongPattern, match="too large"):
        translated(r"\w{50}" * 3)


@given(st.text(alphabet=r"ab .*+?|^$[]{},50\\dwsb-é:", max_size=30))
def test_translation_never_breaks(pattern):
    """What is taken compiles, stays within the growth that was allowed, and everything else is a refusal."""
    try:
        meant = translated(pattern)
    except WrongPattern:
        return
    assert len(meant) <= MAX_CONTENT_PATTERN * MAX_GROWTH
