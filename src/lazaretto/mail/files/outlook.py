"""Outlook items (.msg): the texts and the files of the letter in them. MS-OXMSG.

An item is a compound file whose storages are a tree: one for each attachment, and letters within letters.
Texts are given as files, to be read like attached ones. Text in Outlook's packed RTF is not read.
Limits: MAX_STORAGES that are gone into, MAX_FILES files; those of compound files.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from lazaretto.mail.files.ole import MAX_ENTRIES, OleEntry, directory_of, read_stream

MAX_STORAGES = 200
"""Storages that are gone into: one a recipient, one an attachment."""

MAX_FILES = 100
"""Files of one item."""

_ENTRY = 128
_NONE = 0xFFFFFFFF
_STORAGE, _ROOT = 1, 5
_ATTACHMENT, _LETTER = "__attach_version1.0_", "__substg1.0_3701000d"
_CONTENT = "__substg1.0_37010102"
_NAMES = ("__substg1.0_3707001f", "__substg1.0_3704001f", "__substg1.0_3707001e", "__substg1.0_3704001e")
_TEXTS = {
    "__substg1.0_10130102": "letter.html",
    "__substg1.0_1013001f": "letter.html",
    "__substg1.0_1000001f": "letter.txt",
    "__substg1.0_1000001e": "letter.txt",
}


LETTER_NAMES = frozenset(_TEXTS.values())
"""What the texts of a letter are called among its files: they are shown with it, not opened."""


@dataclass(frozen=True, slots=True)
class _Node:
    entry: OleEntry
    kind: int
    left: int
    right: int
    child: int


class _Item:
    """The tree of one item."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        directory = directory_of(data)
        self._nodes = [_node(directory, at) for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)][
            :MAX_ENTRIES
        ]
        self._root = (self._nodes[0].entry,) if self._nodes else ()

    def children(self, node: _Node) -> dict[str, _Node]:
        """What lies in a storage, by name."""
        found: dict[str, _Node] = {}
        waiting, seen = [node.child], set[int]()
        while waiting and len(seen) < MAX_ENTRIES:
            index = waiting.pop()
            if index >= len(self._nodes) or index in seen:
                continue
            seen.add(index)
            one = self._nodes[index]
            found.setdefault(one.entry.name.lower(), one)
            waiting += [one.left, one.right]
        return found

    def content(self, node: _Node) -> bytes:
        return read_stream(self._data, node.entry, self._root)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Texts and files of the letter and of those within it."""
        waiting = self._nodes[:1]
        for _ in range(MAX_STORAGES):
            if not waiting:
                return
            inside = self.children(waiting.pop(0))
            for name, node in inside.items():
                if name in _TEXTS:
                    content = self.content(node)
                    yield _TEXTS[name], _narrow(content) if name.endswith("001f") else content
                elif node.kind == _STORAGE and (name.startswith(_ATTACHMENT) or name == _LETTER):
                    waiting.append(node)
            if _CONTENT in inside:
                named = next((inside[name] for name in _NAMES if name in inside), None)
                yield "" if named is None else self._name(named), self.content(inside[_CONTENT])

    def _name(self, node: _Node) -> str:
        raw = self.content(node)
        wide = node.entry.name.lower().endswith("001f")
        return (raw.decode("utf-16-le", "replace") if wide else raw.decode("cp1252", "replace")).rstrip(
            "\x00"
        )


def item_files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents; of the letter its texts."""
    for number, (name, content) in enumerate(_Item(data).files(), 1):
        if number > MAX_FILES:
            return
        yield name or f"file {number}", content


def _narrow(content: bytes) -> bytes:
    return content.decode("utf-16-le", "replace").encode("utf-8", "replace")


def _node(directory: bytes, at: int) -> _Node:
    """MS-CFB 2.6.1."""
    length = struct.unpack_from("<H", directory, at + 64)[0]
    name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    left, right, child = struct.unpack_from("<III", directory, at + 68)
    sector, size = struct.unpack_from("<II", directory, at + 116)
    return _Node(OleEntry(name, size, -1, sector), directory[at + 66], left, right, child)
