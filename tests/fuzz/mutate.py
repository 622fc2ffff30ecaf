"""Mutations that keep a message a message, and an archive an archive.

Bytes changed at random seldom get past a transfer encoding, a checksum or a compressed stream. So half of the
mutations take the input apart first, change one piece, and put it together again: a field of a header, a part,
what is inside Base64, a member of a ZIP file, a line of the world.

A mutation is a function of the input, a random generator and `change`, which changes plain bytes; it returns
None where it finds nothing to change.
"""

import base64
import binascii
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from random import Random

from tests.fuzz.hostile import FIELDS, HTML, LINES, RECORDS, VALUES
from tests.fuzz.world import MARK, divide

Change = Callable[[bytes], bytes]
Mutation = Callable[[bytes, Random, Change], bytes | None]

TRIES = 4
"""Mutations that are tried before the bytes are changed as they are."""

MAX_MEMBER = 1 << 20
"""Bytes of a member of an archive that is put together again."""

_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4,}={0,2}[ \t]*\r?\n){1,}|[A-Za-z0-9+/]{40,}={0,2}")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_LINE = re.compile(rb"[^\n]*\n?")
_BLANK = re.compile(rb"\r?\n\r?\n")


def letter(data: bytes, size: int, random: Random, change: Change) -> bytes:
    """A changed letter of at most so many bytes."""
    return _mutated(data, size, random, change, _OF_LETTERS)


def file(data: bytes, size: int, random: Random, change: Change) -> bytes:
    """A changed file of at most so many bytes; its name stands in the first line."""
    return _mutated(data, size, random, change, _OF_FILES)


def _mutated(
    data: bytes, size: int, random: Random, change: Change, mutations: tuple[Mutation, ...]
) -> bytes:
    if random.random() < 0.5:
        for _ in range(TRIES):
            mutated = random.choice(mutations)(data, random, change)
            if mutated is not None and len(mutated) <= size:
                return mutated
    return change(data)[:size]


def _field(data: bytes, random: Random, change: Change) -> bytes | None:
    """One field of one header block: doubled, removed, moved, given another value, or a new one before it."""
    message, lines = divide(data)
    starts = [0, *(found.end() for found in _BLANK.finditer(message))]
    start = random.choice(starts[:50])
    end = _BLANK.search(message, start)
    block = message[start : end.start() if end else len(message)].split(b"\n")
    at = random.randrange(len(block))
    name, _, value = block[at].partition(b":")
    match random.randrange(7):
        case 0:
            block.insert(random.randrange(len(block) + 1), block[at])
        case 1:
            del block[at]
        case 2:
            block.insert(random.randrange(len(block)), block.pop(at))
        case 3:
            block[at] = name + b": " + change(value.strip()).replace(b"\n", b"\n ")
        case 4:
            block[at] = name + b": " + random.choice(VALUES)
        case 5:
            block[at] = value.replace(b" ", random.choice((b"\r\n ", b"\n\t", b"", b"(")), 1) or b":"
            block[at] = name + b":" + block[at]
        case _:
            block.insert(at, random.choice(FIELDS))
    whole = message[:start] + b"\n".join(block) + (message[end.start() :] if end else b"")
    return _with_world(whole, lines)


def _encoded(data: bytes, random: Random, change: Change) -> bytes | None:
    """What is inside one stretch of Base64, changed as what it is."""
    found = list(_BASE64.finditer(data))[:100]
    if not found:
        return None
    place = random.choice(found)
    try:
        plain = base64.b64decode(place.group(), validate=False)
    except binascii.Error:
        return None
    changed = _content(plain, random, change)
    written = base64.encodebytes(changed) if b"\n" in place.group() else base64.b64encode(changed)
    return data[: place.start()] + written + data[place.end() :]


def _content(data: bytes, random: Random, change: Change) -> bytes:
    for mutation in random.sample(_OF_CONTENT, len(_OF_CONTENT)):
        changed = mutation(data, random, change)
        if changed is not None:
            return changed
    return change(data)


