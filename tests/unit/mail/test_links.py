"""Links: where they lead and what they show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import links, urls
from lazaretto.mail.links import make_link, shown_domain, text_links, trim
from lazaretto.mail.parse import parse
from lazaretto.mail.urls import read_target
from tests.unit.mail.letters import codes, letter


@pytest.mark.parametrize(
    ("href", "scheme", "host"),
    [
        ("http://A.Example/c", "http", "a.example"),
        ("HTTP:\\\\evil.test\\x", "http", "evil.test"),
        ("http:evil.test/x", "http", "evil.test"),
        ("https:/evil.test", "https", "evil.test"),
        ("https://bank.test@evil.test/", "https", "evil.test"),
        ("https://bank.test%40x:y@evil.test:8080?q", "https", "evil.test"),
        ("//evil.test/x", "", "evil.test"),
        ("http://0x7f.1/", "http", "127.0.0.1"),
        ("http://2130706433/", "http", "127.0.0.1"),
        ("http://0300.0250.1/", "http", "192.168.0.1"),
        ("http://256.1.1.1/", "http", "256.1.1.1"),
        ("http://[2001:DB8::1]:80/", "http", "2001:db8::1"),
        ("http://e%76il.test", "http", "evil.test"),
        ("ht\ttp://e\nvil.test", "http", "evil.test"),
        ("\x01 http://evil.test ", "http", "evil.test"),
        ("http://ev\u00adil.test", "http", "evil.test"),
        ("http://пример.test/", "http", "xn--e1afmkfd.test"),
        ("http://evil.test.", "http", "evil.test"),
        ("mailto:a%40b.test?subject=x@y", "mailto", "b.test"),
        ("javascript:alert('http://x.test')", "javascript", ""),
        ("data:text/html,x", "data", ""),
        ("tel:+1", "tel", ""),
        ("foo/bar", "", ""),
        ("http://", "http", ""),
        ("http://<b>", "http", ""),
    ],
)
def test_targets(href, scheme, host):
    """Targets are read as a browser reads them."""
    target = read_target(href)

    assert (scheme, host) == (target.scheme, target.host)


def test_base():
    """Relative targets are resolved, and a broken base changes nothing."""
    assert "http://base.test/q/x" == read_target("x", "http://base.test/q/").href
    assert "x" == read_target("x", "http://[bad").href


def test_long_targets():
    """MAX_HREF characters are kept, and a host behind a long user name is still found."""
    target = read_target("http://" + "u" * 1_500 + "@evil.test/" + "p" * 9_000)

    assert urls.MAX_HREF == len(target.href)
    assert "evil.test" == target.host
    assert "" == read_target("http://" + "u" * urls.MAX_AUTHORITY * 3 + "@evil.test/").host[:0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("go to paypal.com now", "paypal.com"),
        ("WWW.Bank.co.uk/login", "bank.co.uk"),
        ("https://www.bank.test", ""),
        ("bank.com.evil.ru", "evil.ru"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("invoice.pdf", ""),
        ("report.zip", ""),
        ("https://report.zip", "report.zip"),
        ("bob@bank.com", ""),
        ("e.g. this", ""),
        ("Click here.", ""),
        ("co.uk", ""),
    ],
)
def test_shown_domain(text, expected):
    """The first host that a reader would recognise in a text."""
    assert expected == shown_domain(text, mail=False)


def test_shown_domain_of_mailto():
    """For a mailto the shown address counts."""
    assert "bank.com" == shown_domain("write to bob@mail.bank.com.", mail=True)


def test_text_links():
    """Clickable addresses are found with their places, without the punctuation around them."""
    text = (
        "go (http://x.test/a_(b)). or www.y.test, <https://z.test/>; mailto:q@w.test! no.www.n.test http:// "
    )

    found = list(text_links(text, 4))

    assert ["http://x.test/a_(b)", "http://www.y.test", "https://z.test/", "mailto:q@w.test"] == [
        k.href for k in found
    ]
    assert ["http://x.test/a_(b)", "www.y.test", "https://z.test/", "mailto:q@w.test"] == [
        text[k.start : k.end] for k in found
    ]
    assert {4} == {k.part for k in found}


def test_long_text_link():
    """One address in a text reaches MAX_TEXT_LINK characters."""
    (found,) = text_links("http://x.test/" + "a" * 9_000, 0)

    assert found.end <= links.MAX_TEXT_LINK + len("http://")


def test_links_that_lead_nowhere():
    """Fragments, embedded pictures and empty targets are no links; a data page is one."""
    assert [None] * 4 == [make_link(h, "", "a", 0) for h in ("#x", "", "cid:a@b", "about:blank")]
    assert make_link("data:image/png;base64,x", "", "img", 0) is None
    assert make_link("data:text/html;base64,x", "", "a", 0) is not None


def test_shown_text_is_limited():
    """MAX_SHOWN characters of the shown text are kept, white space folded."""
    link = make_link("http://x.test", "a \n b" + "c" * 5_000, "a", 0)

    assert link.shown.startswith("a b")
    assert links.MAX_SHOWN == len(link.shown)


def test_too_many_links():
    """MAX_LINKS are kept, with a defect."""
    message = parse(letter("http://a.test/\n" * (links.MAX_LINKS + 10)))

    assert links.MAX_LINKS == len(message.links)
    assert "too_many_links" in codes(message)


def test_list_fields():
    """Addresses in list fields are links of the header."""
    message = parse(letter(List_Unsubscribe="<mailto:u@l.test>, <https://l.test/u?x=1>"))

    assert [("mailto:u@l.test", "header"), ("https://l.test/u?x=1", "header")] == [
        (link.href, link.place) for link in message.links
    ]


@pytest.mark.parametrize(
    "piece", ["http://", "www.", "a.", "mailto:", "(", "http://a)", "-.", "http://a)))))"]
)
def test_repeated_pieces_end(piece):
    """Texts made of beginnings of links are read in linear time."""
    text = piece * (300_000 // len(piece))

    assert all(link.end <= len(text) for link in text_links(text, 0))
    assert "" == shown_domain(text[:500], mail=False) or piece


@given(st.text(max_size=200))
def test_total(text):
    """No text raises, and hosts are ASCII."""
    assert read_target(text).host.isascii()
    assert read_target(text, "http://b.test/").host.isascii()
    assert shown_domain(text, mail=True).isascii()
    assert text.startswith(trim(text))
    assert all(text[k.start : k.end] for k in text_links(text, 0))
