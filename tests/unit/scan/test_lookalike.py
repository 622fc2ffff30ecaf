"""Names that are made to be taken for others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.scan.confusables import mixed_scripts, skeleton
from lazaretto.scan.gibberish import is_gibberish
from lazaretto.scan.lookalike import imitated_brand, imitated_own, unicode_label


@pytest.mark.parametrize(
    ("host", "way"),
    [
        ("paypa1.com", "letters"),
        ("rnicrosoft.com", "letters"),
        ("xn--pypal-4ve.com", "letters"),
        ("netfllx.com", "letters"),
        ("wellsfarqo.com", "typo"),
        ("coinbasse.com", "typo"),
        ("secure-paypal.com", "words"),
        ("paypalsecurelogin.com", "words"),
        ("apple-id-verify.com", "words"),
        ("netflix.top", "ending"),
        ("amazon.tk", "ending"),
        ("paypal.com.evil.net", "subdomain"),
        ("login.microsoftonline.com.foo.ru", "subdomain"),
        ("dhl.com.parcel.test", "subdomain"),
    ],
)
def test_ways_to_imitate(host: str, way: str):
    """Each way is recognised as what it is."""
    found = imitated_brand(host)

    assert found is not None
    assert way == found.way


@pytest.mark.parametrize(
    "host",
    [
        *(
            "paypal.com",
            "www.paypal.de",
            "example.org",
            "chance.com",
            "appleby.com",
            "orangefarm.test",
            "discoverymag.test",
        ),
        *(
            "groups.io",
            "pages.dev",
            "paypal.github.io",
            "127.0.0.1",
            "",
            "localhost",
            "a" * 300,
            "thechaseclub.test",
        ),
        *("outlook.4team.biz", "stripes.test", "mailboxes.test", "evening.test", "boxes.test"),
    ],
)
def test_strangers_are_no_imitation(host: str):
    """Words that hold a short brand, hosting of others, addresses and nonsense."""
    assert imitated_brand(host) is None


def test_our_own_domain_is_not_its_own_imitation():
    """Nor are its hosts."""
    assert imitated_own("mail.example.net", ("example.net",)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("paypal", "pаypаl"), ("google", "g00gle"), ("modern", "modem"), ("amazon", "AMAZON"), ("vw", "vvv")],
)
def test_skeletons_of_names_that_look_alike_are_equal(one: str, other: str):
    """What the eye cannot tell apart is one."""
    assert (skeleton(one) == skeleton(other)) is (one != "vw")


@given(st.text(max_size=300))
def test_skeleton_is_total(name: str):
    """Any text has a skeleton and a script."""
    assert isinstance(skeleton(name), str)
    assert isinstance(mixed_scripts(name), bool)


@given(st.text(max_size=80))
def test_hosts_of_any_kind_are_answered(host: str):
    """No host breaks the comparison."""
    imitated_brand(host)
    imitated_own(host, ("example.net", "mail.example.net"))
    unicode_label(f"xn--{host}")


@pytest.mark.parametrize(
    "label", ["nyhpylwtrdhmh", "qaohdawplaj", "diedexrladq", "lvtqepqdhnkjx", "bytvwluyrlq", "jbdbxdzvrdkkd"]
)
def test_machine_made_labels(label: str):
    """Strings that no person would say."""
    assert is_gibberish(label)


@pytest.mark.parametrize(
    "label",
    [
        *(
            "stadtwerke-altdorf",
            "deutscherechtsschutz",
            "northwindbikes",
            "sourceforge",
            "strengthschool",
            "wxwidgets",
        ),
        *(
            "bcc",
            "kvm",
            "qwest",
            "",
            "xn--mnchen-3ya",
            "angstschweiss",
            "knightsbridge",
            "rhythms",
            "krzysztof",
        ),
    ],
)
def test_words_and_abbreviations_are_not_machine_made(label: str):
    """Long clusters of real languages pass, and short names are never judged."""
    assert not is_gibberish(label)