def _part(data: bytes, random: Random, _: Change) -> bytes | None:
    """One part of a multipart: doubled, removed, moved, or made a message or a multipart of its own."""
    message, lines = divide(data)
    found = re.search(rb"boundary=\"?([^\s\";]{1,70})", message)
    if found is None:
        return None
    line = b"--" + found.group(1)
    parts = message.split(line)
    if len(parts) < 2:
        return None
    at = random.randrange(1, len(parts))
    match random.randrange(6):
        case 0:
            parts.insert(at, parts[at])
        case 1:
            del parts[at]
        case 2:
            parts.insert(random.randrange(1, len(parts)), parts.pop(at))
        case 3:
            parts[at] = b"\r\nContent-Type: message/rfc822\r\n\r\n" + parts[at].lstrip(b"\r\n")
        case 4:
            inner = b"in%d" % random.randrange(1000)
            head = b"\r\nContent-Type: multipart/mixed; boundary=" + inner + b"\r\n\r\n--" + inner
            parts[at] = head + parts[at] + b"\r\n--" + inner + b"--\r\n"
        case _:
            plain = base64.encodebytes(b"Content-Type: text/html\r\n\r\n" + parts[at])
            head = b"\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            parts[at] = head + plain
    return _with_world(line.join(parts), lines)


def _transfer(data: bytes, random: Random, _: Change) -> bytes | None:
    """The body of the message or of a part under another transfer encoding, well written."""
    message, lines = divide(data)
    found = list(_BLANK.finditer(message))[:50]
    if not found:
        return None
    place = random.choice(found)
    end = message.find(b"\n--", place.end())
    body = message[place.end() : end if end >= 0 else len(message)]
    if random.random() < 0.5:
        name, written = b"base64", base64.encodebytes(body)
    else:
        name, written = b"quoted-printable", binascii.b2a_qp(body, istext=True)
    head = b"\r\nContent-Transfer-Encoding: " + name
    whole = message[: place.start()] + head + place.group() + written + (message[end:] if end >= 0 else b"")
    return _with_world(whole, lines)


def _page(data: bytes, random: Random, _: Change) -> bytes | None:
    """A piece of HTML where a tag stands, or anywhere."""
    message, lines = divide(data)
    places = [found.start() for found in re.finditer(rb"<", message)][:200]
    at = random.choice(places) if places else random.randrange(len(message) + 1)
    piece = random.choice(HTML) * random.choice((1, 1, 1, 2, 50))
    return _with_world(message[:at] + piece + message[at:], lines)


def _world(data: bytes, random: Random, change: Change) -> bytes | None:
    """One line of the world: a new one, none, or another record in it."""
    message, lines = divide(data)
    told = (lines or b"").split(b"\n")
    at = random.randrange(len(told))
    match random.randrange(5):
        case 0:
            told.insert(at, random.choice(LINES))
        case 1:
            del told[at]
        case 2:
            told[at] = change(told[at]).replace(b"\n", b" ")
        case 3:
            told.insert(at, b"TXT " + random.choice(RECORDS))
        case _:
            told[at] = told[at] + random.choice((b" ", b"\t")) + random.choice(RECORDS)
    return _with_world(message, b"\n".join(told))


def _signed(data: bytes, random: Random, _: Change) -> bytes | None:
    """A name that the message asks for becomes one that the world answers."""
    message, lines = divide(data)
    selector = re.search(rb"\bs=\s*([\w.-]{1,60})", message)
    domain = re.search(rb"\bd=\s*([\w.-]{1,60})", message)
    if not selector or not domain:
        return None
    name = selector.group(1) + b"._domainkey." + domain.group(1)
    return _with_world(message, name + b" TXT " + random.choice(RECORDS) + b"\n" + (lines or b""))


