"""Look-alikes of domains that an account trusts."""

import pytest

from lazaretto.model.lists import Lists
from lazaretto.scan.judged import prepare, scan_listed
from lazaretto.scan.partners import MAX_PARTNERS, MAX_REPLY_TO, check_partners, partners_of
from lazaretto.scan.ruleset import load_ruleset
from tests.helpers.letters import ENVELOPE, OFFLINE, letter, rules_of
from tests.helpers.listed import DOMAIN, allow, trusted

PARTNERS = ("harborlines.example", "steelworks.example")


def found(message, partners=PARTNERS):
    return {f.rule for f in check_partners(message, ENVELOPE, OFFLINE, partners)}


@pytest.mark.parametrize(
    "domain",
    [
        "harbor1ines.example",
        "harborlinnes.example",
        "harborlines-invoices.example",
        "harborlines.test",
        "xn--harborlnes-32i.example",
        "harborlines.example.billing-desk.test",
    ],
    ids=["letters", "typo", "words", "ending", "punycode", "in front"],
)
def test_each_way_of_imitating(domain):
    """Sender, reply-to and links; the sentence names whom it imitates."""
    message = letter(
        from_=f"Desk <ar@{domain}>",
        headers={"Reply-To": f"ar@{domain}"},
        html=f"<a href='http://{domain}/'>x</a>",
    )
    findings = list(check_partners(message, ENVELOPE, OFFLINE, PARTNERS))

    assert {"from_lookalike_trusted", "reply_to_lookalike_trusted", "link_lookalike_trusted"} == {
        f.rule for f in findings
    }
    assert all("harborlines.example, which is trusted here" in f.reason for f in findings)


@pytest.mark.parametrize(
    "domain", ["harborlines.example", "mail.harborlines.example", "example.net", "firm.test"]
)
def test_who_imitates_nobody(domain):
    """The trusted domain, what lies below it, our own, and a stranger."""
    assert set() == found(letter(from_=f"Desk <ar@{domain}>", html=f"<a href='http://{domain}/'>x</a>"))


def test_who_is_trusted():
    """Trusted domains and the domains of trusted senders; not expressions, free mail or accepted senders."""
    lists = Lists(
        1,
        trusted=(trusted("harborlines.example", recent=True), trusted(r"a\.test$", regex=True, similar=True)),
        allow=(
            allow("ar@steelworks.example", trust=True),
            allow("ann@gmail.com", trust=True),
            allow("b.test", DOMAIN, accept=True),
        ),
    )

    assert PARTNERS == partners_of(lists)


def test_supplier_who_is_not():
    """An invoice with a new account from a look-alike of a supplier, in a conversation."""
    message = letter(
        from_="Ruth Dean <ruth@harbor1ines.example>",
        subject="Re: Invoice 12",
        text="Please settle the overdue invoice today. Our bank details have changed, use the new account below.",
    )
    listed = prepare(Lists(1, trusted=(trusted("harborlines.example", similar=True),)))
    verdict = scan_listed(message, ENVELOPE, OFFLINE, load_ruleset(), listed).verdict
    alone = scan_listed(message, ENVELOPE, OFFLINE, load_ruleset(), prepare(Lists())).verdict

    assert {"from_lookalike_trusted", "lookalike_in_conversation"} <= rules_of(verdict)
    assert "MALICIOUS-BEC" == verdict.disposition
    assert verdict.score > alone.score


def test_a_look_alike_alone():
    """It is not enough to hold a letter."""
    message = letter(from_="Desk <ar@harborlines.test>", text="Good morning, see you on Friday.")
    listed = prepare(Lists(1, trusted=(trusted("harborlines.example", recent=True),)))

    assert "NONE" == scan_listed(message, ENVELOPE, OFFLINE, load_ruleset(), listed).verdict.disposition


def test_muted_like_the_others():
    """A domain that is trusted in its likeness is not called a look-alike."""
    both = (trusted("harborlines.example", recent=True), trusted("harborlines.test", similar=True))
    message = letter(from_="Desk <ar@harborlines.test>")
    verdict = scan_listed(message, ENVELOPE, OFFLINE, load_ruleset(), prepare(Lists(1, trusted=both))).verdict

    assert "from_lookalike_trusted" not in rules_of(verdict)


def test_limits():
    """So many domains and reply-to mailboxes are compared."""
    many = Lists(1, trusted=tuple(trusted(f"firm{n}.example") for n in range(MAX_PARTNERS + 5)))
    replies = ", ".join([f"x@other{n}.test" for n in range(MAX_REPLY_TO)] + ["x@harbor1ines.example"])

    assert MAX_PARTNERS == len(partners_of(many))
    assert set() == found(letter(headers={"Reply-To": replies}))
