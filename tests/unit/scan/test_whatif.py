"""What would change a verdict: the smallest groups of findings, bounded, under the ruleset that is given."""

from dataclasses import replace

import msgspec
import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.model.lists import AllowPolicy, BlockedSender, Lists, PatternType
from lazaretto.scan import whatif
from lazaretto.scan.judged import prepare, scan_listed
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.scan import verdict_of
from lazaretto.scan.whatif import MAX_CHANGES, MAX_TRIES, enough, what_if
from tests.helpers.letters import ENVELOPE, NOW, OFFLINE, facts, judged, letter

RULES = load_ruleset()
PHISH = letter(
    text="Your mailbox has been suspended. Verify your password at http://paypal.com.secure-x1.weebly.test/login now.",
    html='<p>Your mailbox has been suspended. Verify your password <a href="http://192.0.2.7/login/verify">https://paypal.com/login</a></p>',
    from_='"PayPal Security Alert" <qzxkvbw@qzxkvbwtr.us>',
    subject="Your account is suspended",
)


def found(verdict, **how):
    return what_if(verdict, RULES, **how)


def texts(result):
    return [change.text for change in result.changes]


def verdict(*findings):
    return verdict_of(findings, RULES)


def test_clean_mail_has_nothing_to_change():
    """NONE is the mildest there is."""
    result = found(judged(letter(text="See you on Tuesday.")), sender="ann@firm.test")

    assert (True, Disposition.NONE, ()) == (result.same, result.now, result.changes)


def test_every_change_is_milder_and_true():
    """The same findings without those of the rules that are named give the disposition that is named."""
    bad = judged(PHISH)
    result = found(bad)

    assert Disposition.MALICIOUS is bad.disposition
    assert result.same
    assert [] != list(result.changes)
    made = {c.rule.id for c in RULES.combinations}
    for change in result.changes:
        left = tuple(
            w.finding for w in bad.findings if w.rule.id not in made and w.rule.id not in change.rules
        )
        again = verdict_of(left, RULES).disposition
        assert whatif.SEVERITY.index(again) >= whatif.SEVERITY.index(change.disposition)
        assert whatif.SEVERITY.index(change.disposition) > whatif.SEVERITY.index(bad.disposition)


def test_authentication_is_proven_not_only_forgotten():
    """A spoof is none when the signature were aligned: the words say so, and name what it would silence."""
    what = facts(dmarc="fail", policy="reject", domain="example.net")
    spoof = judged(letter(text="Please see the attached invoice.", from_="Boss <boss@example.net>"), what)

    result = found(spoof)

    assert Disposition.SPOOF is spoof.disposition
    assert "NONE instead of SPOOF if SPF or DKIM proved example.net" in texts(result)


def test_one_link_can_be_what_it_is_about():
    """The change names the host."""
    bad = verdict(
        Finding("link_text_brand", "x", "link", "href", "https://evil.test/a"),
        Finding("link_lookalike_brand", "x", "link", "href", "https://evil.test/a"),
        Finding("link_shortener", "x", "link", "href", "https://other.test/a"),
    )

    assert any(text.endswith("without the link to evil.test") for text in texts(found(bad)))


def test_what_one_group_cannot_do_two_or_more_can():
    """Counted as one change, the words joined."""
    sales = [Finding(f"spam_{what}", "x", "body", "text", what) for what in ("money", "goods", "health")]
    learned = Finding("learned_sure", "x", "message", "wording", "")
    pair = found(verdict(learned, *sales))
    assert any(" and " in text for text in texts(pair))

    many = [Finding("lure_credentials", "x", "header", "Subject", "a"), learned]
    many += [
        Finding(f"link_{what}", "x", "link", "href", f"https://{what}.test")
        for what in ("ip_host", "shortener", "user_info")
    ]
    many += [Finding("attachment_html", "x", "attachment", attachment="a.html"), *sales]
    assert [] != list(found(verdict(*many)).changes)


