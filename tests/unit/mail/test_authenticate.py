"""The whole authentication of one message from known answers, and without any."""

from datetime import UTC, datetime

from lazaretto.mail.authentication.authenticate import authenticate, authenticate_offline
from lazaretto.mail.questions import run_check
from lazaretto.model.disposition import AuthResult
from lazaretto.model.facts import Boundary
from tests.helpers.bare import AT, bare_message
from tests.helpers.conformance import ZoneAnswers
from tests.helpers.signing import key_zone, sign

LETTER = b"From: ann@example.test\r\nTo: bob@receiver.test\r\nSubject: x\r\n\r\nHello\r\n"
ZONE = {
    "example.test": {"TXT": ["v=spf1 ip4:192.0.2.1 -all"]},
    "mail.example.test": {"TXT": ["v=spf1 a -all"], "A": ["192.0.2.1"]},
    "_dmarc.example.test": {"TXT": ["v=DMARC1; p=reject"]},
} | key_zone()
GOOD = Boundary("192.0.2.1", "mail.example.test", "ann@example.test", "envelope")


def test_everything_passes():
    """SPF, HELO, DKIM and DMARC of an honest message, and the questions in their order."""
    answers = ZoneAnswers(ZONE)

    found = run_check(authenticate(sign(LETTER), bare_message("example.test"), GOOD, at=AT), answers)

    assert (AuthResult.PASS, AuthResult.PASS, AuthResult.PASS) == (
        found.folded_spf,
        found.folded_dkim,
        found.folded_dmarc,
    )
    assert found.helo_spf is not None
    assert "pass" == found.helo_spf.result
    assert [
        "example.test",
        "mail.example.test",
        "mail.example.test",
        "test._domainkey.example.test",
        "_dmarc.example.test",
        "_dmarc.test",
    ] == [q.name for q in answers.asked]


def test_forged():
    """A stranger's client and no signature."""
    boundary = Boundary("203.0.113.9", "evil.test", "ann@example.test", "envelope")

    found = run_check(authenticate(LETTER, bare_message("example.test"), boundary, at=AT), ZoneAnswers(ZONE))

    assert (AuthResult.FAIL, AuthResult.NONE, AuthResult.FAIL) == (
        found.folded_spf,
        found.folded_dkim,
        found.folded_dmarc,
    )


def test_nobody_answers():
    """Every question unanswered: errors, no failures."""
    found = run_check(authenticate(sign(LETTER), bare_message("example.test"), GOOD, at=AT), {})

    assert (AuthResult.ERROR, AuthResult.ERROR, AuthResult.ERROR) == (
        found.folded_spf,
        found.folded_dkim,
        found.folded_dmarc,
    )


def test_offline():
    """Nothing is known, except that the body is the one that was signed."""
    found = authenticate_offline(sign(LETTER), bare_message("example.test"), GOOD, at=AT)

    (signature,) = found.dkim
    assert ("none", "offline", True) == (signature.result, signature.reason, signature.body_hash_ok)
    assert ("none", "offline", "example.test") == (found.spf.result, found.spf.reason, found.spf.domain)
    assert ("none", "offline", "example.test") == (found.dmarc.result, found.dmarc.reason, found.dmarc.domain)


def test_signatures_are_judged_when_they_crossed_the_boundary():
    """History does not expire: an old message is verified as of its own day."""
    field = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.test; s=test; h=from; bh=AAAA; b=AAAA; t=1000; x=2000\r\n"
    then = Boundary(None, None, "", "received", at=datetime.fromtimestamp(1500, UTC))
    now = Boundary(None, None, "", "unknown")

    old = run_check(authenticate(field + LETTER, bare_message(), then, at=AT), ZoneAnswers(ZONE))
    new = run_check(authenticate(field + LETTER, bare_message(), now, at=AT), ZoneAnswers(ZONE))

    assert ("the body was changed", "the signature has expired") == (old.dkim[0].reason, new.dkim[0].reason)


def test_two_from_fields():
    """A reader cannot know which one is meant, so neither is proved."""
    message = bare_message("example.test", headers=(("From", "eve@evil.test"),))

    found = run_check(authenticate(LETTER, message, GOOD, at=AT), ZoneAnswers(ZONE))

    assert "permerror" == found.dmarc.result
