"""Attachments: name, types, hashes, and what the content was seen to hold.

The declared type is what the sender says, the detected type is what the bytes say. Traits are a closed set of
names, see TRAITS. Limits: MAX_ATTACHMENTS of one message, the budget of the message, and those of the readers
of each format.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lazaretto.mail.budget import Budget
from lazaretto.mail.calendar import readable
from lazaretto.mail.charset import decode_text, html_charset
from lazaretto.mail.defects import DefectList
from lazaretto.mail.files.archives import list_archive
from lazaretto.mail.files.attached_page import read_page
from lazaretto.mail.files.cms import cms_kind
from lazaretto.mail.files.documents import (
    DocumentFacts,
    document_pictures,
    read_note,
    read_old,
    read_open_document,
    read_open_xml,
    read_pdf,
    read_rtf,
    read_table,
)
from lazaretto.mail.files.drawn_codes import codes_in_text
from lazaretto.mail.files.filetype import detect
from lazaretto.mail.files.ole import OLE
from lazaretto.mail.files.outlook import LETTER_NAMES
from lazaretto.mail.files.qr import PICTURE_TYPES, code_links, qr_links
from lazaretto.mail.files.unpack import MAX_DEPTH, open_file, path
from lazaretto.mail.links import make_link, text_links
from lazaretto.model.message import Attachment, Link, Member

MAX_ATTACHMENTS = 500
"""Attachments of one message that are listed."""

MAX_PAGE = 1_000_000
"""Characters of an attached page that are read."""

MAX_ATTACHED_LINKS = 200
"""Links kept of one attachment."""

CROWD = 3
"""Files in an archive up to which it may be a lure; saved pages and source code come in crowds."""

TRAITS: dict[str, str] = {
    "macro": "holds macros",
    "embedded_object": "holds an embedded object or control",
    "external_template": "loads a template or object from elsewhere",
    "pdf_javascript": "holds JavaScript in a PDF",
    "pdf_launch": "a PDF starts a program",
    "pdf_open_action": "a PDF acts when it is opened",
    "pdf_embedded_file": "a PDF holds another file",
    "pdf_form": "a PDF holds a form",
    "html_form": "a page holds a form",
    "html_password_field": "a page asks for a password",
    "html_script": "a page holds script",
    "html_refresh": "a page sends the reader elsewhere",
    "html_smuggling": "a page builds a file or a page out of data in its script",
    "svg_script": "a picture runs script",
    "pdf_lure": "a PDF of one page with nothing but a way out",
    "pdf_cut": "a PDF is larger than we look at",
    "auto_macro": "holds macros that run without being asked",
    "odd_macro": "holds macros that start programs or load files",
    "xlm_macro": "holds macros of the oldest kind, in the cells of a sheet",
    "dde": "a field or a cell starts a program",
    "equation": "holds an object of the old equation editor",
    "auto_object": "holds an object that is loaded as soon as it is opened",
    "password_in_text": "was opened with a password of the letter",
    "nested_too_deep": "lies within more files than we open",
    "archive_bomb": "unpacks to far more than any honest file",
    "tnef": "an Outlook container",
    "archive_cut": "an archive holds more than we list",
    "archive_broken": "claims to be an archive and cannot be read",
    "uuencoded": "was written into a text",
    "encrypted_message": "is a message for whoever has the key",
}
"""Every trait with what it says."""

SIGNED = "application/pkcs7-mime"
"""The type of S/MIME containers, signed or encrypted."""

_PGP_MESSAGE = b"-----BEGIN PGP MESSAGE-----"
_ARCHIVES = frozenset(
    {
        "application/zip",
        "application/x-tar",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/zstd",
        "application/x-rar",
        "application/x-7z-compressed",
        "application/java-archive",
        "application/x-iso9660-image",
        "application/x-udf-image",
        "application/x-raw-disk-image",
        "application/x-vhd",
        "application/vnd.ms-cab-compressed",
    }
)
_PAGES = frozenset({"text/html", "image/svg+xml", "application/hta"})
_OUTLOOK = frozenset({"application/vnd.ms-tnef", "application/vnd.ms-outlook"})
_CARRIERS = frozenset({"application/onenote", "application/rtf", *_OUTLOOK})
_READ_AS_TEXT = frozenset(
    {
        *("text/plain", "text/calendar", "text/vcard", "text/xml", "text/csv", "application/x-mswinurl"),
        *("text/x-web-query", "application/x-library-ms", "application/x-search-ms"),
        *("application/x-settingcontent", "text/x-shell-command"),
    }
)


@dataclass(frozen=True, slots=True)
class Content:
    """The content of an attachment and what its part says of it."""

    part: int
    data: bytes
    filename: str | None
    declared: str
    charset: str | None = None
    inline: bool = False
    origin: tuple[str, ...] = ()  # traits that come from where it was found
    inside: str = ""  # SHA-256 of the file that it was taken out of
    depth: int = 0  # files around it
    crowd: bool = False  # it came with more files than a lure brings


@dataclass(frozen=True, slots=True)
class Inspected:
    """One attachment, looked into."""

    attachment: Attachment
    content: Content
    links: tuple[Link, ...] = ()
    inner: tuple[Content, ...] = ()  # the files that were taken out of it
    locked: bool = False  # worth another look with the passwords that the letter gives


def inspect(
    content: Content,
    defects: DefectList,
    budget: Budget,
    *,
    deep: bool = True,
    passwords: tuple[str, ...] | None = None,
) -> Inspected:
    """Look into one attachment; only the hashes are taken where it is not deep.

    Without passwords (None) what needs one is left for later, with those of the letter.
    """
    detected = detect(content.data, content.filename)
    sha256 = hashlib.sha256(content.data).hexdigest()
    look = _Look(content, detected, sha256, defects, budget, passwords)
    if deep:
        look.look()
    attachment = Attachment(
        part=content.part,
        filename=content.filename,
        declared_type=content.declared,
        detected_type=detected,
        size=len(content.data),
        md5=hashlib.md5(content.data, usedforsecurity=False).hexdigest(),
        sha1=hashlib.sha1(content.data, usedforsecurity=False).hexdigest(),
        sha256=sha256,
        encrypted=look.encrypted or detected == "application/x-ole-encrypted",
        inline=content.inline,
        traits=tuple(dict.fromkeys(look.traits)),
        members=look.members,
        inside=content.inside,
    )
    links = tuple(look.links[:MAX_ATTACHED_LINKS])
    if len(look.links) > MAX_ATTACHED_LINKS:
        defects.add("too_many_links", content.part)
    return Inspected(attachment, content, links, tuple(look.inner), look.locked)


class _Look:
    """One attachment while it is looked into."""

    def __init__(  # noqa: PLR0917
        self,
        content: Content,
        detected: str,
        sha256: str,
        defects: DefectList,
        budget: Budget,
        passwords: tuple[str, ...] | None,
    ) -> None:
        self.content, self.data, self.part = content, content.data, content.part
        self.detected = detected
        self.sha256 = sha256
        self.defects = defects
        self.budget = budget
        self.passwords = passwords
        self.traits: list[str] = list(content.origin)
        self.links: list[Link] = []
        self.members: tuple[Member, ...] = ()
        self.inner: list[Content] = []
        self.encrypted = False
        self.locked = False

    def look(self) -> None:
        """By what it is."""
        self._known(_document(self.data, self.detected, self.budget))
        if self.data.startswith(b"PK") and self.detected.startswith("application/vnd."):
            for picture in document_pictures(self.data):
                if self.budget.take_picture():
                    self.links += qr_links(picture, self.part, self.budget)
        if self.detected == "application/pdf":
            self._pdf()
        elif self.detected in _ARCHIVES:
            self._archive()
        elif self.detected in _PAGES:
            self._page()
        elif self.detected in PICTURE_TYPES:
            if self.budget.take_picture():
                self.links += qr_links(self.data, self.part, self.budget)
        elif self.detected in _READ_AS_TEXT:
            if not self.content.crowd:
                text, _ = decode_text(self.data[:MAX_PAGE], self.content.charset)
                self._text(readable(text) if self.detected == "text/calendar" else text)
                self.links += code_links(codes_in_text(text, self.budget), self.part)
        elif self.detected in {SIGNED, "application/pgp"}:
            self.encrypted = cms_kind(self.data) == "encrypted" or _PGP_MESSAGE in self.data[:100]
            self.traits += ["encrypted_message"] if self.encrypted else []
        elif self.detected in _CARRIERS or self._embeds():
            self._open()

    def _embeds(self) -> bool:
        return "embedded_object" in self.traits and self.data[:4] in {OLE, b"PK\x03\x04"}

    def _known(self, facts: DocumentFacts) -> None:
        self.traits += facts.traits
        self.links += _uri_links(facts.uris, self.part)
        self.encrypted = self.encrypted or facts.encrypted
        for text in facts.texts:
            self._text(text)
        if facts.cut:
            self.traits.append("pdf_cut" if self.detected == "application/pdf" else "archive_cut")
            self.defects.add("document_too_large", self.part)

    def _text(self, text: str) -> None:
        found = text_links(text, self.part, "attachment")
        self.links += [replace(link, start=-1, end=-1) for link in islice(found, MAX_ATTACHED_LINKS)]

    def _archive(self) -> None:
        listing = list_archive(self.data, self.detected)
        self.budget.listed -= len(listing.members)
        self.members, self.encrypted = listing.members, self.encrypted or listing.encrypted
        if listing.cut:
            self._over("archive_cut")
        if listing.broken and not listing.encrypted:
            self.traits.append("archive_broken")
            self.defects.add("bad_archive", self.part)
        if listing.encrypted and self.passwords is None:
            self.locked = True
        elif not listing.broken:
            self._open()

    def _over(self, trait: str) -> None:
        self.traits.append(trait)
        self.defects.add("archive_too_large", self.part)

    def _open(self) -> None:
        """Take out the files in it, unless it lies too deep itself."""
        if self.content.depth >= MAX_DEPTH:
            self.traits.append("nested_too_deep")
            self.defects.add("nested_archives_too_deep", self.part)
            return
        opening = open_file(
            self.data, self.detected, self.content.filename or "", self.budget, self.passwords or ()
        )
        if opening.bomb:
            self._over("archive_bomb")
        if opening.cut:
            self._over("archive_cut")
        if opening.password:
            self.traits.append("password_in_text")
        self._carry((file.name, file.data) for file in opening.files)

    def _carry(self, files: Iterable[tuple[str, bytes]]) -> None:
        found = list(files)
        for name, data in found:
            self.inner.append(
                Content(
                    self.part,
                    data,
                    path(self.content.filename, name),
                    "",
                    inline=self.detected in _OUTLOOK and name in LETTER_NAMES,
                    inside=self.sha256,
                    depth=self.content.depth + 1,
                    crowd=self.content.crowd or max(len(found), len(self.members)) > CROWD,
                )
            )

    def _pdf(self) -> None:
        facts = self.budget.open_pdf(self.data, self.budget, self.passwords or ())
        if facts.opened or facts.encrypted:  # a file that opens for everybody is not locked, whatever it says
            self.encrypted = facts.encrypted
        self.locked = facts.encrypted and not facts.opened and self.passwords is None
        self.links += _uri_links(facts.uris, self.part)
        for text in facts.texts:
            self._text(text)
        self.links += code_links(facts.codes, self.part)
        if facts.password:
            self.traits.append("password_in_text")
        if facts.lure:
            self.traits.append("pdf_lure")
        if facts.cut:
            self.traits.append("pdf_cut")
            self.defects.add("document_too_large", self.part)
        elif facts.more:
            self.defects.add("document_read_in_part", self.part)
        files = [(name, data) for name, data in facts.files if self._affords(data)]
        if self.content.depth < MAX_DEPTH:
            self._carry(files)

    def _affords(self, data: bytes) -> bool:
        affordable = self.budget.room(len(data)) >= len(data) > 0
        if affordable:
            self.budget.take_inner(len(data))
        return affordable

    def _page(self) -> None:
        text, _ = decode_text(self.data[:MAX_PAGE], self.content.charset or html_charset(self.data))
        page_traits, page_links = read_page(text, self.part, self.detected, self.defects, self.budget)
        self.traits += page_traits
        self.links += page_links


def _document(data: bytes, detected: str, budget: Budget) -> DocumentFacts:
    if data.startswith(OLE):
        facts = read_old(data, budget)
        return replace(facts, uris=()) if detected == "application/x-msi" else facts
    if data.startswith(b"PK"):
        if detected.startswith(("application/vnd.openxml", "application/vnd.ms-")):
            return read_open_xml(data, budget)
        return read_open_document(data) if detected.startswith("application/vnd.oasis.") else NOTHING
    if detected in _COUNTED:
        return _COUNTED[detected](data, budget)
    reader = _DOCUMENTS.get(detected)
    return reader(data) if reader is not None else NOTHING


NOTHING = DocumentFacts()
_COUNTED: dict[str, Callable[[bytes, Budget], DocumentFacts]] = {
    "application/pdf": read_pdf,
    "application/rtf": read_rtf,
}
_DOCUMENTS: dict[str, Callable[[bytes], DocumentFacts]] = {
    "application/onenote": read_note,
    "application/vnd.ms-tnef": lambda _: DocumentFacts(("tnef",)),
    "text/csv": read_table,
    "text/x-sylk": read_table,
}


def _uri_links(uris: Iterable[str], part: int) -> Iterator[Link]:
    for uri in uris:
        link = make_link(uri, "", "attachment", part)
        if link is not None:
            yield link
