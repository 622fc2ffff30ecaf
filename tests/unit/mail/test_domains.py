"""Host names: A-labels, registered domains, addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import domains
from lazaretto.mail.domains import (
    bare_ip,
    domain_of,
    is_ip,
    organisational_domain,
    registered_domain,
    to_alabel,
)
from tests.helpers.shared import shared


def test_public_suffix_list_suite():
    """Every line of the list's own test file gives the registered domain it names."""
    lines = shared("conformance/psl/test_psl.txt").read_text("utf-8").splitlines()
    cases = [m.groups() for line in lines if (m := re.match(r"checkPublicSuffix\('(.*)', (.*)\);", line))]

    assert len(cases) > 70
    for host, expected in cases:
        wanted = "" if expected == "null" else to_alabel(expected.strip("'"))
        assert wanted == registered_domain(host), host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("[192.0.2.7]", "192.0.2.7"),
        ("[IPv6:2001:DB8::1]", "2001:db8::1"),
        ("user.github.io", "user.github.io"),
        ("github.io", ""),
        ("www.example.co.uk.", "example.co.uk"),
        ("a..example.com", ""),
        ("", ""),
        (".", ""),
        ("x" * 300 + ".com", ""),
    ],
)
def test_registered_domain(host, expected):
    """Private suffixes count, addresses stay as they are, and what is no host gives nothing."""
    assert expected == registered_domain(host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("пример.example。com", "xn--e1afmkfd.example.com"),
        ("💩.la", "xn--ls8h.la"),
        ("faß.de", "xn--fa-hia.de"),
        ("\ud800.example", "?.example"),
        ("ü" * 64 + ".example", "?" * 64 + ".example"),
        ("ü" * (domains.MAX_HOST + 1), "?" * (domains.MAX_HOST + 1)),
    ],
)
def test_to_alabel(host, expected):
    """Names that IDNA 2008 refuses but browsers resolve are converted, the rest is made harmless."""
    assert expected == to_alabel(host)


def test_organisational_domain_of_public_suffix():
    """A public suffix is its own organisation."""
    actual = (organisational_domain("co.uk"), organisational_domain("m.example.co.uk"))

    assert ("co.uk", "example.co.uk") == actual


def test_domain_of():
    """The last at sign counts."""
    actual = (domain_of('"x@a"@B.test'), domain_of("none"), domain_of("a@bücher.test"))

    assert ("b.test", "", "xn--bcher-kva.test") == actual


def test_is_ip():
    """Literals in brackets are addresses, names that end in a digit are not."""
    actual = (is_ip("::1"), is_ip("[10.0.0.1]"), is_ip("web1"), is_ip("1.2.3.4.5"))

    assert (True, True, False, False) == actual


@given(st.text(max_size=300))
def test_total(text):
    """No text raises, and the A-label form is ASCII and stable."""
    name = to_alabel(text)

    assert name.isascii()
    assert registered_domain(text).isascii()
    assert bare_ip(text) == bare_ip(bare_ip(text))
    assert domain_of(text).isascii()
