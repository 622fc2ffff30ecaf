"""Odd senders, and the ordinary ones beside them."""

import pytest

from lazaretto.scan.checks.impersonation import check as impersonation
from lazaretto.scan.checks.sender import check
from tests.helpers.letters import OFFLINE, RECIPIENT, envelope, letter, seen


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ({"from_": ""}, "from_missing"),
        ({"from_": "Nobody"}, "from_missing"),
        ({"headers": {"Reply-To": "ann.private@gmail.com"}}, "reply_to_freemail"),
        ({"from_": "a@gmail.com", "headers": {"Reply-To": "b@yandex.com"}}, "reply_to_other_freemail"),
        ({"headers": {"Reply-To": "ann@elsewhere.test"}}, "reply_to_elsewhere"),
        ({"from_": "P r i m e <x@shop.test>"}, "display_name_spaced"),
        ({"from_": "Cloud_Storage <x@shop.test>"}, "display_name_decorated"),
        ({"from_": "Security-Notice <x@shop.test>"}, "display_name_nobody"),
        ({"from_": "Payment Service Alert (3) <x@shop.test>"}, "display_name_nobody"),
        ({"from_": "IT Helpdesk <x@shop.test>"}, "display_name_role"),
        ({"from_": "x@gmail.com"}, "from_freemail"),
        ({"from_": "x@lvtqepqdhnkjx.test"}, "from_gibberish"),
        ({"from_": "x@shop.top"}, "from_abused_ending"),
        ({"from_": f"Mary <{RECIPIENT}>"}, "from_self"),
        ({"from_": "x@paypal.com"}, "from_brand_domain"),
        ({"subject": "mary.miller@example.net: your parcel"}, "subject_names_recipient"),
        ({"subject": "mary.miller, you won"}, "subject_names_recipient"),
        ({"subject": "Re: the contract", "text": "As discussed."}, "reply_invented"),
    ],
)
def test_an_odd_sender_is_seen(how: dict, rule: str):
    """Each oddity gives its finding, with a sentence and a value from the letter."""
    finding = seen(check, letter(**how))[rule]

    assert finding.reason.endswith(".")
    assert "header" == finding.place


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"from_": '"Miller, John" <john.miller@schwarz-gmbh.de>'},
        {"from_": "Stadtwerke Altdorf <support@stadtwerke-altdorf.de>", "subject": "Your receipt [#11134]"},
        {"headers": {"Reply-To": "Ann <ann@mail.firm.test>"}},
        {"subject": "Re: lunch", "headers": {"In-Reply-To": "<x@firm.test>"}},
        {"subject": "Re: lunch", "text": "Fine.\n\nJohn wrote:\n> Friday?\n"},
        {"from_": "Angus Knightsbridge <a@strengthschools.test>"},
        {"from_": "IT Helpdesk <it@example.net>"},
        {"subject": "info day", "to": "info@example.net"},
    ],
)
def test_an_ordinary_sender_is_left_alone(how: dict):
    """Companies, people with initials, lists and our own staff are no finding."""
    assert {} == seen(check, letter(**how), OFFLINE, envelope(recipients=("info@example.net",)))


def test_replies_to_the_list_are_ordinary():
    """Lists set Reply-To to themselves."""
    message = letter(headers={"Reply-To": "talk@lists.test", "List-Id": "Talk <talk.lists.test>"})

    assert {} == seen(check, message)


@pytest.mark.parametrize(
    ("how", "rule", "named"),
    [
        ({"from_": '"support@paypal.com" <x@shop.test>'}, "display_name_address", "support@paypal.com"),
        ({"from_": "example.net Mail <x@shop.test>"}, "display_name_own_domain", "shop.test"),
        ({"from_": "PayPal Service <x@shop.test>"}, "display_name_brand", "PayPal"),
        ({"from_": "P a y P a l <x@shop.test>"}, "display_name_brand", "PayPal"),
        ({"from_": "=?utf-8?q?P=D0=B0yP=D0=B0l?= <x@shop.test>"}, "display_name_brand", "PayPal"),
        ({"from_": "=?utf-8?q?P=C3=A0yPal?= <x@shop.test>"}, "display_name_brand", "PayPal"),
        ({"from_": "Apple Support <x@shop.test>"}, "display_name_brand", "Apple"),
        ({"from_": "Target Rewards <x@shop.test>"}, "display_name_brand", "Target"),
        ({"from_": "Microsoft 365 <x@gmail.com>"}, "display_name_brand_freemail", "Microsoft"),
        ({"from_": "=?utf-8?q?P=D0=B0yroll?= <x@shop.test>"}, "display_name_mixed_scripts", "scripts"),
        ({"from_": "x@paypa1.com"}, "from_lookalike_brand", "PayPal"),
        ({"from_": "x@paypal-security.test"}, "from_lookalike_brand", "PayPal"),
        ({"from_": "x@example-net-support.test"}, "nothing", ""),
        ({"from_": "x@xn--pypal-4ve.com"}, "from_lookalike_brand", "PayPal"),
        ({"headers": {"Reply-To": "x@micros0ft.com"}}, "reply_to_lookalike", "Microsoft"),
        ({"subject": "Your PayPal invoice"}, "subject_names_brand", "PayPal"),
    ],
)
def test_borrowed_names_are_seen(how: dict, rule: str, named: str):
    """The finding says whose name was borrowed."""
    found = seen(impersonation, letter(**how))

    assert (rule in found) is (rule != "nothing")
    assert rule == "nothing" or named in found[rule].reason


@pytest.mark.parametrize(
    ("domain", "rule"),
    [
        ("hawthorne-consu1ting.test", "letters"),
        ("hawthorne-consultinq.test", "one letter"),
        ("hawthorne-consulting.com", "ending"),
        ("hawthorne-consulting-login.test", "words"),
        ("hawthorne-consulting.test.evil.com", "front"),
    ],
)
def test_look_alikes_of_our_own_domain(domain: str, rule: str):
    """A colleague seems to write; the five ways are told apart in the reason."""
    where = envelope(recipients=("mary@hawthorne-consulting.test",))

    finding = seen(impersonation, letter(from_=f"Ann <ann@{domain}>"), OFFLINE, where)["from_lookalike_own"]

    assert rule in finding.reason


@pytest.mark.parametrize(
    "from_",
    [
        "PayPal <service@paypal.com>",
        "Chase Smith <chase@firm.test>",
        "Apple Blossom <a@firm.test>",
        "Ann via PayPal <service@paypal.de>",
        "Amazon.com <auto-confirm@amazon.co.uk>",
        "Mary <mary@example.net>",
        "Wise Owl Books <x@firm.test>",
        "ann@firm.test <ann@firm.test>",
    ],
)
def test_true_names_are_left_alone(from_: str):
    """Brands on their own domains, people with a brand's word in their name, and colleagues."""
    assert {} == seen(impersonation, letter(from_=from_))
