"""The header block: fields in order, each with its place in the raw bytes. RFC 5322 2.2.

Lines end at CRLF, LF or CR, because some client somewhere takes each of them for a line end.
A line that is no field does not end the block and hides nothing: it is kept aside as loose text.

Limits: MAX_BLOCK bytes, MAX_FIELDS fields and MAX_VALUE bytes of one value are read, each with a defect.
"""

import re
from dataclasses import dataclass

from lazaretto.mail.charset import decode_text
from lazaretto.mail.defects import DefectList
from lazaretto.mail.words import clean_controls, decode_words
from lazaretto.model.message import Header, Span

MAX_BLOCK = 1 << 20
"""Bytes of one header block that are read as fields. Servers refuse far less; a million is a flood."""

MAX_FIELDS = 1_000
"""Fields of one header block. Real mail stays under two hundred."""

MAX_VALUE = 128 << 10
"""Bytes of one field that are decoded: enough for three thousand addressees."""

MAX_LOOSE = 64 << 10
"""Bytes of lines without a colon that are kept as text."""

_END = re.compile(rb"(?>\r\n|\n|\r)(?:\r\n|\n|\r)")
_LAST_OF_FIELD = re.compile(rb"(?>\r\n|\n|\r)(?![ \t])")
_LINE_ENDS = re.compile(rb"[\r\n]+")
_GOOD_NAME = re.compile(rb"[!-9;-~]+\Z")
_BARE_CR = re.compile(rb"\r(?!\n)")


_PLAIN_FIELD = re.compile(r"([!-9;-~]++):([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)\r?\n")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|reply-to|sender"
    rb"|received|return-path|dkim-signature|list-[a-z]+)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """One header block, read."""

    headers: tuple[Header, ...]
    span: Span  # the fields with their line ends
    body: int  # where the content begins
    loose: bytes  # lines that are no fields


def read_block(
    raw: bytes, start: int, end: int, defects: DefectList, part: int | None = None, *, most: int = MAX_FIELDS
) -> Block:
    """Read the header block that begins at start."""
    if raw[start : start + 1] in (b"\r", b"\n") and start < end:
        skip = 2 if raw[start : start + 2] == b"\r\n" and start + 2 <= end else 1
        return Block((), Span(start, start), min(start + skip, end), b"")
    found = _END.search(raw, start, end)
    if found is None:
        stop, body = end, end
        if part == 0 or start == end:
            defects.add("no_header_end", part)
    else:
        stop = found.start() + (2 if raw[found.start() : found.start() + 2] == b"\r\n" else 1)
        body = found.end()
    limit = min(stop, start + MAX_BLOCK)
    if limit < stop:
        defects.add("header_block_too_long", part)
    headers = _read_plain_fields(raw, start, limit, min(most, MAX_FIELDS)) if limit == stop else None
    if headers is not None:
        return Block(headers, Span(start, stop), body, b"")
    return _read_odd_block(raw, Block((), Span(start, stop), body, b""), defects, part, min(most, MAX_FIELDS))


def _read_plain_fields(raw: bytes, start: int, stop: int, most: int) -> tuple[Header, ...] | None:
    """All fields of a block that keeps to the standard, in one pass; None for any other block."""
    block = raw[start:stop]
    if not block.isascii():
        return None
    text = block.decode("ascii")
    headers: list[Header] = []
    position = 0
    while position < len(text):
        field = _PLAIN_FIELD.match(text, position)  # a search would try every place of a line without a colon
        if field is None or len(headers) >= most:
            return None
        position = field.end()
        name, value = field.groups()
        if len(value) > MAX_VALUE:
            return None
        value = value.strip()
        if not value.isprintable():
            value = value.replace("\r", "").replace("\n", "").replace("\t", " ")
            value = clean_controls(value).strip()
        if "=?" in value:
            value = decode_words(value)
        headers.append(Header(name, value, Span(start + field.start(), start + position)))
    return tuple(headers)


def _read_odd_block(raw: bytes, outline: Block, defects: DefectList, part: int | None, most: int) -> Block:
    start, stop = outline.span.start, min(outline.span.end, outline.span.start + MAX_BLOCK)
    headers: list[Header] = []
    loose: list[bytes] = []
    if _BARE_CR.search(raw, start, stop):
        defects.add("bare_cr", part)
    position = start
    while position < stop:
        found = _LAST_OF_FIELD.search(raw, position, stop)
        field_end = found.end() if found else stop
        if len(headers) >= most:
            defects.add("too_many_headers", part)
            break
        header = _read_field(raw, position, field_end, defects, part)
        if header is not None:
            headers.append(header)
        elif raw[position : position + 5] == b"From " and position == start:
            defects.add("mbox_from_line", part)
        else:
            defects.add("header_without_colon", part)
            if part == 0 and headers and not loose and _body_begins(raw, position, field_end, stop):
                return Block(tuple(headers), Span(start, position), position, b"")
            loose.append(raw[position:field_end])
        position = field_end
    return Block(tuple(headers), outline.span, outline.body, b"".join(loose)[:MAX_LOOSE])


def _body_begins(raw: bytes, start: int, line_end: int, stop: int) -> bool:
    """A line without a colon begins the body when a boundary, or no known field, follows it."""
    if raw[start : start + 2] == b"--" or raw[line_end : line_end + 2] == b"--":
        return True
    return not any(_KNOWN_FIELD.match(line) for line in raw[line_end:stop].splitlines())


def _read_field(raw: bytes, start: int, end: int, defects: DefectList, part: int | None) -> Header | None:
    colon = raw.find(b":", start, end)
    if colon <= start:
        return None
    name = raw[start:colon]
    if not _GOOD_NAME.match(name):
        stripped = name.rstrip(b" \t")
        if not stripped or b" " in stripped or b"\t" in stripped or b"\n" in stripped or b"\r" in stripped:
            return None
        defects.add("space_before_colon" if _GOOD_NAME.match(stripped) else "bad_header_name", part)
        name = stripped
    text = _field_text(raw, colon + 1, end, defects, part)
    return Header(
        clean_controls(name.decode("utf-8", "replace")),
        decode_words(text) if "=?" in text else text,
        Span(start, end),
    )


def _field_text(raw: bytes, start: int, end: int, defects: DefectList | None, part: int | None) -> str:
    if end - start > MAX_VALUE:
        if defects is not None:
            defects.add("header_field_too_long", part)
        end = start + MAX_VALUE
    value = raw[start:end].strip()
    if b"\n" in value or b"\r" in value:
        value = _LINE_ENDS.sub(b"", value)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text, _ = decode_text(value, None)
        if defects is not None:
            defects.add("non_ascii_header", part)
    return text if text.isprintable() else clean_controls(text.replace("\t", " ")).strip()


def undecoded(raw: bytes, header: Header) -> str:
    """The value of a field unfolded, its encoded words as they are: structured fields are split first."""
    colon = raw.find(b":", header.span.start, header.span.end)
    return _field_text(raw, colon + 1, header.span.end, None, None)


def parse_headers(raw: bytes) -> tuple[Header, ...]:
    """The fields of the outermost header block, in order."""
    return read_block(raw, 0, len(raw), DefectList(), 0).headers
