"""Query parameters as a struct: every kind of value is read, refused with its name, or ignored."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from lazaretto.api import codes
from lazaretto.api.paging import MAX_DIGITS, MAX_REPEATS, Paged, PageWish, page_info, read_query
from lazaretto.api.query import MAX_PAGE, MAX_PER_PAGE, MAX_VALUE
from lazaretto.model.errors import Invalid


class Colour(StrEnum):
    RED = "RED"
    BLUE = "light-blue"


class Wish(Paged, frozen=True, kw_only=True):
    text: str | None = None
    short: Annotated[str, msgspec.Meta(max_length=5)] | None = None
    flag: bool | None = None
    number: int | None = None
    least: Annotated[int, msgspec.Meta(ge=5)] = 5
    colour: Colour | None = None
    order: Literal["asc", "desc"] = "asc"
    since: datetime | None = None
    day: date | None = None
    domain: tuple[str, ...] = ()
    colours: list[Colour] = []
    renamed: str | None = msgspec.field(default=None, name="the-name")
    cursor: str | None = None


class Strict(msgspec.Struct, frozen=True):
    needed: str


def request(query):
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def read(query, kind=Wish):
    return read_query(request(query), kind)


@pytest.mark.parametrize(
    ("query", "attribute", "value"),
    [
        ("text=a+b", "text", "a b"),
        ("text=%20a%20", "text", "a"),
        ("text=null", "text", "null"),
        ("flag=true", "flag", True),
        ("flag=FALSE", "flag", False),
        ("flag=1", "flag", True),
        ("flag=0", "flag", False),
        ("number=-7", "number", -7),
        ("number=%2B7", "number", 7),
        ("number=0000000000000000000000007", "number", 7),
        ("least=5", "least", 5),
        ("colour=RED", "colour", Colour.RED),
        ("colour=LIGHT-BLUE", "colour", Colour.BLUE),
        ("order=DESC", "order", "desc"),
        ("since=2026-01-05", "since", datetime(2026, 1, 5, tzinfo=UTC)),
        ("since=2026-01-05T10:00:00%2B02:00", "since", datetime(2026, 1, 5, 8, tzinfo=UTC)),
        ("day=2026-01-05", "day", date(2026, 1, 5)),
        ("domain=a&domain=b", "domain", ("a", "b")),
        ("domain=a&domain=", "domain", ("a",)),
        ("colours=red&colours=RED", "colours", (Colour.RED, Colour.RED)),
        ("the-name=x", "renamed", "x"),
        ("page=3", "page", 3),
        ("per_page=1000", "per_page", 1000),
    ],
)
def test_reads(query, attribute, value):
    """Each kind of value is read into its type."""
    assert value == getattr(read(query), attribute)


@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ("flag=maybe", codes.GENERIC, "flag"),
        ("number=1.5", codes.BAD_RANGE, "number"),
        ("number=%D9%A1", codes.BAD_RANGE, "number"),
        ("number=-", codes.BAD_RANGE, "number"),
        ("number=" + "9" * (MAX_DIGITS + 1), codes.BAD_RANGE, "number"),
        ("least=4", codes.BAD_RANGE, "least"),
        ("page=0", codes.BAD_RANGE, "page"),
        (f"page={MAX_PAGE + 1}", codes.BAD_RANGE, "page"),
        (f"per_page={MAX_PER_PAGE + 1}", codes.BAD_RANGE, "per_page"),
        ("per_page=twenty", codes.BAD_RANGE, "per_page"),
        ("colour=green", codes.BAD_ENUM, "colour"),
        ("colours=red&colours=green", codes.BAD_ENUM, "colours"),
        ("order=up", codes.BAD_ENUM, "order"),
        ("since=yesterday", codes.BAD_RANGE, "since"),
        ("day=2026-02-31", codes.BAD_RANGE, "day"),
        ("day=2026-01-05T10:00:00Z", codes.BAD_RANGE, "day"),
        ("text=a&text=b", codes.GENERIC, "text"),
        ("text=a%00b", codes.GENERIC, "text"),
        ("text=" + "a" * (MAX_VALUE + 1), codes.BAD_RANGE, "text"),
        ("short=abcdef", codes.BAD_RANGE, "short"),
        ("&".join(["domain=a"] * (MAX_REPEATS + 1)), codes.BAD_RANGE, "domain"),
    ],
)
def test_refuses(query, code, pointer):
    """What cannot be read is refused with its parameter and the code of its kind."""
    with pytest.raises(Invalid) as refused:
        read(query)

    assert (code, pointer) == (refused.value.code, refused.value.pointer)
    assert pointer in refused.value.public


@pytest.mark.parametrize("query", ["", "text=", "page=&per_page=", "unknown=1&unknown=2", "text=+"])
def test_ignores(query):
    """Unknown names and empty values change nothing."""
    assert Wish() == read(query)


def test_the_same_value_twice_is_one_value():
    """A repeated parameter is only refused when its values differ."""
    assert read("page=2&page=2").page == 2


def test_missing_parameter():
    """A parameter without a default must be there."""
    with pytest.raises(Invalid) as refused:
        read("", Strict)

    assert (codes.MISSING_FIELD, "needed") == (refused.value.code, refused.value.pointer)


def test_long_cursor():
    """Cursors carry filters: they may be longer than other values."""
    assert read("cursor=" + "a" * (MAX_VALUE + 1)).cursor == "a" * (MAX_VALUE + 1)


@given(st.text())
def test_never_breaks(text):
    """Whatever stands in a query is read or refused."""
    names = ("text", "flag", "number", "colour", "since", "day", "page")
    for name in names:
        raw = Request(
            {"type": "http", "query_string": name.encode() + b"=" + text.encode("utf-8", "replace")}
        )
        try:
            read_query(raw, Wish)
        except Invalid as refused:
            assert refused.pointer in names  # noqa: PT017  # raising is allowed, not required


def test_page_info():
    """All keys of a page by number, with the pages counted."""
    assert (0, 3) == (page_info(Paged(), 0, 0).total_pages, page_info(Paged(per_page=10), 5, 25).total_pages)
    assert (5, 25, 3, 10) == (
        (info := page_info(Paged(page=3, per_page=10), 5, 25)).count,
        info.total_count,
        info.page,
        info.per_page,
    )


def test_offset():
    """Pages count from 1."""
    assert PageWish(3, 20) == Paged(page=3).wish
    assert PageWish(3, 20).offset == 40
