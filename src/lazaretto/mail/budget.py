"""What one message may cost in all, however it is divided into parts, pages, archives and inner messages.

The limits of single readers bound one document. A message can hold five hundred documents, so what they share
is taken from one budget, also by messages that are encoded within the message.
"""

MAX_TEXT = 8_000_000
"""Characters of plain text that are kept."""

MAX_HTML = 4_000_000
"""Characters of HTML that are read, in bodies and in attached pages."""

MAX_TREES = 20
"""HTML documents that get a tree; further ones are read token by token."""

MAX_LOOKED_INTO = 64 << 20
"""Bytes of attachments that are looked into; hashes are always taken."""

MAX_LISTED = 5_000
"""Members of archives that are listed."""

MAX_OPENED = 20
"""Transfer encoded messages that are opened."""


class Budget:
    """What is left for one message."""

    __slots__ = ("html", "listed", "looked_into", "opened", "text", "trees")

    def __init__(self) -> None:
        self.text = MAX_TEXT
        self.html = MAX_HTML
        self.trees = MAX_TREES
        self.looked_into = MAX_LOOKED_INTO
        self.listed = MAX_LISTED
        self.opened = MAX_OPENED

    def take_text(self, text: str) -> str:
        """As much of a text as may still be kept."""
        kept = text[: self.text]
        self.text -= len(kept)
        return kept

    def take_html(self, text: str) -> str:
        """As much of a page as may still be read."""
        kept = text[: self.html]
        self.html -= len(kept)
        return kept

    def take_tree(self) -> bool:
        """One more tree may be built."""
        self.trees -= 1
        return self.trees >= 0

    def take_look(self, size: int) -> bool:
        """So many bytes may still be looked into."""
        self.looked_into -= size
        return self.looked_into >= 0 and self.listed > 0

    def take_opening(self) -> bool:
        """One more encoded message may be opened."""
        self.opened -= 1
        return self.opened >= 0
