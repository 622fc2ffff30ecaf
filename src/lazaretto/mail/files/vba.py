"""Macros in the language of Office: whether they run by themselves, and whether they start or load something.

The source of each module lies packed in the file and begins with the word Attribute; it is found by that, not
by the directory, so that broken files are read too. MS-OVBA 2.4.1.
Limits: MAX_MODULES modules, MAX_SOURCE bytes of one, and for a
message what is in its budget.
"""

import struct

from lazaretto.mail.budget import Budget

MAX_MODULES = 50
"""Modules of one document that are read."""

MAX_SOURCE = 256 << 10
"""Bytes of one module."""

_BEGIN = b"\x00Attribut"
_AUTO = (
    *(b"autoopen", b"auto_open", b"document_open", b"workbook_open", b"autoexec", b"autonew"),
    *(b"document_close", b"autoclose", b"auto_close", b"workbook_activate", b"workbook_beforeclose"),
    *(b"document_new", b"slideshowbegin"),
)
_ODD = (
    *(b"wscript.shell", b"shell.application", b"powershell", b"urldownloadtofile", b"xmlhttp", b"winhttp"),
    *(b"adodb.stream", b"winmgmts", b"cmd.exe", b"cmd /c", b"mshta", b"rundll32", b"regsvr32", b"certutil"),
    *(b"virtualalloc", b"createthread", b"rtlmovememory", b"scriptcontrol", b"schedule.service"),
)
_BUILDING = (
    b"chr(",
    b"chrw(",
    b"strreverse",
    b"callbyname",
    b"shell(",
    b"shell ",
    b"createobject",
    b"environ(",
)
BUILDING = 3
"""Of the words that also honest macros use, so many together are odd."""


def macro_traits(data: bytes, budget: Budget) -> tuple[str, ...]:
    """What the macros in a file do."""
    source = b"\n".join(sources(data, budget)).lower()
    traits = []
    if any(name in source for name in _AUTO):
        traits.append("auto_macro")
    if any(word in source for word in _ODD) or sum(word in source for word in _BUILDING) >= BUILDING:
        traits.append("odd_macro")
    return tuple(traits)


def sources(data: bytes, budget: Budget) -> list[bytes]:
    """The source of each module. They may share their bytes: a kilobyte can be many megabytes of source."""
    found: list[bytes] = []
    at = data.find(_BEGIN)
    for _ in range(MAX_MODULES):
        if at < 3 or budget.macros <= 0:
            break
        found.append(_unpacked(data, at - 3, min(MAX_SOURCE, budget.macros)))
        budget.macros -= len(found[-1])
        at = data.find(_BEGIN, at + 1)
    return found


def _unpacked(data: bytes, at: int, limit: int = MAX_SOURCE) -> bytes:
    """A compressed container, until the limit is passed. MS-OVBA 2.4.1.3.1."""
    if data[at] != 1:
        return b""
    at += 1
    out = bytearray()
    while at + 2 < len(data) and len(out) < limit:
        head = struct.unpack_from("<H", data, at)[0]
        size = (head & 0xFFF) + 3
        if head >> 12 & 7 != 3:
            break
        chunk = data[at + 2 : at + size]
        out += _chunk(chunk) if head & 0x8000 else chunk
        at += size
    return bytes(out)


def _chunk(chunk: bytes) -> bytes:
    """At most 4,096 bytes of source. MS-OVBA 2.4.1.3.3."""
    out = bytearray()
    at = 0
    while at < len(chunk) and len(out) < 4_096:
        flags = chunk[at]
        at += 1
        for bit in range(8):
            if at >= len(chunk):
                break
            if not flags >> bit & 1:
                out.append(chunk[at])
                at += 1
                continue
            if at + 2 > len(chunk) or not out:
                return bytes(out)
            token = struct.unpack_from("<H", chunk, at)[0]
            at += 2
            bits = max((len(out) - 1).bit_length(), 4)
            length = (token & 0xFFFF >> bits) + 3
            offset = (token >> 16 - bits) + 1
            if offset > len(out):
                return bytes(out)
            repeated = out[-offset:] * (length // offset + 1)  # it may overlap what it writes
            out += repeated[:length]
    return bytes(out)
