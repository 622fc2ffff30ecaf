"""XCLIENT arguments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.xclient import Client, parse_xclient

PROXY = Client("10.0.0.1", 999)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("ADDR=192.0.2.9 NAME=mail.example", Client("192.0.2.9", 999, name="mail.example")),
        ("addr=IPV6:2001:db8::9 port=25", Client("2001:db8::9", 25)),
        ("ADDR=[UNAVAILABLE] PORT=[UNAVAILABLE]", Client(None)),
        ("NAME=[TEMPUNAVAIL] HELO=other.example PROTO=ESMTP", Client("10.0.0.1", 999, helo="other.example")),
        ("LOGIN=a+40b DESTADDR=192.0.2.1 DESTPORT=25", Client("10.0.0.1", 999, login="a@b")),
    ],
)
def test_what_the_proxy_says_is_taken(argument, expected):
    """All attributes, unknown values, xtext."""
    assert expected == parse_xclient(argument, PROXY)


@pytest.mark.parametrize(
    "argument",
    [
        "",
        "ADDR",
        "ADDR=",
        "ADDR=corp.example",
        "ADDR=1.2.3.4 ADDR=1.2.3.5",
        "PORT=65536",
        "PORT=+2D1",
        "PROTO=QMTP",
        "PROTO=[UNAVAILABLE]",
        "DESTPORT=x",
        "NAME=a+0Ab",
        "NAME=a+FFb",
        "NAME=a=b",
        f"HELO={'a' * 256}",
        "COLOUR=red",
    ],
)
def test_a_wrong_argument_changes_nothing(argument):
    """Unknown names, doubled names, wrong values, control characters."""
    assert parse_xclient(argument, PROXY) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_is_taken_or_not(text):
    """Total."""
    assert isinstance(parse_xclient(f"NAME={text}", PROXY), Client | None)
