"""What CSS hides from a reader: inline styles, and the simple rules of style sheets.

Only what attackers and newsletters use to hide text is understood: display, visibility, opacity, font size,
colours, clipped boxes, positions off the screen, Outlook's mso-hide. Rules count when their selector is one
tag, class or id and when they stand outside of any @media. The cascade is tag, class, id, inline, important.

Limits: MAX_SHEET characters of style sheets, MAX_RULES rules, MAX_STYLE characters of one inline style.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from lazaretto.mail.colours import Colour, parse_colour
from lazaretto.mail.remembered import remembered

MAX_SHEET = 200_000
"""Characters of style sheets that are read."""

MAX_RULES = 2_000
"""Rules that are kept."""

MAX_STYLE = 2_000
"""Characters of one inline style that are read."""

CACHED_STYLES = 8_192
"""Inline styles repeat in every cell of a table."""

MAX_CACHED = 300
"""Characters of the styles of one element that are remembered."""

OFF_SCREEN = -500.0
"""Pixels to the left or above from which a text counts as moved off the screen."""

_SIZES = ("max-height", "height", "max-width", "width")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_BRACE = re.compile(r"[{}]")
_SELECTOR = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9]{0,20})?([.#][\w-]{1,100})|([a-zA-Z][a-zA-Z0-9]{0,20})")
_LENGTH = re.compile(r"(-?\d{0,6}(?:\.\d{0,6})?)\s?([a-z%]{0,3})")
_FONT_SIZE = re.compile(r"(?:^|\s)(-?[\d.]{1,8})(px|pt|em|rem|%|)(?=\s|/|$)")
_INTERESTING = re.compile(
    r"display|visibility|opacity|font|colou?r|background|height|width|overflow|mso-hide|indent|left|top|clip|scale",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Declarations:
    """The declarations of one style attribute or rule, names in lower case."""

    normal: tuple[tuple[str, str], ...]
    important: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What one element's own style changes; None where it says nothing."""

    gone: bool  # it and everything in it takes no part in what is shown
    visible: bool | None  # visibility, inherited, can be taken back
    tiny: bool | None  # font size, inherited, can be taken back
    foreground: Colour | None
    background: Colour | None


NOTHING = Look(gone=False, visible=None, tiny=None, foreground=None, background=None)


@remembered(CACHED_STYLES, MAX_CACHED)
def parse_declarations(style: str) -> Declarations:
    """Split a declaration block. Unknown names are kept: they are never acted upon."""
    normal: list[tuple[str, str]] = []
    important: list[tuple[str, str]] = []
    for declaration in style[:MAX_STYLE].lower().split(";"):
        name, colon, value = declaration.partition(":")
        if not colon:
            continue
        value, mark, _ = value.partition("!important")
        (important if mark else normal).append((name.strip(), value.strip()))
    return Declarations(tuple(normal), tuple(important))


def look_of(blocks: tuple[str, ...]) -> Look:
    """The look that declaration blocks give together, later ones over earlier ones, important ones last."""
    short = sum(map(len, blocks)) <= MAX_CACHED
    return _remembered_look(blocks) if short else _look(blocks)


def _look(blocks: tuple[str, ...]) -> Look:
    parsed = [parse_declarations(block) for block in blocks if _INTERESTING.search(block)]
    if not parsed:
        return NOTHING
    values: dict[str, str] = {}
    for block in parsed:
        values.update(block.normal)
    for block in parsed:
        values.update(block.important)
    return Look(
        gone=_is_gone(values),
        visible=_visibility(values.get("visibility")),
        tiny=_is_tiny(values),
        foreground=_foreground(values),
        background=_background(values),
    )


_remembered_look = lru_cache(CACHED_STYLES)(_look)


def _is_gone(values: dict[str, str]) -> bool:
    if values.get("display") == "none" or values.get("mso-hide") == "all":
        return True
    if "opacity" in values and _number(values["opacity"], 1.0) <= 0.05:
        return True
    if values.get("overflow", values.get("overflow-y", "")).startswith("hidden") and any(
        _pixels(values[name]) in (0.0, 1.0) for name in _SIZES if name in values
    ):
        return True
    if values.get("position") in {"absolute", "fixed"} and any(
        (_pixels(values[name]) or 0.0) <= OFF_SCREEN for name in ("left", "top") if name in values
    ):
        return True
    if "text-indent" in values and (_pixels(values["text-indent"]) or 0.0) <= OFF_SCREEN:
        return True
    return values.get("clip", "").replace(" ", "").startswith(("rect(0,0,0,0", "rect(0000")) or (
        "scale(0)" in values.get("transform", "")
    )


def _visibility(value: str | None) -> bool | None:
    return None if value is None or value == "inherit" else value not in {"hidden", "collapse"}


def _is_tiny(values: dict[str, str]) -> bool | None:
    size = values.get("font-size")
    if size is None and "font" in values:
        found = _FONT_SIZE.search(values["font"])
        size = found.group(1) + found.group(2) if found else None
    if size is None:
        return None
    found = _LENGTH.match(size)
    if found is None or not found.group(1).strip("-."):
        return False if size in {"small", "medium", "large", "x-large", "x-small"} else None
    amount, unit = _number(found.group(1), 16.0), found.group(2)
    if unit in {"em", "rem", "%"}:
        tiny = amount <= (10.0 if unit == "%" else 0.1)
        return True if tiny else (None if unit != "rem" else False)
    return amount <= 1.0


def _foreground(values: dict[str, str]) -> Colour | None:
    return parse_colour(values["color"]) if "color" in values else None


def _background(values: dict[str, str]) -> Colour | None:
    """A background picture can be of any colour."""
    for name in ("background-color", "background", "background-image"):
        value = values.get(name)
        if not value or value in {"none", "inherit"}:
            continue
        if "url(" in value or "gradient" in value:
            return Colour.unknown()
        colour = parse_colour(value) or next((c for w in value.split()[:8] if (c := parse_colour(w))), None)
        if colour is not None and not colour.transparent:
            return colour
    return None


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text[:10].rstrip("%"))
    except ValueError:
        return otherwise


def _pixels(text: str) -> float | None:
    found = _LENGTH.match(text)
    if found is None or not found.group(1).strip("-."):
        return None
    amount = _number(found.group(1), 16.0)
    return amount * 16 if found.group(2) in {"em", "rem"} else amount


def read_sheet(text: str) -> dict[str, str]:
    """Rules by their simple selector (".class", "#id", "tag"); rules inside @ blocks are left out."""
    sheet = _COMMENT.sub("", text[:MAX_SHEET].replace("<!--", "").replace("-->", ""))
    rules: dict[str, str] = {}
    depth, position, selector = 0, 0, ""
    for brace in _BRACE.finditer(sheet):
        if brace.group() == "{":
            if depth == 0:
                selector = sheet[position : brace.start()]
                position = brace.end()
            depth += 1
            continue
        depth = max(0, depth - 1)
        if depth == 0:
            if "@" not in selector and len(rules) < MAX_RULES:
                _add_rule(rules, selector, sheet[position : brace.start()])
            position = brace.end()
    return rules


def _add_rule(rules: dict[str, str], selectors: str, block: str) -> None:
    if not _INTERESTING.search(block):
        return
    for selector in selectors.split(",")[:MAX_RULES]:
        found = _SELECTOR.fullmatch(selector.strip())
        if found is not None and len(rules) < MAX_RULES:
            key = found.group(1) or found.group(2).lower()
            before = rules.get(key, "")
            rules[key] = f"{before};{block}" if before and len(before) < MAX_STYLE else before or block
