"""The bytes that signatures are made over: header fields and body in canonical form. RFC 6376 3.4.

Line ends: a bare LF counts as CRLF, because a message stored with Unix line ends left its signer with CRLF
and is sent with CRLF again. A bare CR is an ordinary byte.
Everything is linear in the size of the message, and each form is made once for all signatures together.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Literal

Method = Literal["simple", "relaxed"]

_FIELD_END = re.compile(rb"\r\n(?![ \t])")


class SignedMessage:
    """A message split into its fields and its body, with the canonical forms that were asked for so far."""

    def __init__(self, raw: bytes) -> None:
        if raw.count(b"\n") != raw.count(b"\r\n"):
            raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if raw.startswith(b"From "):  # the separator line of a mailbox file
            raw = raw.partition(b"\r\n")[2]
        block, _, self._body = (b"", b"", raw[2:]) if raw.startswith(b"\r\n") else raw.partition(b"\r\n\r\n")
        self.fields: tuple[bytes, ...] = tuple(_FIELD_END.split(block.removesuffix(b"\r\n"))) if block else ()
        self.keys: tuple[bytes, ...] = tuple(_key(field) for field in self.fields)
        self._relaxed: dict[int, bytes] = {}
        self._bodies: dict[Method, bytes] = {}
        self._hashes: dict[tuple[Method, str, int | None], bytes] = {}

    def named(self, key: bytes) -> list[int]:
        """Positions of the fields with this lower case name, from the top."""
        return [i for i, k in enumerate(self.keys) if k == key]

    def value(self, index: int) -> str:
        """What follows the colon, unfolded, one character a byte."""
        return self.fields[index].partition(b":")[2].replace(b"\r\n", b"").decode("latin-1")

    def header(self, index: int, method: Method) -> bytes:
        """One field in canonical form, without its line end."""
        if method == "simple":
            return self.fields[index]
        if index not in self._relaxed:
            self._relaxed[index] = relaxed_header(self.fields[index])
        return self._relaxed[index]

    def select(self, names: Sequence[bytes], *, leaving: int) -> Iterator[int]:
        """The fields that h= names: each name takes the lowest one not yet taken. RFC 6376 5.4.2.

        Names without a field left stand for nothing. The field `leaving` is the signature itself.
        """
        left: dict[bytes, list[int]] = {name: [] for name in names}
        for index, key in enumerate(self.keys):
            if key in left and index != leaving:
                left[key].append(index)
        for name in names:
            if left[name]:
                yield left[name].pop()

    def body_size(self, method: Method) -> int:
        """Bytes of the canonical body."""
        return len(self._canonical_body(method))

    def body_hash(self, method: Method, algorithm: str, length: int | None) -> bytes:
        """Digest of the canonical body, or of its first `length` bytes."""
        key = (method, algorithm, length)
        if key not in self._hashes:
            with memoryview(self._canonical_body(method)) as body:
                self._hashes[key] = hashlib.new(algorithm, body[:length], usedforsecurity=False).digest()
        return self._hashes[key]

    def _canonical_body(self, method: Method) -> bytes:
        if method not in self._bodies:
            make = simple_body if method == "simple" else relaxed_body
            self._bodies[method] = make(self._body)
        return self._bodies[method]


def _key(field: bytes) -> bytes:
    name, colon, _ = field.partition(b":")
    return name.rstrip(b" \t").lower() if colon else b""


def relaxed_header(field: bytes) -> bytes:
    """RFC 6376 3.4.2."""
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + _reduce_space(value.replace(b"\r\n", b"")).strip(b" ")


def simple_body(body: bytes) -> bytes:
    """RFC 6376 3.4.3."""
    return _without_empty_lines(body) + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 3.4.4."""
    reduced = _reduce_space(body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    stripped = _without_empty_lines(reduced)
    return stripped + b"\r\n" if stripped else b""


def _reduce_space(text: bytes) -> bytes:
    """Every run of spaces and tabs as one space. Doubling steps: a megabyte of spaces takes twenty passes."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _without_empty_lines(body: bytes) -> bytes:
    """The body without the CRLFs at its end."""
    if not body.endswith(b"\r\n"):
        return body
    start = len(body.rstrip(b"\r\n"))
    bare = body.rfind(b"\r\r", start)  # what follows the last bare CR is CRLFs and nothing else
    return body[: start if bare < 0 else bare + 1]
