"""Patterns: what is taken, what is refused and where, and what each kind matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.model.errors import Invalid
from lazaretto.model.lists import PatternType
from lazaretto.policy.patterns import (
    MAX_URL_PATTERN,
    check_content_pattern,
    check_domain,
    check_email,
    check_name,
    check_network,
    check_trusted_domain,
    check_url_pattern,
    compile_pattern,
)
from lazaretto.policy.regex import MAX_INSTRUCTIONS, MAX_PATTERN
from tests.helpers.listed import DOMAIN, EMAIL, IP

SIGNS = st.text(alphabet=r"ab1 .*+?|^$()[]{},\\dwsbQExpPL:-é\u200b\ud800" + "\n", max_size=40)
ANY = st.one_of(SIGNS, st.text(max_size=40))


def refused(call, *args, **how) -> Invalid:
    with pytest.raises(Invalid) as caught:
        call(*args, **how)
    assert caught.value.code == 1000
    return caught.value


@pytest.mark.parametrize(
    ("kind", "pattern", "value"),
    [
        (EMAIL, "Ann@Firm.Test", "aNN@firm.tEST"),
        (EMAIL, "ann@münchen.test", "ann@xn--mnchen-3ya.test"),
        (DOMAIN, "Firm.Test.", "ann@firm.test"),
        (DOMAIN, "firm.test", "ann@mail.eu.firm.test"),
        (DOMAIN, "firm.test", "mx1.firm.test"),
        (IP, "203.0.113.7", "203.0.113.7"),
        (IP, "203.0.113.0/24", "203.0.113.200"),
        (IP, "203.0.113.0/24", "::ffff:203.0.113.200"),
        (IP, "::ffff:203.0.113.0/120", "203.0.113.200"),
        (IP, "2001:db8::/32", "2001:db8:1::5"),
    ],
)
def test_plain_patterns_match(kind, pattern, value):
    """Case, A-labels, the final dot, subdomains and mapped addresses make no difference."""
    assert compile_pattern(pattern, kind, False).matches(value)


@pytest.mark.parametrize(
    ("kind", "pattern", "value"),
    [
        (EMAIL, "ann@firm.test", "ann@mail.firm.test"),
        (EMAIL, "ann@firm.test", "joann@firm.test"),
        (EMAIL, "ann@firm.test", ""),
        (DOMAIN, "firm.test", "ann@evilfirm.test"),
        (DOMAIN, "firm.test", "ann@firm.test.evil.test"),
        (DOMAIN, "firm.test", ""),
        (IP, "203.0.113.0/24", "203.0.114.1"),
        (IP, "203.0.113.0/24", "2001:db8::1"),
        (IP, "203.0.113.0/24", "mx.firm.test"),
    ],
)
def test_plain_patterns_do_not_match(kind, pattern, value):
    """What only resembles is not the same."""
    assert not compile_pattern(pattern, kind, False).matches(value)


def test_expressions_match_anywhere_unless_bound():
    """As people know it from other places; upper and lower case are one."""
    loose, bound = (compile_pattern(p, EMAIL, True) for p in (r"firm\.test", r"^ann@firm\.test$"))

    assert loose.matches("ANN@FIRM.TEST.evil.test")
    assert bound.matches("Ann@Firm.test")
    assert not bound.matches("ann@firm.test.evil.test")


@pytest.mark.parametrize(
    ("pattern", "place", "word"),
    [
        ("ab(c", 3, "not closed"),
        ("ab)c", 3, "closes nothing"),
        ("(a)(b", 4, "not closed"),
        ("ab[c", 3, "not closed"),
        ("abc\\", 4, "backslash"),
        ("a**", 2, "repeated already"),
        ("a++", 2, "repeated already"),
        ("*a", 1, "repetition"),
        ("x{3}|+", 6, "repetition"),
        ("a{2,1}", 2, "{2,1}"),
        ("a{1001}", 2, "{1001}"),
        ("[z-a]", 2, "z-a"),
        (r"a\h", 2, "means nothing"),
        (r"\u00e9", 1, "x{"),
        (r"(a)\1", 4, "reference back"),
        (r"\\1(\1)", 5, "reference back"),
        ("x(?=y)", 2, "looking ahead"),
        ("x(?!y)", 2, "looking ahead"),
        ("(?<=y)x", 1, "looking behind"),
        ("(?<!y)x", 1, "looking behind"),
        ("(?>y)x", 1, "atomic"),
        (r"a\Qb", 2, "no \\E"),
        ("a\ud800", 2, "half"),
        ("x" * (MAX_PATTERN + 1), MAX_PATTERN + 1, "limit"),
    ],
)
def test_the_place_of_what_is_wrong(pattern, place, word):
    """Whoever wrote the expression is shown the character, in words that help."""
    problem = refused(compile_pattern, pattern, EMAIL, True)

    assert f"at character {place}:" in problem.public
    assert word in problem.public
    assert "/pattern" == problem.pointer


def test_what_is_wrong_as_a_whole():
    """No one character is to blame."""
    empty = refused(compile_pattern, "", EMAIL, True)
    large = refused(compile_pattern, r"\pL{1000}", EMAIL, True)
    larger = refused(compile_pattern, "(?:" + "." * 100 + ")" + "{60}", EMAIL, True)

    assert "empty" in empty.public
    assert "too large" in large.public
    assert "too large" in larger.public
    assert MAX_INSTRUCTIONS < 100 * 60


def test_the_pointer_of_the_caller_is_kept():
    """In a batch the place is deeper."""
    assert (
        "/posts/3/pattern" == refused(compile_pattern, "(", EMAIL, True, pointer="/posts/3/pattern").pointer
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.1.2.3", "private"),
        ("10.0.0.0/9", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.0/16", "private"),
        ("127.0.0.1", "loopback"),
        ("169.254.1.1", "link local"),
        ("0.0.0.0", "unspecified"),
        ("255.255.255.255", "broadcast"),
        ("0.0.0.0/0", "everybody"),
        ("::/0", "everybody"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fc00::/8", "unique local"),
        ("fd12::1", "unique local"),
        ("fe80::1", "link local"),
        ("::ffff:10.1.2.3", "private"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:0:0/96", "everybody"),
        ("203.0.113.1/24", "203.0.113.0/24"),
        ("203.0.113.300", "neither"),
        ("2001:db8::1%eth0", "neither"),
        ("mx.firm.test", "neither"),
        ("", "neither"),
    ],
)
def test_networks_that_are_refused(text, reason):
    """No mail server of the Internet has such an address, or it is none."""
    assert reason in refused(check_network, text).public


@pytest.mark.parametrize(
    "name",
    ["", ".", "a..b", "-a.test", "a-.test", "a b.test", "*.firm.test", ".firm.test", "ann@firm.test", "192.0.2.1",
     "x" * 64 + ".test", ".".join(["x" * 60] * 5), "firm.test/x", "a\ud800.test"],
)  # fmt: skip
def test_domains_that_are_refused(name):
    """With a sentence, and nothing else is raised."""
    assert refused(check_domain, name).public.endswith(".")


@pytest.mark.parametrize(
    "address",
    ["", "ann", "@firm.test", "ann@", "a nn@firm.test", "ann@firm test", "a@b@firm.test", "ann@[192.0.2.1]",
     "x" * 65 + "@firm.test", "<ann@firm.test>"],
)  # fmt: skip
def test_addresses_that_are_refused(address):
    """With a sentence, and nothing else is raised."""
    assert refused(check_email, address).public.endswith(".")


def test_normal_forms_show_duplicates():
    """Two texts with one form are one entry."""
    assert check_email("Ann@Bücher.Test") == check_email("ann@xn--bcher-kva.test")
    assert check_domain("FIRM.test.") == check_domain("firm.test")
    assert check_trusted_domain("FIRM.test", is_regex=False) == "firm.test"
    assert check_network("::ffff:203.0.113.7") == check_network("203.0.113.7/32")
    assert "Ann Other" == check_name("  Ann \t Other ")


def test_names_that_are_refused():
    """A name has letters and an end."""
    assert [refused(check_name, n).pointer for n in ("", " ", "A", "1234", "x" * 201)] == ["/name"] * 5


def test_old_entries_without_a_type_cannot_be_written():
    """UNKNOWN is read, never made."""
    assert "/pattern_type" == refused(compile_pattern, "x", PatternType.UNKNOWN, False).pointer


def test_url_patterns_have_their_own_limit():
    """512 characters, as the vendor's."""
    assert "x" * MAX_URL_PATTERN == check_url_pattern("x" * MAX_URL_PATTERN)
    assert (
        f"character {MAX_URL_PATTERN + 1}:" in refused(check_url_pattern, "x" * (MAX_URL_PATTERN + 1)).public
    )


@given(ANY, st.sampled_from(PatternType), st.booleans())
def test_no_pattern_raises_anything_else(pattern, kind, regex):
    """Whatever people write, it is a matcher or a refusal; and a matcher answers for every text."""
    try:
        matcher = compile_pattern(pattern, kind, regex)
    except Invalid:
        return
    assert matcher.matches("") in {True, False}
    assert matcher.matches("\ud800@\0") in {True, False}


@given(ANY)
def test_no_other_pattern_raises_anything_else(text):
    """As above, for the other lists."""
    pointers = []
    for check in (
        check_content_pattern,
        check_url_pattern,
        check_domain,
        check_email,
        check_name,
        check_network,
    ):
        try:
            check(text)
        except Invalid as problem:
            pointers.append(problem.pointer)

    assert all(pointers)
