"""QR codes that are drawn without a picture: of block characters in a text, of coloured cells in a table.

A telephone reads them from the screen like any other code, and no filter of pictures sees them.
Characters: lines of full blocks (one or two to a module) or of half blocks (two modules above each other).
Cells: one to a module, or fewer with a span or a width for a run of modules; the colour is that of the cell,
of its row or of its table. Dark on light and light on dark are tried.

Limits: MAX_DRAWINGS of one document, MAX_MODULES of a side, MAX_LINE characters of a line, MAX_CELLS cells
and MAX_SHEETS style sheets of one document; each drawing counts among the pictures of the message. Letters
and newsletters are left after counting their signs.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from itertools import islice

from lazaretto.mail.budget import Budget
from lazaretto.mail.colours import Colour, parse_colour
from lazaretto.mail.files.qr import codes_in_grey
from lazaretto.mail.html_tokens import Token, attributes, tokens
from lazaretto.mail.html_walk import BLOCKS
from lazaretto.mail.styles import Look, look_of, read_sheet

MAX_DRAWINGS = 4
"""Of one document."""

MIN_MODULES = 21
"""Of a side: no code has fewer."""

MAX_MODULES = 200
"""Of a side: the largest code has 177, and a margin."""

MAX_LINE = 500
"""Characters of a line that are read."""

MAX_CELLS = 60_000
"""Cells of one document that are gone through: a code of many modules has forty thousand."""

MAX_SHEETS = 10
"""Style sheets of one document that are read."""

FEW_SIGNS = 100
"""Blocks below which a text holds no drawing."""

FEW_CELLS = 120
"""Cells below which a page holds no drawing: twenty-one rows of six runs and more."""

PIXELS = 4
"""Of a module where it is read."""

MARGIN = 4
"""Modules of quiet around a code. ISO 18004 5.3.8."""

DARK = 3 * 110
"""Sum of red, green and blue below which a colour is dark."""

Rows = Sequence[Sequence[bool]]

_BLOCK_ENTITY = re.compile(r"&#(?:9608|9600|9604|11035|x25(?:88|80|84)|x2b1b);", re.IGNORECASE)
_EMPTY_CELLS = re.compile(
    r"(?:<t[dh]\b[^<>]{0,300}+>(?:\s|&nbsp;|\xa0)*+(?:</t[dh]>)?+\s*+){8}", re.IGNORECASE
)
_BLOCKS = "█▀▄▉▇⬛■"
_DRAWN = f"{_BLOCKS}#"
_BLANK = " \xa0\u2003\u3000░⬜□"
_WIDE = "⬛⬜\u3000"
_OTHER = re.compile(f"[^{_DRAWN}{_BLANK}]")
_HALVES = {"▀": (True, False), "▄": (False, True)}
_PIXELS = re.compile(r"\s{0,3}(\d{1,4})(?:\.\d{1,4})?\s{0,3}(?:px|pt)?\s{0,3}", re.IGNORECASE)
_WIDTH = re.compile(r"(?:^|[;\s])width\s{0,3}:\s{0,3}(\d{1,4})(?:\.\d{1,4})?\s{0,3}p[xt]", re.IGNORECASE)


def codes_in_text(text: str, budget: Budget) -> Iterator[str]:
    """What the codes say that are drawn of characters in a plain text."""
    if not _has_blocks(text):
        return
    for drawing in islice(_drawings(text.split("\n")), MAX_DRAWINGS):
        yield from _read(drawing, budget)


def codes_in_page(page: str, budget: Budget) -> Iterator[str]:
    """What the codes say that are drawn in a page, of characters or of cells."""
    entities = "&#" in page and sum(1 for _ in islice(_BLOCK_ENTITY.finditer(page), FEW_SIGNS)) >= FEW_SIGNS
    if entities or _has_blocks(page):
        yield from codes_in_text(unescape("".join(_lines(page))), budget)
    if page.count("<td") + page.count("<TD") >= FEW_CELLS and _EMPTY_CELLS.search(page) is not None:
        for table in islice(_tables(page), MAX_DRAWINGS):
            yield from _read(table, budget)


def _has_blocks(text: str) -> bool:
    """Enough signs for a drawing; of plain letters only the number sign draws, and then many together."""
    if not text.isascii() and sum(text.count(sign) for sign in _BLOCKS) >= FEW_SIGNS:
        return True
    return "######" in text and text.count("##") >= FEW_SIGNS // 2


def _lines(page: str) -> Iterator[str]:
    """The text of a page with its lines as they are shown."""
    kept = "<pre" in page.lower() or "white-space" in page.lower()
    inside = ""
    for token in tokens(page):
        if token.kind == "text":
            if inside not in {"script", "style", "title"}:
                text = page[token.start : token.end]
                yield text if kept else text.replace("\r", "").replace("\n", "")
        else:
            inside = token.name if token.kind == "start" else ""
            if token.name in BLOCKS:
                yield "\n"


def _drawings(lines: list[str]) -> Iterator[Rows]:
    """Lines that follow each other and hold nothing but blocks and blanks."""
    run: list[str] = []
    for line in (*lines, "."):
        kept = line[:MAX_LINE].rstrip()
        if kept and len(run) < MAX_MODULES and _OTHER.search(kept) is None:
            run.append(kept)
            continue
        if not kept and run and len(run) < MIN_MODULES // 2:
            run.clear()  # an empty line ends a drawing that has hardly begun, else it may belong to it
        elif kept and run:
            yield from _modules(run)
            run.clear()


def _modules(lines: list[str]) -> Iterator[Rows]:
    joined = "".join(lines)
    if sum(joined.count(sign) for sign in _DRAWN) < FEW_SIGNS:
        return
    if "▀" in joined or "▄" in joined:
        rows = [row for line in lines for row in _halved(line)]
    else:
        rows = [[c in _DRAWN for c in line] for line in lines]
        wide = max(map(len, rows)) >= 1.6 * len(rows) and not any(c in joined for c in _WIDE)
        rows = [row[::2] for row in rows] if wide else rows
    yield rows


def _halved(line: str) -> tuple[list[bool], list[bool]]:
    pairs = [_HALVES.get(c, (c in _DRAWN, c in _DRAWN)) for c in line]
    return [above for above, _ in pairs], [below for _, below in pairs]


def _read(rows: Rows, budget: Budget) -> Iterator[str]:
    """The codes in modules, dark on light or light on dark."""
    width = max(map(len, rows), default=0)
    if not MIN_MODULES <= len(rows) <= MAX_MODULES or not MIN_MODULES <= width <= MAX_MODULES:
        return
    if not budget.take_picture():
        return
    for ink in (True, False):
        found = codes_in_grey(*_painted(rows, width, ink=ink))
        if found:
            yield from found
            return


def _painted(rows: Rows, width: int, *, ink: bool) -> tuple[bytes, int, int]:
    """The modules as a picture with a margin: what is drawn is dark, or what is not."""
    quiet = [b"\xff" * ((width + 2 * MARGIN) * PIXELS)] * (MARGIN * PIXELS)
    side = b"\xff" * (MARGIN * PIXELS)
    lines = list(quiet)
    for row in rows:
        modules = [*row, *[False] * (width - len(row))]
        line = side + b"".join((b"\x00" if m is ink else b"\xff") * PIXELS for m in modules) + side
        lines += [line] * PIXELS
    lines += quiet
    return b"".join(lines), len(lines[0]), len(lines)


class _Table:
    """One table while its cells are gathered."""

    def __init__(self, background: Colour | None) -> None:
        self.background = background
        self.row: Colour | None = None
        self.rows: list[list[tuple[bool, int, int]]] = []  # dark, span, pixels; of each cell

    def add(self, colour: Colour | None, span: int, pixels: int) -> None:
        shown = colour or self.row or self.background
        if self.rows:
            self.rows[-1].append((_dark(shown), span, pixels))

    def modules(self) -> Rows:
        """The cells as modules: a run of modules is one cell with a span, or one that is wider."""
        rows = self.rows[:MAX_MODULES]
        spans = any(span > 1 for row in rows for _, span, _ in row)
        widths = [pixels for row in rows for _, _, pixels in row if pixels]
        unit = min(widths, default=0)
        longest = max(map(len, rows), default=0)
        runs = unit and not spans and any(len(row) < longest for row in rows)
        return [_row(row, unit if runs else 0) for row in rows]


def _row(cells: list[tuple[bool, int, int]], unit: int) -> list[bool]:
    modules: list[bool] = []
    for dark, span, pixels in cells:
        modules += [dark] * min(round(pixels / unit) if unit else span, MAX_MODULES)
    return modules[: MAX_MODULES + 1]


def _dark(colour: Colour | None) -> bool:
    if colour is None or colour.transparent or not colour.known:
        return False
    return colour.red + colour.green + colour.blue < DARK


def _tables(page: str) -> Iterator[Rows]:
    """Tables with as many rows as a code has; a table in another one is read by itself."""
    rules: dict[str, str] = {}
    open_tables: list[_Table] = []
    cells = sheets = 0
    inside = ""
    for token in tokens(page):
        if token.kind == "text":
            if inside == "style" and sheets < MAX_SHEETS:
                sheets += 1
                rules |= read_sheet(page[token.start : token.end])
            continue
        inside = token.name if token.kind == "start" else ""
        if token.name not in {"table", "tr", "td", "th"}:
            continue
        if token.kind == "start":
            cells += token.name in {"td", "th"}
            if cells > MAX_CELLS:
                return
            _opened(token, rules, open_tables)
        elif token.name == "table" and open_tables:
            yield from _closed(open_tables.pop())
    while open_tables:
        yield from _closed(open_tables.pop())


def _opened(token: Token, rules: dict[str, str], open_tables: list[_Table]) -> None:
    written = attributes(token)
    colour = _colour(token.name, written, rules)
    if token.name == "table":
        open_tables.append(_Table(colour))
    elif open_tables and token.name == "tr":
        open_tables[-1].row = colour
        open_tables[-1].rows.append([])
    elif open_tables:
        span = written.get("colspan", "")
        open_tables[-1].add(colour, int(span) if span.isascii() and span.isdigit() else 1, _pixels(written))


def _closed(table: _Table) -> Iterator[Rows]:
    rows = table.modules()
    if len(rows) >= MIN_MODULES and len({module for row in rows for module in row}) == 2:
        yield [row for row in rows if row]


def _pixels(written: dict[str, str]) -> int:
    found = _PIXELS.fullmatch(written.get("width", "")) or _WIDTH.search(written.get("style", "")[:500])
    return int(found.group(1)) if found else 0


def _colour(tag: str, written: dict[str, str], rules: dict[str, str]) -> Colour | None:
    keys = (tag, *(f".{name}" for name in written.get("class", "").split()[:5]), f"#{written.get('id', '')}")
    blocks = tuple(rules[key] for key in keys if key in rules)
    style = written.get("style", "")
    look: Look | None = look_of((*blocks, style)) if blocks or style else None
    if look is not None and look.background is not None:
        return look.background
    old = written.get("bgcolor", "")
    return parse_colour(old.lower()) if old else None
