"""Encoded words in headers (RFC 2047) and encoded parameters (RFC 2231), read as mail clients read them.

Rules that clients follow and the standards do not: words are decoded inside quotes and without white space
around them, adjacent words of one character set are put together before they are decoded (senders cut
characters in half), Base64 may be unpadded, a language tag may follow the character set.

Everything is one pass over the value. Limits: MAX_PARAMETERS in one field.
"""

import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from lazaretto.mail.charset import decode_text
from lazaretto.mail.transfer import decode_base64

MAX_PARAMETERS = 200
"""Parameters and continuations read from one field; mail has two or three."""

MAX_CHARSET = 80
"""How far the name of a character set may reach in an encoded word, before we say that it is none."""

_CONTROLS = dict.fromkeys(range(32), " ") | dict.fromkeys((*range(127, 160), 0x2028, 0x2029), "")
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[^;"]++', re.DOTALL)
_UNQUOTE = re.compile(r"\\(.)", re.DOTALL)
_PARAMETER_NAME = re.compile(r"^(.*?)(?:\*(\d{1,3}))?(\*)?$", re.DOTALL)


def clean_controls(text: str) -> str:
    """The text without control characters; white space ones become spaces."""
    return text if text.isprintable() else text.translate(_CONTROLS)


@dataclass(frozen=True, slots=True)
class _Word:
    charset: str
    data: bytes
    end: int


def decode_words(text: str) -> str:
    """Replace every encoded word by what it means; what is none stays as it is."""
    last = text.rfind("?=")
    start = text.find("=?", 0, max(last, 0))
    if start < 0:
        return text
    out: list[str] = []
    pending: list[_Word] = []
    position = 0
    while start >= 0:
        word = _word_at(text, start)
        if word is None:
            start = text.find("=?", start + 2, last)
            continue
        gap = text[position:start]
        if not pending or gap.strip():
            out += _flush(pending)
            out.append(gap)
        pending.append(word)
        position = word.end
        start = text.find("=?", position, max(last, position))
    out += _flush(pending)
    out.append(text[position:])
    return clean_controls("".join(out))


def _word_at(text: str, start: int) -> _Word | None:
    mark = text.find("?", start + 2, start + 2 + MAX_CHARSET)
    if mark < 0 or text[mark + 2 : mark + 3] != "?" or text[mark + 1] not in "bBqQ":
        return None
    end = text.find("?=", mark + 3)  # looked for only before the last one, so that each search ends a word
    if end < 0:
        return None
    charset = text[start + 2 : mark].partition("*")[0].strip().lower()  # RFC 2231 5: language
    encoded = text[mark + 3 : end].encode("utf-8", "replace")
    if text[mark + 1] in "bB":
        data, _ = decode_base64(encoded)
    else:
        data = binascii.a2b_qp(encoded, header=True)
    return _Word(charset, data, end + 2)


def _flush(words: list[_Word]) -> list[str]:
    """Decode a run of adjacent words, those of one character set together."""
    out: list[str] = []
    run: list[bytes] = []
    for index, word in enumerate(words):
        run.append(word.data)
        if index + 1 == len(words) or words[index + 1].charset != word.charset:
            out.append(decode_text(b"".join(run), word.charset or None)[0])
            run = []
    words.clear()
    return out


def split_parameters(value: str) -> tuple[str, list[tuple[str, str]]]:
    """The main value of a field and its parameters in order, names in lower case, values unquoted."""
    segments: list[list[str]] = [[]]
    position = 0
    while position < len(value):
        if value[position] == ";":
            if len(segments) > MAX_PARAMETERS:
                break
            segments.append([])
            position += 1
            continue
        piece = _PIECE.match(value, position)
        if piece is None:
            break
        segments[-1].append(piece.group())
        position = piece.end()
    parameters = []
    for segment in segments[1:]:
        name, equals, content = "".join(segment).partition("=")
        if equals:
            parameters.append((name.strip().lower(), _unquoted(content.strip())))
    return "".join(segments[0]).strip(), parameters


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    end = len(text) - 1 if len(text) > 1 and text.endswith('"') else len(text)
    closing = text.find('"', 1)
    if 0 < closing < end and text[closing - 1] != "\\":
        end = closing  # name="a.txt" (comment)
    return _UNQUOTE.sub(r"\1", text[1:end]) if "\\" in text else text[1:end]


def parameter(parameters: list[tuple[str, str]], name: str) -> str | None:
    """One parameter by name: continuations joined and character sets decoded, or encoded words decoded."""
    pieces: dict[int, tuple[str, bool]] = {}
    plain: str | None = None
    for key, content in parameters:
        if not key.startswith(name):
            continue
        parsed = _PARAMETER_NAME.match(key)
        if parsed is None or parsed.group(1) != name:
            continue
        if parsed.group(2) is None and not parsed.group(3):
            plain = content if plain is None else plain
        else:
            pieces.setdefault(int(parsed.group(2) or 0), (content, bool(parsed.group(3))))
    if pieces:  # RFC 2231 4: the extended form is preferred to the plain one
        return clean_controls(_join_extended(pieces))
    return None if plain is None else clean_controls(decode_words(plain))


def _join_extended(pieces: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 3 and 4.1: the first piece names the character set, the numbers give the order."""
    charset: str | None = None
    data = []
    for position, number in enumerate(sorted(pieces)):
        content, encoded = pieces[number]
        if encoded and position == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        data.append(unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace"))
    return decode_words(decode_text(b"".join(data), charset or None)[0])
