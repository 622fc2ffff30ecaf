"""The MIME tree as flat parts with offsets into the raw bytes. RFC 2045 and RFC 2046.

Boundaries are found by searching bytes, never by a pattern over the whole body. A boundary counts at the
beginning of a line, with nothing but white space behind it. A part may say two things at once (two content
types): the first one names it, and every multipart reading of it is split.

Limits: MAX_PARTS, MAX_DEPTH, MAX_FIELDS_IN_ALL, and MAX_SCANS for trees that make us read the same bytes
again and again; what lies beyond them stays in the body of the part that holds it. Encoded messages inside
messages have no offsets of their own and are therefore leaves here.
"""

from collections.abc import Iterator

from lazaretto.mail.defects import DefectList
from lazaretto.mail.entity import Entity, Place, read_entity
from lazaretto.mail.transfer import IDENTITY, decode_transfer
from lazaretto.model.message import Part, Span

MAX_PARTS = 2_000
"""Parts of one message. The largest digest in real mail has some hundred."""

MAX_DEPTH = 100
"""Levels of nesting. Real mail has six; Python's own reader dies of recursion at a thousand."""

MAX_SCANS = 16
"""How often the size of the message may be searched for boundaries, all levels together."""

MAX_FIELDS_IN_ALL = 20_000
"""Header fields of all parts together; each later part still gets FEW_FIELDS."""

FEW_FIELDS = 20

MESSAGE_TYPES = frozenset({"message/rfc822", "message/global", "message/news"})

_LINE_END = (0x0A, 0x0D)


class Tree:
    """The parts of one message while they are being read."""

    def __init__(self, raw: bytes, defects: DefectList) -> None:
        self.raw = raw
        self.defects = defects
        self.entities: list[Entity] = []
        self.childless: set[int] = set()  # multiparts in which no boundary was found
        self._budget = MAX_SCANS * len(raw)
        self._fields = MAX_FIELDS_IN_ALL

    def read(self, start: int, end: int, place: Place) -> None:
        """Read the entity between two offsets and everything in it, depth first."""
        if place.index >= MAX_PARTS:
            self.defects.add("too_many_parts")
            return
        entity = read_entity(self.raw, start, end, place, self.defects)
        self._fields -= len(entity.part.headers)
        self.entities.append(entity)
        part = entity.part
        if not entity.boundaries and not part.multipart and part.content_type not in MESSAGE_TYPES:
            return
        if part.depth >= MAX_DEPTH:
            self.defects.add("nested_too_deep", part.index)
        elif part.content_type in MESSAGE_TYPES:
            self._read_message(part)
        else:
            self._read_children(entity)

    def _read_message(self, part: Part) -> None:
        if part.encoding in IDENTITY:
            self.read(part.body.start, part.body.end, self._below(part, "text/plain"))
        else:
            self.defects.add("encoded_message", part.index)

    def _below(self, part: Part, default: str) -> Place:
        return Place(len(self.entities), part.index, part.depth + 1, default, max(FEW_FIELDS, self._fields))

    def _read_children(self, entity: Entity) -> None:
        part = entity.part
        if part.multipart and not entity.boundaries:
            self.defects.add("missing_boundary", part.index)
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        found = False
        for boundary in entity.boundaries:
            self._budget -= part.body.end - part.body.start
            if self._budget < 0:
                self.defects.add("split_budget_spent", part.index)
                return
            for span in self._children(part, boundary):
                found = True
                if len(self.entities) >= MAX_PARTS:
                    self.defects.add("too_many_parts")
                    break
                self.read(span.start, span.end, self._below(part, default))
        if not found and part.multipart:
            self.childless.add(part.index)
            if entity.boundaries:
                self.defects.add("boundary_not_found", part.index)

    def _children(self, part: Part, boundary: bytes) -> Iterator[Span]:
        """The bytes between delimiters. A delimiter behind the closing one begins a part for some client."""
        raw, end = self.raw, part.body.end
        begin, after = -1, -1
        for start, after, closing in find_delimiters(raw, part.body.start, end, boundary):
            if begin >= 0:
                yield Span(begin, max(begin, _before_line_end(raw, start, begin)))
            begin = -1 if closing else after
        if begin >= 0:
            self.defects.add("missing_close", part.index)
            if begin < end:
                yield Span(begin, end)
        elif after >= 0 and raw[after:end].strip():
            self.defects.add("text_after_end", part.index)


def read_tree(raw: bytes, defects: DefectList) -> Tree:
    """All parts of a message."""
    tree = Tree(raw, defects)
    tree.read(0, len(raw), Place(0, None, 0, "text/plain"))
    return tree


def find_delimiters(raw: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Every delimiter line: its start, what follows it, and whether it closes. RFC 2046 5.1.1."""
    needle = b"--" + boundary
    position = start
    while True:
        found = raw.find(needle, position, end)
        if found < 0:
            return
        position = found + len(needle)
        if found > start and raw[found - 1] not in _LINE_END:
            continue
        closing = raw[position : min(position + 2, end)] == b"--"
        after = position + 2 if closing else position
        while after < end and raw[after] in b" \t":
            after += 1
        if after < end:
            if raw[after] not in _LINE_END:  # another boundary that begins like this one
                continue
            after += 2 if raw[after : min(after + 2, end)] == b"\r\n" else 1
        position = after
        yield found, after, closing


def _before_line_end(raw: bytes, position: int, limit: int) -> int:
    """The line end before a delimiter belongs to the delimiter. RFC 2046 5.1.1."""
    if position > limit and raw[position - 1] == 0x0A:
        return position - 2 if position - 2 >= limit and raw[position - 2] == 0x0D else position - 1
    return position - 1 if position > limit and raw[position - 1] == 0x0D else position


def decode_body(raw: bytes, part: Part) -> bytes:
    """The transfer-decoded content of a leaf; the bytes as they are for a multipart or a message."""
    content = raw[part.body.start : part.body.end]
    if part.multipart or part.encoding in IDENTITY:
        return content
    return decode_transfer(content, part.encoding)[0]
