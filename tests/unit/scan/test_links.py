"""Deceiving links, and links that only look so."""

import base64

import pytest

from lazaretto.scan.checks.impersonation import check as impersonation
from lazaretto.scan.checks.links import check
from lazaretto.scan.checks.sender import check as sender
from lazaretto.scan.checks.targets import check as targets
from lazaretto.scan.hosts import MAX_HOST
from lazaretto.scan.reading import read
from lazaretto.scan.unwrap import unwrapped
from tests.helpers.letters import RECIPIENT, letter, seen


def link(href: str, shown: str = "Open") -> str:
    return f'<p>See <a href="{href}">{shown}</a> please.</p>'


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        (link("http://evil.test/x", "mybank.com"), "link_text_mismatch"),
        (link("http://evil.test/x", "https://www.paypal.com/signin"), "link_text_brand"),
        (link("http://evil.test/paypal.com", "www.paypal.com"), "link_text_brand"),
        (link("http://evil.test/x", "mail.example.net"), "link_text_own_domain"),
        (link("http://93.184.216.34/x"), "link_ip_host"),
        (link("http://1572395042/x"), "link_number_host"),
        (link("http://0x5db8d822/x"), "link_number_host"),
        (link("http://paypal.com@evil.test/x"), "link_user_info"),
        (link("http://evil%2etest/x"), "link_encoded_host"),
        (link("http://evil.test:4443/x"), "link_odd_port"),
        (link("javascript:document.location='http://evil.test/'"), "link_script"),
        (link("data:text/html;base64,PGgxPkxvZ2luPC9oMT4="), "link_data"),
        (link(f"http://evil.test/login#{RECIPIENT}"), "link_names_recipient"),
        (link(f"http://evil.test/#{base64.b64encode(RECIPIENT.encode()).decode()}"), "link_names_recipient"),
        (link("http://evil.test/invoice.js"), "link_to_program"),
        (link("http://evil.test/a/update.exe?x=1"), "link_to_program"),
    ],
)
def test_deceiving_links(html: str, rule: str):
    """Each trick gives its finding with the target and the place in the text."""
    finding = seen(check, letter(html=html))[rule]

    assert "link" == finding.place
    assert finding.value
    assert finding.start is None or 0 <= finding.start < finding.end


@pytest.mark.parametrize(
    "html",
    [
        link("https://firm.test/x", "firm.test"),
        link("https://www.firm.test/x", "shop.firm.test"),
        link(
            "https://firm.us1.list-manage.com/track/click?u=1&url=https%3A%2F%2Fmybank.com%2F", "mybank.com"
        ),
        link(
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.paypal.com%2F&data=x",
            "www.paypal.com",
        ),
        link("https://urldefense.com/v3/__https://mybank.com/x__;!!abc$", "mybank.com"),
        link("https://www.google.com/url?q=https://mybank.com/", "mybank.com"),
        link("https://www.paypal-communication.com/x", "paypal.com"),
        link("https://firm.test/unsubscribe?u=mary.miller@example.net"),
        link("https://firm.test:8443/"),
        link("https://firm.test/page.html#top"),
        link("https://firm.test/setup.guide"),
        link("mailto:ann@firm.test", "firm.test"),
        link("#anchor"),
        '<img src="data:image/png;base64,AAAA">',
    ],
)
def test_honest_links(html: str):
    """Own hosts, click counters, link rewriters and ordinary addresses are no finding."""
    assert {} == seen(check, letter(html=html))


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        (link("http://paypa1.com/"), "link_lookalike_brand"),
        (link("http://example-net.test/"), "nothing"),
        (link("http://paypal.com.evil.test/"), "link_brand_in_subdomain"),
        (link("http://evil.test/netflix/index.html"), "link_brand_in_path"),
        (link("https://bit.ly/3xYz"), "link_shortener"),
        (link("https://account-check.pages.dev/"), "link_free_hosting"),
        (link("https://docs.google.com/forms/d/e/1FAIpQ/viewform"), "link_form_service"),
        (link("https://www.google.com/url?q=https://evil.test/"), "link_redirector"),
        (link("https://evil.top/"), "link_abused_ending"),
        (link("https://lvtqepqdhnkjx.test/"), "link_gibberish_host"),
        (link("https://secure-login.evil.test/"), "link_credential_words"),
        (link("https://a.b.c.d.e.f.evil.test/"), "link_deep_host"),
        (link("https://xn--pypal-kva8h.test/"), "nothing"),
        ('<form action="https://evil.test/"><input name="q"></form>', "form_posts_elsewhere"),
        ('<meta http-equiv="refresh" content="0;url=https://evil.test/">', "meta_refresh_elsewhere"),
        (link("https://evil.test/"), "links_elsewhere"),
        (link("https://evil.test/"), "links_one_target"),
        (link("https://www.firm.test/"), "links_to_sender"),
    ],
)
def test_kinds_of_targets(html: str, rule: str):
    """What kind of place a link leads to."""
    found = seen(targets, letter(html=html))

    assert (rule in found) is (rule != "nothing")


def test_the_target_behind_a_rewriter_is_judged():
    """A mail filter on the way rewrote the link; the end counts, and the filter is no open redirector."""
    message = letter(
        html=link(
            "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fpaypa1.com%2Flogin&data=x"
        )
    )

    found = seen(targets, message)

    assert {"link_lookalike_brand"} == set(found) & {"link_lookalike_brand", "link_redirector"}


@pytest.mark.parametrize(
    ("href", "host", "redirected"),
    [
        ("https://www.google.com/url?q=https://evil.test/a", "evil.test", True),
        ("https://www.google.com/search?q=evil.test", "www.google.com", False),
        ("https://urldefense.proofpoint.com/v2/url?u=http-3A__evil.test_x&d=a", "evil.test", False),
        (
            "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fevil.test",
            "evil.test",
            True,
        ),
        ("https://www.google.com/url?q=" * 50 + "https://evil.test", "www.google.com", True),
        ("https://www.google.com/url?q=http://[bad", "www.google.com", False),
        ("https://firm.test/", "firm.test", False),
    ],
)
def test_unwrapping(href: str, host: str, redirected: bool):
    """Wrappers are opened to a limit, and nothing in them raises."""
    (found,) = [x for x in letter(html=link(href)).links if x.place == "a"][:1]

    target = unwrapped(found)

    assert (host, redirected) == (target.host, target.redirected)


def test_hosts_that_are_too_long_are_not_remembered():
    """A name that no resolver takes is left out, wherever it stands, and nothing raises."""
    long = "a" * 300 + ".test"
    message = letter(
        html=link(f"http://{long}/") + link(f"https://www.google.com/url?q=http://{long}/"), from_=f"x@{long}"
    )

    assert [] == [x.host for x in read(message).links if len(x.host) > MAX_HOST]
    assert "www.google.com" == unwrapped(read(message).links[-1]).host
    assert "from_missing" in seen(sender, message)
    assert {} == seen(impersonation, message)
