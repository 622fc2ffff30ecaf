"""The content of a message, parsed: flat, ordered, with offsets into the raw bytes.

All offsets are byte offsets into the raw message, half open, unless a comment says characters.
A message that breaks every rule still becomes a Message: what was wrong is in `defects`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Span:
    """A half open range of bytes in the raw message."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Defect:
    """Something that the sender wrote against a standard, or a limit of ours that stopped the reading."""

    code: str  # constant name in lazaretto.mail.defects, for example "missing_boundary"
    text: str  # one sentence for a human
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """One header field of the outermost message or of a part."""

    name: str  # as written, undecodable bytes replaced
    value: str  # unfolded, RFC 2047 decoded, control characters kept out
    span: Span  # the whole field with its line ends

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox from an address header."""

    name: str  # display name, decoded; "" if none
    address: str  # local@domain as written after decoding; "" if the mailbox has none
    local: str
    domain: str  # lower case, A-label form (IDNA); "" if none
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One Received field, newest first in `Message.hops`."""

    index: int  # position among the Received fields, 0 is the newest
    helo: str | None  # what the client said
    client_name: str | None  # what the receiver found by reverse lookup
    client_ip: str | None
    by: str | None
    protocol: str | None
    queue_id: str | None
    envelope_to: str | None  # the "for" clause
    at: datetime | None


LinkPlace = Literal[
    "text",  # written out in a text part
    "a",
    "area",
    "form",
    "img",
    "iframe",
    "meta",  # refresh
    "base",
    "link",
    "script",
    "css",
    "svg",
    "background",
    "attachment",  # inside an attached document
    "qr",  # a QR code in a picture
    "header",  # List-Unsubscribe and its like
]


@dataclass(frozen=True, slots=True)
class Link:
    """One place where the message names an address on the web or a mailto."""

    href: str  # resolved against <base>, entities decoded, white space and control characters removed
    shown: str  # the text a reader sees for it, white space folded; "" for images and forms
    place: LinkPlace
    part: int  # index into Message.parts
    start: int  # characters: range of the target in the decoded text of the part, -1 if not known
    end: int
    hidden: bool  # the element is not visible to a reader
    scheme: str  # lower case: http, https, mailto, data, javascript, ...
    host: str  # lower case, A-label form, without port and user info; "" if none
    domain: str  # registered domain of host; the host itself for IP addresses; "" if none
    shown_domain: str  # registered domain of the first host named in `shown`; "" if the text names none


@dataclass(frozen=True, slots=True)
class HtmlFacts:
    """What the structure of one HTML part says, beyond its text and links."""

    part: int
    hidden_characters: int  # characters of text that a reader cannot see
    hidden_sample: str  # the first 200 of them
    forms: int
    password_fields: int
    input_fields: int
    scripts: int
    script_text: str  # the first 20,000 characters of inline script
    images: int
    remote_images: int
    iframes: int
    meta_refresh: bool
    structure_hash: str  # hash of the sequence of tags, blind to text and attributes
    split_words: int = 0  # words that hidden text stands within
    pixels: int = 0  # remote images that are too small to be seen, or hidden
    turned: int = 0  # elements whose Latin letters are shown from right to left


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME entity. Part 0 is the message itself; children follow in depth-first order."""

    index: int
    parent: int | None
    depth: int
    content_type: str  # "text/html", lower case; defaults as RFC 2045 5.2
    charset: str | None  # as declared, lower case
    encoding: str  # Content-Transfer-Encoding, lower case: "7bit", "base64", ...
    disposition: str | None  # "attachment", "inline" or None
    filename: str | None  # decoded by RFC 2231 and RFC 2047, path parts removed
    content_id: str | None  # without angle brackets
    header: Span
    body: Span
    multipart: bool
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class TextPart:
    """The decoded text of one text part that is a body, not an attachment."""

    part: int
    content_type: str  # "text/plain", "text/html", ...
    text: str  # decoded as written: markup included for HTML
    visible: str  # what a reader sees: equal to text for text/plain, rendered for HTML


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive that an attachment holds."""

    name: str
    size: int  # uncompressed, as declared
    encrypted: bool
    detected_type: (
        str  # media type by content where it could be read, else by name, else "application/octet-stream"
    )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is a file, or a file found inside a text part (uuencode)."""

    part: int
    filename: str | None
    declared_type: str
    detected_type: str  # media type by content, for example "application/x-dosexec"
    size: int  # bytes after transfer decoding
    md5: str
    sha1: str
    sha256: str
    encrypted: bool  # content cannot be read without a password
    inline: bool  # shown within the body (Content-ID or disposition inline)
    traits: tuple[
        str, ...
    ]  # what the content was seen to hold, names from lazaretto.mail.files.attachments: "macro", ...
    members: tuple[Member, ...] = ()
    inside: str = ""  # SHA-256 of the attachment that it was taken out of; its name then is a path


@dataclass(frozen=True, slots=True)
class Message:
    """All that the bytes say."""

    size: int
    headers: tuple[Header, ...]  # of part 0, in order
    parts: tuple[Part, ...]
    texts: tuple[TextPart, ...]
    html: tuple[HtmlFacts, ...]
    links: tuple[Link, ...]
    attachments: tuple[Attachment, ...]
    hops: tuple[Hop, ...]
    from_: tuple[Address, ...]  # header from
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    message_id: str  # with angle brackets as written, "" if none
    in_reply_to: str
    references: tuple[str, ...]
    date: datetime | None  # aware, UTC
    fingerprint: str  # edf: equal for messages of one campaign, hex
    structure_hash: str  # of the HTML and MIME structure, hex
    defects: tuple[Defect, ...]

    def header(self, key: str) -> str | None:
        """The first value of a header by lower case name."""
        return next((h.value for h in self.headers if h.key == key), None)

    def header_values(self, key: str) -> tuple[str, ...]:
        """All values of a header by lower case name, in order."""
        return tuple(h.value for h in self.headers if h.key == key)

    @property
    def header_from(self) -> Address | None:
        """The first mailbox of From."""
        return self.from_[0] if self.from_ else None

    @property
    def visible_text(self) -> str:
        """What a reader sees, all body parts joined, plain text first."""
        return "\n".join(t.visible for t in self.texts)
