"""Outlook containers (winmail.dat): the files and the texts in them. MS-OXTNEF.

Exchange packs letters so for its own kind; a program in one is hidden from whoever does not open it. Names
may be written twice, short and long; the long one counts. The page of the letter is given as a file, to be
read like one; text in packed RTF is not read.
Limits: MAX_ATTRIBUTES of one container, MAX_PROPERTIES of one list, MAX_FILES files, MAX_FILE bytes of one.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_ATTRIBUTES = 2_000
"""Attributes of one container: a letter has twenty, and five for each file."""

MAX_PROPERTIES = 500
"""Properties of one list."""

MAX_FILES = 100
"""Files of one container."""

MAX_FILE = 8 << 20
"""Bytes of one file."""

_HEAD = 6
_START, _TITLE, _DATA, _PROPERTIES, _MESSAGE = 0x9002, 0x8010, 0x800F, 0x9005, 0x9003
_LONG_NAME, _CONTENT, _HTML = 0x3707, 0x3701, 0x1013
_FIXED = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_NAMED = 0x8000
_WIDE = 31
_COUNTED = frozenset({13, 30, 31, 258})
_OBJECT_HEAD = 16


@dataclass(slots=True)
class _File:
    title: str = ""
    name: str = ""
    data: bytes = b""


def tnef_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files; of the letter its page."""
    for number, (name, content) in enumerate(_found(data), 1):
        if number > MAX_FILES:
            return
        yield name or f"file {number}", content[:MAX_FILE]


def _found(data: bytes) -> Iterator[tuple[str, bytes]]:
    file = _File()
    for kind, content in _attributes(data):
        if kind == _START:
            if file.data:
                yield file.name or file.title, file.data
            file = _File()
        elif kind == _TITLE:
            file.title = content.partition(b"\x00")[0].decode("cp1252", "replace")
        elif kind == _DATA:
            file.data = content
        elif kind == _PROPERTIES:
            for name, value in _properties(content):
                if name == _LONG_NAME:
                    file.name = value.decode("utf-8", "replace").rstrip("\x00")
                elif name == _CONTENT and not file.data:
                    file.data = value[_OBJECT_HEAD:]
        elif kind == _MESSAGE:
            yield from (("letter.html", value) for name, value in _properties(content) if name == _HTML)
    if file.data:
        yield file.name or file.title, file.data


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Level, kind, length, content, checksum. MS-OXTNEF 2.1.3.2."""
    at = _HEAD
    for _ in range(MAX_ATTRIBUTES):
        if at + 9 > len(data):
            return
        kind, length = struct.unpack_from("<H2xI", data, at + 1)
        yield kind, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Names and values of a list of properties, texts as UTF-8; ends where one cannot be read."""
    try:
        yield from _listed(content)
    except struct.error:
        return


def _listed(content: bytes) -> Iterator[tuple[int, bytes]]:
    (count,) = struct.unpack_from("<I", content)
    at = 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, name = struct.unpack_from("<HH", content, at)
        at += 4
        several, kind = bool(kind & 0x1000), kind & 0xFFF
        if name >= _NAMED:
            at = _behind_name(content, at)
        if kind in _COUNTED:
            (values,) = struct.unpack_from("<I", content, at)
            at += 4
            for _ in range(min(values, MAX_PROPERTIES)):
                (size,) = struct.unpack_from("<I", content, at)
                value = content[at + 4 : at + 4 + size]
                at += 4 + (size + 3) // 4 * 4
                yield name, value.decode("utf-16-le", "replace").encode() if kind == _WIDE else value
        else:
            if kind not in _FIXED:
                return
            values = 1
            if several:
                (values,) = struct.unpack_from("<I", content, at)
                at += 4
            at += min(values, MAX_PROPERTIES) * _FIXED[kind]


def _behind_name(content: bytes, at: int) -> int:
    """A property with a name of its own: its set, and a number or a text. MS-OXTNEF 2.1.3.4."""
    (kind,) = struct.unpack_from("<I", content, at + 16)
    if not kind:
        return at + 24
    (size,) = struct.unpack_from("<I", content, at + 20)
    return int(at + 24 + (size + 3) // 4 * 4)
