"""The Authentication-Results field, written and read."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.authentication.authres import LINE_WIDTH, authserv_id_of, render
from lazaretto.model.facts import ArcResult, Authentication, Boundary, DkimResult, DmarcResult, SpfResult

BOUNDARY = Boundary("192.0.2.1", "mail.example.test", "ann@example.test", "envelope")
DKIM = DkimResult("pass", "example.test", "s1", "rsa-sha256", True, identity="@example.test")
AUTHENTICATION = Authentication(
    spf=SpfResult("pass", "example.test", "mailfrom", reason="ip4:192.0.2.0/24"),
    dkim=(
        DKIM,
        replace(DKIM, result="fail", reason="the body was changed", domain="list.test", testing=True),
    ),
    dmarc=DmarcResult("pass", "example.test", "example.test", "reject", spf_aligned=True, dkim_aligned=True),
    arc=ArcResult("pass", 2, "list.test"),
    helo_spf=SpfResult("none", "mail.example.test", "helo", reason="no SPF record"),
)


def test_the_whole_field():
    """Every method with its properties, one a line."""
    expected = (
        "Authentication-Results: mx.receiver.test;\r\n"
        "\tspf=pass (ip4:192.0.2.0/24) smtp.mailfrom=ann@example.test;\r\n"
        "\tspf=none (no SPF record) smtp.helo=mail.example.test;\r\n"
        "\tdkim=pass header.d=example.test header.i=@example.test header.s=s1\r\n"
        "\theader.a=rsa-sha256;\r\n"
        "\tdkim=fail (the body was changed) (testing) header.d=list.test\r\n"
        "\theader.i=@example.test header.s=s1 header.a=rsa-sha256;\r\n"
        "\tdmarc=pass (p=reject) header.from=example.test;\r\n"
        "\tarc=pass (i=2) smtp.remote-ip=192.0.2.1\r\n"
    )

    assert expected == render("mx.receiver.test", AUTHENTICATION, BOUNDARY)


def test_nothing_known():
    """No signature and no policy are told as none."""
    nothing = Authentication(
        SpfResult("none", "", "helo"), (), DmarcResult("none", "", "", "", False, False), ArcResult("none", 0)
    )

    field = render("mx.receiver.test", nothing, Boundary(None, None, "", "unknown"))

    assert (
        'Authentication-Results: mx.receiver.test;\r\n\tspf=none smtp.helo="";\r\n\tdkim=none;\r\n\tdmarc=none\r\n'
        == field
    )


@pytest.mark.parametrize(
    ("mail_from", "expected"),
    [
        ("ann@example.test", "smtp.mailfrom=ann@example.test"),
        ('a"b@example.test', r'smtp.mailfrom="a\"b@example.test"'),
        ("a; dkim=pass@example.test", 'smtp.mailfrom="a; dkim=pass@example.test"'),
        ("a\r\nSubject: x@example.test", 'smtp.mailfrom="a??Subject: x@example.test"'),
        ("a\\", r'smtp.mailfrom="a\\"'),
        ("a(b)@example.test", 'smtp.mailfrom="a(b)@example.test"'),
        ("\u2028@example.test", "smtp.mailfrom=?@example.test"),
    ],
)
def test_values_of_attackers(mail_from, expected):
    """A return path cannot end its value, its field or its line."""
    field = render("mx.receiver.test", AUTHENTICATION, replace(BOUNDARY, mail_from=mail_from))

    assert expected in field


def test_comments_of_attackers():
    """A reason cannot leave its comment."""
    spf = replace(AUTHENTICATION.spf, reason="x) dkim=pass (y\\")

    field = render("mx.receiver.test", replace(AUTHENTICATION, spf=spf), BOUNDARY)

    assert "spf=pass (x? dkim=pass ?y?) smtp.mailfrom" in field


ANY = st.text(max_size=400)


@given(mail_from=ANY, reason=ANY, domain=ANY, helo=ANY)
def test_shape_holds_for_all_values(mail_from, reason, domain, helo):
    """Lines end in CRLF, continue with a tab, and hold only the methods that we wrote."""
    authentication = replace(
        AUTHENTICATION,
        spf=replace(AUTHENTICATION.spf, reason=reason),
        helo_spf=SpfResult("none", helo, "helo"),
        dkim=(replace(DKIM, domain=domain, identity=domain, selector=domain),),
        dmarc=replace(AUTHENTICATION.dmarc, domain=domain, reason=reason),
    )

    field = render("mx.receiver.test", authentication, replace(BOUNDARY, mail_from=mail_from))
    lines = field.removesuffix("\r\n").split("\r\n")
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\([^()]*\)', "", field)

    assert all(line.startswith("\t") and line.strip() and line.isprintable() is False for line in lines[1:])
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", field)
    assert ["spf", "spf", "dkim", "dmarc", "arc"] == re.findall(r"[\t ](spf|dkim|dmarc|arc)=", bare)
    assert 4 == bare.count(";") - 1


def test_lines_are_short_where_words_allow():
    """RFC 5322 2.1.1."""
    field = render("mx.receiver.test", AUTHENTICATION, BOUNDARY)

    assert all(len(line) <= LINE_WIDTH for line in field.split("\r\n"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.test; spf=pass", "mx.test"),
        ("mx.test 1; spf=pass", "mx.test"),
        ("mx.test", "mx.test"),
        ("MX.test;", "MX.test"),
        ("mx.test.;", "mx.test"),
        (" \t (a (nested) comment) mx.test; none", "mx.test"),
        ("(escaped \\) paren) mx.test; none", "mx.test"),
        ("mx.test(comment); none", "mx.test"),
        ('"mx.test"; none', "mx.test"),
        ('"mx\\.test" 1; none', "mx.test"),
        ("", ""),
        (";", ""),
        ("(unclosed mx.test; none", ""),
        ('"unclosed', "unclosed"),
        ("i=1; mx.test", "i=1"),
    ],
)
def test_whose_results(value, expected):
    """The name is found behind whatever the grammar allows before it."""
    assert expected == authserv_id_of(value)


@given(st.text())
def test_reading_is_total(value):
    """Any text has a name or none."""
    assert isinstance(authserv_id_of(value), str)


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "value", ["(" * 1_000_000, "()" * 500_000 + "mx.test", " " * 1_000_000, '"' + "\\a" * 500_000]
)
def test_hostile_values_end(value):
    """A megabyte of comments is read once."""
    authserv_id_of(value)


def test_what_we_write_we_recognise():
    """Our own name, even an odd one."""
    for name in ("mx.receiver.test", "odd name (x)"):
        value = render(name, AUTHENTICATION, BOUNDARY).partition(":")[2].replace("\r\n", "")

        assert name == authserv_id_of(value)
