"""QR codes in pictures: the links that a reader follows with a telephone, past every filter of text.

Rules. Only the picture formats that mail clients show are decoded, nothing else that the picture library
knows. A picture is made grey and small enough before it is searched.
Limits: MAX_PICTURE bytes, MAX_PIXELS in the file, MAX_SIDE where it is searched, MAX_CODES of one picture,
MAX_EMBEDDED pictures written into one page; how many pictures and pixels of a message are read is in its
budget.
"""

import base64
import binascii
import re
import warnings
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from urllib.parse import unquote

import zxingcpp
from PIL import Image, UnidentifiedImageError

from lazaretto.mail.budget import Budget
from lazaretto.mail.links import make_link, text_links
from lazaretto.model.message import Link

PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_QR = zxingcpp.barcode_formats_from_str("QRCode")

MAX_PICTURE = 8 << 20
"""Bytes of a picture that is read."""

MAX_PIXELS = 20_000_000
"""Of a picture as its file declares them: a scanned page has ten million; a bomb declares more."""

MAX_SIDE = 1_600
"""Pixels of the longer side where codes are looked for; larger pictures are made smaller."""

MIN_SIDE = 21
"""Pixels of the shorter side: the smallest code has so many modules."""

MAX_CODES = 20
"""Codes of one picture that are read: a sheet of harmless ones must not hide the one that matters."""

MAX_EMBEDDED = 10
"""Pictures written into one page that are looked at."""

_EMBEDDED = re.compile(
    r"data:image/[a-z0-9.*-]{1,20}(?:;[^,;\"'<>]{0,60}){0,4};base64,([A-Za-z0-9+/=%\s]{100,})", re.IGNORECASE
)


def qr_links(picture: bytes, part: int, budget: Budget) -> tuple[Link, ...]:
    """The links that the codes in a picture lead to."""
    return tuple(code_links(read_codes(picture, budget), part))


def read_codes(picture: bytes, budget: Budget) -> tuple[str, ...]:
    """What the QR codes of a picture say; nothing for whatever is no picture."""
    if len(picture) > MAX_PICTURE:
        return ()
    try:
        grey = _grey(picture, budget)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        MemoryError,
        Image.DecompressionBombError,
    ):
        return ()  # a picture that cannot be shown cannot be photographed
    if grey is None:
        return ()
    return codes_in_grey(grey.tobytes(), *grey.size)


def codes_in_grey(pixels: bytes, width: int, height: int) -> tuple[str, ...]:
    """What the codes say in a picture of one byte a pixel."""
    view = memoryview(pixels).cast("B", (height, width))
    found = zxingcpp.read_barcodes(view, formats=_QR)
    return tuple(code.text for code in found[:MAX_CODES])


def code_links(codes: Iterable[str], part: int) -> Iterator[Link]:
    """The links that codes lead to."""
    for code in codes:
        yield from _links(code, part)


def embedded_pictures(page: str) -> Iterator[bytes]:
    """Pictures that are written into a page as data addresses."""
    for found in islice(_EMBEDDED.finditer(page), MAX_EMBEDDED):
        try:
            yield base64.b64decode(unquote(found[1][: MAX_PICTURE * 4 // 3]), validate=False)
        except (binascii.Error, ValueError):
            continue


def _grey(picture: bytes, budget: Budget) -> Image.Image | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of odd files; they are not our news
        image = Image.open(BytesIO(picture), formats=_FORMATS)
        if image.width * image.height > MAX_PIXELS or min(image.size) < MIN_SIDE:
            return None
        image.draft("L", (MAX_SIDE, MAX_SIDE))  # of some formats a smaller picture can be had at once
        if not budget.take_pixels(image.width * image.height):
            return None
        grey = _on_white(image)
        grey.thumbnail((MAX_SIDE, MAX_SIDE))
        return grey


def _on_white(image: Image.Image) -> Image.Image:
    """In grey; what is transparent shows the white of the page."""
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        page.alpha_composite(layer)
        return page.convert("L")
    return image.convert("L")


def _links(text: str, part: int) -> Iterator[Link]:
    link = make_link(text.strip(), "", "qr", part) if ":" in text[:12] else None
    if link is not None and (link.host or link.scheme):
        yield link
    else:
        yield from text_links(text, part, "qr")
