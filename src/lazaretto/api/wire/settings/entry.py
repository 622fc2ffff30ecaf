"""What all settings have on the wire: ids as decimal text, times under two names, batches.

Ids are written as text and read as text or number: old clients take numbers, new ones text, and both print
the same digits.
"""

from collections.abc import Iterable
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET

from lazaretto.api.paging import Paged
from lazaretto.api.wire.times import rfc3339
from lazaretto.model.lists import Entry

POST = TypeVar("POST")
PATCH = TypeVar("PATCH")
PUT = TypeVar("PUT")
SHOWN = TypeVar("SHOWN")

MAX_DIGITS = 16
"""Digits of an id; longer ones name nothing."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an answer that most settings have."""

    id: str
    created_at: str
    modified_at: str
    last_modified: str  # the older name
    comments: str | None = None


class Reference(msgspec.Struct, frozen=True):
    """An entry by its id."""

    id: str | int


class Deleted(msgspec.Struct, frozen=True):
    """What was removed."""

    id: str


class Batch(msgspec.Struct, Generic[PATCH, POST, PUT], frozen=True, kw_only=True):
    """Changes that are made together, in the order of these fields, or not at all."""

    deletes: tuple[Reference, ...]
    patches: tuple[PATCH, ...]
    puts: tuple[PUT, ...]
    posts: tuple[POST, ...]


class BatchResult(msgspec.Struct, Generic[SHOWN], frozen=True, kw_only=True):
    """What became of a batch, each array in the order of the request."""

    deletes: tuple[Deleted, ...]
    patches: tuple[SHOWN, ...]
    puts: tuple[SHOWN, ...]
    posts: tuple[SHOWN, ...]


class ListQuery(Paged, frozen=True, kw_only=True):
    """The parameters of every list of settings."""

    search: str | None = None
    direction: Literal["asc", "desc"] = "asc"


def identified(fields: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The fields of a body together with an id, as batches have them."""
    return msgspec.defstruct(
        f"Identified{fields.__name__}", [("id", str | int)], bases=(fields,), kw_only=True, frozen=True
    )


def number_of(reference: str | int) -> int | None:
    """The number that an id stands for; None when it can stand for none."""
    text = str(reference)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def given(fields: msgspec.Struct, *, without: Iterable[str] = ("id",)) -> dict[str, Any]:
    """The fields that a body has."""
    names = (name for name in fields.__struct_fields__ if name not in without)
    return {name: value for name in names if (value := getattr(fields, name)) is not UNSET}


def shown(entry: Entry) -> dict[str, Any]:
    """The values of Shown."""
    return {
        "id": str(entry.id),
        "created_at": rfc3339(entry.created_at),
        "modified_at": rfc3339(entry.modified_at),
        "last_modified": rfc3339(entry.modified_at),
        "comments": entry.comments,
    }
