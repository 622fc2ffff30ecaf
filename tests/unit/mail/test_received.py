"""Received fields of many dialects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import received
from lazaretto.mail.parse import parse
from lazaretto.mail.received import parse_received
from tests.unit.mail.letters import codes

POSTFIX = (
    "from mail.a.test (rdns.a.test [192.0.2.1]) by mx.b.test (Postfix) with ESMTPS id 4ABC for <u@b.test>;"
    " Fri, 21 Nov 1997 09:55:06 -0600 (CST)"
)


def test_postfix():
    """Every clause is where it belongs."""
    hop = parse_received(POSTFIX, 3)

    assert (3, "mail.a.test", "rdns.a.test", "192.0.2.1") == (
        hop.index,
        hop.helo,
        hop.client_name,
        hop.client_ip,
    )
    assert ("mx.b.test", "ESMTPS", "4ABC", "u@b.test") == (
        hop.by,
        hop.protocol,
        hop.queue_id,
        hop.envelope_to,
    )
    assert "1997-11-21T15:55:06+00:00" == hop.at.isoformat()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "from [192.0.2.3] (helo=foo.test) by exim.test with esmtp (Exim 4.9) id 1a-0",
            ("foo.test", None, "192.0.2.3"),
        ),
        ("from host.test ([192.0.2.4]:5555 helo=x.test) by a.test", ("x.test", "host.test", "192.0.2.4")),
        ("from unknown (HELO foo) (192.0.2.5) by 0 with SMTP", ("foo", None, "192.0.2.5")),
        (
            "from a.test (2001:db8::1) by b.test (2001:db8::2) with Microsoft SMTP Server",
            ("a.test", None, "2001:db8::1"),
        ),
        ("from EUR (mail.o.test. [192.0.2.6]) by mx.test", ("EUR", "mail.o.test", "192.0.2.6")),
        ("from localhost (unknown [IPv6:2001:db8::9]) by a.test", ("localhost", None, "2001:db8::9")),
        ("by 2002:a05:6a10:1:: with SMTP id x", (None, None, None)),
        ("(qmail 123 invoked by uid 0)", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_dialects(value, expected):
    """HELO name, reverse name and address are told apart, and nothing is guessed."""
    hop = parse_received(value, 0)

    assert expected == (hop.helo, hop.client_name, hop.client_ip)


def test_words_inside_comments_begin_no_clause():
    """A keyword in a comment is part of the comment."""
    hop = parse_received("from a.test (HELO evil by fake.test) by real.test", 0)

    assert "real.test" == hop.by


def test_hops_are_newest_first_and_limited():
    """MAX_HOPS are read, in the order of the header."""
    raw = b"".join(b"Received: by h%d.test\r\n" % i for i in range(received.MAX_HOPS + 10)) + b"\r\n"

    message = parse(raw)

    assert received.MAX_HOPS == len(message.hops)
    assert ("h0.test", 0) == (message.hops[0].by, message.hops[0].index)
    assert "too_many_hops" in codes(message)


def test_only_the_beginning_is_read():
    """Characters beyond MAX_LENGTH are not looked at."""
    hop = parse_received("x " * received.MAX_LENGTH + "by late.test", 0)

    assert hop.by is None


@given(
    st.text(alphabet=st.sampled_from("frombywithid ()[];:.,<>@=17a"), max_size=300) | st.text(max_size=200)
)
def test_total(value):
    """No value raises."""
    assert 0 == parse_received(value, 0).index
