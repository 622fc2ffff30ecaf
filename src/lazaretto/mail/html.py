"""HTML as a reader sees it: visible text, hidden text, links, forms and scripts.

The tree is built as browsers build it, and walked once. Documents that would exhaust the tree builder, or
that are longer than MAX_TREE, are read token by token instead.

Limits: MAX_TREE characters for a tree, MAX_SCRIPT characters of script, HIDDEN_SAMPLE characters of hidden
text, MAX_MISSES searches for the place of a link.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from lazaretto.mail.defects import DefectList
from lazaretto.mail.html_flat import FlatReading
from lazaretto.mail.html_links import css_targets, is_refresh, targets
from lazaretto.mail.html_tokens import exhausting
from lazaretto.mail.html_walk import Carrier, Walk
from lazaretto.mail.links import MAX_LINKS, MAX_SHOWN, make_link
from lazaretto.mail.styles import MAX_SHEET, read_sheet
from lazaretto.model.message import HtmlFacts, Link

MAX_TREE = 1_000_000
"""Characters for which a tree is built: memory and time of the tree builder grow with it."""

MAX_SCRIPT = 20_000
"""Characters of inline script that are kept."""

HIDDEN_SAMPLE = 200
"""Characters of hidden text that are kept."""

MAX_SHOWN_NODES = 1_000
"""Nodes of one anchor in which its shown text is looked for: anchors can lie within each other."""

MAX_MISSES = 100
"""Links whose place is searched in vain before places are no longer searched."""

_SIZE = re.compile(r"(?:^|[;\s])(?:width|height)\s{0,3}:\s{0,3}(\d{1,4}(?:px)?)(?![.\d%])", re.IGNORECASE)
_UNPRINTED = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\ufeff]+")


@dataclass(frozen=True, slots=True)
class HtmlReading:
    """What one document says."""

    visible: str
    facts: HtmlFacts
    links: tuple[Link, ...]


def read_html(text: str, part: int, defects: DefectList, *, tree: bool = True) -> HtmlReading:
    """Read one document; without a tree where the caller, or the document, forbids one."""
    if len(text) > MAX_TREE:
        defects.add("html_too_long", part)
        tree = False
    elif tree and exhausting(text):
        defects.add("html_too_complex", part)
        tree = False
    if not tree:
        return _read_flat(text, part)
    parser = LexborHTMLParser(text)
    root = parser.root
    if root is None:
        return _read_flat(text, part)
    sheet = _sheet(parser) if "<style" in text or "<STYLE" in text else ""
    turning = any(mark in text for mark in ("bidi", "BIDI", "<bdo", "<BDO"))
    walk = Walk(read_sheet(sheet) if sheet else {}, turning=turning)
    walk.run(root)
    if walk.cut:
        defects.add("html_too_complex", part)
    framed = [FlatReading(page, part).read() for page in walk.framed]
    links = tuple(islice(_links(walk, _Locator(text), sheet, part, framed), MAX_LINKS + 1))
    return HtmlReading(fold("".join(walk.seen)), _facts(walk, links, part, framed), links)


def fold(text: str) -> str:
    """White space as a reader sees it: lines without margins, no empty lines, no characters without width."""
    if not text.isascii():
        text = _UNPRINTED.sub("", text)
    return "\n".join(line for line in (" ".join(line.split()) for line in text.split("\n")) if line)


def structure_of(tags: Iterable[str]) -> str:
    """A hash that is blind to everything but the sequence of tags."""
    return hashlib.sha256(" ".join(tags).encode("utf-8", "replace")).hexdigest()[:32]


def _sheet(parser: LexborHTMLParser) -> str:
    return "\n".join(node.text() or "" for node in parser.css("style"))[:MAX_SHEET]


def _links(
    walk: Walk, locator: "_Locator", sheet: str, part: int, framed: Iterable[FlatReading]
) -> Iterator[Link]:
    base = next((c.attributes.get("href") or "" for c in walk.carriers if c.tag == "base"), "")
    for carrier in walk.carriers:
        for href, place in targets(carrier.tag, carrier.attributes):
            shown = _shown(carrier.node, walk) if carrier.tag == "a" else ""
            at = locator.find(href)
            link = make_link(href, shown, place, part, at=at, hidden=carrier.hidden, base=base)
            if link is not None:
                yield link
    for css in (*walk.styles_with_url, sheet):
        for href in css_targets(css):
            link = make_link(href, "", "css", part, base=base)
            if link is not None:
                yield link
    for comment in walk.conditional:
        for link in FlatReading(comment, part).read().links:
            yield replace(link, hidden=True, start=-1, end=-1)
    for page in framed:
        yield from (replace(link, start=-1, end=-1) for link in page.links)


def _shown(node: LexborNode, walk: Walk) -> str:
    """The text of an anchor that can be seen; the description of its picture where there is no text."""
    if walk.unseen:
        pieces = [
            child.text_content or ""
            for child in islice(node.traverse(include_text=True), MAX_SHOWN_NODES)
            if child.tag == "-text" and not walk.state_of(child).hidden
        ]
        text = "".join(pieces)
    else:
        text = node.text(deep=True) or ""
    text = text[: MAX_SHOWN * 4].strip()
    if not text:
        picture = node.css_first("img[alt]")
        text = (picture.attributes.get("alt") or "") if picture is not None else ""
    return text if text.isascii() else _UNPRINTED.sub("", text)


class _Locator:
    """Finds where in the document each link was written. Links come in the order of the document."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.cursor = 0
        self.misses = 0

    def find(self, href: str) -> tuple[int, int]:
        """The range of characters, or (-1, -1) where it was written in another way."""
        if self.misses >= MAX_MISSES:
            return -1, -1
        for written in (href, href.replace("&", "&amp;")) if "&" in href else (href,):
            at = self.text.find(written, self.cursor)
            if at >= 0:
                self.cursor = at + len(written)
                return at, self.cursor
        self.misses += 1
        return -1, -1