def test_tries_and_changes_are_bounded(monkeypatch):
    """A thousand findings on a hundred hosts are explained by a hundred verdicts at most."""
    tries = []
    real = whatif.verdict_of
    monkeypatch.setattr(whatif, "verdict_of", lambda *what: tries.append(1) or real(*what))
    rules = [rule for rule in RULES.rules if rule.startswith(("link_", "lure_", "attachment_", "spam_"))]
    many = [
        Finding(rules[n % len(rules)], "x", "link", "href", f"https://h{n % 100}.test/") for n in range(1_000)
    ]

    result = found(verdict(*many), sender="ann@firm.test")

    assert len(tries) <= MAX_TRIES
    assert len(result.changes) <= MAX_CHANGES


def test_an_allow_policy_is_offered_with_its_danger():
    """And the policy that is offered does what is said."""
    bad = judged(PHISH)
    sender = "qzxkvbw@qzxkvbwtr.us"
    policy = AllowPolicy(
        id=1, created_at=NOW, modified_at=NOW, pattern=sender, pattern_type=PatternType.EMAIL, is_regex=False,
        is_trusted_sender=True, is_exempt_recipient=False, is_acceptable_sender=False, verify_sender=False,
    )  # fmt: skip
    listed = scan_listed(PHISH, ENVELOPE, OFFLINE, RULES, prepare(Lists(1, allow=(policy,))))

    assert (
        f"NONE instead of MALICIOUS with an allow policy that makes {sender} a trusted sender"
        == texts(found(bad, sender=sender))[-1]
    )
    assert Disposition.NONE is listed.verdict.disposition
    denied = judged(PHISH, facts(dmarc="fail", policy="reject", domain="qzxkvbwtr.us"))
    assert "forged" in texts(found(denied, sender=sender))[-1]


def test_what_the_lists_decided_is_told_as_theirs():
    """A let-through phish, and a blocked letter."""
    policy = AllowPolicy(
        id=1, created_at=NOW, modified_at=NOW, pattern="qzxkvbwtr.us", pattern_type=PatternType.DOMAIN, is_regex=False,
        is_trusted_sender=True, is_exempt_recipient=False, is_acceptable_sender=False, verify_sender=False,
    )  # fmt: skip
    block = BlockedSender(
        id=2,
        created_at=NOW,
        modified_at=NOW,
        pattern="firm.test",
        pattern_type=PatternType.DOMAIN,
        is_regex=False,
    )
    through = scan_listed(PHISH, ENVELOPE, OFFLINE, RULES, prepare(Lists(1, allow=(policy,)))).verdict
    blocked = scan_listed(
        letter(text="See you."), ENVELOPE, OFFLINE, RULES, prepare(Lists(1, block=(block,)))
    ).verdict

    assert [
        "MALICIOUS instead of NONE without the entry of the account's lists that let it through"
    ] == texts(found(through))
    assert ["NONE instead of MALICIOUS without the entry of the account's lists that blocks it"] == texts(
        found(blocked)
    )
    assert found(through).same
    assert found(blocked).same


def test_another_ruleset_says_that_it_is_another():
    """Thresholds that moved give another verdict of the same findings."""
    bad = judged(PHISH)
    at = RULES.thresholds.threshold
    lax = replace(
        RULES, version="lax",
        thresholds=msgspec.structs.replace(
            RULES.thresholds, threshold=type(at)(*(1000.0 for _ in at.__struct_fields__))
        ),
    )  # fmt: skip
    result = what_if(bad, lax)

    assert ("lax", False, Disposition.NONE) == (result.ruleset, result.same, result.now)


@pytest.mark.parametrize("value", ["http://[broken", "", "x" * 5000, "https://ex\u202eample.test/"])
def test_any_value_can_be_shown(value):
    """Names from a message are cut, and never break the explanation."""
    for place in ("link", "attachment", "header", "authentication", "body"):
        bad = verdict(
            Finding("gtube", "x", place, value, value), Finding("lure_credentials", "x", place, value, value)
        )

        assert all(len(text) < 400 for text in texts(found(bad, sender=value)))


def test_the_points_that_are_enough_are_those_of_the_thresholds():
    """By kind."""
    assert {"malicious", "bec", "spoof", "spam", "bulk"} == set(enough(RULES))
