"""DMARC: records, the walk up the tree, alignment, policy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.authentication.dmarc import MAX_QUERIES, check, find_author, walk_up
from lazaretto.mail.authentication.dmarc_record import parse_record, select_record
from lazaretto.mail.questions import run_check
from lazaretto.model.facts import DkimResult, DmarcResult, SpfResult
from tests.helpers.conformance import ZoneAnswers

Zone = dict[str, dict[str, list[str]]]
NO_SPF = SpfResult("none", "other.test", "mailfrom")


def zone(**records: str) -> Zone:
    """Keyword names are domains with "_" for "."."""
    return {f"_dmarc.{name.replace('_', '.')}": {"TXT": [text]} for name, text in records.items()}


def spf(domain: str, result: str = "pass") -> SpfResult:
    return SpfResult(result, domain, "mailfrom")


def dkim(domain: str, result: str = "pass") -> DkimResult:
    return DkimResult(result, domain, "s", "rsa-sha256", True)


def judge(
    zone: Zone, domain: str, spf: SpfResult = NO_SPF, *dkim: DkimResult, answers: ZoneAnswers | None = None
) -> DmarcResult:
    answers = answers or ZoneAnswers(zone)
    author = run_check(find_author([domain]), answers)
    return run_check(check(author, spf, dkim), answers)


REJECT = "v=DMARC1; p=reject"


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("v=DMARC1; p=reject", "reject"),
        ("v=DMARC1;p=quarantine;", "quarantine"),
        ("v = DMARC1 ; p = None", "none"),
        ("v=DMARC1; p=REJECT", "reject"),
        ("v=DMARC1; p=reject; p=none", "reject"),
        ("v=DMARC1; sp=reject; p=none", "none"),
        ("v=DMARC1; p=nonsense; rua=mailto:a@b.test", "none"),
        ("v=DMARC1; rua=mailto:a@b.test", "none"),
        ("v=DMARC1; p=nonsense", None),
        ("v=DMARC1", None),
        ("v=DMARC1; p=reject; t=y", "quarantine"),
        ("v=DMARC1; p=quarantine; t=y", "none"),
        ("v=DMARC1; p=reject; pct=0", "quarantine"),
        ("v=DMARC1; p=reject; pct=50", "reject"),
        ("v=DMARC1; p=reject; garbage; =; x=;;", "reject"),
    ],
)
def test_records(text, policy):
    """Lenient, but not about what matters."""
    record = parse_record(text)

    assert record is not None
    assert policy == record.for_own()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=DMARC2; p=none",
        "v=dmarc1; p=none",
        "p=none; v=DMARC1",
        "V=DMARC1; p=none",
        "v=spf1 -all",
        "hello",
    ],
)
def test_no_records(text):
    """RFC 9989 4.7: the version stands first, exactly so."""
    assert parse_record(text) is None


def test_two_records_are_none():
    """RFC 9989 4.10: all are discarded."""
    assert select_record((REJECT, REJECT)) is None
    assert select_record((REJECT, "other text")) is not None


@given(st.text())
def test_reading_is_total(text):
    """Any text is a record or none."""
    parse_record(text)
    parse_record("v=DMARC1; p=reject;" + text)


def test_strict_and_relaxed_spf():
    """A subdomain is aligned unless aspf=s."""
    relaxed = judge(zone(example_test=REJECT), "example.test", spf("bounce.example.test"))
    strict = judge(zone(example_test=REJECT + "; aspf=s"), "example.test", spf("bounce.example.test"))
    same = judge(zone(example_test=REJECT + "; aspf=s"), "example.test", spf("example.test"))

    assert [("pass", True), ("fail", False), ("pass", True)] == [
        (r.result, r.spf_aligned) for r in (relaxed, strict, same)
    ]


def test_strict_and_relaxed_dkim():
    """The same for adkim."""
    relaxed = judge(zone(example_test=REJECT), "www.example.test", NO_SPF, dkim("mail.example.test"))
    strict = judge(
        zone(example_test=REJECT + "; adkim=s"), "www.example.test", NO_SPF, dkim("mail.example.test")
    )

    assert [("pass", True), ("fail", False)] == [(r.result, r.dkim_aligned) for r in (relaxed, strict)]


def test_only_passes_count():
    """An aligned domain that did not pass proves nothing, and a pass of another domain neither."""
    failed = judge(
        zone(example_test=REJECT),
        "example.test",
        spf("example.test", "softfail"),
        dkim("example.test", "fail"),
    )
    other = judge(
        zone(example_test=REJECT),
        "example.test",
        spf("evil.test"),
        dkim("evil.test"),
        dkim("notexample.test"),
    )

    assert ["fail", "fail"] == [failed.result, other.result]
    assert ("reject", "example.test", REJECT) == (other.policy, other.organisational_domain, other.record)


def test_unfinished_checks_are_temporary():
    """A temporary error of an aligned domain is no failure; that of a stranger is none of our business."""
    ours = judge(zone(example_test=REJECT), "example.test", NO_SPF, dkim("mail.example.test", "temperror"))
    spf_ours = judge(zone(example_test=REJECT), "example.test", spf("example.test", "temperror"))
    strangers = judge(zone(example_test=REJECT), "example.test", spf("evil.test", "temperror"))

    assert ["temperror", "temperror", "fail"] == [ours.result, spf_ours.result, strangers.result]


def test_no_policy():
    """none, and the organisational domain by the Public Suffix List."""
    result = judge({}, "www.example.co.uk", spf("example.co.uk"))

    assert ("none", "", "example.co.uk") == (result.result, result.policy, result.organisational_domain)


def test_no_answer():
    """Temporary when the policy cannot be had."""
    result = judge({"_dmarc.example.test": {"TXT": ["TIMEOUT"]}}, "example.test", spf("example.test"))

    assert "temperror" == result.result


def test_no_answer_further_up():
    """The domain's own policy is enough; the list stands in for the rest of the walk."""
    answers = {**zone(mail_example_com=REJECT), "_dmarc.example.com": {"TXT": ["TIMEOUT"]}}

    result = judge(answers, "mail.example.com", spf("bounce.example.com"))

    assert ("pass", "example.com") == (result.result, result.organisational_domain)


