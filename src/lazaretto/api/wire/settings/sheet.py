"""Lists as CSV: a row for each entry, the names of the fields in the first row.

Spreadsheets run what begins like a formula, so such cells get an apostrophe in front, which reading takes off
again: every cell comes back as it was. Rules of quoting as in RFC 4180; UTF-8, with or without a mark.

Limits: no difference is made between an empty text and none.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lazaretto.api import codes
from lazaretto.model.errors import Invalid

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")  # as spreadsheets see them
"""What a cell must not begin with, the wide forms of East Asian keyboards included."""

MAX_OCTETS = 150 * 1024
"""Of a file, as published."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file under its header."""

    line: int  # its first line is 1, the header
    cells: dict[str, str]


def write_sheet(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A file with a header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def parse_sheet(octets: bytes, columns: Sequence[str], ignored: Sequence[str]) -> list[Row]:
    """The rows that are not empty. Raises Invalid, with the line that is wrong."""
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise wrong(line, "the file is not UTF-8") from None
    if "\0" in text:
        raise wrong(text.count("\n", 0, text.index("\0")) + 1, "the file holds a NUL character")
    first = text.split("\n", 1)[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _header(next(reader, []), columns, ignored)
        return list(_rows(reader, header))
    except csv.Error as error:
        raise wrong(reader.line_num, str(error)) from None


def wrong(line: int, text: str, field: str = "", code: int = codes.GENERIC) -> Invalid:
    """The refusal of a file for one of its lines."""
    return Invalid(code, f"Line {line}: {text}", pointer=f"/{line}{field}")


def _header(cells: Sequence[str], columns: Sequence[str], ignored: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in cells)
    known = ", ".join(columns)
    if not any(names):
        raise wrong(1, f"the names of the columns are missing; they are {known}", code=codes.MISSING_FIELD)
    for name in names:
        if name not in columns and name not in ignored:
            raise wrong(1, f"there is no column {name[:60]!r}; there are {known}")
    if len(set(names)) < len(names):
        raise wrong(1, "a column stands there twice")
    return names


def _rows(reader: "csv._reader", header: Sequence[str]) -> Iterable[Row]:  # type: ignore[name-defined]
    line = reader.line_num + 1
    for cells in reader:
        if len(cells) > len(header):
            raise wrong(line, f"the line has {len(cells)} cells, the header {len(header)}")
        plain = [_plain(cell) for cell in cells]
        if any(cell.strip() for cell in plain):
            yield Row(line, dict(zip(header, plain, strict=False)))
        line = reader.line_num + 1


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULAS) else cell
