"""Who may report: the address in From, against the account's domains and what authentication proves."""

import pytest

from lazaretto.model.facts import DkimResult
from lazaretto.model.report import Standing
from lazaretto.policy.standing import standing_of
from tests.helpers.letters import facts

OWN = frozenset({"corp.example", "firm.example"})
SIGNED = DkimResult("pass", "corp.example", "s", "rsa-sha256", body_hash_ok=True)
FOREIGN = DkimResult("pass", "elsewhere.test", "s", "rsa-sha256", body_hash_ok=True)
BROKEN = DkimResult("fail", "corp.example", "s", "rsa-sha256", body_hash_ok=False)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"dmarc": "pass", "domain": "corp.example", "policy": "reject"}, Standing.VERIFIED),
        ({"spf": "pass", "domain": "corp.example"}, Standing.VERIFIED),
        ({"dkim": (BROKEN, SIGNED), "domain": "relay.test"}, Standing.VERIFIED),
        ({"spf": "pass", "dkim": (FOREIGN, BROKEN), "domain": "relay.test"}, Standing.UNVERIFIED),
        ({"domain": "corp.example"}, Standing.UNVERIFIED),
        ({"dmarc": "fail", "domain": "corp.example", "policy": "none"}, Standing.UNVERIFIED),
        ({"dmarc": "fail", "domain": "corp.example", "policy": "quarantine"}, Standing.FORGED),
        ({"dmarc": "fail", "domain": "corp.example", "policy": "reject"}, Standing.FORGED),
        ({"dmarc": "temperror", "domain": "corp.example", "policy": "reject"}, Standing.UNVERIFIED),
        ({"offline": True, "dmarc": "fail", "policy": "reject"}, Standing.UNVERIFIED),
    ],
)
def test_one_of_ours(what, expected):
    """Proven, denied, or neither: a domain that asks for nothing denies nothing."""
    assert expected is standing_of("corp.example", OWN, facts(**what))


@pytest.mark.parametrize("domain", ["elsewhere.test", "sub.corp.example", "example", ""])
def test_a_stranger(domain):
    """Only the domains themselves count, whatever is proven."""
    assert Standing.OUTSIDE is standing_of(domain, OWN, facts(dmarc="pass", domain=domain))


def test_another_domain_of_ours_proves_nothing_for_this_one():
    """A pass for the sister domain is not one for the address that is shown."""
    found = facts(dmarc="pass", spf="pass", domain="firm.example")

    assert Standing.UNVERIFIED is standing_of("corp.example", OWN, found)


def test_without_facts():
    """The report was not scanned: it may still be one of ours."""
    assert Standing.UNVERIFIED is standing_of("corp.example", OWN, None)


def test_who_may_report():
    """The two kinds that are taken up."""
    assert [True, True, False, False] == [standing.may_report for standing in Standing]