def _with_world(message: bytes, lines: bytes | None) -> bytes:
    return message if lines is None else message + MARK + lines


def _zipped(data: bytes, random: Random, change: Change) -> bytes | None:
    """One member of a ZIP file, or its name, with sizes and sums that are right again."""
    start = data.find(b"PK\x03\x04")
    if start < 0:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data[start:])) as archive:
            members = [
                (one, archive.read(one)) for one in archive.infolist()[:50] if one.file_size < MAX_MEMBER
            ]
    except Exception:  # what the library raises on broken files is not our subject here
        return None
    if not members:
        return None
    at = random.randrange(len(members))
    packer = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packer) as archive:
        for index, (info, plain) in enumerate(members):
            name, content = info.filename, plain
            if index == at and random.random() < 0.2:
                name = change(name.encode("utf-8", "replace")).decode("utf-8", "replace")[:200] or "x"
            elif index == at:
                content = _content(content, random, change)
            archive.writestr(zipfile.ZipInfo(name.replace("\0", "_"), (2020, 1, 1, 0, 0, 0)), content, packer)
    return data[:start] + out.getvalue()


def _gzipped(data: bytes, random: Random, change: Change) -> bytes | None:
    """What a compressed file holds."""
    start = data.find(b"\x1f\x8b\x08")
    if start < 0:
        return None
    plain = _inflated(data[start:], 31)
    return None if plain is None else data[:start] + gzip.compress(_content(plain, random, change), mtime=0)


def _streams(data: bytes, random: Random, change: Change) -> bytes | None:
    """A compressed stream of a PDF."""
    found = list(_STREAM.finditer(data))[:50]
    if not found:
        return None
    place = random.choice(found)
    plain = _inflated(place.group(1), 15)
    written = change(place.group(1)) if plain is None else zlib.compress(change(plain))
    return data[: place.start(1)] + written + data[place.end(1) :]


def _inflated(data: bytes, form: int) -> bytes | None:
    try:
        return zlib.decompressobj(form).decompress(data, MAX_MEMBER)
    except zlib.error:
        return None


def _number(data: bytes, random: Random, _: Change) -> bytes | None:
    """A number of two, four or eight bytes that is at a border."""
    width = random.choice((2, 4, 8))
    if len(data) <= width:
        return None
    at = random.randrange(len(data) - width)
    border = random.choice(
        (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0xFFFE, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF, len(data))
    )
    value = (border % (1 << 8 * width)).to_bytes(width, random.choice(("little", "big")))
    return data[:at] + value + data[at + width :]


def _named(data: bytes, random: Random, _: Change) -> bytes | None:
    """The file under another name."""
    _, line, content = data.partition(b"\n")
    names = (
        b"a.htm",
        b"a.ics",
        b"a.url",
        b"a.docm",
        b"a.xlsm",
        b"a.svg",
        b"a.eml",
        b"a.csv",
        b"a",
        b"a.vcf",
        b"a.rtf",
    )
    return random.choice(names) + b"\n" + (content if line else data)


def _repeated(data: bytes, random: Random, _: Change) -> bytes | None:
    """A stretch again and again: what is not linear shows."""
    start = random.randrange(len(data) + 1)
    piece = data[start : start + random.choice((1, 2, 4, 10, 40, 200))]
    return data[:start] + piece * random.choice((2, 10, 100, 1000)) + data[start:]


_OF_CONTENT: tuple[Mutation, ...] = (_zipped, _gzipped, _streams)
_OF_LETTERS: tuple[Mutation, ...] = (
    *(
        _field,
        _field,
        _field,
        _encoded,
        _encoded,
        _part,
        _transfer,
        _page,
        _world,
        _world,
        _signed,
        _repeated,
    ),
)
_OF_FILES: tuple[Mutation, ...] = (
    *(_zipped, _zipped, _gzipped, _streams, _streams, _number, _number, _named, _page, _repeated),
)
