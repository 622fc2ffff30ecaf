"""Our frozen dataclasses as stored JSON, with a version number around each value.

Rules. What is stored is `{"v": 1, "data": ...}`. Fields that were added later read as their default.
Text that an attacker chose may hold lone surrogates, which UTF-8 cannot carry: such values take a slower way
that writes them as JSON escapes, and come back equal.

Limits: values that are read one at a time (facts, verdicts) are compressed; those that lists need are not.
"""

import json
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from backports import zstd

from lazaretto.store.errors import NotStorable

VERSION = 1
"""Of all that is stored. A change of shape that older data does not fit raises it and adds a way to read."""

LEVEL = 3
"""Of zstd."""

T = TypeVar("T")


class Stored(msgspec.Struct, Generic[T]):
    """The wrapping."""

    v: int
    data: T


_encoder = msgspec.json.Encoder()


@cache
def _decoder(kind: object) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(Stored[kind])  # type: ignore[valid-type]  # a type made at run time


def encode(value: object) -> bytes:
    """A value as JSON."""
    stored = Stored(VERSION, value)
    try:
        return _encoder.encode(stored)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(stored)).encode("ascii")


def decode(data: bytes, kind: type[T]) -> T:
    """The value of a stored JSON. Raises NotStorable."""
    try:
        stored: Stored[T] = _decoder(kind).decode(data)  # type: ignore[arg-type]  # classes are hashable
    except (msgspec.DecodeError, UnicodeDecodeError):
        stored = _decode_slowly(data, kind)
    if stored.v != VERSION:
        raise NotStorable(f"stored {kind.__name__} has version {stored.v}, this release reads {VERSION}")
    return stored.data


def _decode_slowly(data: bytes, kind: type[T]) -> Stored[T]:
    try:
        plain: Any = json.loads(data)
        return msgspec.convert(plain, Stored[kind])  # type: ignore[valid-type]  # a type made at run time
    except ValueError as problem:  # also msgspec's ValidationError
        raise NotStorable(f"stored {kind.__name__} cannot be read: {problem}") from problem


def pack(value: object) -> bytes:
    """A value as compressed JSON."""
    return zstd.compress(encode(value), level=LEVEL)


def unpack(data: bytes, kind: type[T]) -> T:
    """The value of a compressed JSON. Raises NotStorable."""
    return decode(zstd.decompress(data), kind)


def plain_text(value: str) -> str:
    """Text that both databases take: NUL and lone surrogates are shown as escapes."""
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
