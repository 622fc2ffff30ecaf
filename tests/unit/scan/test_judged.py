"""A message under the lists: what is muted, what is left alone, and what the verdict says in the end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Disposition
from lazaretto.model.lists import Lists
from lazaretto.policy.judge import MAX_MATCHES
from lazaretto.scan.judged import Judged, nothing_listed, prepare, scan_listed
from lazaretto.scan.muted import MAX_NOTES
from lazaretto.scan.rulefiles import RuleFileError, shipped_files
from lazaretto.scan.ruleset import load_ruleset, parse_ruleset
from lazaretto.scan.scan import scan
from lazaretto.scan.summary import summarise
from tests.helpers.letters import ENVELOPE, OFFLINE, envelope, judged, letter, rules_of
from tests.helpers.listed import allow, block, content, ignored, person, restriction, trusted

LOOKALIKE = letter(
    from_="Desk <desk@paypa1.test>",
    html='<a href="https://login.paypa1.test/x">Log in</a><a href="https://paypal.com.evil.test/">PayPal</a>',
)


def under(message, where=ENVELOPE, **lists) -> Judged:
    return scan_listed(message, where, OFFLINE, load_ruleset(), prepare(Lists(1, **lists)))


def test_without_lists_the_verdict_is_the_scans():
    """Equal in everything."""
    assert (
        judged(LOOKALIKE)
        == scan_listed(LOOKALIKE, ENVELOPE, OFFLINE, load_ruleset(), nothing_listed()).verdict
    )


def test_the_same_input_gives_the_same_verdict():
    """A pure function of its inputs, lists included."""
    lists = {"trusted": (trusted("paypa1.test", similar=True),), "block": (block("x@y.test"),)}

    assert under(LOOKALIKE, **lists) == under(LOOKALIKE, **lists)


def test_likeness_is_muted_for_the_domain_alone():
    """What another host imitates, and what else was seen, still counts; no combination is built on a mute."""
    before = rules_of(judged(LOOKALIKE))
    result = under(LOOKALIKE, trusted=(trusted("paypa1.test", similar=True),))
    after = rules_of(result.verdict)

    assert {"from_lookalike_brand", "link_lookalike_brand", "link_brand_in_subdomain"} <= before
    assert {"link_brand_in_subdomain", "list_trusted_domain"} <= after
    assert not {"from_lookalike_brand", "link_lookalike_brand"} & after
    assert result.verdict.score < judged(LOOKALIKE).score
    assert [("domain_similarity", 4, True)] == [(m.kind, m.entry, m.counts) for m in result.judgement.matches]


def test_only_what_it_is_trusted_in():
    """Young is not alike."""
    result = under(LOOKALIKE, trusted=(trusted("paypa1.test", recent=True),))

    assert "from_lookalike_brand" in rules_of(result.verdict)
    assert () == result.judgement.matches


def test_a_regular_expression_of_domains():
    """Found in the host."""
    result = under(LOOKALIKE, trusted=(trusted(r"(^|\.)paypa1\.test$", regex=True, similar=True),))

    assert "from_lookalike_brand" not in rules_of(result.verdict)


def test_ignored_links_are_noted_and_kept_in_the_summary():
    """They weigh nothing, and an analyst still sees that they were there."""
    message = letter(html='<a href="http://203.0.113.8/a">x</a><a href="http://203.0.113.9/b">y</a>')
    result = under(message, ignored_urls=(ignored(r"203\.0\.113\.8/"),))
    summary = summarise(message, ENVELOPE, OFFLINE, result.verdict, matches=result.judgement.matches)
    odd = [w.finding.value for w in result.verdict.findings if w.rule.id == "link_ip_host"]

    assert ["http://203.0.113.9/b"] == odd
    assert {"http://203.0.113.8/a", "http://203.0.113.9/b"} == {link.href for link in summary.links}
    assert [("ignored_url", 7)] == [(m.kind, m.entry) for m in summary.matches]


def test_notes_about_ignored_links_have_an_end():
    """A newsletter has hundreds."""
    html = "".join(f'<a href="https://news.test/{n}">n</a>' for n in range(100))
    result = under(letter(html=html), ignored_urls=(ignored("news"),))

    assert MAX_NOTES == sum(w.rule.id == "list_ignored_link" for w in result.verdict.findings)
    assert not any(w.finding.place == "link" and w.points for w in result.verdict.findings)


@pytest.mark.parametrize(
    ("lists", "becomes", "rule", "word"),
    [
        ({"block": (block("ann@firm.test"),)}, "MALICIOUS", "list_blocked_sender", "Blocked sender 2"),
        ({"content": (content("hello"),)}, "MALICIOUS", "list_blocked_content", "Content policy 3"),
        ({"allow": (allow("ann@firm.test", trust=True),)}, "NONE", "list_let_through", "Allow policy 1"),
        ({"allow": (allow("mary.miller@example.net", exempt=True),)}, "NONE", "list_let_through", "exempts"),
        ({"restrictions": (restriction("firm.test"),)}, "NONE", "list_no_tls", "must come over TLS"),
    ],
)
def test_what_decided_stands_first(lists, becomes, rule, word):
    """In the findings and in the reasons, and the verdict has the last word."""
    result = under(letter(), **lists)

    assert Disposition(becomes) == result.verdict.disposition == result.judgement.disposition
    assert rule == result.verdict.findings[0].rule.id
    assert word in result.verdict.reasons[0]


def test_reasons_of_the_scan_go_with_its_disposition():
    """Mail that was let through does not list why it would have been held; the findings stay."""
    gtube = letter(text="XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X")
    through = under(gtube, allow=(allow("ann@firm.test", accept=True),))
    held = under(gtube, block=(block("ann@firm.test"),))

    assert 1 == len(through.verdict.reasons)
    assert () == through.verdict.categories
    assert "gtube" in rules_of(through.verdict)
    assert len(held.verdict.reasons) > 1
    assert "BlockedSender" in held.verdict.categories


def test_entries_without_effect_are_told():
    """Somebody wrote them and believes that they work."""
    result = under(
        letter(), block=(block("(", regex=True, number=41),), people=(person("!", "x", number=42),)
    )
    (note,) = [w.finding for w in result.verdict.findings if w.rule.id == "list_entries_left_out"]

    assert "41, 42" == note.value


@pytest.mark.parametrize("group", ["similarity", "recency"])
def test_a_group_of_mutes_that_is_missing_or_wrong_is_named(group):
    """A trusted domain that mutes nothing would not be noticed."""
    good = shipped_files()["lists.toml"]
    for bad in (
        good.replace(group.encode() + b" =", b"other ="),
        good.replace(group.encode() + b' = ["', group.encode() + b' = ["no_such", "'),
    ):
        with pytest.raises(RuleFileError, match=rf"lists.toml: group.*{group}"):
            parse_ruleset({**shipped_files(), "lists.toml": bad})


EVERYTHING = prepare(
    Lists(
        1,
        allow=(allow("a", regex=True, trust=True, accept=True, exempt=True, verify=True),),
        block=(block("e", regex=True),),
        trusted=(trusted(".", regex=True, recent=True, similar=True),),
        content=(content(r"\w"),),
        people=(person("ab", "a@b.test"), person("a b c", ".", regex=True)),
        restrictions=(restriction("test"),),
        ignored_urls=(ignored("/a"),),
    )
)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200))
def test_no_message_raises(head, body):
    """Every message has a verdict under every list."""
    raw = f"From: {head} <{head}@x.test>\nSubject: {head}\nContent-Type: text/html\n\n{body}<a href='http://x/{head}'>"
    message = parse(raw.encode("utf-8", "replace"))
    result = scan_listed(message, envelope(mail_from=head), OFFLINE, load_ruleset(), EVERYTHING)

    assert result.verdict.disposition is result.judgement.disposition
    assert len(result.judgement.matches) <= MAX_MATCHES
    assert scan(message, ENVELOPE, OFFLINE, load_ruleset()).disposition in Disposition
