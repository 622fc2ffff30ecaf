r"""The small language of content policies: words with a few signs, searched in subjects and bodies.

Allowed are `. * + ? \d \w \s \b [] [^] {n,m} | ^ $`, with counts up to 50, and a backslash before a sign that
is meant as itself. Groups are not part of it. What is meant differs from the engine's own meaning in four
places, because a text is not a line of a log:

- `\w` and `\b` know the letters of all languages, so that an exact word may be written in any of them;
- a space stands for any white space, so that a phrase is found where a line was broken;
- `^` and `$` are the beginning and the end of a line;
- upper and lower case are the same.
"""

from collections.abc import Iterator, Sequence

from lazaretto.policy.regex import compile_regex
from lazaretto.policy.syntax import Piece, WrongPattern, pieces

MAX_CONTENT_PATTERN = 512
"""Characters of a content pattern, as of a URL pattern."""

MAX_COUNT = 50
"""The greatest number between braces."""

MAX_GROWTH = 64
"""How many times longer than what was written the engine's form may be: no sign of it grows more."""

ALLOWED = r". * + ? \d \w \s \b [] [^] {n,m} | ^ $"

_LETTER = (  # ranges, not \pL: the engine writes every property out, and ten of them fill a pattern
    r"0-9A-Za-z_\x{AA}\x{B5}\x{BA}\x{C0}-\x{37D}\x{37F}-\x{386}\x{388}-\x{559}\x{560}-\x{588}\x{591}-\x{5BD}"
    r"\x{5BF}-\x{5F2}\x{610}-\x{61A}\x{620}-\x{669}\x{66E}-\x{6D3}\x{6D5}-\x{963}\x{966}-\x{1FFF}"
    r"\x{2C00}-\x{2DFF}\x{3040}-\x{30FA}\x{30FC}-\x{D7FF}\x{F900}-\x{FDFF}\x{FE70}-\x{FEFE}\x{FF10}-\x{FF19}"
    r"\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{FF66}-\x{FFDC}\x{10000}-\x{1D7FF}\x{20000}-\x{2FA1F}"
)
_SPACE = r"\s\x{A0}\x{2000}-\x{200A}\x{202F}\x{3000}"
_MEANING = {r"\w": f"[{_LETTER}]", r"\d": r"\d", r"\s": f"[{_SPACE}]", r"\b": r"\b"}
_IN_CLASS = {r"\w": _LETTER, r"\d": r"\d", r"\s": _SPACE}
_WORD_BEGIN = f"(?:^|[^{_LETTER}])"
_WORD_END = f"(?:$|[^{_LETTER}])"


def translated(pattern: str) -> str:
    """The pattern in the engine's language; raises WrongPattern."""
    compile_regex(pattern, longest=MAX_CONTENT_PATTERN)  # the engine's own complaints come first
    found = tuple(pieces(pattern))
    for piece in found:
        _check(piece)
    meant = f"(?m:{''.join(_meanings(found))})"
    compile_regex(meant, longest=MAX_CONTENT_PATTERN * MAX_GROWTH)
    return meant


def _check(piece: Piece) -> None:
    """Only what the language has."""
    match piece.kind:
        case "open" | "close":
            raise WrongPattern(
                f"content patterns have no groups; to find the sign itself write \\{piece.text}", piece.place
            )
        case "repeat" if piece.text[0] == "{":
            numbers = piece.text[1:-1].split(",")
            if any(int(number) > MAX_COUNT for number in numbers if number):
                raise WrongPattern(f"{piece.text} counts beyond {MAX_COUNT}", piece.place)
        case "escape" if piece.text not in _MEANING:
            _check_sign(piece.text, piece.place)
        case "class":
            _check_class(piece)
        case "literal" if len(piece.text) > 1:
            raise WrongPattern(f"a quotation, \\Q…\\E, is not allowed; allowed are {ALLOWED}", piece.place)
        case _:
            pass


def _check_sign(text: str, place: int) -> None:
    if len(text) != 2 or text[1].isalnum() or not text.isascii():
        raise WrongPattern(f"{text} is not allowed; allowed are {ALLOWED}", place)


def _check_class(piece: Piece) -> None:
    if "[:" in piece.text:
        raise WrongPattern(
            f"a named class is not allowed; allowed are {ALLOWED}", piece.place + piece.text.find("[:")
        )
    for at, text in _signs(piece.text):
        if text[0] == "\\" and text not in _IN_CLASS:
            _check_sign(text, piece.place + at)


def _signs(text: str) -> Iterator[tuple[int, str]]:
    """The signs of a class, escapes in one piece."""
    at = 0
    while at < len(text):
        length = 2 if text[at] == "\\" else 1
        yield at, text[at : at + length]
        at += length


def _meanings(found: Sequence[Piece]) -> Iterator[str]:
    for index, piece in enumerate(found):
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        if piece.kind == "class":
            yield "".join(_IN_CLASS.get(text, text) for _, text in _signs(piece.text))
        elif piece.text == " ":
            yield _space(before, after)
        elif piece.text == r"\b":
            yield _edge(found, index)
        elif piece.kind == "escape":
            yield _MEANING.get(piece.text, piece.text)
        else:
            yield piece.text


def _space(before: Piece | None, after: Piece | None) -> str:
    if after is not None and after.kind == "repeat":
        return f"[{_SPACE}]"
    return "" if before is not None and before.text == " " else f"[{_SPACE}]+"


def _edge(found: Sequence[Piece], index: int) -> str:
    """The edge of a word. The engine knows English letters only, and beside others it sees none."""
    last = index - 1
    while last > 0 and found[last].kind == "repeat":
        last -= 1
    before = found[last] if last >= 0 else None
    after = found[index + 1] if index + 1 < len(found) else None
    if (before is None or before.kind == "or") and _is_letter(after):
        return _WORD_BEGIN
    if (after is None or after.kind == "or") and _is_letter(before):
        return _WORD_END
    return r"\b"


def _is_letter(piece: Piece | None) -> bool:
    if piece is None:
        return False
    return piece.text in {r"\w", r"\d"} or (
        piece.kind == "literal" and (piece.text.isalnum() or piece.text == "_")
    )
