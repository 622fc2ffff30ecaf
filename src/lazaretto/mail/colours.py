"""Colours as CSS and old HTML write them, and whether a text in one can be read on another.

Limits: names outside a short list, and colour functions other than rgb and rgba, are not known.
"""

import re
from dataclasses import dataclass

from lazaretto.mail.remembered import remembered

READABLE_DISTANCE = 24
"""Sum of the differences of red, green and blue up to which nobody can read the text."""

FAINT = 0.06
"""Opacity up to which a colour cannot be seen."""

MAX_COLOUR = 80
"""Characters of a colour that are read."""

_RGB = re.compile(
    r"rgba?\(\s?(\d{1,3})%?\s?[, ]\s?(\d{1,3})%?\s?[, ]\s?(\d{1,3})%?\s?(?:[,/]\s?([\d.]{1,6}%?)\s?)?\)"
)
_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_NAMES = {
    "black": "000000",
    "white": "ffffff",
    "red": "ff0000",
    "green": "008000",
    "blue": "0000ff",
    "yellow": "ffff00",
    "gray": "808080",
    "grey": "808080",
    "silver": "c0c0c0",
    "whitesmoke": "f5f5f5",
    "snow": "fffafa",
    "ivory": "fffff0",
    "ghostwhite": "f8f8ff",
    "floralwhite": "fffaf0",
    "navy": "000080",
    "orange": "ffa500",
    "purple": "800080",
    "lightgray": "d3d3d3",
    "lightgrey": "d3d3d3",
}


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour; `known` is False for a picture or a gradient, on which anything may be readable."""

    red: int
    green: int
    blue: int
    transparent: bool = False
    known: bool = True

    @staticmethod
    def unknown() -> "Colour":
        """A colour that nobody can tell from the markup."""
        return _UNKNOWN


_UNKNOWN = Colour(0, 0, 0, known=False)
WHITE = Colour(255, 255, 255)


@remembered(4_096, MAX_COLOUR)
def parse_colour(text: str) -> Colour | None:
    """A colour value in lower case, or None where it is none."""
    text = text.strip()[:MAX_COLOUR]
    if text == "transparent":
        return Colour(0, 0, 0, transparent=True)
    found = _HEX.fullmatch(_NAMES.get(text, text))
    if found:
        return _from_hex(found.group(1))
    rgb = _RGB.match(text)
    if rgb is None:
        return None
    red, green, blue = (min(255, int(n)) for n in rgb.groups()[:3])
    return Colour(red, green, blue, transparent=_alpha(rgb.group(4)) <= FAINT)


def _from_hex(digits: str) -> Colour:
    if len(digits) < 6:
        digits = "".join(c * 2 for c in digits)
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    faint = len(digits) == 8 and int(digits[6:], 16) / 255 <= FAINT
    return Colour(red, green, blue, transparent=faint)


def _alpha(text: str | None) -> float:
    if not text:
        return 1.0
    try:
        return float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return 1.0


def unreadable(foreground: Colour | None, background: Colour) -> bool:
    """A text in the one colour cannot be seen on the other. Text without a colour of its own can be read."""
    if foreground is None:
        return False
    if foreground.transparent:
        return True
    if not foreground.known or not background.known:
        return False
    distance = (
        abs(foreground.red - background.red)
        + abs(foreground.green - background.green)
        + abs(foreground.blue - background.blue)
    )
    return distance <= READABLE_DISTANCE