@pytest.mark.parametrize(
    ("record", "domain", "policy"),
    [
        ("v=DMARC1; p=reject; sp=none", "example.test", "reject"),
        ("v=DMARC1; p=reject; sp=none", "a.example.test", "none"),
        ("v=DMARC1; p=reject", "a.b.example.test", "reject"),
        ("v=DMARC1; p=none; np=reject", "missing.example.test", "reject"),
        ("v=DMARC1; p=none; np=reject", "there.example.test", "none"),
        ("v=DMARC1; p=none; sp=quarantine; np=reject; t=y", "missing.example.test", "quarantine"),
        ("v=DMARC1; p=none; sp=quarantine", "missing.example.test", "quarantine"),
    ],
)
def test_which_policy(record, domain, policy):
    """The tag p for the domain itself, sp below, np for what does not exist."""
    answers = {**zone(example_test=record), "there.example.test": {"A": ["192.0.2.1"]}}

    assert policy == judge(answers, domain).policy


def test_own_record_comes_first():
    """A subdomain with a policy of its own is judged by it."""
    answers = zone(example_test=REJECT, a_example_test="v=DMARC1; p=none")

    result = judge(answers, "a.example.test", spf("example.test"))

    assert ("pass", "none", "example.test") == (result.result, result.policy, result.organisational_domain)


def test_psd_n_ends_the_walk():
    """A domain that says that it is no public suffix is its own organisation."""
    answers = ZoneAnswers(zone(example_test=REJECT, a_example_test="v=DMARC1; p=none; psd=n"))

    result = judge({}, "b.a.example.test", spf("example.test"), answers=answers)

    assert ("fail", "a.example.test") == (result.result, result.organisational_domain)
    assert "_dmarc.example.test" not in [q.name for q in answers.asked[:2]]


def test_psd_y_is_the_domain_above():
    """The organisation is one label below a public suffix, and its policy reaches down."""
    answers = zone(gov_example="v=DMARC1; p=reject; psd=y")

    result = judge(answers, "a.b.gov.example", spf("c.b.gov.example"))

    assert ("pass", "b.gov.example", "reject") == (result.result, result.organisational_domain, result.policy)
    assert "fail" == judge(answers, "a.b.gov.example", spf("c.gov.example")).result


def test_questions_of_a_long_name():
    """RFC 9989 4.10: eight questions at most, the last seven labels first after the name itself."""
    answers = ZoneAnswers({})
    name = ".".join("abcdefghijklmnopqrstuvwxyz")

    run_check(walk_up(name), answers)

    assert MAX_QUERIES == len(answers.asked)
    assert [f"_dmarc.{name}", "_dmarc.t.u.v.w.x.y.z", "_dmarc.z"] == [
        answers.asked[i].name for i in (0, 1, -1)
    ]


@pytest.mark.parametrize(("count", "expected"), [(2, 2), (7, 7), (8, 8), (9, 8)])
def test_number_of_questions(count, expected):
    """One a label, until there are too many labels."""
    answers = ZoneAnswers({})

    run_check(walk_up(".".join("abcdefghi"[:count])), answers)

    assert expected == len(answers.asked)


@pytest.mark.parametrize(
    ("domains", "fields", "result"),
    [
        ([], 1, "none"),
        ([""], 1, "none"),
        (["127.0.0.1"], 1, "none"),
        (["localhost"], 1, "none"),
        (["a" * 64 + ".test"], 1, "none"),
        (["example.test", "evil.test"], 1, "permerror"),
        (["example.test"], 2, "permerror"),
    ],
)
def test_authors_that_cannot_be_judged(domains, fields, result):
    """Nothing is asked."""
    answers = ZoneAnswers({})

    author = run_check(find_author(domains, fields=fields), answers)

    assert result == run_check(check(author, NO_SPF, ()), answers).result
    assert [] == answers.asked


def test_several_addresses_of_one_domain():
    """They are one author as far as DMARC is concerned."""
    author = run_check(find_author(["example.test", "example.test"]), ZoneAnswers(zone(example_test=REJECT)))

    assert "" == author.problem


def test_strangers_cost_no_questions():
    """A passing signature of another organisation is not walked."""
    answers = ZoneAnswers(zone(example_test=REJECT))

    judge(
        {},
        "example.test",
        spf("a.b.c.evil.test"),
        *[dkim(f"a.b.c.evil{i}.test") for i in range(10)],
        answers=answers,
    )

    assert ["_dmarc.example.test", "_dmarc.test"] == [q.name for q in answers.asked]


def test_record_without_policy():
    """A policy that cannot be understood is a permanent error."""
    assert "permerror" == judge(zone(example_test="v=DMARC1"), "example.test").result
