"""SPF beyond the public suite: identities, limits, hostile records."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.authentication.spf import MAX_LOOKUPS, MAX_PTR, check_helo, check_sender
from lazaretto.mail.authentication.spf_macro import MAX_DOMAIN, MAX_VALUE
from lazaretto.mail.authentication.spf_record import MAX_RECORD, SpfSyntaxError, parse_record
from lazaretto.mail.questions import run_check
from lazaretto.model.facts import SpfResult
from tests.helpers.conformance import ZoneAnswers

AT = datetime(2026, 1, 1, tzinfo=UTC)


def sender(zone, ip="192.0.2.1", mail_from="ann@example.test", helo="mail.example.test", *, answers=None):
    return run_check(check_sender(ip, mail_from, helo, at=AT), answers or ZoneAnswers(zone))


def spf(text: str) -> dict[str, dict[str, list[str]]]:
    return {"example.test": {"TXT": [text]}}


def test_reason_is_the_mechanism():
    """An analyst sees what matched."""
    result = sender(spf("v=spf1 ip4:192.0.2.0/24 -all"))

    assert SpfResult("pass", "example.test", "mailfrom", reason="ip4:192.0.2.0/24") == result


def test_null_return_path_is_judged_by_helo():
    """RFC 7208 2.4."""
    result = sender({"mail.example.test": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]}}, mail_from="")

    assert ("pass", "mail.example.test", "helo") == (result.result, result.domain, result.identity)


def test_helo_of_its_own():
    """RFC 7208 2.3."""
    answers = ZoneAnswers({"mail.example.test": {"TXT": ["v=spf1 -all"]}})

    result = run_check(check_helo("192.0.2.1", "MAIL.example.test.", at=AT), answers)

    assert ("fail", "mail.example.test", "helo") == (result.result, result.domain, result.identity)


@pytest.mark.parametrize("ip", [None, "", "x", "1.2.3", "999.1.1.1"])
def test_no_client(ip):
    """Without an address there is nothing to check, and nothing is asked."""
    answers = ZoneAnswers(spf("v=spf1 +all"))

    assert "none" == sender({}, ip=ip, answers=answers).result
    assert [] == answers.asked


@pytest.mark.parametrize(
    "mail_from",
    ["ann", "ann@", "ann@localhost", "ann@[192.0.2.1]", "ann@" + "a" * 64 + ".test", "ann@a..test", "@"],
)
def test_no_domain(mail_from):
    """What is no domain is not asked for."""
    answers = ZoneAnswers({})

    assert "none" == sender({}, mail_from=mail_from, answers=answers).result
    assert [] == answers.asked


def test_idna_sender():
    """A domain outside ASCII is asked for in its A-label form."""
    answers = ZoneAnswers({"xn--bcher-kva.test": {"TXT": ["v=spf1 +all"]}})

    assert "pass" == sender({}, mail_from="ann@bücher.test", answers=answers).result


def test_questions_of_a_simple_record():
    """One for the record, none for addresses."""
    answers = ZoneAnswers(spf("v=spf1 ip4:192.0.2.1 a mx -all"))

    sender({}, answers=answers)

    assert [("example.test", "TXT")] == [(q.name, q.type) for q in answers.asked]


def test_limit_of_lookups():
    """RFC 7208 4.6.4: the eleventh term is an error."""
    names = [f"include:i{i}.test" for i in range(MAX_LOOKUPS + 1)]
    zone = spf("v=spf1 " + " ".join(names)) | {f"i{i}.test": {"TXT": ["v=spf1 -all"]} for i in range(20)}

    result = sender(zone)

    assert ("permerror", "more than 10 DNS lookups") == (result.result, result.reason)


def test_limit_of_reverse_names():
    """Only the first ten are looked at."""
    names = [f"h{i}.test" for i in range(MAX_PTR + 5)]
    answers = ZoneAnswers(spf("v=spf1 ptr:nothing.test -all") | {"1.2.0.192.in-addr.arpa": {"PTR": names}})

    sender({}, answers=answers)

    assert 2 + MAX_PTR == len(answers.asked)


@pytest.mark.parametrize(
    "text",
    [
        "v=spf1 " + "a" * MAX_RECORD,
        "v=spf1 exists:" + "%" * 5_001 + ".test",
        "v=spf1 exists:" + "%{" * 5_000 + ".test",
        "v=spf1 exists:%{" + "1" * 10_000 + "}.test",
        "v=spf1 a" + "/" * 10_000,
        "v=spf1 a" + "/1" * 5_000,
        "v=spf1 " + "x=%" * 5_000,
        "v=spf1 a:" + "-" * 10_000 + "x",
        "v=spf1 a:" + "a." * 5_000 + "1",
        "v=spf1 ip4:" + "1" * 10_000,
        "v=spf1 ip6:" + ":" * 10_000,
    ],
)
@pytest.mark.timeout(5)
def test_hostile_records_are_refused(text):
    """Long nonsense costs linear time and is a permanent error."""
    with pytest.raises(SpfSyntaxError):
        parse_record(text)


@pytest.mark.timeout(5)
def test_many_macros():
    """Thousands of macros, each of a long value, do not become megabytes of name."""
    macros = "%{l}" * ((MAX_RECORD - 40) // 4)
    answers = ZoneAnswers(spf(f"v=spf1 exists:{macros}.test -all"))

    sender({}, mail_from="a" * 100_000 + "@example.test", answers=answers)

    assert MAX_DOMAIN >= len(answers.asked[-1].name)


def test_macro_value_is_cut():
    """One value has a limit of its own."""
    answers = ZoneAnswers(spf("v=spf1 exp=why.test -all") | {"why.test": {"TXT": ["%{l}"]}})

    result = sender({}, mail_from="a" * 1_000 + "@example.test", answers=answers)

    assert MAX_VALUE == len(result.explanation)


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_records_are_total(text):
    """Whatever a zone holds, there is a result."""
    result = sender({"example.test": {"TXT": ["v=spf1 " + text]}, "a.test": {"A": ["junk"]}})

    assert result.result in ("pass", "fail", "softfail", "neutral", "permerror", "none", "temperror")


TERMS = st.sampled_from(
    ["a", "mx", "ptr", "all", "-all", "~all", "?all", "a:%{d}", "exists:%{i}.%{p}.test", "include:example.test", "mx/8//8",
     "redirect=example.test", "exp=%{p}.test", "ip4:192.0.2.1", "ip6:::1", "a:x.test", "include:%{h}"]
)  # fmt: skip


@given(st.lists(TERMS, max_size=15), st.sampled_from(["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]))
def test_evaluation_is_total(terms, ip):
    """Loops and mixtures of terms end, with a bounded number of questions."""
    answers = ZoneAnswers(
        spf("v=spf1 " + " ".join(terms)) | {
            "x.test": {"A": ["192.0.2.9"], "AAAA": ["2001:db8::9"]},
            "1.2.0.192.in-addr.arpa": {"PTR": ["x.test"] * 20},
        }
    )  # fmt: skip

    sender({}, ip=ip, answers=answers)

    assert 300 > len(answers.asked)
