"""Address headers: what RFC 5322 allows and what mail holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import address
from lazaretto.mail.address import parse_addresses
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import codes, letter


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@b.test", [("", "a@b.test")]),
        ("Foo Bar <a@b.test>", [("Foo Bar", "a@b.test")]),
        ('"Foo, Bar" <a@b.test>, c@d.test', [("Foo, Bar", "a@b.test"), ("", "c@d.test")]),
        ("a@b.test (A (nested) comment)", [("A (nested) comment", "a@b.test")]),
        ("Group: a@b.test, C <d@e.test>;", [("", "a@b.test"), ("C", "d@e.test")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.test,@r2.test:evil@x.test>", [("", "evil@x.test")]),
        ("Foo <a@b.test", [("Foo", "a@b.test")]),
        ("Foo <a@b.test, c@d.test", [("Foo", "a@b.test"), ("", "c@d.test")]),
        ('"', [("", "")]),
        ('Foo "Bar <a@b.test>', [("Foo Bar", "a@b.test")]),
        ("RE: Invoice <a@b.test>", [("RE: Invoice", "a@b.test")]),
        ("a@b.test; c@d.test", [("", "a@b.test"), ("", "c@d.test")]),
        ("John Doe", [("John Doe", "")]),
        ("Doe, John <j@x.test>", [("Doe, John", "j@x.test")]),
        ("John Doe john@x.test", [("John Doe", "john@x.test")]),
        ('"john smith"@x.test', [("", '"john smith"@x.test')]),
        ('<"a>b"@x.test>', [("", '"a>b"@x.test')]),
        ('"bank@bank.test" <evil@x.test>', [("bank@bank.test", "evil@x.test")]),
        ("bank@bank.test <evil@x.test>", [("bank@bank.test", "evil@x.test")]),
        (
            "=?utf-8?q?=22Bank=22_=3Csupport=40bank.test=3E?= <e@x.test>",
            [('"Bank" <support@bank.test>', "e@x.test")],
        ),
        ("=?utf-8?q?a=2C_b?= <e@x.test>", [("a, b", "e@x.test")]),
        ("=?utf-8?q?a=40b.test?=", [("", "a@b.test")]),
        ("a @ b . test", [("", "a@b.test")]),
        ("<>", [("", "")]),
        ("(unclosed <a@b.test>", [("(unclosed", "a@b.test")]),
        ("Name,(<a@b.test>)", [("Name", "a@b.test")]),
        ("Foo <mailto:a@b.test>", [("Foo", "a@b.test")]),
        ('"A \\"quoted\\" name" <a@b.test>', [('A "quoted" name', "a@b.test")]),
        (", ,, a@b.test,", [("", "a@b.test")]),
        ("", []),
    ],
)
def test_mailboxes(value, expected):
    """Name and address are those that a client shows and answers to."""
    assert expected == [(a.name, a.address) for a in parse_addresses(value)]


def test_local_and_domain():
    """The domain is in A-label form, lower case; the address stays as written."""
    (found,) = parse_addresses("Ünï <Info@BÜCHER.example>")

    assert ("Info@BÜCHER.example", "Info", "xn--bcher-kva.example") == (
        found.address,
        found.local,
        found.domain,
    )


def test_groups():
    """Members know their group, and what follows the group is in none."""
    found = parse_addresses("Team: a@b.test; c@d.test")

    assert ["Team", None] == [a.group for a in found]


def test_too_many_addresses():
    """MAX_ADDRESSES are kept, with a defect."""
    message = parse(letter(To=", ".join(["a@b.test"] * (address.MAX_ADDRESSES + 5))))

    assert address.MAX_ADDRESSES == len(message.to)
    assert "too_many_addresses" in codes(message)


def test_too_many_tokens():
    """MAX_TOKENS are looked at."""
    assert "a" * (address.MAX_TOKENS // 2) == parse_addresses("a " * address.MAX_TOKENS)[0].name.replace(
        " ", ""
    )


def test_unclosed_address_ends():
    """An address that lacks its bracket reaches MAX_UNCLOSED characters at most."""
    (found, *_) = parse_addresses("<" + "a" * (address.MAX_UNCLOSED + 10))

    assert address.MAX_UNCLOSED == len(found.address)


def test_two_from_fields():
    """A second From is a From for some client: both are kept, in order, with a defect."""
    message = parse(b"From: a@one.test\r\nFrom: b@two.test\r\n\r\n")

    assert ["a@one.test", "b@two.test"] == [a.address for a in message.from_]
    assert {"duplicate_header", "several_from_mailboxes"} <= codes(message)


@pytest.mark.parametrize(
    "piece", ["(", '"', "<", '<"', '"\\"', "\\", "<a", "(a)", "a:", "; ", ":;", "a@", '<"<"">', " "]
)
def test_repeated_openings_end(piece):
    """Values that only open brackets, quotes and comments are read in linear time."""
    assert isinstance(parse_addresses(piece * (100_000 // len(piece))), tuple)


@given(st.text(alphabet=st.sampled_from('ab@.,;:<>()"\\ =?\té'), max_size=80) | st.text(max_size=80))
def test_total(value):
    """No value raises, and every domain is ASCII."""
    for found in parse_addresses(value):
        assert found.domain.isascii()
        assert found.address == "" or found.address.endswith(found.address.rpartition("@")[2])
