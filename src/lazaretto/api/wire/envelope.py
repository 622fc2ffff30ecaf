"""The envelope around every answer of the API, successes and failures alike."""

from typing import Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

T = TypeVar("T")


class Source(msgspec.Struct, frozen=True):
    """The place in the input: a JSON pointer, or the name of a query parameter."""

    pointer: str


class Cause(msgspec.Struct, frozen=True):
    """One link of the older chain form, which tools read for authentication errors."""

    code: int
    message: str


class Problem(msgspec.Struct, frozen=True):
    """One entry of `errors`."""

    code: int
    message: str
    source: Source | UnsetType = UNSET
    error_chain: tuple[Cause, ...] | UnsetType = UNSET


class Note(msgspec.Struct, frozen=True):
    """One entry of `messages`."""

    code: int
    message: str
    type: UnsetType | None = UNSET


class ResultInfo(msgspec.Struct, frozen=True):
    """Where this page stands. All keys are always present, but for the last."""

    count: int
    per_page: int
    total_count: int
    page: int
    next: str | None
    previous: str | None
    total_pages: int | UnsetType = UNSET  # of lists whose pages only have numbers


class Success(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """What was asked for."""

    success: Literal[True] = True
    errors: tuple[Problem, ...] = ()
    messages: tuple[Note, ...] = ()
    result: T
    result_info: ResultInfo | UnsetType = UNSET


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong."""

    success: Literal[False] = False
    errors: tuple[Problem, ...]
    messages: tuple[Note, ...] = ()
    result: None = None
