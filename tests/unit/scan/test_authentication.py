"""What authentication proves, denies and leaves open."""

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.facts import ArcResult, DkimResult
from lazaretto.scan.checks.authentication import check
from tests.helpers.letters import OFFLINE, envelope, facts, judged, letter, seen

BROKEN = DkimResult("fail", "firm.test", "s", "rsa-sha256", body_hash_ok=False)
PARTIAL = DkimResult("pass", "firm.test", "s", "rsa-sha256", body_hash_ok=True, body_length=100)
OURS = "Boss <boss@example.net>"


@pytest.mark.parametrize(
    ("from_", "what", "rule"),
    [
        ("a@firm.test", facts(spf="fail"), "spf_fail"),
        ("a@firm.test", facts(spf="softfail"), "spf_softfail"),
        ("a@firm.test", facts(dkim=[BROKEN]), "dkim_fail"),
        ("a@firm.test", facts(dkim=[PARTIAL]), "dkim_partial_body"),
        ("a@firm.test", facts(dmarc="fail", policy="reject"), "dmarc_fail_reject"),
        ("a@firm.test", facts(dmarc="fail", policy="quarantine"), "dmarc_fail_quarantine"),
        ("a@firm.test", facts(dmarc="fail", policy="none"), "dmarc_fail_none"),
        ("a@firm.test", facts(dmarc="fail"), "dmarc_fail_none"),
        ("a@firm.test", facts(dmarc="pass", aligned=True), "dmarc_pass"),
        ("a@firm.test", facts(), "sender_unproven"),
        ("a@firm.test", facts(arc=ArcResult("pass", 1, "lists.test")), "arc_pass"),
        (OURS, facts(dmarc="fail"), "own_domain_unproven"),
        (OURS, facts(dmarc="pass", aligned=True), "own_domain_proven"),
        ("a@paypal.com", facts(dmarc="fail", policy="reject"), "brand_domain_unproven"),
        ("a@paypal.com", facts(dmarc="pass", aligned=True), "brand_domain_proven"),
    ],
)
def test_what_is_proven_and_denied(from_: str, what, rule: str):
    """Each result gives its finding, with the domain it is about."""
    finding = seen(check, letter(from_=from_), what)[rule]

    assert "authentication" == finding.place
    assert finding.value


@pytest.mark.parametrize(
    ("from_", "what", "rule"),
    [
        (OURS, facts(dmarc="temperror"), "own_domain_unproven"),
        (OURS, facts(dmarc="fail", client_ip="10.0.0.8"), "own_domain_unproven"),
        (OURS, facts(dmarc="fail", client_ip=None), "own_domain_unproven"),
        ("a@firm.test", facts(spf="temperror"), "spf_fail"),
        ("a@firm.test", facts(dkim=[BROKEN, PARTIAL]), "dkim_fail"),
        ("a@gmail.com", facts(dmarc="fail"), "brand_domain_unproven"),
    ],
)
def test_what_must_not_be_concluded(from_: str, what, rule: str):
    """Delayed answers, our own hosts, and a second signature that holds."""
    assert rule not in seen(check, letter(from_=from_), what)


def test_offline_says_nothing_but_where_the_return_path_is():
    """Nothing was asked, so nothing failed."""
    assert {} == seen(check, letter(from_=OURS), OFFLINE, envelope("boss@example.net"))
    assert {"return_path_elsewhere"} == set(seen(check, letter(), OFFLINE, envelope("bounce@service.test")))


def test_a_return_path_elsewhere_is_not_spoof():
    """Every newsletter service sends so."""
    verdict = judged(letter(), facts(dmarc="pass", aligned=True), envelope("bounce@service.test"))

    assert Disposition.NONE == verdict.disposition


def test_a_brand_denied_with_a_lure_is_spoof():
    """Phish-like and denied by the policy of the domain it claims."""
    message = letter(
        from_="PayPal <service@paypal.com>",
        subject="Your account",
        html='<p>Dear customer, verify your account. <a href="http://evil.test/">Log in</a></p>',
    )

    assert (
        Disposition.SPOOF
        == judged(message, facts(dmarc="fail", policy="reject", domain="paypal.com")).disposition
    )
    assert (
        Disposition.NONE
        == judged(message, facts(dmarc="pass", aligned=True, domain="paypal.com")).disposition
    )
