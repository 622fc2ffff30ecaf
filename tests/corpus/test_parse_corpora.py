"""Parsing the development corpora: every message, compared with the standard library's reader."""

import email
import io
import tarfile
from collections import Counter
from collections.abc import Iterator
from email.message import Message as OracleMessage

import pytest
from backports import zstd

from lazaretto.mail.mime import MESSAGE_TYPES, decode_body
from lazaretto.mail.parse import parse
from lazaretto.model.message import Message
from tests.helpers.shared import shared

CORPORA = {"dev_set": 5_292, "dev_phish_nc": 1_400, "dev_html_ham": 150}
EVERY = 6
"""The oracle is slow: it reads every sixth message."""

ODD = {"header_without_colon", "duplicate_content_type", "encoded_message", "encoded_multipart", "bare_cr", "bad_base64",
       "mbox_from_line", "bad_header_name", "space_before_colon", "duplicate_encoding", "boundary_not_found",
       "bad_content_type", "missing_close", "too_many_headers", "header_block_too_long"}  # fmt: skip
"""Defects in whose presence we mean to differ from the oracle."""


def messages(name: str) -> Iterator[tuple[str, bytes]]:
    """The messages of one corpus."""
    packed = shared(f"corpora/{name}.tar.zst").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(zstd.decompress(packed))) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".eml") else None
            if file is not None:
                yield member.name, file.read()


@pytest.mark.corpus
@pytest.mark.parametrize("name", CORPORA)
def test_every_message_is_read(name):
    """No message raises, every part lies within its parent, and nearly every one names its sender."""
    count = 0
    seen: Counter[str] = Counter()
    for _, raw in messages(name):
        message = parse(raw)
        count += 1
        seen.update({defect.code for defect in message.defects})
        for part in message.parts:
            above = message.parts[part.parent] if part.parent is not None else None
            assert 0 <= part.header.start <= part.body.start <= part.body.end <= len(raw)
            assert above is None or above.body.start <= part.header.start <= part.body.end <= above.body.end

    assert CORPORA[name] == count
    assert seen["missing_from"] < count / 20
    assert seen["html_too_complex"] < 10


def oracle_tree(message: OracleMessage, depth: int = 0) -> Iterator[tuple[int, str]]:
    """Depth and type of each part; reports are leaves here as they are with us."""
    content_type = message.get_content_type()
    yield depth, content_type
    if message.is_multipart() and (content_type.startswith("multipart/") or content_type in MESSAGE_TYPES):
        for part in message.get_payload():
            assert isinstance(part, OracleMessage)
            yield from oracle_tree(part, depth + 1)


def oracle_leaves(message: OracleMessage) -> list[bytes]:
    """The decoded content of every leaf."""
    return [part.get_payload(decode=True) or b"" for part in message.walk() if not part.is_multipart()]


def normalised(content: bytes) -> bytes:
    """Content without the differences in line ends that the oracle makes."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n")


def leaves(raw: bytes, message: Message) -> list[bytes]:
    """The decoded content of every leaf of ours."""
    inner = {part.parent for part in message.parts}
    return [decode_body(raw, part) for part in message.parts if part.index not in inner]


@pytest.mark.corpus
@pytest.mark.parametrize("name", CORPORA)
def test_structure_equals_the_standard_library(name):
    """Header names, the tree of parts and the content of leaves are those that compat32 sees in mail without defects."""
    trees, contents, total = [], [], 0
    for number, (path, raw) in enumerate(messages(name)):
        if number % EVERY:
            continue
        message = parse(raw)
        if {defect.code for defect in message.defects} & ODD:
            continue
        total += 1
        oracle = email.message_from_bytes(raw)
        ours = [(part.depth, part.content_type) for part in message.parts]
        if ours != list(oracle_tree(oracle)) or [h.name for h in message.headers] != oracle.keys():
            trees.append(path)
        elif not any(part.content_type.startswith("message/") for part in message.parts) and [
            normalised(c) for c in leaves(raw, message)
        ] != [normalised(c) for c in oracle_leaves(oracle)]:
            contents.append(path)

    assert total > CORPORA[name] / EVERY * 0.8
    assert len(trees) <= total * 0.004, trees
    assert len(contents) <= total * 0.004, contents
