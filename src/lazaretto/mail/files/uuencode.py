"""Files written into text by uuencode, as old mailers and some malware still do.

A file is a line "begin MODE NAME", lines of encoded bytes, and a line "end". Broken lines are skipped.
Limits: MAX_FILES in one text.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FILES = 50
"""Files read out of one text; the rest stays text."""

_BEGIN = re.compile(rb"^begin(?:-base64)? +([0-7]{3,4}) +([^\r\n]{1,255})\r?$", re.MULTILINE)
_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class UuFile:
    """One file found in a text."""

    name: bytes
    content: bytes


def find_files(data: bytes) -> Iterator[UuFile]:
    """The files in a text, first ones first."""
    position = 0
    for _ in range(MAX_FILES):
        begin = _BEGIN.search(data, position) if b"begin" in data else None
        if begin is None:
            return
        end = _END.search(data, begin.end())
        stop = end.start() if end else len(data)
        content, _ = decode_lines(data[begin.end() : stop])
        if content:
            yield UuFile(begin.group(2).strip(), content)
        position = end.end() if end else len(data)


def decode_lines(data: bytes) -> tuple[bytes, bool]:
    """Decode the lines of one file, with or without its begin and end; False when a line was broken."""
    begin = _BEGIN.search(data)
    if begin:
        data = data[begin.end() :]
    content = []
    good = True
    for line in data.splitlines():
        if line.startswith(b"end"):
            break
        if not line or line[0] in b"` ":
            continue
        try:
            content.append(binascii.a2b_uu(line))
        except binascii.Error:
            decoded = _decode_padded(line)
            content.append(decoded)
            good = good and bool(decoded)
    return b"".join(content), good


def _decode_padded(line: bytes) -> bytes:
    """Some encoders leave trailing padding characters, others let trailing spaces be stripped."""
    wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:wanted])
    except binascii.Error:
        return b""
