"""The list of imitated names: it never accuses the names themselves."""

import pytest

from lazaretto.mail.domains import organisational_domain
from lazaretto.scan.brands import brands, folded, named_in, named_in_text, owner_of
from lazaretto.scan.checks.impersonation import check as impersonation
from lazaretto.scan.checks.links import check as links
from lazaretto.scan.checks.targets import check as targets
from lazaretto.scan.hosts import is_freemail
from lazaretto.scan.lookalike import imitated_brand
from tests.helpers.letters import letter, seen

ACCUSING = {
    "link_text_brand",
    "link_lookalike_brand",
    "link_brand_in_subdomain",
    "link_brand_in_path",
    "from_lookalike_brand",
}


@pytest.mark.parametrize("brand", brands(), ids=lambda b: b.name)
def test_a_brand_is_never_accused_of_being_itself(brand):
    """Mail and links of a brand on each of its own domains give no finding of imitation."""
    for domain in sorted(brand.domains):
        host = f"www.{domain}"
        message = letter(
            from_=f'"{brand.name}" <service@{domain}>',
            html=f'<a href="https://{host}/signin">https://{domain}/</a>',
        )
        found = seen(impersonation, message) | seen(links, message) | seen(targets, message)
        accused = set(found) & (ACCUSING | ({"display_name_brand"} if not is_freemail(domain) else set()))

        assert set() == accused, domain
        assert imitated_brand(host) is None, domain


def test_the_list_is_well_formed():
    """Names once, domains registered or public suffixes of their own, phrases folded."""
    names = [b.name for b in brands()]

    assert 150 <= len(names) == len(set(names))
    for brand in brands():
        assert all(d == organisational_domain(d) for d in brand.domains), brand.name
        assert all(p == folded(p) for p in brand.phrases), brand.name


@pytest.mark.parametrize(
    ("domain", "owner"),
    [
        ("paypal.com", "PayPal"),
        ("paypal.de", "PayPal"),
        ("paypal.tk", None),
        ("paypal.com.br", "PayPal"),
        ("netflix.de", None),
        ("example.org", None),
        ("", None),
    ],
)
def test_who_owns_a_domain(domain: str, owner: str | None):
    """National domains of worldwide names belong to them, the free endings do not."""
    found = owner_of(domain)

    assert owner == (found.name if found else None)


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Your Netflix", "Netflix"),
        ("netflix-billing", "Netflix"),
        ("Target", "Target"),
        ("Target Practice Club", None),
        ("UPS", "UPS"),
        ("Ups and Downs", None),
        ("Geek Squad", "Geek Squad"),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_names_in_display_names(name: str, brand: str | None):
    """A word of the language needs a word of a company beside it."""
    found = named_in(name)

    assert brand == (found.name if found else None)


def test_names_in_text_are_bounded():
    """A page of logos is read up to a limit."""
    text = b" ".join(p.encode() for b in brands() for p in b.phrases if p.isascii()) * 10

    assert 5 >= len(named_in_text(text)) > 0
