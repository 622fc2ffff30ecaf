"""HTML as a reader sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import budget, html, html_links, html_tokens, html_walk, styles
from lazaretto.mail.colours import WHITE, parse_colour, unreadable
from lazaretto.mail.defects import DefectList
from lazaretto.mail.html import read_html
from lazaretto.mail.html_links import MAX_SOURCES, css_targets
from lazaretto.mail.html_tokens import exhausting, tokens
from lazaretto.mail.html_walk import MAX_FRAMED
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import codes, html_letter, multipart, part


def read(text, **options):
    return read_html(text, 0, DefectList(), **options)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>Hel<b>lo</b></p><p>you</p>", "Hello\nyou"),
        ("a<br>b<div>c</div>d", "a\nb\nc\nd"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        ("<title>t</title><style>s{}</style><script>x</script>seen", "seen"),
        ("V\u200bia\u00adgra &amp; &#x43;o", "Viagra & Co"),
        ("<template>no</template><noscript>yes</noscript>", "yes"),
        ("  many \n\n  spaces&nbsp;&nbsp;here ", "many spaces here"),
        ("<!-- no --><![CDATA[no]]>yes", "yes"),
        ("", ""),
    ],
)
def test_visible_text(text, expected):
    """Inline tags join, blocks and cells separate, and what is not shown is not there."""
    assert expected == read(text).visible


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "font-size:0",
        "font-size:1px",
        "font:0px/0 Arial",
        "opacity:0",
        "opacity:.01",
        "max-height:0;overflow:hidden",
        "height:0px;width:0px;overflow:hidden",
        "position:absolute;left:-9999px",
        "text-indent:-9999px",
        "mso-hide:all",
        "color:#fff",
        "color:#fefefe",
        "color:white",
        "color:transparent",
        "color:rgba(10,10,10,0)",
        "color:#123456;background:#123456",
        "background-color:rgb(0,0,0);color:#010101",
        "clip:rect(0,0,0,0)",
        "transform:scale(0)",
    ],
)
def test_hidden_text(style):
    """Every usual way to hide a text is seen."""
    reading = read(f'seen <span style="{style}">buried words</span>')

    assert "seen" == reading.visible
    assert ("buried words", 12) == (reading.facts.hidden_sample, reading.facts.hidden_characters)


@pytest.mark.parametrize(
    "text",
    [
        '<td style="font-size:0"><div style="font-size:14px">words</div></td>',
        '<p style="visibility:hidden"><b style="visibility:visible">words</b></p>',
        '<div style="background:#000"><p style="color:#fff">words</p></div>',
        '<div style="background:url(x.png)"><p style="color:#fff">words</p></div>',
        '<table bgcolor="#000000"><tr><td><font color="#ffffff">words</font></table>',
        '<div style="background:#fff;color:#fff"><a href="http://x.test">words</a></div>',
        '<p style="height:0">words</p>',
        '<p style="display:block;color:#777">words</p>',
        "<style>@media (max-width:600px){.m{display:none}}</style><p class=m>words</p>",
        "<style>.a .b{display:none}</style><p class=b>words</p>",
        '<style>.b{display:none}</style><p class=b style="display:block">words</p>',
    ],
)
def test_text_that_is_not_hidden(text):
    """What a later or inner style takes back, or a narrow screen only hides, is visible."""
    assert "words" == read(text).visible


@pytest.mark.parametrize(
    "text",
    [
        "<style>.h{display:none}</style><p class='x h'>words</p>",
        "<style>#h{display:none}</style><p id=h>words</p>",
        "<style>p.h, i{font-size:0px}</style><p class=h>words</p>",
        "<style><!-- .h{display:none !important} --></style><p class=h style='display:block'>words</p>",
        "<p hidden>words</p>",
        "<font color=white>words</font>",
        "<body bgcolor=#000000 text=#000000>words",
    ],
)
def test_text_hidden_by_sheet_or_attribute(text):
    """Simple rules of style sheets and old attributes count."""
    assert ("", 5) == (read(text).visible, read(text).facts.hidden_characters)


def test_links_with_places():
    """Every place that names an address is found, in order, resolved and located."""
    text = (
        '<base href="http://base.test/d/"><a href="x?a=1&amp;b=2">www.Bank.com</a><map><area href="http://area.test"></map>'
        '<form action="http://form.test"><input type=password><input type=hidden></form><img src="http://img.test/p.png">'
        '<iframe src="http://frame.test"></iframe><meta http-equiv=refresh content="3; URL=http://meta.test">'
        '<link href="http://link.test"><script src="http://script.test"></script><td background="http://back.test">'
        '<svg><a xlink:href="http://svg.test">s</a></svg><p style="background:url(\'http://css.test/\')">'
    )

    reading = read(text)
    places = {link.place: link for link in reading.links}

    assert ["base", "a", "area", "form", "img", "iframe", "meta", "link", "script", "svg", "css"] == [
        link.place for link in reading.links if link.place != "background"
    ]
    assert "http://base.test/d/x?a=1&b=2" == places["a"].href
    assert ("www.Bank.com", "bank.com") == (places["a"].shown, places["a"].shown_domain)
    assert "http://area.test" == text[places["area"].start : places["area"].end]
    assert (1, 1, 1, 1, 1, 1, 1, True) == (
        reading.facts.forms,
        reading.facts.password_fields,
        reading.facts.input_fields,
        reading.facts.scripts,
        reading.facts.images,
        reading.facts.remote_images,
        reading.facts.iframes,
        reading.facts.meta_refresh,
    )


@pytest.mark.parametrize(
    ("html", "place", "href"),
    [
        ("<img srcset='https://a.test/1.png 1x, https://a.test/2.png 2x'>", "img", "https://a.test/2.png"),
        ("<style>@import 'https://a.test/x.css';</style>", "css", "https://a.test/x.css"),
        ("<p style='background:URL(\"https\\3a //a.test/x\")'>", "css", "https://a.test/x"),
        ("<form action-xhr='https://a.test/'>", "form", "https://a.test/"),
        ("<p>x<!--[if mso]><v:roundrect href='https://a.test/x'>Go<![endif]-->", "area", "https://a.test/x"),
        ("<iframe srcdoc=\"<a href='https://a.test/x'>Go</a>\"></iframe>", "a", "https://a.test/x"),
        ("<svg><image xlink:href='https://a.test/x'/></svg>", "svg", "https://a.test/x"),
    ],
)
def test_rare_places(html, place, href):
    """Addresses where browsers and Outlook find them and readers of source do not; the simple reader too."""
    for tree in (True, False):
        links = read_html(html, 0, DefectList(), tree=tree).links
        if tree or place not in {"css", "area"}:
            assert (place, href) in [(link.place, link.href) for link in links]


def test_page_in_a_frame():
    """Its password field is one of the page around it; MAX_FRAMED such pages are read."""
    frame = "<iframe srcdoc='<form><input type=password></form>'></iframe>"
    facts = read_html(frame * (MAX_FRAMED + 3), 0, DefectList()).facts

    assert (MAX_FRAMED, MAX_FRAMED) == (facts.forms, facts.password_fields)


def test_pictures_for_many_screens():
    """MAX_SOURCES addresses of one list are kept."""
    listed = ", ".join(f"https://a.test/{n}.png {n}w" for n in range(MAX_SOURCES + 5))

    assert MAX_SOURCES == len(read(f"<img srcset='{listed}'>").links)


def test_shown_text_of_a_link():
    """A link shows its visible text, or else the description of its picture."""
    text = (
        '<a href="http://x.test"><i style="display:none">no</i>yes</a>'
        '<a href="http://y.test"><img alt="paypal.com"></a><p style="display:none"><a href="http://z.test">t</a></p>'
    )

    shown, described, hidden = read(text).links

    assert ("yes", "paypal.com", "paypal.com") == (shown.shown, described.shown, described.shown_domain)
    assert (False, True) == (shown.hidden, hidden.hidden)


def test_anchors_within_each_other():
    """The shown text of an anchor is looked for in MAX_SHOWN_NODES nodes."""
    text = "<a href='http://x.test'>" + "<i></i>" * html.MAX_SHOWN_NODES + "late</a><p hidden>h</p>"

    (link,) = read("<div>" + text).links

    assert "" == link.shown


def test_conditional_comments():
    """What only Outlook shows is hidden from everybody else, and its links are found."""
    one = "<!--[if mso]><p><a href='http://outlook.test'>x</a><![endif]-->"
    reading = read("seen" + one * (html_walk.MAX_CONDITIONAL + 3) + "<!-- <a href='http://no.test'> -->")

    assert "seen" == reading.visible
    assert [("http://outlook.test", True)] * html_walk.MAX_CONDITIONAL == [
        (k.href, k.hidden) for k in reading.links
    ]


def test_script_text():
    """Inline script is kept up to MAX_SCRIPT characters, hidden text is shown up to HIDDEN_SAMPLE."""
    reading = read(f"<script>var a;{'x' * 50_000}</script><p hidden>{'h' * 900}</p>")

    assert html.MAX_SCRIPT == len(reading.facts.script_text)
    assert (html.HIDDEN_SAMPLE, 900) == (len(reading.facts.hidden_sample), reading.facts.hidden_characters)


def test_structure_hash_is_blind_to_text():
    """Two letters of one template share the hash; another sequence of tags does not."""
    one, two, other = read("<p>a<b>c</b>"), read("<p class=x>z<b>y</b>"), read("<p>a<i>c</i>")

    assert one.facts.structure_hash == two.facts.structure_hash
    assert one.facts.structure_hash != other.facts.structure_hash


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 20_000 + "<a href='http://deep.test'>x</a>",
        "<div>x</div>" * 700
        + "<a href='http://deep.test' "
        + " ".join(f"a{i}" for i in range(50_000))
        + ">x</a>",
        "".join(f"<b id={i}><p>" for i in range(5_000)) + "<a href='http://deep.test'>x</a>",
        "".join(f'<b id={i}><!--</b>--><p title="</b>">' for i in range(5_000))
        + "<a href='http://deep.test'>x</a>",
        "<table><tr><td>" * 2_000 + "<a href='http://deep.test'>x</a>",
        "<a href='http://deep.test' " + " ".join(f"a{i}='>'" for i in range(10_000)) + ">x</a>",
    ],
)
def test_exhausting_documents(text):
    """What would take the tree builder quadratic time is read token by token, and nothing is lost."""
    message = parse(html_letter(text))

    assert "html_too_complex" in codes(message)
    assert ["http://deep.test"] == [link.href for link in message.links]
    assert "x" == message.texts[0].visible.split("\n")[-1]


def test_limits_of_the_tree():
    """Just below MAX_OPEN and MAX_OPEN_FORMATTING a document still gets its tree."""
    deep = "<div>" * (html_tokens.MAX_OPEN - 1) + "<p hidden>h</p>"
    formatted = (
        "<b><u>" * (html_tokens.MAX_OPEN_FORMATTING // 2)
        + "<p hidden>h</p>"
        + "<br>" * html_tokens.CHEAP_TAGS
    )
    attributes = "<p " + " ".join(f"a{i}" for i in range(html_tokens.MAX_ATTRIBUTES - 1)) + " hidden>h"

    assert [1, 1, 1] == [read(text).facts.hidden_characters for text in (deep, formatted, attributes)]
    assert exhausting("<div>" * (html_tokens.MAX_OPEN + 1))
    assert exhausting("<b>" * (html_tokens.MAX_OPEN_FORMATTING + 1) + "<br>" * html_tokens.CHEAP_TAGS)
    assert exhausting("<b>" * 99 + "<p>x</p>" * (html_tokens.MAX_REPEATED // 99 + 1))
    assert exhausting("<p " + "a " * (html_tokens.MAX_ATTRIBUTES + 1) + ">" + " " * html_tokens.CHEAP_LENGTH)


def test_too_long_for_a_tree():
    """Beyond MAX_TREE characters the simpler reader is used, with a defect."""
    message = parse(html_letter("<p>x</p>" + " " * html.MAX_TREE + "<a href='http://end.test'>y</a>"))

    assert "html_too_long" in codes(message)
    assert ["http://end.test"] == [link.href for link in message.links]


def test_too_many_nodes():
    """A tree that grows beyond MAX_NODES is walked up to there, with a defect."""
    open_ = html_tokens.MAX_OPEN_FORMATTING - 1
    paragraphs = html_walk.MAX_NODES // open_ + 100
    text = "<p>" + "".join(f"<b id={i}>" for i in range(open_)) + "</p>" + "<p>x</p>" * paragraphs

    assert not exhausting(text)
    assert "html_too_complex" in codes(parse(html_letter(text)))


def test_html_budgets():
    """MAX_HTML characters and MAX_TREES trees are spent, with a defect or a simpler reading."""
    pieces = [part("<p hidden>h</p>", Content_Type="text/html") for _ in range(budget.MAX_TREES + 1)]
    trees = parse(multipart(*pieces))
    long = part("<p>" + "x" * (budget.MAX_HTML // 2), Content_Type="text/html")
    characters = parse(multipart(long, long, long))

    assert [1] * budget.MAX_TREES + [0] == [facts.hidden_characters for facts in trees.html]
    assert "html_budget_spent" in codes(characters)


def test_flat_reading_sees_what_the_tree_sees():
    """The simpler reader finds the same links and, apart from hidden text, the same words."""
    text = (
        '<base href="http://b.test/"><p>one <a href="x&amp;y">two</a> &eacute;<br>three</p><script>no</script><title>no</title>'
        '<form action=/f><input type="password"></form><img src=http://i.test/p><meta http-equiv=refresh content="0;url=/m">'
    )

    tree, flat = read(text), read(text, tree=False)

    assert tree.visible == flat.visible
    assert [(k.href, k.place, k.shown) for k in tree.links] == [
        (k.href, k.place, k.shown) for k in flat.links
    ]
    assert (tree.facts.forms, tree.facts.password_fields, tree.facts.meta_refresh) == (
        flat.facts.forms,
        flat.facts.password_fields,
        flat.facts.meta_refresh,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<a href="x>y" b=c>t</a>', ["start a", "text t", "end a"]),
        ("<!--><p>--><!-- <i> --!>", ["comment ", "start p", "text -->", "comment "]),
        ("<script>a<b></SCRIPT >z", ["start script", "text a<b>", "end script", "text z"]),
        ("<?x?><!doctype html></ y><1>", ["comment ", "comment ", "comment ", "text <1>"]),
        ("<plaintext><b>", ["start plaintext", "text <b>"]),
        ("<p", ["start p"]),
    ],
)
def test_tokens(text, expected):
    """Tokens are cut as the standard cuts them."""
    found = [
        f"{t.kind} {t.name or (text[t.start : t.end] if t.kind == 'text' else '')}" for t in tokens(text)
    ]

    assert expected == found


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a "', '<a b="', "<!--", "<script>", "</", "<a/", "<a x='", "</b>", "&amp;", "<b>"]
)
def test_repeated_pieces_end(piece):
    """Documents made of beginnings are read in linear time."""
    reading = read(piece * (400_000 // len(piece)))

    assert isinstance(reading.visible, str)


def test_limits_of_styles():
    """MAX_SHEET, MAX_RULES and MAX_STYLE end the reading of styles, MAX_CLASSES that of class names."""
    sheet = "".join(f".c{i}{{display:none}}" for i in range(styles.MAX_RULES + 5))
    rules = styles.read_sheet(sheet)

    assert styles.MAX_RULES == len(rules)
    assert {} == styles.read_sheet(" " * styles.MAX_SHEET + ".a{display:none}")
    assert "seen" == read(f'<p style="{" " * styles.MAX_STYLE};display:none">seen').visible
    classes = " ".join(f"k{i}" for i in range(html_walk.MAX_CLASSES)) + " h"
    assert "seen" == read(f'<style>.h{{display:none}}</style><p class="{classes}">seen').visible


def test_limits_of_links():
    """MAX_CSS_LINKS of a sheet are read, and MAX_MISSES searches for places are made."""
    assert html_links.MAX_CSS_LINKS == len(list(css_targets("url(http://a.test/)" * 900)))
    misses = "".join(f'<a href="http://a.test/&#x61;{i}">x</a>' for i in range(html.MAX_MISSES + 5))
    reading = read(misses + '<a href="http://found.test/">x</a>')
    assert (-1, -1) == (reading.links[-1].start, reading.links[-1].end)


def test_colours():
    """Colours are read in every common spelling; pictures make every text readable."""
    assert (
        WHITE
        == parse_colour("#fff")
        == parse_colour("white")
        == parse_colour("rgb(255, 255, 255)")
        == parse_colour("ffffff")
    )
    assert parse_colour("inherit") is None
    assert not unreadable(None, WHITE)
    assert not unreadable(parse_colour("#eee8e8"), parse_colour("#ccc"))


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<table>",
            "<td>",
            "</td>",
            "<a href='http://x.test'>",
            "</a>",
            "text ",
            "<style>",
            "</style>",
            ".a{display:none}",
            "<div style='display:none'>",
            "</div>",
            "<!--",
            "-->",
            "<svg>",
            "<script>",
            "</script>",
            "<template>",
            "<select>",
            "<option>",
            "&#xD800;",
            "&amp",
            "\x00",
            "<img src=x",
            "'",
            '"',
            ">",
            "<body>",
            "<frameset>",
            "<math><mi>",
            "<font color=white>",
            "<p hidden style='visibility:visible'>",
        ]
    )
    | st.text(max_size=8),
    max_size=40,
).map("".join)


@given(FRAGMENTS)
def test_total(text):
    """No document raises in either reading, and every string can be written as UTF-8."""
    for tree in (True, False):
        reading = read(text, tree=tree)

        reading.visible.encode("utf-8")
        reading.facts.hidden_sample.encode("utf-8")
        assert all(k.end <= len(text) for k in reading.links)


@given(FRAGMENTS)
def test_tokens_cover_the_document(text):
    """Tokens follow each other without gap, so nothing is skipped."""
    position = 0
    for token in tokens(text):
        assert position == token.start
        assert token.end > token.start
        position = token.end

    assert len(text) == position
