"""What the parts of a message hold: body texts, HTML, links and attachments.

A leaf is a body text when a client shows it with the message: text without a name that is not declared an
attachment, or the message itself. Everything else is an attachment. A text with a name is both. What cannot
be read in one way only (two content types, a boundary that never comes, lines that are no header fields) is
read in every way.

Limits: the budget of the message, MAX_LINKS links, MAX_ATTACHMENTS attachments, MAX_LOCKED_FILES on which
passwords are tried.
"""

import re
from collections.abc import Callable, Iterable

from lazaretto.mail.budget import Budget
from lazaretto.mail.calendar import readable
from lazaretto.mail.charset import decode_text, html_charset
from lazaretto.mail.defects import DefectList
from lazaretto.mail.entity import Entity, clean_filename
from lazaretto.mail.files.attached_page import page_codes
from lazaretto.mail.files.attachments import MAX_ATTACHMENTS, SIGNED, Content, Inspected, inspect
from lazaretto.mail.files.cms import signed_content
from lazaretto.mail.files.drawn_codes import codes_in_text
from lazaretto.mail.files.passwords import candidates
from lazaretto.mail.files.qr import code_links
from lazaretto.mail.files.uuencode import find_files
from lazaretto.mail.html import read_html
from lazaretto.mail.links import MAX_LINKS, text_links
from lazaretto.mail.mime import MESSAGE_TYPES, Tree
from lazaretto.mail.transfer import IDENTITY, decode_transfer
from lazaretto.model.message import Attachment, HtmlFacts, Link, Part, TextPart

MAX_LOCKED_FILES = 3
"""Locked files of one message that the passwords of the letter are tried on."""

_HTML_TYPES = frozenset({"text/html", "text/x-amp-html", "text/watch-html", "application/xhtml+xml"})
_NO_BODY = frozenset(
    {"text/vcard", "text/x-vcard", "text/directory", "text/rtf", "text/csv", "text/css", "text/xml"}
)
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
    }
)
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:!doctype html|html|body|table|div|a\s+href|p[\s>]|br\s?/?>)", re.IGNORECASE
)


OnFile = Callable[[str, bytes], None]
"""Is shown every file of a message, with its SHA-256, while it is read."""


