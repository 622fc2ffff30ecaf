"""HTML read token by token: for documents that no tree is built for.

Nothing counts as hidden here, so everything that could be shown is seen. Tags are replaced by spaces.
Limits: MAX_LINKS links; of pages written into frames only the links, MAX_FRAMED pages.
"""

from html import unescape

from lazaretto.mail.html_links import is_refresh, targets
from lazaretto.mail.html_tokens import Token, attributes, tokens
from lazaretto.mail.html_walk import BLOCKS, CARRIERS, CELLS, MAX_FRAMED
from lazaretto.mail.links import MAX_LINKS, MAX_SHOWN, make_link
from lazaretto.model.message import Link, LinkPlace

_SILENT = frozenset({"script", "style", "title"})


class FlatReading:
    """Everything that one pass over the tokens gathers."""

    def __init__(self, text: str, part: int, frames: int = MAX_FRAMED) -> None:
        self.text = text
        self.part = part
        self.seen: list[str] = []
        self.scripts: list[str] = []
        self.links: list[Link] = []
        self.tags: list[str] = []
        self.counts: dict[str, int] = {}
        self.meta_refresh = False
        self._frames = frames  # pages written into frames that may yet be read
        self._base = ""
        self._inside = ""
        self._anchor: tuple[str, tuple[int, int], int] | None = None

    def read(self) -> "FlatReading":
        """Go through all tokens."""
        for token in tokens(self.text):
            if token.kind == "text":
                self._text(token)
            elif token.kind == "start":
                self._start(token)
            elif token.kind == "end":
                self._inside = ""
                self.seen.append("\n" if token.name in BLOCKS else "")
                if token.name == "a":
                    self._close_anchor()
        self._close_anchor()
        return self

    def _text(self, token: Token) -> None:
        written = self.text[token.start : token.end]
        if self._inside == "script":
            self.scripts.append(written)
        elif self._inside not in _SILENT:
            self.seen.append(unescape(written).replace("\n", " "))

    def _start(self, token: Token) -> None:
        self._inside = token.name
        self.tags.append(token.name)
        self.seen.append("\n" if token.name in BLOCKS else " " if token.name in CELLS else "")
        if token.name not in CARRIERS and "background" not in token.attributes:
            return
        self.counts[token.name] = self.counts.get(token.name, 0) + 1
        found = {name: unescape(value) for name, value in attributes(token).items()}
        if token.name == "input" and found.get("type", "").strip().lower() == "password":
            self.counts["password"] = self.counts.get("password", 0) + 1
        if token.name == "meta":
            self.meta_refresh = self.meta_refresh or is_refresh(found)
        if token.name == "base" and not self._base:
            self._base = found.get("href", "")
        if token.name == "iframe" and self._frames and found.get("srcdoc"):
            self._frames -= 1
            self.links += FlatReading(found["srcdoc"], self.part, frames=0).read().links
        for href, place in targets(token.name, found):
            if place == "a":
                self._close_anchor()
                self._anchor = (href, (token.start, token.end), len(self.seen))
            else:
                self._add(href, "", (token.start, token.end), place)

    def _close_anchor(self) -> None:
        if self._anchor is not None:
            href, at, first = self._anchor
            self._anchor = None
            self._add(href, "".join(self.seen[first : first + MAX_SHOWN]), at, "a")

    def _add(self, href: str, shown: str, at: tuple[int, int], place: LinkPlace) -> None:
        if len(self.links) <= MAX_LINKS:
            link = make_link(href, shown, place, self.part, at=at, base=self._base)
            if link is not None:
                self.links.append(link)
