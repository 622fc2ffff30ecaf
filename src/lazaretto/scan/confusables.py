"""Characters that a reader takes for another: letters of other scripts, digits for letters, joined pairs.

`skeleton` maps all spellings that look alike onto one, so that two names that look the same compare equal.

Limits: the table holds what attackers use against Latin names (Cyrillic, Greek, Armenian, Latin extensions,
full width, mathematical letters by compatibility form), not the whole of Unicode's list.
"""

import unicodedata
from functools import lru_cache

MAX_SKELETON = 253
"""Characters that are folded: the longest host name."""

_TWINS = {
    "a": "аαɑᴀ",
    "b": "ЬьƄᏏ",
    "c": "сϲᴄⅽ",
    "d": "ԁɗⅾ",
    "e": "еєҽ℮ɛε",
    "f": "ϝғ",
    "g": "ɡցԍ",
    "h": "һհ",
    "i": "іιɩїɪ",
    "j": "јϳ",
    "k": "кκᴋ",
    "l": "ӏⅼɭ|ⵏǀ",
    "m": "мⅿᴍ",
    "n": "пոռη",
    "o": "оοօσᴏ",
    "p": "рρⲣ",
    "q": "ԛգ",
    "r": "гᴦ",
    "s": "ѕꜱ",
    "t": "тτᴛ",
    "u": "υսᴜц",
    "v": "νѵᴠ",
    "w": "ԝաѡᴡω",
    "x": "хχ",
    "y": "уүγʏ",
    "z": "ᴢʐ",
}
_LETTERS = {ord(twin): letter for letter, twins in _TWINS.items() for twin in twins}
_EXTENDED = {
    ord("ı"): "i",
    ord("ł"): "l",
    ord("ø"): "o",
    ord("đ"): "d",
    ord("ħ"): "h",
    ord("ß"): "ss",
    ord("æ"): "ae",
}
_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "5": "s", "i": "l"})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


ACCENTS = {
    code: base
    for code in range(0xC0, 0x250)
    if (base := unicodedata.normalize("NFKD", chr(code))[0].lower()).isascii() and base.isalpha()
}
"""Accented Latin letters and the plain ones, one character for one, for `str.translate`."""


def latin(text: str) -> str:
    """The text in lower case with look-alike letters of other scripts replaced and accents taken off."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).lower()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.translate(_LETTERS).translate(_EXTENDED)


@lru_cache(8_192)
def skeleton(name: str) -> str:
    """What the eye makes of a name: "раyрa1" and "paypal" have the same skeleton."""
    text = latin(name[:MAX_SKELETON]).translate(_DIGITS)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


def mixed_scripts(word: str) -> bool:
    """One word written in Latin letters and in Cyrillic or Greek ones at the same time."""
    latin_seen = other_seen = False
    for c in word[:MAX_SKELETON]:
        if c.isascii():
            latin_seen = latin_seen or c.isalpha()
        elif "Ͱ" <= c <= "ӿ" and c.isalpha():  # Greek and Cyrillic blocks
            other_seen = True
    return latin_seen and other_seen