class Contents:
    """Gathers what the parts of one message hold."""

    def __init__(
        self, tree: Tree, defects: DefectList, budget: Budget, on_file: OnFile | None = None
    ) -> None:
        self.tree = tree
        self.defects = defects
        self.texts: list[TextPart] = []
        self.html: list[HtmlFacts] = []
        self.links: list[Link] = []
        self.attachments: list[Attachment] = []
        self.undescended: list[tuple[Part, bytes]] = []  # messages and multiparts that are transfer encoded
        self.budget = budget
        self._on_file = on_file
        self._messages: set[int] = set()
        self._locked: list[tuple[int, Content]] = []
        self._passwords: tuple[str, ...] | None = None

    def read(self) -> "Contents":
        """Read every part."""
        for entity in self.tree.entities:
            self._part(entity)
            if entity.loose:
                text, _ = decode_text(entity.loose, None)
                self._body(entity.part, text, "text/html" if _LOOKS_LIKE_HTML.search(text) else "text/plain")
        return self

    def _part(self, entity: Entity) -> None:
        part = entity.part
        if part.multipart:
            if part.index in self.tree.childless:
                self._childless(part)
            return
        if part.content_type in MESSAGE_TYPES:
            self._message(part)
            return
        data = self._decoded(part)
        body = is_body(part)
        if body:
            self._text(part, data, part.content_type)
            for other in entity.other_types:
                if other.startswith("text/"):
                    self._text(part, data, other)
        if not body or part.filename is not None:
            declared = part.content_type
            self.attach(Content(part.index, data, part.filename, declared, part.charset, is_inline(part)))

    def _decoded(self, part: Part) -> bytes:
        content = self.tree.raw[part.body.start : part.body.end]
        if part.encoding in IDENTITY:
            return content
        data, well_formed = decode_transfer(content, part.encoding)
        if not well_formed:
            self.defects.add("bad_base64", part.index)
        return data

    def _childless(self, part: Part) -> None:
        """A multipart whose boundary never comes: clients show the source, or decode it as a whole."""
        data = self._decoded(part)
        if part.encoding not in IDENTITY:
            self.undescended.append((part, data))
        text, _ = decode_text(data, part.charset)
        if text.strip():
            self._body(part, text, "text/html" if _LOOKS_LIKE_HTML.search(text) else "text/plain")

    def _message(self, part: Part) -> None:
        """An attached message is an attachment; messages inside it are read, but not listed again."""
        inside = part.parent is not None and self._within_message(part.parent)
        self._messages.add(part.index)
        data = self._decoded(part)
        if not inside and part.index:
            self.attach(
                Content(part.index, data, part.filename, part.content_type, None, is_inline(part)), deep=False
            )
        if part.encoding not in IDENTITY:
            self.undescended.append((part, data))

    def _within_message(self, index: int) -> bool:
        up: int | None = index
        while up is not None:
            if up in self._messages:
                return True
            up = self.tree.entities[up].part.parent
        return False

    def _text(self, part: Part, data: bytes, content_type: str) -> None:
        html = content_type in _HTML_TYPES
        charset = part.charset or (html_charset(data) if html else None)
        text, fitted = decode_text(data, charset)
        if not fitted:
            self.defects.add("bad_charset", part.index)
        self._body(part, text, content_type)
        if not html and b"begin" in data:
            for file in find_files(data):
                name = clean_filename(file.name.decode("utf-8", "replace"))
                self.attach(Content(part.index, file.content, name, "", origin=("uuencoded",)))

    def _body(self, part: Part, text: str, content_type: str) -> None:
        if content_type in _HTML_TYPES:
            self._html_body(part, text, content_type)
            return
        if content_type == "text/calendar":
            text = readable(text)
        kept = self.budget.take_text(text)
        if len(kept) < len(text):
            self.defects.add("text_budget_spent", part.index)
        self.texts.append(TextPart(part.index, content_type, kept, kept))
        self.add_links(text_links(kept, part.index))
        self.add_links(code_links(codes_in_text(kept, self.budget), part.index))
        self._pictures_left()

    def _html_body(self, part: Part, text: str, content_type: str) -> None:
        kept = self.budget.take_html(text)
        if len(kept) < len(text):
            self.defects.add("html_budget_spent", part.index)
        reading = read_html(kept, part.index, self.defects, tree=self.budget.take_tree())
        self.texts.append(TextPart(part.index, content_type, kept, reading.visible))
        self.html.append(reading.facts)
        self.add_links(reading.links)
        self.add_links(page_codes(kept, part.index, self.budget))
        self._pictures_left()

    def _pictures_left(self) -> None:
        if self.budget.pictures < 0:
            self.defects.add("too_many_pictures")

    def attach(self, content: Content, *, deep: bool = True) -> None:
        """Look into an attachment and list it."""
        if len(self.attachments) >= MAX_ATTACHMENTS:
            self.defects.add("too_many_attachments")
            return
        if deep and not self.budget.take_look(len(content.data)):
            deep = False
            self.defects.add("too_much_attached")
        inspected = inspect(content, self.defects, self.budget, deep=deep, passwords=self._passwords)
        if self._on_file is not None:
            self._on_file(inspected.attachment.sha256, content.data)
        if inspected.locked:
            self._locked.append((len(self.attachments), content))
        self.attachments.append(inspected.attachment)
        self._pictures_left()
        self._spread(inspected, descend=deep)

    def _spread(self, inspected: Inspected, *, descend: bool) -> None:
        """What came out of an attachment: its links, and the files in it, which are attachments too."""
        self.add_links(inspected.links)
        attachment = inspected.attachment
        for inner in inspected.inner:
            self.attach(inner)
        if descend and attachment.detected_type == "message/rfc822":
            self._letter(attachment.part, inspected.content.data)
        elif (
            descend
            and attachment.detected_type == SIGNED
            and (signed := signed_content(inspected.content.data))
        ):
            self._letter(attachment.part, signed)

    def _letter(self, index: int, data: bytes) -> None:
        """A message in an archive, or under another type, is read like one that is attached."""
        part = self.tree.entities[index].part
        if not part.multipart:
            self.undescended.append((part, data))

    def unlock(self, subject: str) -> None:
        """Look again into what is locked, with the passwords that the letter gives."""
        if not self._locked:
            return
        names = [attachment.filename or "" for attachment in self.attachments if not attachment.inside]
        self._passwords = candidates((subject, *(text.visible for text in self.texts)), names)
        if len(self._locked) > MAX_LOCKED_FILES:
            self.defects.add("too_many_locked_files")
        for index, content in self._locked[:MAX_LOCKED_FILES]:
            inspected = inspect(content, self.defects, self.budget, passwords=self._passwords)
            self.attachments[index] = inspected.attachment
            self._spread(inspected, descend=False)

    def add_links(self, links: Iterable[Link]) -> None:
        """Keep links up to the limit."""
        for link in links:
            if len(self.links) >= MAX_LINKS:
                self.defects.add("too_many_links")
                return
            self.links.append(link)


def is_body(part: Part) -> bool:
    """The part is shown with the message."""
    if part.content_type in _REPORTS:
        return True
    if not part.content_type.startswith("text/") and part.content_type != "application/xhtml+xml":
        return False
    if part.index == 0:
        return part.content_type not in _NO_BODY
    if part.disposition == "attachment" or part.content_type in _NO_BODY:
        return False
    return part.filename is None or part.content_type in {"text/plain", "text/html"}


def is_inline(part: Part) -> bool:
    """The part is shown within the body."""
    if part.disposition == "inline":
        return True
    return part.content_id is not None and part.disposition is None and part.content_type.startswith("image/")
