"""Lists as CSV files: `Accept: text/csv` on a list gives all of it, `POST .../import` adds all rows or none.

Columns that only we write (ids and times) are skipped when a file is read, so that what was exported can be
imported. A refusal names the line.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import inspect
from starlette.requests import Request
from starlette.responses import Response

from lazaretto.api import codes
from lazaretto.api.body import CLOSE, read_body, read_json
from lazaretto.api.call import Call
from lazaretto.api.query import BOOLEANS
from lazaretto.api.reply import HttpError
from lazaretto.api.settings.resource import Edit, Resource, check_count
from lazaretto.api.wire.settings.sheet import MAX_OCTETS, parse_sheet, write_sheet, wrong
from lazaretto.model.errors import Invalid

E = TypeVar("E")
K = TypeVar("K")

OURS = ("id", "created_at", "modified_at", "last_modified")
"""Columns that are not read."""

WRITTEN = ("id", "created_at", "modified_at")
"""Those of them that are written."""

OTHER_TYPES = ("application/json", "multipart/")
"""Bodies that are no file. What curl says when nobody tells it otherwise is taken."""

MAX_DIGITS = 17
"""Digits of a number in a cell."""


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is imported."""

    duplicates: Literal["refuse", "skip"] = "refuse"


class Imported(msgspec.Struct, frozen=True):
    """What became of a file."""

    added: int
    skipped: int  # rows that were in the list already


def accepts_csv(request: Request) -> bool:
    """The client wants a file."""
    ranges = request.headers.get("accept", "").lower().split(",")
    return any(each.split(";")[0].strip() == "text/csv" for each in ranges)


async def send_sheet(resource: Resource[E, K], entries: Sequence[E]) -> Response:
    """A list as a file to keep."""
    octets = await asyncio.to_thread(sheet_of, resource, entries)
    name = {"Content-Disposition": f'attachment; filename="{resource.word}.csv"'}
    return Response(octets, headers=name, media_type="text/csv; charset=utf-8")


async def receive_sheet(call: Call) -> bytes:
    """The body of an import, or a refusal that says what is wrong with it."""
    kind = call.request.headers.get("content-type", "").lower()
    if kind.startswith(OTHER_TYPES):
        text = f"Send the file itself as the body, with Content-Type: text/csv; this is {kind[:80]}"
        raise Invalid(codes.GENERIC, text, pointer="Content-Type")
    octets = await read_body(call.request, call.services.options)
    if len(octets) > MAX_OCTETS:
        text = f"The file has {len(octets)} bytes; at most {MAX_OCTETS} (150 KB) are taken, send it in parts"
        raise HttpError(413, codes.BODY_TOO_LARGE, text, headers=CLOSE)
    return octets


def sheet_of(resource: Resource[E, K], entries: Iterable[E]) -> bytes:
    """Entries as a file."""
    columns = (*resource.columns, *WRITTEN)
    shown = (resource.show(entry) for entry in entries)
    return write_sheet(columns, ([_cell(getattr(row, name)) for name in columns] for row in shown))


def read_sheet(resource: Resource[E, K], octets: bytes) -> tuple[tuple[int, K], ...]:
    """The rows of a file, checked, each with its line. Raises Invalid."""
    found = parse_sheet(octets, resource.columns, OURS)
    check_count(len(found), "")
    rows = []
    for row in found:
        with _at_line(row.line):
            rows.append((row.line, read_cells(resource, row.cells)))
    return tuple(rows)


def read_cells(resource: Resource[E, K], cells: Mapping[str, str]) -> K:
    """One row, checked. Raises Invalid."""
    decoder, kinds = _reading(resource.fields)
    return resource.read(read_json(msgspec.json.encode(_values(cells, kinds)), decoder))


async def add_rows(edit: Edit[E, K], rows: Iterable[tuple[int, K]], *, skip: bool) -> Imported:
    """Add the rows of a file inside one open edit; `skip` passes over those that are there already."""
    added = skipped = 0
    for line, draft in rows:
        with _at_line(line):
            try:
                await edit.add(draft)
                added += 1
            except Invalid as refusal:
                if not (skip and refusal.code == codes.DUPLICATE):
                    raise
                skipped += 1
    return Imported(added, skipped)


@contextmanager
def _at_line(line: int) -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        raise wrong(line, refusal.public, refusal.pointer or "", refusal.code) from None


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(value)
    return "" if value is None else str(value)


@cache
def _reading(fields: type[msgspec.Struct]) -> "tuple[msgspec.json.Decoder[Any], dict[str, str]]":
    """How the cells of each column are read: as words, a boolean, a number, or as they are."""
    described = inspect.type_info(fields)
    assert isinstance(described, inspect.StructType)
    return msgspec.json.Decoder(fields), {field.name: _kind(field.type) for field in described.fields}


def _kind(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        return _kind(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next((found for each in kind.types if (found := _kind(each)) != "text"), "text")
    if isinstance(kind, inspect.VarTupleType):
        return "words"
    if isinstance(kind, inspect.BoolType):
        return "boolean"
    return "number" if isinstance(kind, inspect.IntType) else "text"


def _values(cells: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The cells as JSON would have them; an empty cell is a field that is not given, or an empty list."""
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        kind = kinds.get(name)
        if kind is None:
            continue
        if kind == "words":
            values[name] = cell.replace(",", " ").replace(";", " ").split()
        elif cell.strip():
            values[name] = _value(name, cell, kind)
    return values


def _value(name: str, cell: str, kind: str) -> Any:
    if kind == "text":
        return cell
    text = cell.strip().lower()
    if kind == "boolean":
        if text not in BOOLEANS:
            raise Invalid(codes.GENERIC, f"{name} must be true or false", pointer=f"/{name}")
        return BOOLEANS[text]
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise Invalid(codes.GENERIC, f"{name} must be a whole number", pointer=f"/{name}")
    return int(text)
