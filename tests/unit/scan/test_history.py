"""First contact, invented threads and lapsed authentication, from recorded history."""

from dataclasses import replace

import pytest

from lazaretto.model.facts import History, Seen
from lazaretto.scan.checks import history
from tests.helpers.letters import OFFLINE, facts, judged, letter, rules_of, seen

OLD = Seen(messages=20, days=200, judged=20, proven=20)
STRANGER = History(days=100, sender=Seen(), domain=Seen(), recipient=False)
FRIEND = History(days=300, sender=OLD, domain=OLD, recipient=True)
PLEA = "Dear customer, your account has been suspended. Verify your password at https://login.elsewhere.test/verify now."


def with_history(known, base=OFFLINE):
    return replace(base, history=known)


def found(known, base=OFFLINE, **how):
    return seen(history.check, letter(**how), with_history(known, base))


def test_first_contact_names_the_address_and_the_domain():
    """Both notes, with the address as evidence."""
    result = found(STRANGER)

    assert {history.FIRST_CONTACT, history.FIRST_DOMAIN} == set(result)
    assert "ann@firm.test" == result[history.FIRST_CONTACT].value


@pytest.mark.parametrize(
    ("known", "how"),
    [
        (None, {}),  # nothing was looked up
        (replace(STRANGER, days=history.MIN_DAYS - 1), {}),  # in a new installation everybody is a stranger
        (STRANGER, {"headers": {"List-Id": "<list.firm.test>"}}),  # the list knows its people
        (FRIEND, {}),
    ],
)
def test_first_contact_is_not_claimed(known, how):
    """Where there is no history, not enough of it, a list, or a friend."""
    assert not {history.FIRST_CONTACT, history.FIRST_DOMAIN} & set(found(known, **how))


def test_the_domain_of_free_mail_introduces_nobody():
    """Only the address is unknown."""
    assert {history.FIRST_CONTACT} == set(found(STRANGER, from_="ann@gmail.com"))


def test_a_colleague_of_the_recipient_may_know_the_sender():
    """Then it is new to the recipient alone."""
    assert {history.FIRST_RECIPIENT} == set(found(replace(FRIEND, sender=Seen(2, 3), recipient=False)))


def test_a_friend_is_known():
    """By number and by time; one alone is not enough."""
    assert {history.KNOWN} == set(found(FRIEND))
    assert set() == set(found(replace(FRIEND, sender=Seen(100, 2))))
    assert set() == set(found(replace(FRIEND, sender=Seen(2, 300))))


def test_a_reply_to_nothing_is_noted():
    """The subject answers, the recipient has no mail of the sender, no named message is known."""
    assert history.THREAD_UNKNOWN in found(STRANGER, subject="Re: our contract")
    assert history.THREAD_UNKNOWN not in found(FRIEND, subject="Re: our contract")
    assert history.THREAD_UNKNOWN not in found(STRANGER, subject="Our contract")
    assert {history.THREAD_KNOWN} <= set(found(replace(STRANGER, thread=True), subject="Re: our contract"))


def test_authentication_that_lapsed_is_noted():
    """Only after a habit, only where it was looked at, and not when it is proven or only delayed."""
    denied, passed, late = (facts(dmarc=word) for word in ("fail", "pass", "temperror"))

    assert history.LAPSED in found(FRIEND, denied)
    assert history.LAPSED in found(FRIEND, facts(dmarc="none"))
    assert history.LAPSED not in found(FRIEND, passed)
    assert history.LAPSED not in found(FRIEND, late)
    assert history.LAPSED not in found(FRIEND, OFFLINE)
    assert history.LAPSED not in found(replace(FRIEND, domain=Seen(20, 200, 20, 10)), denied)
    assert history.LAPSED not in found(replace(FRIEND, domain=Seen(2, 200, 2, 2)), denied)


def test_a_stranger_alone_weighs_nothing():
    """First contact is how every acquaintance begins."""
    plain = letter(text="Dear Mary, it was good to meet you. Here are the minutes.")
    verdict = judged(plain, with_history(STRANGER))

    assert 0 == sum(w.points for w in verdict.findings if w.rule.id.startswith(("first_", "stranger_")))
    assert judged(plain).disposition is verdict.disposition


def test_a_stranger_who_leads_to_a_login_weighs_more():
    """The same letter, from a friend and from a stranger."""
    plea = letter(text=PLEA, subject="Account suspended")
    friend, stranger = (judged(plea, with_history(known)) for known in (FRIEND, STRANGER))

    assert {"stranger_asks_password"} == rules_of(stranger) - rules_of(friend) - {
        "first_contact",
        "first_contact_domain",
    }
    assert dict(stranger.scores)["malicious"] > dict(friend.scores)["malicious"]


def test_an_invented_conversation_about_money_weighs_more():
    """A stranger claims to answer and wants the payroll changed."""
    text = (
        "Hi Mary, I need to update my direct deposit information before the next payroll. What do you need?"
    )
    stranger = judged(letter(text=text, subject="Re: payroll"), with_history(STRANGER))

    assert {"stranger_asks_money", "stranger_pretends_thread"} <= rules_of(stranger)


def test_a_familiar_name_that_does_not_prove_itself_weighs_more():
    """Only beside a request."""
    denied = with_history(FRIEND, facts(dmarc="fail", policy="none"))

    assert "lapsed_asks" in rules_of(judged(letter(text=PLEA), denied))
    assert "lapsed_asks" not in rules_of(judged(letter(text="See you on Monday."), denied))
