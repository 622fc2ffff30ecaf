"""What TXT records say of a domain."""

import pytest

from lazaretto.mail.challenge import dmarc_status, find_proof, record_name, record_value, spf_status


def test_the_record():
    """Its name is that of the published API."""
    assert "_cf-email-sec-challenge.example.com" == record_name("example.com")
    assert "lazaretto-verification=abc" == record_value("abc")


@pytest.mark.parametrize(
    ("texts", "proof"),
    [
        ((), "absent"),
        (("v=spf1 -all", "google-site-verification=1"), "absent"),
        (("lazaretto-verification=abd",), "other"),
        (("lazaretto-verification=ABC",), "other"),
        (("x", "lazaretto-verification=abc"), "found"),
        (("lazaretto-verification=abd", "lazaretto-verification=abc"), "found"),
        ((' "lazaretto-verification=abc" ',), "found"),
        (("lazaretto-verification=",), "other"),
        (("abc",), "absent"),
    ],
)
def test_proof(texts, proof):
    """Letter for letter, among any other records; quotes that a zone editor added are forgiven."""
    assert proof == find_proof(texts, "abc")


def test_an_empty_challenge_proves_nothing():
    """A domain that has none cannot be proven by an empty record."""
    assert "other" == find_proof(("lazaretto-verification=",), "")


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        ((), "none"),
        (("v=spf10 -all",), "none"),
        (("v=spf1 mx -all", "other"), "good"),
        (("v=spf1 mx ~all",), "good"),
        (("v=spf1 redirect=_spf.example.com",), "good"),
        (("v=spf1 mx ?all",), "neutral"),
        (("v=spf1 mx",), "neutral"),
        (("v=spf1 +all",), "open"),
        (("v=spf1 all",), "open"),
        (("v=spf1 ip4:300.1.1.1 -all",), "invalid"),
        (("v=spf1 -all", "v=spf1 mx -all"), "invalid"),
        (("v=spf1 exists:\xe9 -all",), "invalid"),
    ],
)
def test_spf(texts, status):
    """By how the record ends."""
    assert status == spf_status(texts)


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        ((), "none"),
        (("v=spf1 -all",), "none"),
        (("v=DMARC1; p=none",), "good"),
        (("v=DMARC1; p=reject; rua=mailto:d@example.com",), "good"),
        (("v=DMARC1; p=perhaps",), "invalid"),
        (("v=dmarc1; p=none",), "invalid"),
        (("v=DMARC1; p=none", "v=DMARC1; p=reject"), "invalid"),
    ],
)
def test_dmarc(texts, status):
    """One record that asks for something is good."""
    assert status == dmarc_status(texts)
