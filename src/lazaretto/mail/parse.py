"""From bytes to Message: the whole reading of one message, for all bytes there are.

Parsing never fails. What was wrong, and which limit stopped the reading, is in the defects of the result.
The steps: cut into parts, read what the parts hold, read the fields of the outer header, hash.

Limits: MAX_EMBEDDED encoded messages within each other, MAX_HOPS Received fields, MAX_SAME_FIELDS address
fields of one name, MAX_HEADER_LINKS, MAX_REFERENCES message ids; all others stand in the modules that read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from lazaretto.mail.address import MAX_ADDRESSES, parse_addresses
from lazaretto.mail.budget import Budget, PdfOpener
from lazaretto.mail.contents import Contents, OnFile
from lazaretto.mail.dates import parse_date
from lazaretto.mail.defects import DefectList
from lazaretto.mail.fingerprint import fingerprint, structure_hash
from lazaretto.mail.headers import parse_headers, undecoded
from lazaretto.mail.links import make_link
from lazaretto.mail.mime import read_tree
from lazaretto.mail.received import MAX_HOPS, parse_received
from lazaretto.model.message import Address, Header, Hop, Link, Message, Part

__all__ = ["parse", "parse_chunks", "parse_headers"]

MAX_EMBEDDED = 3
"""Transfer encoded messages within each other that are opened."""

MAX_HEADER_LINKS = 50
"""Addresses of list fields that are kept."""

MAX_SAME_FIELDS = 20
"""Fields of one name whose mailboxes or addresses are read."""

MAX_REFERENCES = 200
"""Message ids of References that are kept."""

_LINK_FIELDS = ("list-unsubscribe", "list-help", "list-archive")


def parse(raw: bytes, on_file: OnFile | None = None, open_pdf: PdfOpener | None = None) -> Message:
    """Read one message; its files, also those in archives, are shown to `on_file`."""
    return _parse(raw, MAX_EMBEDDED, Budget(open_pdf), on_file)


def parse_chunks(chunks: Iterable[bytes]) -> Message:
    """Read one message that comes in pieces; how it was cut makes no difference."""
    return parse(b"".join(chunks))


def _parse(raw: bytes, levels: int, budget: Budget, on_file: OnFile | None) -> Message:
    defects = DefectList()
    tree = read_tree(raw, defects)
    contents = Contents(tree, defects, budget, on_file).read()
    parts = tuple(entity.part for entity in tree.entities)
    fields = _Fields(raw, parts[0].headers, defects)
    subject = fields.first("subject")
    contents.unlock(subject)
    _open_encoded(contents, levels, on_file)
    contents.add_links(fields.links())
    from_ = fields.addresses("from")
    if not any(address.address for address in from_):
        defects.add("missing_from", 0)
    elif len(from_) > 1:
        defects.add("several_from_mailboxes", 0)
    to, cc = fields.addresses("to"), fields.addresses("cc")
    return Message(
        size=len(raw),
        headers=parts[0].headers,
        parts=parts,
        texts=tuple(contents.texts),
        html=tuple(contents.html),
        links=tuple(contents.links),
        attachments=tuple(contents.attachments),
        hops=fields.hops(),
        from_=from_,
        sender=next(iter(fields.addresses("sender")), None),
        reply_to=fields.addresses("reply-to"),
        to=to,
        cc=cc,
        subject=subject,
        message_id=_first_id(fields.first("message-id")),
        in_reply_to=_first_id(fields.first("in-reply-to")),
        references=tuple(_ids(fields.first("references"))),
        date=fields.date(),
        fingerprint=fingerprint(
            text="\n".join(text.visible for text in contents.texts),
            subject=subject,
            addressees=(*to, *cc),
            parts=parts,
            attachments=[one for one in contents.attachments if not one.inside],
        ),
        structure_hash=structure_hash(parts, contents.html),
        defects=defects.all(),
    )


def _open_encoded(contents: Contents, levels: int, on_file: OnFile | None) -> None:
    """Read messages that are transfer encoded: what they hold belongs to the part that holds them.

    Such a message has no bytes of its own in ours, so its parts cannot be listed; its texts, links and
    attachments can.
    """
    for part, data in contents.undescended:
        if levels <= 0 or not contents.budget.take_opening():
            contents.defects.add("embedded_too_deep", part.index)
            return
        if part.multipart:
            data = _with_type(part, data)  # noqa: PLW2901
        inner = _parse(data, levels - 1, contents.budget, on_file)
        contents.texts += [replace(text, part=part.index) for text in inner.texts]
        contents.html += [replace(facts, part=part.index) for facts in inner.html]
        for attachment in inner.attachments:
            contents.attachments.append(replace(attachment, part=part.index))
        contents.add_links(
            replace(link, part=part.index, place="attachment", start=-1, end=-1) for link in inner.links
        )
        for defect in inner.defects:
            contents.defects.add(defect.code, part.index)


def _with_type(part: Part, data: bytes) -> bytes:
    """The decoded content of a multipart under the content type that the part declared."""
    declared = next((h.value for h in part.headers if h.key == "content-type"), part.content_type)
    return f"Content-Type: {declared}\r\n\r\n".encode("utf-8", "replace") + data


class _Fields:
    """The fields of the outer header, by name."""

    def __init__(self, raw: bytes, headers: tuple[Header, ...], defects: DefectList) -> None:
        self.raw = raw
        self.defects = defects
        self.by_key: dict[str, list[Header]] = {}
        for header in headers:
            self.by_key.setdefault(header.key, []).append(header)

    def first(self, key: str) -> str:
        """The value of the first field of a name, or ""."""
        found = self.by_key.get(key)
        return found[0].value if found else ""

    def addresses(self, key: str) -> tuple[Address, ...]:
        """The mailboxes of all fields of a name: a second From is a From for some client."""
        found: list[Address] = []
        for header in self.by_key.get(key, [])[:MAX_SAME_FIELDS]:
            found += parse_addresses(undecoded(self.raw, header))
            if len(found) >= MAX_ADDRESSES:
                self.defects.add("too_many_addresses", 0)
                break
        return tuple(found[:MAX_ADDRESSES])

    def hops(self) -> tuple[Hop, ...]:
        """The Received fields, newest first."""
        received = self.by_key.get("received", ())
        if len(received) > MAX_HOPS:
            self.defects.add("too_many_hops", 0)
        return tuple(parse_received(header.value, index) for index, header in enumerate(received[:MAX_HOPS]))

    def date(self) -> datetime | None:
        """The Date field."""
        text = self.first("date")
        date = parse_date(text) if text else None
        if text and date is None:
            self.defects.add("bad_date", 0)
        return date

    def links(self) -> Iterator[Link]:
        """The addresses in list fields. RFC 2369 2."""
        for key in _LINK_FIELDS:
            for header in self.by_key.get(key, [])[:MAX_SAME_FIELDS]:
                for piece in header.value.split("<", MAX_HEADER_LINKS + 1)[1 : MAX_HEADER_LINKS + 1]:
                    link = make_link(piece.partition(">")[0], "", "header", 0)
                    if link is not None:
                        yield link


def _ids(value: str) -> Iterator[str]:
    for word in value.replace(">", "> ").split()[:MAX_REFERENCES]:
        if word.startswith("<"):
            yield word


def _first_id(value: str) -> str:
    """The first message id as written, without what stands around it."""
    start, end = value.find("<"), value.find(">")
    return value[start : end + 1] if 0 <= start < end else value.strip()[:998]
