"""Which attribute of which HTML element names an address, and what kind of place that is."""

import re
from collections.abc import Iterator, Mapping

from lazaretto.model.message import LinkPlace

MAX_CSS_LINKS = 200
"""Addresses read out of style sheets."""

_PLACES: dict[str, tuple[tuple[str, LinkPlace], ...]] = {
    "a": (("href", "a"), ("xlink:href", "svg")),
    "area": (("href", "area"),),
    "base": (("href", "base"),),
    "form": (("action", "form"),),
    "img": (("src", "img"),),
    "image": (("xlink:href", "svg"), ("href", "svg")),
    "use": (("xlink:href", "svg"), ("href", "svg")),
    "iframe": (("src", "iframe"), ("srcdoc", "iframe")),
    "frame": (("src", "iframe"),),
    "embed": (("src", "iframe"),),
    "object": (("data", "iframe"),),
    "link": (("href", "link"),),
    "script": (("src", "script"),),
    "input": (("formaction", "form"), ("src", "img")),
    "button": (("formaction", "form"),),
    "video": (("src", "img"), ("poster", "img")),
    "audio": (("src", "img"),),
    "source": (("src", "img"),),
    "-background": (("background", "background"),),
}

_REFRESH = re.compile(r"\s*[\d.]{0,10}\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"'>\s][^\"'>]*)", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s{0,5}[\"']?\s{0,5}([^\"'()\s]{1,4096})")


def targets(tag: str, attributes: Mapping[str, str | None]) -> Iterator[tuple[str, LinkPlace]]:
    """The addresses that an element names."""
    if tag == "meta":
        target = refresh_target(attributes)
        if target:
            yield target, "meta"
        return
    for name, place in _PLACES.get(tag, ()):
        value = attributes.get(name)
        if value and name != "srcdoc":
            yield value, place


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
    for number, found in enumerate(_CSS_URL.finditer(css)):
        if number >= MAX_CSS_LINKS:
            return
        yield found.group(1)
