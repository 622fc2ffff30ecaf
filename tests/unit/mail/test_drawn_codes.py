"""QR codes that are drawn without a picture are read, and everything else that looks drawn costs next to nothing."""

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.budget import MAX_PICTURES, Budget
from lazaretto.mail.files import drawn_codes
from lazaretto.mail.files.drawn_codes import (
    MAX_CELLS,
    MAX_DRAWINGS,
    MAX_LINE,
    MAX_MODULES,
    codes_in_page,
    codes_in_text,
)
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, html_letter, letter, multipart

TARGET = "https://login.evil.example/x?u=1"


def modules(text=TARGET):
    """The modules of a code, dark ones true."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    view = memoryview(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False))
    return [[view[y, x] == 0 for x in range(view.shape[1])] for y in range(view.shape[0])]


CODE = modules()


def drawn(dark="█", light=" ", rows=CODE):
    return "\n".join("".join(dark if m else light for m in row) for row in rows)


def framed(rows=CODE, width=2):
    blank = [[False] * (len(rows[0]) + 2 * width)] * width
    return [*blank, *[[False] * width + row + [False] * width for row in rows], *blank]


def halves(rows=CODE, signs=" ▄▀█"):
    """Two modules in one character; the signs are those for none, the lower, the upper and both."""
    even = [*rows, [False] * len(rows[0])] if len(rows) % 2 else rows
    pairs = zip(even[::2], even[1::2], strict=True)
    return "\n".join(
        "".join(signs[2 * a + b] for a, b in zip(above, below, strict=True)) for above, below in pairs
    )


DRAWINGS = {
    "one sign a module": drawn(),
    "two signs a module": drawn("██", "  "),
    "light on dark": drawn("  ", "██", framed()),
    "half blocks": halves(),
    "half blocks, light on dark": halves(signs="█▀▄ "),
    "squares": drawn("⬛", "⬜"),
    "number signs": drawn("##", "  "),
}


@pytest.mark.parametrize("text", DRAWINGS.values(), ids=DRAWINGS)
def test_drawn_of_characters(text):
    """In a text, in a preformatted page, and in a page with line breaks and fixed spaces."""
    page = f"<div>{text.replace(' ', '&nbsp;')}</div>".replace("\n", "<br>\n")

    assert [TARGET] == list(codes_in_text(f"Scan:\n\n{text}\n\nThank you", Budget()))
    assert [TARGET] == list(codes_in_page(f"<p>Scan:</p><pre>{text}</pre>", Budget()))
    assert [TARGET] == list(codes_in_page(page, Budget()))


def table(cell, rows=CODE, head="<table>"):
    return head + "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows) + "</table>"


def runs(cell, rows=CODE):
    """A table in which one cell is a run of modules of one colour."""
    lines = []
    for row in rows:
        line, at = "", 0
        while at < len(row):
            end = next((i for i in range(at, len(row)) if row[i] != row[at]), len(row))
            line += cell(row[at], end - at)
            at = end
        lines.append(f"<tr>{line}</tr>")
    return f"<table>{''.join(lines)}</table>"


def shade(dark):
    return "#000" if dark else "#fff"


TABLES = {
    "old attribute": table(lambda m: f'<td bgcolor="{shade(m)}" width=4></td>'),
    "style": table(lambda m: f'<td style="width:4px;background-color:{"black" if m else "white"}"></td>'),
    "class": "<style>.b{background:#111}.w{background:#fff}</style>"
    + table(lambda m: f'<td class="{"b" if m else "w"}"></td>'),
    "colour of the table": table(
        lambda m: f'<td style="{"background:#fff" if not m else ""}"></td>', head='<table bgcolor="#000">'
    ),
    "spans": runs(lambda m, n: f'<td colspan="{n}" bgcolor="{shade(m)}"></td>'),
    "widths": runs(lambda m, n: f'<td width="{n * 5}" bgcolor="{shade(m)}"></td>'),
    "in another table": f"<table><tr><td>{table(lambda m: f'<td bgcolor={shade(m)}></td>')}</td></tr></table>",
    "never closed": table(lambda m: f'<td bgcolor="{shade(m)}"></td>').replace("</table>", ""),
}


@pytest.mark.parametrize("page", TABLES.values(), ids=TABLES)
def test_drawn_of_cells(page):
    """Whatever the colour of a cell comes from, and however wide it is."""
    assert [TARGET] == list(codes_in_page(page, Budget()))


@pytest.mark.parametrize(
    "message",
    [
        letter(DRAWINGS["half blocks"]),
        html_letter(TABLES["style"]),
        multipart(file_part(TABLES["style"].encode(), "a.html")),
        multipart(file_part(DRAWINGS["half blocks"].encode(), "a.txt")),
    ],
    ids=["text", "page", "attached page", "attached text"],
)
def test_in_a_message(message):
    """The link of a drawn code is a link of the message, as that of a picture is."""
    assert [TARGET] == [link.href for link in parse(message).links if link.place == "qr"]


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr>" + "<td style='background:#fff;color:#111'>text</td>" * 8 + "</tr>" * 60 + "</table>",
        table(lambda _: "<td bgcolor=#000></td>"),
        table(lambda m: f"<td bgcolor={shade(m)}></td>", CODE[:12]),
        f"<pre>{'█' * 40}\n{'#' * 30}\n</pre>",
    ],
    ids=["newsletter", "black square", "half a code", "a bar"],
)
def test_what_is_no_code(page):
    """Coloured tables and bars of blocks are no codes."""
    assert [] == list(codes_in_page(page, Budget()))


def test_limits_of_drawings():
    """Sides, lines, drawings and cells are bounded, and each drawing counts among the pictures."""
    many = [[f"https://e.example/{n}" for n in range(MAX_DRAWINGS + 2)]]
    text = "\n\n.\n\n".join(drawn(rows=modules(href)) for href in many[0])
    cells = "<td bgcolor=#fff></td>" * MAX_CELLS
    purse = Budget()

    assert many[0][:MAX_DRAWINGS] == list(codes_in_text(text, purse))
    assert MAX_PICTURES - MAX_DRAWINGS == purse.pictures
    assert [] == list(codes_in_text(drawn(rows=[row + [True] * MAX_MODULES for row in CODE]), Budget()))
    assert [] == list(
        codes_in_text("\n".join(" " * MAX_LINE + line for line in drawn().split("\n")), Budget())
    )
    assert [] == list(codes_in_page(f"<table><tr>{cells}</table>{TABLES['style']}", Budget()))
    purse.pictures = 0
    assert [] == list(codes_in_text(drawn(), purse))


@given(st.text(alphabet="█▀▄ #\n⬛<td>\xa0", max_size=400))
def test_total(text):
    """Nothing raises, whatever is drawn."""
    list(codes_in_text(text * 4, Budget()))
    list(codes_in_page(text * 4, Budget()))


def test_many_signs_of_few_kinds():
    """A wall of blocks, and lines that end nowhere, are gone through once."""
    for text in ("█" * 400_000, "█\n" * 100_000, ("█" * 300 + "\n") * 1_000, "#" * 400_000):
        assert [] == list(codes_in_text(text, Budget()))
    assert drawn_codes.MIN_MODULES == 21
