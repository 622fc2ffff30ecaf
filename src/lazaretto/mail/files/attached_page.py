"""Attached pages and vector pictures: read like a body, but opened in a browser, where scripts run.

Their links are those of a document. What their scripts open or write out of codes is read too, one page deep.
Limits: MAX_LINKS links of one page, SHORT_PAGE; those of the readers, and the budget of the message.
"""

import re
from collections.abc import Iterable, Iterator

from lazaretto.mail.budget import Budget
from lazaretto.mail.defects import DefectList
from lazaretto.mail.files.documents import html_traits, svg_traits
from lazaretto.mail.files.drawn_codes import codes_in_page
from lazaretto.mail.files.qr import code_links, embedded_pictures, qr_links
from lazaretto.mail.files.scripts import opened_addresses, written_pages
from lazaretto.mail.html import read_html
from lazaretto.mail.links import make_link
from lazaretto.model.message import Link

MAX_LINKS = 200
"""Links kept of one page."""

SHORT_PAGE = 200
"""Letters of a page up to which it is nothing but a way to another one."""

_SENDS_AWAY = re.compile(r"location(?:\.href|\.assign|\.replace)?\s{0,5}[=(]")


def read_page(
    page: str, part: int, detected: str, defects: DefectList, budget: Budget
) -> tuple[tuple[str, ...], list[Link]]:
    """Traits and links of an attached page or vector picture."""
    text = budget.take_html(page)
    reading = read_html(text, part, defects, tree=budget.take_tree())
    links = []
    for found in reading.links[:MAX_LINKS]:
        link = make_link(found.href, found.shown, "attachment", part, hidden=found.hidden)
        if link is not None:
            links.append(link)
    links += page_codes(text, part, budget)
    picture = detected == "image/svg+xml"
    traits = svg_traits(text) if picture else html_traits(reading.facts, text)
    if not reading.facts.scripts and not traits:
        return traits, links
    more, led = _scripted(part, text, budget)
    if len(reading.visible) < SHORT_PAGE and led and _SENDS_AWAY.search(text):
        more = (*more, "html_refresh")
    return (*traits, *more), [*links, *led]


def _scripted(part: int, page: str, budget: Budget) -> tuple[tuple[str, ...], list[Link]]:
    """What the scripts of a page open, and what the pages hold that they write."""
    traits: list[str] = []
    addresses = list(opened_addresses(page))
    for written in written_pages(page):
        if "<" not in written:
            addresses.append(written.strip())
            continue
        reading = read_html(budget.take_html(written), part, DefectList(), tree=budget.take_tree())
        inner = html_traits(reading.facts, written)
        traits += ("html_smuggling", *inner) if inner else ()
        addresses += [link.href for link in reading.links if link.place not in {"img", "css", "link"}]
        addresses += opened_addresses(written)
    return tuple(traits), _linked(addresses[:MAX_LINKS], part)


def page_codes(page: str, part: int, budget: Budget) -> Iterator[Link]:
    """The links of codes in a page: in pictures that are written into it, and drawn without a picture."""
    for picture in embedded_pictures(page) if "data:image" in page.lower() else ():
        if budget.take_picture():
            yield from qr_links(picture, part, budget)
    yield from code_links(codes_in_page(page, budget), part)


def _linked(addresses: Iterable[str], part: int) -> list[Link]:
    links = (make_link(address, "", "attachment", part) for address in addresses)
    return [link for link in links if link is not None]
