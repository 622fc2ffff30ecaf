"""Attachments: name, types, hashes, and what the content was seen to hold.

The declared type is what the sender says, the detected type is what the bytes say. Traits are a closed set of
names, see TRAITS. Limits: MAX_ATTACHMENTS of one message, the budget of the message, and those of the readers
of each format.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lazaretto.mail.archives import list_archive
from lazaretto.mail.budget import Budget
from lazaretto.mail.charset import decode_text, html_charset
from lazaretto.mail.defects import DefectList
from lazaretto.mail.documents import (
    DocumentFacts,
    html_traits,
    read_open_xml,
    read_pdf,
    read_rtf,
    svg_traits,
)
from lazaretto.mail.filetype import detect
from lazaretto.mail.html import read_html
from lazaretto.mail.links import make_link, text_links
from lazaretto.mail.ole import ole_traits
from lazaretto.model.message import Attachment, HtmlFacts, Link, Member

MAX_ATTACHMENTS = 500
"""Attachments of one message that are listed."""

MAX_PAGE = 1_000_000
"""Characters of an attached page that are read."""

MAX_ATTACHED_LINKS = 200
"""Links kept of one attachment."""

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
    "tnef": "an Outlook container, whose content we do not open",
    "archive_cut": "an archive holds more than we list",
    "archive_broken": "claims to be an archive and cannot be read",
    "uuencoded": "was written into a text",
}
"""Every trait with what it says."""

_ARCHIVES = frozenset(
    {
        "application/zip",
        "application/x-tar",
        "application/gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/x-rar",
        "application/x-7z-compressed",
        "application/java-archive",
    }
)
_READ_AS_TEXT = frozenset(
    {"text/plain", "text/calendar", "text/vcard", "application/x-mswinurl", "text/xml", "text/csv"}
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


@dataclass(frozen=True, slots=True)
class Inspected:
    """One attachment, looked into."""

    attachment: Attachment
    links: tuple[Link, ...] = ()
    html: HtmlFacts | None = None


def inspect(content: Content, defects: DefectList, budget: Budget, *, deep: bool = True) -> Inspected:
    """Look into one attachment; only the hashes are taken where it is not deep."""
    data = content.data
    detected = detect(data, content.filename)
    facts = _document(data, detected) if deep else DocumentFacts()
    traits = [*content.origin, *facts.traits]
    links = list(_uri_links(facts.uris, content.part))
    encrypted = facts.encrypted or detected == "application/x-ole-encrypted"
    members: tuple[Member, ...] = ()
    html = None
    if detected in _ARCHIVES and deep:
        listing = list_archive(data, detected)
        budget.listed -= len(listing.members)
        members, encrypted = listing.members, encrypted or listing.encrypted
        if listing.cut:
            traits.append("archive_cut")
            defects.add("archive_too_large", content.part)
        if listing.broken and not listing.encrypted:
            traits.append("archive_broken")
            defects.add("bad_archive", content.part)
    elif deep and (detected in {"text/html", "image/svg+xml", "application/hta"}):
        html, page_traits, page_links = _page(content, detected, defects, budget)
        traits += page_traits
        links += page_links
    elif deep and detected in _READ_AS_TEXT:
        text, _ = decode_text(data[:MAX_PAGE], content.charset)
        links += [replace(link, start=-1, end=-1) for link in text_links(text, content.part, "attachment")]
    attachment = Attachment(
        part=content.part,
        filename=content.filename,
        declared_type=content.declared,
        detected_type=detected,
        size=len(data),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        encrypted=encrypted,
        inline=content.inline,
        traits=tuple(dict.fromkeys(traits)),
        members=members,
    )
    return Inspected(attachment, tuple(links[:MAX_ATTACHED_LINKS]), html)


def _document(data: bytes, detected: str) -> DocumentFacts:
    if detected == "application/pdf":
        return read_pdf(data)
    if detected == "application/rtf":
        return read_rtf(data)
    if detected == "application/vnd.ms-tnef":
        return DocumentFacts(("tnef",))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        traits, encrypted = ole_traits(data)
        return DocumentFacts(traits, encrypted)
    if detected.startswith(("application/vnd.openxml", "application/vnd.ms-")) and data.startswith(b"PK"):
        return read_open_xml(data)
    return DocumentFacts()


def _uri_links(uris: tuple[str, ...], part: int) -> Iterator[Link]:
    for uri in uris:
        link = make_link(uri, "", "attachment", part)
        if link is not None:
            yield link


def _page(
    content: Content, detected: str, defects: DefectList, budget: Budget
) -> tuple[HtmlFacts | None, tuple[str, ...], list[Link]]:
    """An attached page is read like a body, but its links are those of a document."""
    text, _ = decode_text(content.data[:MAX_PAGE], content.charset or html_charset(content.data))
    text = budget.take_html(text)
    reading = read_html(text, content.part, defects, tree=budget.take_tree())
    links = []
    for found in reading.links[:MAX_ATTACHED_LINKS]:
        link = make_link(found.href, found.shown, "attachment", content.part, hidden=found.hidden)
        if link is not None:
            links.append(link)
    traits = html_traits(reading.facts, text)
    if detected == "image/svg+xml":
        return None, svg_traits(content.data), links
    return reading.facts, traits, links
