"""Which attribute of which HTML element names an address, and what kind of place that is."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lazaretto.model.message import LinkPlace

MAX_CSS_LINKS = 200
"""Addresses read out of style sheets."""

MAX_SOURCES = 20
"""Addresses of one list of pictures for screens of several sizes."""

VECTOR_TAGS = ("v:roundrect", "v:rect", "v:shape", "v:oval", "v:image", "v:imagedata", "v:fill", "v:group")
"""What Outlook draws buttons with, in comments that only it reads: each may be a link."""

_PLACES: dict[str, tuple[tuple[str, LinkPlace], ...]] = {
    "a": (("href", "a"), ("xlink:href", "svg")),
    "area": (("href", "area"),),
    "base": (("href", "base"),),
    "form": (("action", "form"), ("action-xhr", "form")),
    "img": (("src", "img"), ("srcset", "img")),
    "image": (("xlink:href", "svg"), ("href", "svg")),
    "use": (("xlink:href", "svg"), ("href", "svg")),
    "iframe": (("src", "iframe"),),
    "frame": (("src", "iframe"),),
    "embed": (("src", "iframe"),),
    "object": (("data", "iframe"),),
    "link": (("href", "link"),),
    "script": (("src", "script"),),
    "input": (("formaction", "form"), ("src", "img")),
    "button": (("formaction", "form"),),
    "video": (("src", "img"), ("poster", "img")),
    "audio": (("src", "img"),),
    "source": (("src", "img"), ("srcset", "img")),
    "-background": (("background", "background"),),
    **dict.fromkeys(VECTOR_TAGS, (("href", "area"), ("src", "img"))),
}

_REFRESH = re.compile(
    r"\s*+[\d.]{0,10}+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"'>\s][^\"'>]*+)", re.IGNORECASE
)
"""Nothing is given back: a run of white space would otherwise be divided in every way there is."""

_SOURCE_ENDS = re.compile(r",\s")
_CSS_URL = re.compile(r"url\(\s{0,5}[\"']?\s{0,5}([^\"'()\s]{1,4096})")
_CSS_IMPORT = re.compile(r"@import\s{1,5}[\"']\s{0,5}([^\"'()\s]{1,4096})")
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


def targets(tag: str, attributes: Mapping[str, str | None]) -> Iterator[tuple[str, LinkPlace]]:
    """The addresses that an element names."""
    if tag == "meta":
        target = refresh_target(attributes)
        if target:
            yield target, "meta"
        return
    for name, place in _PLACES.get(tag, ()):
        value = attributes.get(name)
        if value and name == "srcset":
            yield from ((source.split()[0], place) for source in _sources(value))
        elif value:
            yield value, place


def _sources(value: str) -> list[str]:
    """Addresses with a width each, between commas that white space follows."""
    return [source for source in _SOURCE_ENDS.split(value, MAX_SOURCES)[:MAX_SOURCES] if source.strip()]


def is_refresh(attributes: Mapping[str, str | None]) -> bool:
    """The meta element sends the reader elsewhere or reloads."""
    return (attributes.get("http-equiv") or "").strip().lower() == "refresh"


def refresh_target(attributes: Mapping[str, str | None]) -> str:
    """Where a meta refresh leads; "" when it only reloads."""
    if not is_refresh(attributes):
        return ""
    found = _REFRESH.match((attributes.get("content") or "")[:5_000])
    return found.group(1).strip() if found else ""


def css_targets(css: str) -> Iterator[str]:
    """The addresses in a style sheet or an inline style."""
    css = _CSS_ESCAPE.sub(_character, css) if "\\" in css else css
    lowered = css.lower() if "(" in css or "@" in css else ""
    lowered = lowered if len(lowered) == len(css) else css
    patterns = [p for mark, p in (("url(", _CSS_URL), ("@import", _CSS_IMPORT)) if mark in lowered]
    for pattern in patterns:
        for found in islice(pattern.finditer(lowered), MAX_CSS_LINKS):
            yield css[slice(*found.span(1))]


def _character(found: re.Match[str]) -> str:
    """CSS Syntax 4.3.7."""
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
