"""Query parameters as a struct, and pages by number.

An operation names its parameters as the fields of a msgspec struct; their types say how a value is read:

- text, whole numbers (with `Meta` bounds), booleans (`true`, `false`, `1`, `0`), times, dates;
- enums and literals, without regard to case;
- lists and tuples of these, for parameters that may be repeated.

Names that are not known are ignored, an empty value counts as not given. A value that cannot be read is a 400
which names its parameter: code 1003 for words, 1004 for numbers and times, 1000 for the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import inspect
from starlette.requests import Request

from lazaretto.api import codes
from lazaretto.api.query import BOOLEANS, DEFAULT_PER_PAGE, MAX_PAGE, MAX_PER_PAGE, MAX_VALUE
from lazaretto.api.times import read_time
from lazaretto.api.wire.envelope import ResultInfo
from lazaretto.model.errors import Invalid

T = TypeVar("T", bound=msgspec.Struct)

MAX_DIGITS = 18
"""Digits of a number: all that fit are whole numbers of a database."""

MAX_REPEATS = 100
"""Values of one parameter that may be repeated."""

Read = Callable[[str, str], Any]


@dataclass(frozen=True, slots=True)
class PageWish:
    """Which page is wanted; pages count from 1."""

    page: int
    per_page: int

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.per_page


class Paged(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters of every list with pages by number."""

    page: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = 1
    per_page: Annotated[int, msgspec.Meta(ge=1, le=MAX_PER_PAGE)] = DEFAULT_PER_PAGE

    @property
    def wish(self) -> PageWish:
        """The page as the store's functions take it."""
        return PageWish(self.page, self.per_page)


def page_info(query: Paged, shown: int, total: int) -> ResultInfo:
    """`result_info` of a page by number."""
    return ResultInfo(
        count=shown,
        per_page=query.per_page,
        total_count=total,
        page=query.page,
        next=None,
        previous=None,
        total_pages=-(-total // query.per_page),
    )


def read_query(request: Request, kind: type[T]) -> T:
    """The parameters of a request. Raises Invalid."""
    values: dict[str, Any] = {}
    pairs = request.query_params.multi_items()
    for field in _parameters(kind):
        given = [text for name, value in pairs if name == field.name and (text := value.strip())]
        if given:
            values[field.attribute] = field.value_of(given)
        elif field.required:
            raise Invalid(codes.MISSING_FIELD, f"{field.name} is missing", pointer=field.name)
    return kind(**values)


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One field of a struct of parameters."""

    name: str  # in the URL
    attribute: str
    required: bool
    repeats: bool
    read: Read

    def value_of(self, given: Sequence[str]) -> Any:
        if len(given) > MAX_REPEATS:
            text = f"{self.name} is given more than {MAX_REPEATS} times"
            raise Invalid(codes.BAD_RANGE, text, pointer=self.name)
        for text in given:
            _check_text(self.name, text)
        if self.repeats:
            return tuple(self.read(self.name, text) for text in given)
        if any(text != given[0] for text in given):
            text = f"{self.name} is given twice with different values"
            raise Invalid(codes.GENERIC, text, pointer=self.name)
        return self.read(self.name, given[0])


@cache
def _parameters(kind: type[msgspec.Struct]) -> tuple[_Parameter, ...]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return tuple(_parameter(field) for field in described.fields)


def _parameter(field: inspect.Field) -> _Parameter:
    kind = _only(field.type)
    repeats = isinstance(kind, inspect.ListType | inspect.VarTupleType)
    item = _only(kind.item_type) if isinstance(kind, inspect.ListType | inspect.VarTupleType) else kind
    return _Parameter(field.encode_name, field.name, field.required, repeats, _reader(item))


def _only(kind: inspect.Type) -> inspect.Type:
    """The type beside None and unset."""
    if isinstance(kind, inspect.Metadata):
        return _only(kind.type)
    if isinstance(kind, inspect.UnionType):
        (kind,) = (each for each in kind.types if not isinstance(each, inspect.NoneType))
        return _only(kind)
    return kind


def _reader(kind: inspect.Type) -> Read:
    if type(kind) in _PLAIN:
        return _PLAIN[type(kind)]
    match kind:
        case inspect.IntType(ge=low, le=high):
            return lambda name, text: _number(name, text, low, high)
        case inspect.StrType(max_length=longest):
            return lambda name, text: _text(name, text, longest)
        case inspect.EnumType(cls=members):
            return _choice({str(member.value): member for member in members})
        case inspect.LiteralType(values=words):
            return _choice({str(word): word for word in words})
        case _:
            raise TypeError(f"no query parameter can be of the type {kind}")


def _check_text(name: str, text: str) -> None:
    if len(text) > MAX_VALUE and name != "cursor":
        raise Invalid(codes.BAD_RANGE, f"{name} is longer than {MAX_VALUE} characters", pointer=name)
    if "\0" in text:
        raise Invalid(codes.GENERIC, f"{name} holds a NUL character", pointer=name)


def _text(name: str, text: str, longest: int | None) -> str:
    if longest is not None and len(text) > longest:
        raise Invalid(codes.BAD_RANGE, f"{name} is longer than {longest} characters", pointer=name)
    return text


def _boolean(name: str, text: str) -> bool:
    value = BOOLEANS.get(text.lower())
    if value is None:
        raise Invalid(codes.GENERIC, f"{name} must be true or false", pointer=name)
    return value


def _number(name: str, text: str, low: float | None, high: float | None) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.removeprefix("-" if sign < 0 else "+")
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid(codes.BAD_RANGE, f"{name} is not a whole number", pointer=name)
    stripped = digits.lstrip("0") or "0"
    number = sign * int(stripped[: MAX_DIGITS + 1])
    if len(stripped) > MAX_DIGITS or not _lies_between(number, low, high):
        raise Invalid(codes.BAD_RANGE, f"{name} must be {_bounds(low, high)}", pointer=name)
    return number


def _lies_between(number: int, low: float | None, high: float | None) -> bool:
    return (low is None or number >= low) and (high is None or number <= high)


def _bounds(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return f"a number of at most {MAX_DIGITS} digits"
    if high is None:
        return f"at least {low} and of at most {MAX_DIGITS} digits"
    return f"at most {high}" if low is None else f"between {low} and {high}"


def _time(name: str, text: str) -> datetime:
    at = read_time(text)
    if at is None:
        raise Invalid(codes.BAD_RANGE, f"{name} is not a time such as 2026-01-05T10:00:00Z", pointer=name)
    return at


def _date(name: str, text: str) -> date:
    at = read_time(text) if len(text) == len("2026-01-05") else None
    if at is None:
        raise Invalid(codes.BAD_RANGE, f"{name} is not a date such as 2026-01-05", pointer=name)
    return at.date()


def _choice(choices: dict[str, Any]) -> Read:
    folded = {word.casefold(): value for word, value in choices.items()}

    def read(name: str, text: str) -> Any:
        if text in choices:
            return choices[text]
        if text.casefold() not in folded:
            raise Invalid(codes.BAD_ENUM, f"{name} must be one of {', '.join(choices)}", pointer=name)
        return folded[text.casefold()]

    return read


_PLAIN: dict[type[inspect.Type], Read] = {
    inspect.BoolType: _boolean,
    inspect.DateTimeType: _time,
    inspect.DateType: _date,
}