def _facts(walk: Walk, links: tuple[Link, ...], part: int, framed: Iterable[FlatReading]) -> HtmlFacts:
    unseen = fold("".join(walk.unseen))
    by_tag: dict[str, list[Carrier]] = {}
    for carrier in walk.carriers:
        by_tag.setdefault(carrier.tag, []).append(carrier)
    scripts = by_tag.get("script", [])
    inputs = by_tag.get("input", [])
    inner = Counter[str]()
    for page in framed:
        inner.update(page.counts)
    return HtmlFacts(
        part=part,
        hidden_characters=len(unseen),
        hidden_sample=unseen[:HIDDEN_SAMPLE],
        forms=len(by_tag.get("form", [])) + inner["form"],
        password_fields=sum((c.attributes.get("type") or "").strip().lower() == "password" for c in inputs)
        + inner["password"],
        input_fields=sum((c.attributes.get("type") or "").strip().lower() != "hidden" for c in inputs)
        + inner["input"],
        scripts=len(scripts) + inner["script"],
        script_text="\n".join(c.node.text(deep=True) or "" for c in scripts)[:MAX_SCRIPT],
        images=len(by_tag.get("img", [])),
        remote_images=sum(link.place == "img" and link.host != "" for link in links),
        iframes=len(by_tag.get("iframe", [])) + len(by_tag.get("frame", [])),
        meta_refresh=any(is_refresh(c.attributes) for c in by_tag.get("meta", [])),
        structure_hash=structure_of(walk.tags),
        split_words=walk.split_words,
        pixels=sum(map(_is_pixel, by_tag.get("img", []))),
        turned=walk.turned,
    )


def _is_pixel(picture: Carrier) -> bool:
    """A picture from elsewhere that nobody can see: it tells that the letter was opened, and when."""
    written = picture.attributes
    if not (written.get("src") or "").strip().lower().startswith(("http:", "https:", "//")):
        return False
    sizes = [written.get("width") or "", written.get("height") or ""]
    sizes += _SIZE.findall((written.get("style") or "")[:500])
    return picture.hidden or any(size.strip().removesuffix("px") in {"0", "1", "2"} for size in sizes)


def _read_flat(text: str, part: int) -> HtmlReading:
    flat = FlatReading(text, part).read()
    counts = flat.counts
    facts = HtmlFacts(
        part=part,
        hidden_characters=0,
        hidden_sample="",
        forms=counts.get("form", 0),
        password_fields=counts.get("password", 0),
        input_fields=counts.get("input", 0),
        scripts=counts.get("script", 0),
        script_text="\n".join(flat.scripts)[:MAX_SCRIPT],
        images=counts.get("img", 0),
        remote_images=sum(link.place == "img" and link.host != "" for link in flat.links),
        iframes=counts.get("iframe", 0) + counts.get("frame", 0),
        meta_refresh=flat.meta_refresh,
        structure_hash=structure_of(flat.tags),
    )
    return HtmlReading(fold("".join(flat.seen)), facts, tuple(flat.links))
