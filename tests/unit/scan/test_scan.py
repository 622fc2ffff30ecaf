"""The scan as a whole: nothing silences it, and it gives the same answer every time."""

import pickle

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.scan import scan as scan_module
from lazaretto.scan.scan import MAX_FINDINGS, observe
from tests.helpers.letters import ENVELOPE, OFFLINE, File, facts, judged, letter, rules_of

PHISH = """<p>Dear customer, your account has been suspended. Verify your account within 24 hours.</p>
<a href="http://paypal.com.account-check.top/login">https://www.paypal.com/signin</a>"""
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def breaks(message, envelope, facts):
    yield Finding("gtube", "Seen before it broke.", "body")
    raise ValueError("a message that breaks us")


def floods(message, envelope, facts):
    while True:
        yield Finding("link_shortener", "Again.", "link")


def test_a_check_that_breaks_becomes_a_finding():
    """What it saw before is kept, and the analyst learns that it broke."""
    before, failure = observe(breaks, letter(), ENVELOPE, OFFLINE)

    assert "gtube" == before.rule
    assert "check_failed" == failure.rule
    assert "ValueError: a message that breaks us" == failure.value


def test_a_check_that_never_ends_is_stopped():
    """One message cannot fill the store with findings."""
    assert MAX_FINDINGS == len(list(observe(floods, letter(), ENVELOPE, OFFLINE)))


def test_the_other_checks_go_on(monkeypatch: pytest.MonkeyPatch):
    """A message made to break one check is still judged by the others."""
    monkeypatch.setattr(scan_module, "CHECKS", (breaks, *scan_module.CHECKS))

    verdict = judged(letter(html=PHISH, from_="PayPal Service <x@gmail.com>"))

    assert {"check_failed", "lure_credentials", "link_text_brand"} <= rules_of(verdict)
    assert Disposition.MALICIOUS == verdict.disposition


def test_the_same_message_gives_the_same_verdict():
    """A replay in ten years says what was said today."""
    first, second = (judged(letter(html=PHISH, from_="PayPal <x@gmail.com>")) for _ in range(2))

    assert first == second
    assert first == pickle.loads(pickle.dumps(first))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"text": "Shall we have lunch on Friday? The new place by the river is open."}, Disposition.NONE),
        ({"html": PHISH, "from_": "PayPal <service@paypa1.com>"}, Disposition.MALICIOUS),
        ({"attachments": [File("test.txt", EICAR, "text/plain")]}, Disposition.MALICIOUS),
        (
            {"text": "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"},
            Disposition.SPAM,
        ),
        (
            {
                "text": "Are you available? I need you to get some gift cards for the staff, keep it a surprise. "
                "I am in a meeting and can't talk, so reply by email.",
                "from_": "The Director <director.home@gmail.com>",
                "subject": "Quick task",
            },
            Disposition.MALICIOUS_BEC,
        ),
        (
            {
                "text": "The week in gardens. View this email in your browser. Roses, soil, tools.\n"
                "Unsubscribe: https://news.garden.test/u",
                "from_": "The Garden Letter <news@garden.test>",
                "subject": "Garden newsletter, issue #42",
                "headers": {
                    "List-Id": "<news.garden.test>",
                    "List-Unsubscribe": "<https://news.garden.test/u>",
                },
            },
            Disposition.BULK,
        ),
        (
            {
                "text": "Lose 30 pounds in 30 days with this all natural remedy. 100% money back guarantee, order now! "
                "Free bottle, limited time offer. Click here http://slim.test/ This is not spam, reply with remove.",
                "from_": "Slim <offer@kqxzvwrt.top>",
                "subject": "LOSE WEIGHT NOW!!!",
            },
            Disposition.SPAM,
        ),
    ],
)
def test_letters_of_every_kind(how: dict, expected: Disposition):
    """The shipped ruleset, end to end, on one plain example of each label."""
    assert expected == judged(letter(**how)).disposition


def test_a_colleague_from_outside_is_spoof():
    """Our own domain, unproven, from the Internet."""
    message = letter(from_="The Director <boss@example.net>", text="Please see the figures.")

    assert Disposition.SPOOF == judged(message, facts(dmarc="fail", policy="reject")).disposition


def test_offline_concludes_nothing_from_missing_proof():
    """Without a question to the world the same letter is not accused."""
    message = letter(from_="The Director <boss@example.net>", text="Please see the figures.")

    assert Disposition.NONE == judged(message).disposition
