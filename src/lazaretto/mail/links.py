"""Links: what a reader sees of them and where they lead.

Text links are those that mail clients make clickable: an address with a scheme, or one that begins with
"www.".
Limits: MAX_LINKS of one message, MAX_SHOWN characters of the shown text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from lazaretto.mail.domains import listed_domain, registered_domain
from lazaretto.mail.urls import Target, read_target
from lazaretto.model.message import Link, LinkPlace

MAX_LINKS = 2_000
"""Links of one message that are kept. Large newsletters have three hundred."""

MAX_SHOWN = 500
"""Characters of the shown text of one link that are kept."""

MAX_TEXT_LINK = 4_096
"""Characters of one address in running text."""

_TEXT_LINK = re.compile(
    r"(?:(?:[hH][tT][tT][pP][sS]?|[fF][tT][pP])://|[mM][aA][iI][lL][tT][oO]:|(?<![\w.@/-])[wW]{3}\.)"
    r"[^\s<>\"\x00-\x20\u200b\u2028\u2029\uff1e\u300d\u3011]{1," + str(MAX_TEXT_LINK) + "}"
)
_CLOSERS = ".,;:!?'\"*_~`|"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_SHOWN_HOST = re.compile(
    r"(?:(?P<scheme>https?://)|(?<![\w@.-]))(?P<host>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_][\w-]{1,23})(?![\w@-])",
    re.IGNORECASE,
)
_FILE_LIKE = frozenset({"zip", "mov", "sh", "py", "rs", "pl", "md", "cc", "ps", "app", "do"})
"""Suffixes that are public suffixes and file name extensions: a bare "report.zip" names no host."""


def make_link(
    href: str,
    shown: str,
    place: LinkPlace,
    part: int,
    *,
    at: tuple[int, int] = (-1, -1),
    hidden: bool = False,
    base: str = "",
) -> Link | None:
    """A link, or None where the target leads nowhere (fragments, embedded pictures)."""
    target = read_target(href, base)
    if not _leads_somewhere(target, place):
        return None
    text = " ".join(shown[: MAX_SHOWN * 2].split())[:MAX_SHOWN] if shown else ""
    return Link(
        href=target.href,
        shown=text,
        place=place,
        part=part,
        start=at[0],
        end=at[1],
        hidden=hidden,
        scheme=target.scheme,
        host=target.host,
        domain=registered_domain(target.host) if target.host else "",
        shown_domain=shown_domain(text, mail=target.scheme == "mailto") if "." in text else "",
    )


def _leads_somewhere(target: Target, place: LinkPlace) -> bool:
    if not target.href or target.href.startswith("#") or target.scheme in {"cid", "about", "mid"}:
        return False
    if target.scheme == "data":
        return place not in {"img", "css", "background", "svg"}
    return bool(target.scheme or target.host) or place in {"form", "base"}


@lru_cache(4_096)
def shown_domain(text: str, *, mail: bool) -> str:
    """The registered domain of the first host that a text names; for a mailto, of the address it names."""
    if mail and "@" in text:
        word = next((w for w in text.split() if "@" in w), "")
        return listed_domain(word.rpartition("@")[2].rstrip(".,;:>)"))
    for found in _SHOWN_HOST.finditer(text):
        host = found.group("host")
        bare = not found.group("scheme") and not host.lower().startswith("www.")
        if bare and host.rpartition(".")[2].lower() in _FILE_LIKE:
            continue
        domain = listed_domain(host)
        if domain:
            return domain
    return ""


def text_links(text: str, part: int, place: LinkPlace = "text") -> Iterator[Link]:
    """The addresses written out in a text, each with its place."""
    if "://" not in text and "www." not in text and "WWW." not in text and "ailto:" not in text:
        return
    for found in _TEXT_LINK.finditer(text):
        written = trim(found.group())
        at = (found.start(), found.start() + len(written))
        href = written if ":" in written[:8] else f"http://{written}"
        link = make_link(href, written, place, part, at=at)
        if link is not None and (link.host or link.scheme not in {"http", "https", "ftp"}):
            yield link


def trim(written: str) -> str:
    """Without the punctuation of the sentence around it."""
    end = len(written)
    surplus = {closer: written.count(closer) - written.count(opener) for closer, opener in _BRACKETS.items()}
    while end:
        last = written[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _CLOSERS:
            break
        end -= 1
    return written[:end]
