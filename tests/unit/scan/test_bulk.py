"""Mail to many: newsletters are, letters of people to a list are not."""

import pytest

from lazaretto.model.disposition import Disposition
from lazaretto.scan.checks import bulk
from tests.helpers.letters import OFFLINE, envelope, judged, letter, rules_of, seen

LIST = {
    "List-Id": "Talk about radios <talk.lists.test>",
    "List-Unsubscribe": "<mailto:talk-leave@lists.test>",
    "Precedence": "list",
}
LINKS = " ".join(f"https://shop.test/{n}" for n in range(bulk.CATALOGUE_LINKS))
LONG = "word " * bulk.CATALOGUE_WORDS


def found(**how):
    return seen(bulk.check, letter(**how))


@pytest.mark.parametrize(
    "how",
    [
        {"from_": "Ann Other <ann@firm.test>", "subject": "[talk] Noise on channel two"},
        {"from_": "jo@firm.test", "subject": "Which antenna?"},
        {"from_": "Ann Other via Talk <talk@lists.test>", "subject": "Noise"},
        {"from_": "Ann Other <aother@lists.test>", "subject": "Noise"},
        {"from_": "Bot <bot@lists.test>", "subject": "Re: Noise"},
    ],
)
def test_a_letter_to_a_list_is_of_a_person(how):
    """From elsewhere, through a list that writes for its people, from an address made of the name, or an answer."""
    assert {bulk.DISCUSSION} == set(found(headers=LIST, **how))


@pytest.mark.parametrize(
    "how",
    [
        {"from_": "Radio News <news@firm.test>"},
        {"from_": "Build <jenkins@firm.test>"},
        {"subject": "[ANN] Radio 1.4 released"},
        {"subject": "Announcing Radio 1.4"},
        {"subject": "Radio weekly, issue 12"},
        {"text": LINKS},
        {"from_": "The Team <hello@lists.test>"},
        {"headers": {**LIST, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}},
        {"headers": {**LIST, "X-Mailer": "ASF-Git Admin Mailer"}, "subject": "Re: commit"},
        {"headers": {"Precedence": "bulk"}},
    ],
)
def test_announcements_and_machines_are_not_letters(how):
    """Newsletters, builds, releases, catalogues, and what names no list."""
    result = found(**{"headers": LIST, **how})

    assert bulk.DISCUSSION not in result
    assert bulk.LIST_ID in result


def test_a_newsletter_is_told_by_its_name():
    """In the name, in the host, else in the subject; a letter has none."""
    assert "From" == found(from_="Shop Weekly <hello@shop.test>")[bulk.NEWSLETTER_NAME].field
    assert "From" == found(from_="Shop <hello@news.shop.test>")[bulk.NEWSLETTER_NAME].field
    assert "Subject" == found(subject="Shop Newsletter, Issue 7")[bulk.NEWSLETTER_NAME].field
    assert bulk.NEWSLETTER_NAME not in found(from_="Newson <a@newspaper.test>", subject="Your visit")


def test_a_catalogue_is_long_and_full_of_links():
    """One of both is not enough."""
    assert bulk.CATALOGUE in found(text=f"{LONG} {LINKS}")
    assert bulk.CATALOGUE not in found(text=LINKS)
    assert bulk.CATALOGUE not in found(text=LONG)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("bounces+12-ab=cd@mail.test", True),
        ("news-return-7@shop.test", True),
        ("mary=example.net@shop.test", True),
        ("u12345678@shop.test", True),
        ("ann@firm.test", False),
        ("owen.returner@firm.test", False),
        ("", False),
    ],
)
def test_the_return_path_of_a_mailing_program(address, expected):
    """Made for one message, to see which bounce."""
    result = seen(bulk.check, letter(text="Hello"), OFFLINE, envelope(address))

    assert expected is (bulk.MAILER_RETURN in result)


GARDEN = (
    "The roses want water in the morning, before the sun is high. Cut what has faded above the fifth leaf. "
    * 10
)
PAGES = " ".join(f"https://garden.test/{n}" for n in ("roses", "herbs", "tools", "seeds", "letters", "paths"))


def test_mail_to_subscribers():
    """Why it comes and how to end it, in honest words: mail to many, though nothing else says so."""
    why = "You are on our mailing list. To unsubscribe from future mailings, write to us."
    news = "The minutes of our meeting last Thursday are below. Anna wrote them down."
    found = judged(letter(from_="Garden club <hello@garden.test>", text=f"{news}\n\n{GARDEN}\n\n{why}"))
    bulk = {weighed.rule.id for weighed in found.findings if weighed.rule.kind == "bulk"}

    assert {"text_unsubscribe", "mail_to_subscribers"} == bulk
    assert Disposition.BULK is found.disposition


def test_newsletters_are_bulk_and_no_worse():
    """By name and a way to unsubscribe; with words of sale in it too."""
    leave = "You can unsubscribe at any time."
    plain = judged(
        letter(from_="Garden Newsletter <hello@garden.test>", text=f"{GARDEN}\n\n{PAGES}\n\n{leave}")
    )
    sale = judged(
        letter(
            from_="Garden Weekly <hello@garden.test>",
            text=f"{GARDEN}\n\n{PAGES}\n\nFrom our sponsor: lowest mortgage rates today.\n\n{leave}",
        )
    )

    assert Disposition.BULK is plain.disposition
    assert Disposition.BULK is sale.disposition
    assert "newsletter_by_name" in rules_of(sale)
