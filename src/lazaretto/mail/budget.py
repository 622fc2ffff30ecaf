"""What one message may cost in all, however it is divided into parts, pages, archives and inner messages.

The limits of single readers bound one document. A message can hold five hundred documents, so what they share
is taken from one budget, also by messages that are encoded within the message.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lazaretto.mail.files.pdf import PdfFacts

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

MAX_PICTURES = 12
"""Pictures that are searched for codes: a newsletter has more, a lure shows its code among the first."""

MAX_PIXELS = 60_000_000
"""Of all these pictures, as they are decoded: a file of a thousand bytes can hold twenty million."""

MAX_UNPACKED = 32 << 20
"""Bytes of files inside files, all together: a bomb ends here."""

MAX_INNER = 100
"""Files inside files that are taken out and looked into."""

MAX_SLOW = 4 << 20
"""Bytes that are unpacked without a library, at a megabyte a second."""
MAX_OFFICE = 16 << 20
"""Bytes of parts and objects of Office documents that are read: a thousand of them may be the same bytes."""

MAX_STREAMED = 16 << 20
"""Bytes of object streams of PDF files that are inflated and searched."""

MAX_MACROS = 8 << 20
"""Bytes of the source of macros that are unpacked: one packed byte can stand for a thousand."""

MAX_HASHES = 16 << 20
"""Hashes for the keys of locked files: a password costs 2^19 for 7z, and 8,000 for ZIP with AES."""

MAX_DECIPHERED = 2 << 20
"""Bytes that are deciphered in the old way of ZIP, which is done byte by byte."""

MAX_RENDERED = 6
"""Pages of documents that are drawn to be searched for codes."""

MAX_DOCUMENTS = 20
"""Documents that are opened by their own library; further ones are only searched byte by byte."""

MAX_OPENED = 20
"""Transfer encoded messages that are opened."""


class PdfOpener(Protocol):
    """How PDF files are opened: here, or where they can be stopped."""

    def __call__(self, data: bytes, budget: "Budget", passwords: tuple[str, ...] = (), /) -> "PdfFacts":
        """What is seen in it."""


def _directly(data: bytes, budget: "Budget", passwords: tuple[str, ...] = (), /) -> "PdfFacts":
    from lazaretto.mail.files.pdf import read_pages

    return read_pages(data, budget, passwords)


class Budget:
    """What is left for one message."""

    __slots__ = (
        "deciphered",
        "documents",
        "hashes",
        "html",
        "inner",
        "listed",
        "looked_into",
        "macros",
        "office",
        "open_pdf",
        "opened",
        "pictures",
        "pixels",
        "rendered",
        "slow",
        "streamed",
        "text",
        "trees",
        "unpacked",
    )

    def __init__(self, open_pdf: "PdfOpener | None" = None) -> None:
        self.open_pdf: PdfOpener = open_pdf or _directly
        self.text = MAX_TEXT
        self.html = MAX_HTML
        self.trees = MAX_TREES
        self.looked_into = MAX_LOOKED_INTO
        self.listed = MAX_LISTED
        self.opened = MAX_OPENED
        self.pictures = MAX_PICTURES
        self.pixels = MAX_PIXELS
        self.office = MAX_OFFICE
        self.streamed = MAX_STREAMED
        self.macros = MAX_MACROS
        self.hashes = MAX_HASHES
        self.deciphered = MAX_DECIPHERED
        self.unpacked = MAX_UNPACKED
        self.inner = MAX_INNER
        self.slow = MAX_SLOW
        self.rendered = MAX_RENDERED
        self.documents = MAX_DOCUMENTS

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

    def take_picture(self) -> bool:
        """One more picture may be searched."""
        self.pictures -= 1
        return self.pictures >= 0

    def take_pixels(self, count: int) -> bool:
        """So many pixels may still be decoded; too large a picture leaves the rest for smaller ones."""
        if count > self.pixels:
            return False
        self.pixels -= count
        return True

    def take_hashes(self, count: int) -> bool:
        """A key of so many hashes may still be made."""
        if count > self.hashes:
            return False
        self.hashes -= count
        return True

    def take_deciphered(self, size: int) -> bool:
        """So many bytes may still be deciphered."""
        if size > self.deciphered:
            return False
        self.deciphered -= size
        return True

    def take_opening(self) -> bool:
        """One more encoded message may be opened."""
        self.opened -= 1
        return self.opened >= 0

    def room(self, wanted: int) -> int:
        """Bytes that one more file inside a file may have; 0 when no more is taken out."""
        return max(0, min(wanted, self.unpacked)) if self.inner > 0 else 0

    def take_inner(self, size: int) -> None:
        """A file of so many bytes was taken out."""
        self.unpacked -= size
        self.inner -= 1

    def take_document(self) -> bool:
        """One more document may be opened by its library."""
        self.documents -= 1
        return self.documents >= 0

    def take_page(self) -> bool:
        """One more page may be drawn."""
        self.rendered -= 1
        return self.rendered >= 0
