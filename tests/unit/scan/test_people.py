"""The impersonation registry: whose name is borrowed, by what likeness, and whose is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.parse import parse
from lazaretto.model.disposition import Disposition
from lazaretto.model.lists import Lists
from lazaretto.scan.judged import prepare, scan_listed
from lazaretto.scan.people import MAX_NAME, MAX_PATTERNS, People, check_people, words_of
from lazaretto.scan.ruleset import load_ruleset
from tests.helpers.letters import ENVELOPE, OFFLINE, facts, letter
from tests.helpers.listed import person

RUTH = person("Ruth Okafor", "ruth@corp.test")
DESK = person("Support", "desk@corp.test", number=8)
PEOPLE = People((RUTH, DESK))


def rules(message, what=OFFLINE, people=PEOPLE) -> list[str]:
    return [f.rule for f in check_people(message, what, people)]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Ruth Okafor", "person_impersonated"),
        ("RUTH OKAFOR", "person_impersonated"),
        ("Okafor, Ruth", "person_impersonated"),
        ("Rúth Okáfor", "person_impersonated"),
        ("Ruth B. Okafor", "person_impersonated"),
        ("Ruth Okafor (CEO)", "person_impersonated"),
        ("Dr. Ruth Okafor, Corp", "person_impersonated"),
        ("Rυth Okаfor", "person_impersonated"),
        ("Support", "person_impersonated"),
        ("Ruth Okafar", "person_imitated"),
        ("Ruht Okafor", "person_imitated"),
        ("Ruth 0kaf0r", "person_imitated"),
        ("RuthOkafor", "person_imitated"),
        ("R u t h O k a f o r", "person_imitated"),
        ("Okafar Ruth", "person_imitated"),
        ("Suport", None),
        ("Customer Support", None),
        ("Ruth", None),
        ("Ruth Adeyemi", None),
        ("News about Ruth Okafor and many others", None),
        ("", None),
        (" , ", None),
    ],
)
def test_names(name, rule):
    """Alike, nearly alike, and merely similar."""
    message = letter(from_=f'"{name}" <x@elsewhere.test>')

    assert ([rule] if rule else []) == rules(message)


def test_known_addresses_are_nobody_elses():
    """All addresses of all entries of one name are known; case does not matter; an expression fits as a whole."""
    people = People((RUTH, person("Okafor Ruth", r"ruth\+\w+@home\.test", number=9, regex=True)))

    for address in ("Ruth@Corp.TEST", "ruth+books@home.test"):
        assert [] == rules(letter(from_=f"Ruth Okafor <{address}>"), people=people)
    for address in ("ruth@corp.test.evil.test", "xruth+books@home.test", "ruth+b@home.test.evil"):
        assert ["person_impersonated"] == rules(letter(from_=f"Ruth Okafor <{address}>"), people=people)


def test_replies_that_leave_the_person():
    """The sender may be right, and the answer goes elsewhere."""
    away = letter(from_="Ruth Okafor <ruth@corp.test>", headers={"Reply-To": "ruth.okafor@mail.test"})
    named = letter(from_="Bo <bo@firm.test>", headers={"Reply-To": "Ruth Okafor <x@mail.test>"})
    home = letter(from_="Ruth Okafor <ruth@corp.test>", headers={"Reply-To": "ruth@corp.test"})

    assert [["person_replies_elsewhere"], ["person_replies_elsewhere"], []] == [
        rules(m) for m in (away, named, home)
    ]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (facts(dmarc="fail", policy="none"), ["person_unproven"]),
        (facts(spf="fail"), ["person_unproven"]),
        (facts(spf="fail", dmarc="pass"), []),
        (facts(spf="none"), []),
        (OFFLINE, []),
    ],
)
def test_a_known_address_that_denies_itself(what, expected):
    """What is listed can still be forged."""
    assert expected == rules(letter(from_="Ruth Okafor <ruth@corp.test>"), what)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"from_": "Ruth Okafor <x@elsewhere.test>"}, Disposition.SUSPICIOUS),
        ({"from_": "Ruth Okafar <x@elsewhere.test>"}, Disposition.SUSPICIOUS),
        (
            {
                "from_": "Ruth Okafor <x@elsewhere.test>",
                "text": "Please buy gift cards and send me the codes today.",
            },
            Disposition.MALICIOUS_BEC,
        ),
        (
            {
                "from_": "Ruth Okafor <x@gmail.com>",
                "text": "Are you available? I need a quick favour, keep it between us.",
            },
            Disposition.MALICIOUS_BEC,
        ),
        ({"from_": "Ruth Okafor <ruth@corp.test>"}, Disposition.NONE),
    ],
)
def test_how_bad_it_is(how, expected):
    """The name alone is suspicious; with what it is borrowed for it is BEC."""
    judged = scan_listed(letter(**how), ENVELOPE, OFFLINE, load_ruleset(), prepare(Lists(1, people=(RUTH,))))

    assert expected == judged.verdict.disposition


def test_entries_that_cannot_be_used():
    """A name without letters, an address that is none: left out, the others count."""
    people = People((person("!!", "a@b.test", number=1), person("Ann Other", "nonsense", number=2), RUTH))

    assert (1, 2) == people.left_out
    assert ["person_impersonated"] == rules(letter(from_="Ruth Okafor <x@y.test>"), people=people)


def test_expressions_for_addresses_have_an_end():
    """What is beyond the limit is left out, and so nobody is known by it."""
    people = People(
        tuple(person(f"Ruth Okafor {n:05}", ".*", number=n, regex=True) for n in range(MAX_PATTERNS + 3))
    )

    assert tuple(range(MAX_PATTERNS, MAX_PATTERNS + 3)) == people.left_out


def test_a_very_long_name_is_read_to_its_limit():
    """Nobody pushes a name out of sight of us and not of the reader, and nobody makes us read a book."""
    shown = letter(from_='"Ruth Okafor' + " x" * 500 + '" <x@y.test>')
    hidden = letter(from_='"' + "y" * MAX_NAME + ' Ruth Okafor" <x@y.test>')

    assert ["person_impersonated"] == rules(shown)
    assert [] == rules(hidden)


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_raises(listed, shown):
    """Whatever is listed and whatever is shown."""
    people = People((person(listed, "a@b.test"),))
    raw = f'From: "{shown}" <x@y.test>\nReply-To: {shown} <z@y.test>\n\n'.encode("utf-8", "replace")

    assert len(rules(parse(raw), people=people)) <= 2
    assert len(words_of(shown)) <= 12
