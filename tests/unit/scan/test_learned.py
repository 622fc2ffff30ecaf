"""What the classifier's opinion becomes: findings, and their place in the verdict."""

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.model.finding import Finding
from lazaretto.scan.checks.learned import BANDS, HONEST_BANDS, NAMED, check_learned, hashed_words
from lazaretto.scan.classifier.adapted import make_difference, own_of
from lazaretto.scan.classifier.classifier import places
from lazaretto.scan.classifier.features import features
from lazaretto.scan.classifier.hashed import hashed
from lazaretto.scan.classifier.learn import Example, learn
from lazaretto.scan.ruleset import load_ruleset
from lazaretto.scan.score import judge, weigh
from tests.helpers.letters import ENVELOPE, letter

BAD = [
    "claim",
    "your",
    "prize",
    "pills",
    "bonus",
    "cash",
    "winner",
    "casino",
    "lottery",
    "discount",
    "money",
    "guaranteed",
]
GOOD = [
    "minutes",
    "meeting",
    "agenda",
    "ticket",
    "patch",
    "review",
    "deadline",
    "room",
    "lunch",
    "branch",
    "commit",
    "release",
]


@pytest.fixture(scope="module")
def taught():
    """A classifier that knows a dozen words of each kind."""
    bad = [Example(frozenset(f"word:{word}" for word in BAD), bad=True)] * 60
    good = [Example(frozenset(f"word:{word}" for word in GOOD), bad=False)] * 60
    return learn([*bad, *good], bits=12, rounds=60)


def found(text, classifier):
    return list(check_learned(letter(text=text, subject="", from_="a@firm.test"), ENVELOPE, classifier))


def verdict(*rules):
    ruleset = load_ruleset()
    return judge(weigh([Finding(rule, "Seen.", "message") for rule in rules], ruleset.rules), ruleset)


def test_unwanted_wording(taught):
    """The finding names the words that weighed most, in words."""
    (finding,) = found(" ".join(BAD), taught)

    assert finding.rule in {rule for _, rule in BANDS}
    assert any(f"“{word}”" in finding.reason for word in BAD)
    assert any(f"word:{word} +" in finding.value for word in BAD)
    assert finding.reason.count("“") <= NAMED


def test_honest_wording(taught):
    """Honest wording is counter-evidence, and says why."""
    (finding,) = found(" ".join(GOOD), taught)

    assert finding.rule in {rule for _, rule in HONEST_BANDS}
    assert any(f"“{word}”" in finding.reason for word in GOOD)


def test_numbers_are_said_as_such():
    """Digits are one word to the classifier; a row of signs would tell nobody."""
    numbers = learn([Example(frozenset({"word:####", f"word:b{n}"}), bad=True) for n in range(20)], bits=12)
    (finding,) = found("4711", numbers)

    assert "a number of 4" in finding.reason


def test_unknown_wording(taught):
    """Words that were never learned say nothing."""
    assert [] == found("quetzal xylophone", taught)


def test_wording_alone_is_spam_and_never_worse():
    """However sure the classifier is, it takes other evidence to call mail malicious."""
    said = {rule: verdict(rule).disposition for _, rule in (*BANDS, *HONEST_BANDS)}

    assert {"learned_certain", "learned_sure", "learned_likely"} == {
        rule for rule, disposition in said.items() if disposition is Disposition.SPAM
    }
    assert {Disposition.SPAM, Disposition.NONE} == set(said.values())


def test_wording_alone_does_not_make_a_newsletter_spam():
    """Advertising that goes to many reads like advertising; it takes another sign."""
    many = ("list_mail", "text_unsubscribe")

    assert Disposition.BULK is verdict("learned_certain", *many).disposition
    assert Disposition.SPAM is verdict("learned_certain", "spam_excuse", *many).disposition


def test_wording_is_said_in_the_reasons():
    """The list view says that the wording was the reason."""
    assert ("Seen.",) == verdict("learned_sure").reasons
    assert ("learned", 5.0) in verdict("learned_sure").scores


def test_shipped_classifier_on_plain_letters():
    """Plain letters of both kinds, written for this test."""
    classifier = load_ruleset().classifier
    spam = "Dear friend, make money fast from home! Order now, 100% free trial, click here to claim your bonus!!!"
    ham = "Hi Tom, the patch fails in the second test, I think the index is off by one. Can you have a look?"

    (bad,), (good,) = found(spam, classifier), found(ham, classifier)

    assert bad.rule in {"learned_certain", "learned_sure", "learned_likely"}
    assert good.rule in {"learned_plain", "learned_honest"}


SHORT_NOTES = (
    ("coffee", "Shall we have coffee?"),
    ("report", "Can you send me the report by tomorrow?"),
    ("Re: Monday", "Thanks, got it. See you on Monday."),
    ("contract", "Please find attached the signed contract. Best, Tom"),
    ("Happy birthday", "Happy birthday! Hope you have a great day."),
    ("arrived", "Hi mum, we arrived safely. The kids send kisses."),
    ("Invoice 1182", "Invoice attached, due in 30 days. Thank you for your business."),
    ("photos", "Here are the photos from the weekend."),
    ("Your order", "Your order has been shipped and will arrive on Tuesday."),
    ("call me", "Please call me back when you can, it's about the house."),
    ("Datei", "Guten Morgen, kannst du mir bitte die Datei noch einmal schicken?"),
    ("rendez-vous", "Bonjour, je vous confirme notre rendez-vous de demain à 14 heures."),
    ("informe", "Hola, ¿puedes mandarme el informe antes del viernes? Gracias"),
    ("flat", "Hi, is the flat still available? I could come for a viewing on Saturday."),
)
"""Nothing was learned from these."""


@pytest.mark.parametrize(("subject", "text"), SHORT_NOTES)
def test_a_short_note_is_not_judged_by_a_few_words(subject, text):
    """Of five words two are soon suspicious: that is no reason to be sure."""
    rules = {
        finding.rule
        for finding in check_learned(
            letter(text=text, subject=subject, from_="Al <al@firm.test>"),
            ENVELOPE,
            load_ruleset().classifier,
        )
    }

    assert not rules & {"learned_certain", "learned_sure", "learned_likely"}


def test_what_the_account_taught_is_said(taught):
    """Where its labels changed the opinion, the sentence says what it was without them; else it is silent."""
    weights = dict.fromkeys(places(["word:quetzal"], taught.bits), 30.0)
    own = own_of(make_difference(weights, bits=taught.bits, base=taught.version))
    message = letter(text="quetzal", subject="", from_="a@firm.test")
    (finding,) = check_learned(message, ENVELOPE, taught, own)

    assert "without the labels of this account)" in finding.reason
    assert "“quetzal”" in finding.reason
    prize = letter(text="claim your prize pills", subject="", from_="a@firm.test")
    assert all("without" not in found.reason for found in check_learned(prize, ENVELOPE, taught, own))


def test_words_to_learn_from_are_those_that_are_judged():
    """Links to the recipient's own domain are left out of both."""
    plain = letter(text="minutes https://example.net/own/path", subject="")

    assert hashed_words(plain, ENVELOPE) == hashed(features(plain, frozenset({"example.net"})))
