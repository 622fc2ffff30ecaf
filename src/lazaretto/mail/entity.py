"""One MIME entity: its header block and what the block says of the content. RFC 2045 5 and RFC 2183.

What cannot be read gets the default that the standards name, and a defect.
"""

import re
from dataclasses import dataclass

from lazaretto.mail.defects import DefectList
from lazaretto.mail.headers import MAX_FIELDS, Block, read_block, undecoded
from lazaretto.mail.transfer import IDENTITY, encoding_name
from lazaretto.mail.words import decode_words, parameter, split_parameters
from lazaretto.model.message import Header, Part, Span

MAX_TYPES = 4
"""Content-Type fields of one part that are looked at."""

MAX_BOUNDARY = 500
"""Longest boundary that is searched for. RFC 2046 5.1.1 allows 70."""

MAX_FILENAME = 500
"""Characters of a file name that are kept."""

_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,100})\s*/\s*([a-z0-9!#$&^_.+-]{1,100})")
_MIME_FIELD = re.compile(rb"(?:\A|[\r\n])content-[a-z-]{1,40}[ \t]{0,5}:", re.IGNORECASE)
_ONCE = frozenset({"from", "sender", "reply-to", "to", "cc", "message-id", "in-reply-to", "subject", "date"})


@dataclass(frozen=True, slots=True)
class Entity:
    """A part and what is known of it besides the public shape."""

    part: Part
    boundaries: tuple[bytes, ...]  # of every multipart reading
    other_types: tuple[str, ...]  # content types that a second Content-Type field claims
    loose: bytes  # header lines that are no fields


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the tree an entity stands."""

    index: int
    parent: int | None
    depth: int
    default: str  # content type when none is declared
    fields: int = MAX_FIELDS  # header fields that may be read


def read_entity(raw: bytes, start: int, end: int, place: Place, defects: DefectList) -> Entity:
    """Read the header of the entity between two offsets; the rest is its body."""
    index = place.index
    block = _block(raw, start, end, place, defects)
    fields: dict[str, list[Header]] = {}
    for header in block.headers:
        fields.setdefault(header.key, []).append(header)
    if index == 0 and any(len(fields[key]) > 1 for key in _ONCE & fields.keys()):
        defects.add("duplicate_header", index)
    types = _content_types(raw, fields.get("content-type", []), place.default, index, defects)
    content_type, parameters = types[0]
    encoding = _encoding(fields.get("content-transfer-encoding", []), index, defects)
    multipart = content_type.startswith("multipart/")
    if multipart and encoding not in IDENTITY:
        defects.add("encoded_multipart", index)
    disposition, filename = _disposition(raw, fields.get("content-disposition", []))
    charset = (parameter(parameters, "charset") or "").strip().lower()[:80]
    part = Part(
        index=index,
        parent=place.parent,
        depth=place.depth,
        content_type=content_type,
        charset=charset or None,
        encoding=encoding,
        disposition=disposition,
        filename=clean_filename(filename or parameter(parameters, "name")),
        content_id=_content_id(fields.get("content-id", [])),
        header=block.span,
        body=Span(block.body, end),
        multipart=multipart,
        headers=block.headers,
    )
    others = tuple(t for t, _ in types[1:] if t != content_type)
    return Entity(part, _boundaries(types), others, block.loose)


def _block(raw: bytes, start: int, end: int, place: Place, defects: DefectList) -> Block:
    """The header block; a nested part whose first line is no field has none, unless MIME fields follow."""
    if place.parent is None:
        return read_block(raw, start, end, defects, place.index, most=place.fields)
    block = read_block(raw, start, end, _Quiet(defects), place.index, most=place.fields)
    if block.loose:
        begins_with_field = bool(block.headers) and block.headers[0].span.start == start
        if not begins_with_field and not _MIME_FIELD.search(raw, block.span.start, block.span.end):
            return Block((), Span(start, start), start, b"")
        defects.add("header_without_colon", place.index)
    return block


class _Quiet(DefectList):
    """Passes on everything but the loose lines, which may yet turn out to be a body without a header."""

    __slots__ = ("_inner",)

    def __init__(self, inner: DefectList) -> None:
        super().__init__()
        self._inner = inner

    def add(self, code: str, part: int | None = None) -> None:
        if code not in {"header_without_colon", "no_header_end", "mbox_from_line"}:
            self._inner.add(code, part)


def _content_types(
    raw: bytes, headers: list[Header], default: str, index: int, defects: DefectList
) -> list[tuple[str, list[tuple[str, str]]]]:
    if len(headers) > 1:
        defects.add("duplicate_content_type", index)
    types = []
    for header in headers[:MAX_TYPES]:
        main, parameters = split_parameters(undecoded(raw, header))
        found = _TYPE.match(main.lower())
        if found is None and main:
            defects.add("bad_content_type", index)
        types.append((f"{found.group(1)}/{found.group(2)}" if found else "text/plain", parameters))
    return types or [(default, [])]  # RFC 2045 5.2


def _boundaries(types: list[tuple[str, list[tuple[str, str]]]]) -> tuple[bytes, ...]:
    found: dict[bytes, None] = {}
    for content_type, parameters in types:
        if content_type.startswith("multipart/"):
            extended = parameter(parameters, "boundary")
            plain = [content for name, content in parameters if name == "boundary"]
            for text in plain or ([extended] if extended else []):
                boundary = text.rstrip().encode("utf-8", "replace")
                if 0 < len(boundary) <= MAX_BOUNDARY:
                    found[boundary] = None
    return tuple(found)[:MAX_TYPES]


def _encoding(headers: list[Header], index: int, defects: DefectList) -> str:
    if len(headers) > 1:
        defects.add("duplicate_encoding", index)
    if not headers:
        return "7bit"
    name, known = encoding_name(headers[0].value[:200])
    if not known:
        defects.add("unknown_encoding", index)
    return name


def _disposition(raw: bytes, headers: list[Header]) -> tuple[str | None, str | None]:
    """RFC 2183 2.8: what is not known counts as attachment."""
    if not headers:
        return None, None
    main, parameters = split_parameters(undecoded(raw, headers[0]))
    token = main.strip().lower()
    kind = "inline" if token.startswith("inline") else "attachment"
    return kind if token else None, parameter(parameters, "filename") or parameter(parameters, "name")


def clean_filename(name: str | None) -> str | None:
    """The last component of a file name, decoded; None when nothing is left."""
    if name is None:
        return None
    last = decode_words(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return last.strip()[:MAX_FILENAME] or None


def _content_id(headers: list[Header]) -> str | None:
    if not headers:
        return None
    return headers[0].value.strip().strip("<>").strip()[:MAX_FILENAME] or None
