"""Paths of MAIL and RCPT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.path import Path, PathFault, is_domain, parse_path

GOOD = {
    "<>": "",
    "<ann@corp.example>": "ann@corp.example",
    "<ann+tag/x=y@corp.example>": "ann+tag/x=y@corp.example",
    '<"ann lee"@corp.example>': '"ann lee"@corp.example',
    '<"a\\"b@c>d"@corp.example>': '"a\\"b@c>d"@corp.example',
    "<@relay.example,@r2.example:ann@corp.example>": "ann@corp.example",
    "<ann@[192.0.2.7]>": "ann@[192.0.2.7]",
    "<ann@[IPv6:2001:db8::1]>": "ann@[IPv6:2001:db8::1]",
    "<ann@[tag:anything]>": "ann@[tag:anything]",
    "<ann..lee.@carrier.example>": "ann..lee.@carrier.example",
    "<ann@under_score.example>": "ann@under_score.example",
    "<postmaster>": "postmaster",
    "<änn@grüße.example>": "änn@grüße.example",
    "<用户@例子.测试>": "用户@例子.测试",
    "<ann@localhost>": "ann@localhost",
    "<a@1.2.3.4>": "a@1.2.3.4",
}
BAD = [
    "",
    "ann@corp.example",
    "<ann@corp.example",
    "< ann@corp.example>",
    "<ann @corp.example>",
    "<ann@@corp.example>",
    "<ann@corp.example@evil.example>",
    "<ann@corp..example>",
    "<ann@.example>",
    "<ann@corp.example.>",
    "<ann@-corp.example>",
    "<ann@>",
    "<@corp.example>",
    "<@relay:>",
    '<"ann@corp.example>',
    '<"a"b@corp.example>',
    "<ann@[192.0.2.256]>",
    "<ann@[192.0.2.7>",
    "<ann@[]>",
    "<ann@[IPv6:fe80::1%eth0]>",
    "<ann\x00@corp.example>",
    "<ann\x7f@corp.example>",
    "<an\u202en@corp.example>",
    "<ann@corp\u2028.example>",
    "<ann@corp.example>junk",
    "<>junk",
    "<ann(comment)@corp.example>",
    "<ann,bob@corp.example>",
    f"<ann@{'a' * 64}.example>",
]


@pytest.mark.parametrize(("text", "address"), GOOD.items())
def test_a_good_path_gives_its_address(text, address):
    """Everything RFC 5321 4.1.2 and RFC 6531 allow, and the two kindnesses to real senders."""
    assert Path(address, "") == parse_path(text, max_local=64)


@pytest.mark.parametrize("text", BAD)
def test_a_bad_path_is_a_syntax_fault(text):
    """Nothing that two servers could read differently gets through."""
    assert parse_path(text, max_local=64) is PathFault.SYNTAX


@pytest.mark.parametrize(
    "text",
    [
        f"<{'a' * 65}@corp.example>",
        f"<ann@{'a.' * 127}bc>",
        f"<{'ä' * 33}@corp.example>",
        f"<{'a' * 64}@{'b.' * 95}cc>",
    ],
)
def test_lengths_are_limited(text):
    """RFC 5321 4.5.3.1: octets of local part, domain and path."""
    assert parse_path(text, max_local=64) is PathFault.TOO_LONG


def test_the_longest_path_is_taken():
    """The limits themselves are still allowed."""
    local, domain = "a" * 64, "b." * 94 + "c"
    assert 256 == len(f"<{local}@{domain}>")

    assert Path(f"{local}@{domain}", "") == parse_path(f"<{local}@{domain}>", max_local=64)


def test_what_follows_the_path_is_kept():
    """Parameters come after one space or more."""
    assert Path("ann@corp.example", "SIZE=1 BODY=7BIT") == parse_path(
        "<ann@corp.example>  SIZE=1 BODY=7BIT", max_local=64
    )


@pytest.mark.parametrize(
    ("text", "expected"), [('<"a@b">', False), ("<a>", False), ("<a@b>", True), ('<"a"@b>', True)]
)
def test_a_quoted_at_sign_is_no_domain(text, expected):
    """The local part may hold what looks like a domain."""
    path = parse_path(text, max_local=64)

    assert isinstance(path, Path)
    assert expected == path.has_domain


@given(st.text())
def test_any_text_is_a_path_or_a_fault(text):
    """Total, and an address that comes out was inside the brackets."""
    path = parse_path("<" + text, max_local=64)

    assert isinstance(path, PathFault) or path.address in text


@given(st.text(max_size=80))
def test_any_text_is_a_domain_or_not(text):
    """Total."""
    assert is_domain(text) in (True, False)
