"""Deceiving links, and links that only look so."""

import base64
from urllib.parse import quote

import pytest

from lazaretto.scan.checks.impersonation import check as impersonation
from lazaretto.scan.checks.links import check
from lazaretto.scan.checks.sender import check as sender
from lazaretto.scan.checks.targets import check as targets
from lazaretto.scan.hosts import MAX_HOST
from lazaretto.scan.reading import read
from lazaretto.scan.unwrap import MAX_LAYERS, unwrapped
from lazaretto.scan.wrapped import MAX_FIELDS, MAX_QUERY
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
        (link("http://0135.0270.0330.042/x"), "link_number_host"),
        (link("http://[2001:db8::1]/x"), "link_ip_host"),
        (link("http://[::ffff:5db8:d822]/x"), "link_ip_host"),
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


FILTERS = (
    "https://urldefense.proofpoint.com/v1/url?u=http://my-bank.test/a_b&k=x",
    "https://urldefense.proofpoint.com/v2/url?u=http-3A__my-2Dbank.test_a-5Fb&d=a",
    "https://urldefense.com/v3/__http://my-bank.test__;!!abc$",
    "https://urldefense.com/v3/__http:/my-bank.test/a__;!!abc$",
    "https://urldefense.com/v3/__http://my-bank.test/a*b**Cc__;Iy8vLy8!!abc$",
    "https://urldefense.us/v3/__http://my-bank.test/a?x=1__;!!abc$",
    "https://eur01.safelinks.protection.outlook.com/?url=http%3A%2F%2Fmy-bank.test%2F&data=x",
    "https://protect-us.mimecast.com/s/aBcD?domain=my-bank.test",
    "https://url.uk.m.mimecastprotect.com/s/aBcD?domain=my-bank.test",
    "https://linkprotect.cudasvc.com/url?a=http%3a%2f%2fmy-bank.test%2fx&c=E,1,a",
    "https://secure-web.cisco.com/1aBc-DEF/http%3A%2F%2Fmy-bank.test%2Fx",
    "https://protect.checkpoint.com/v2/___http://my-bank.test___.YXAz",
    "https://url.avanan.click/v2/r01/___http://my-bank.test/x___.YXAz",
    "https://us-west-2.protection.sophos.com/?d=my-bank.test&u=aHR0",
    "https://ca-1.check.trendmicro.com/wis/clicktime/v1/query?url=http%3A%2F%2Fmy-bank.test&umid=1",
    "https://protect2.fireeye.com/v1/url?k=1&u=http%3A%2F%2Fmy-bank.test",
    "https://isolate.menlosecurity.com/1/3735928009/http:/my-bank.test/x",
    "https://clicktime.symantec.com/1a?h=b&u=http%3A%2F%2Fmy-bank.test",
    "https://shared.outlook.inky.com/link?domain=my-bank.test&t=h.e",
    "https://deref-gmx.net/mail/client/a/dereferrer/?redirectUrl=http%3A%2F%2Fmy-bank.test",
)


@pytest.mark.parametrize("href", FILTERS)
def test_rewriters_of_mail_filters(href: str):
    """Each filter keeps the target in its own manner; none of them is a redirector that a sender chose."""
    target = unwrapped(letter(html=link(href)).links[0])

    assert ("my-bank.test", False) == (target.host, target.redirected)
    assert target.href.startswith(("http://my-bank.test", "https://my-bank.test"))


def test_rare_characters_of_url_defense():
    """A star is one of the characters behind the address, two stars and a letter are a run of them."""
    (href,) = [h for h in FILTERS if "**" in h]

    assert "http://my-bank.test/a#b////c" == unwrapped(letter(html=link(href)).links[0]).href


REDIRECTORS = (
    "https://www.google.de/url?sa=t&url=http://evil.test/",
    "https://www.google.co.uk/url?q=http://evil.test/",
    "https://www.google.com/amp/s/evil.test/x",
    "https://evil-test.cdn.ampproject.org/c/s/evil.test/x",
    "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cDovL2V2aWwudGVzdC94&ntb=1",
    "https://www.linkedin.com/redir/redirect?url=http%3A%2F%2Fevil.test",
    "https://www.linkedin.com/safety/go?url=http%3A%2F%2Fevil.test",
    "https://r.search.yahoo.com/_ylt=A/RV=2/RU=http%3a%2f%2fevil.test%2fx/RK=2",
    "https://duckduckgo.com/l/?uddg=http%3A%2F%2Fevil.test",
    "https://www.youtube.com/redirect?q=http%3A%2F%2Fevil.test",
    "https://app.page.link/?link=http%3A%2F%2Fevil.test",
)


@pytest.mark.parametrize("href", REDIRECTORS)
def test_open_redirectors(href: str):
    """Well known hosts that lead anywhere, under every ending, in Base64 too."""
    message = letter(html=link(href))
    target = unwrapped(message.links[0])

    assert ("evil.test", True) == (target.host, target.redirected)
    assert "link_redirector" in seen(targets, message)


@pytest.mark.parametrize(
    "href",
    [
        "https://google.evil.test/url?q=http://other.test",
        "https://google.evil/url?q=http://other.test",
        "https://www.google.com/search?q=http://other.test",
        "https://www.bing.com/ck/a?u=a1bm90IGFuIGFkZHJlc3M",
        "https://urldefense.com/v3/__nothing",
        "https://urldefense.com/v3/__http://[bad__;!!",
        "https://protect.checkpoint.com/v2/___",
        "https://www.google.com/amp/",
    ],
)
def test_what_leads_nowhere_else(href: str):
    """Borrowed names are no redirectors, and a wrapper without an address is what it is."""
    (found,) = letter(html=link(href)).links

    assert found.host == unwrapped(found).host


def test_limits_of_wrappers():
    """Layers, parameters and characters are bounded; beyond them a wrapper stays closed."""
    one = "https://www.google.com/url?q="
    chain = "http://evil.test"
    for _ in range(MAX_LAYERS + 1):
        chain = one + quote(chain, safe="")
    many = "https://www.google.com/url?" + "a=1&" * MAX_FIELDS + "q=http://evil.test"
    far = "https://www.google.com/url?a=" + "x" * MAX_QUERY + "&q=http://evil.test"

    for href in (chain, many, far):
        assert "www.google.com" == unwrapped(letter(html=link(href)).links[0]).host


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
