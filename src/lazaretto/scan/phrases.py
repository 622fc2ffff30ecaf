"""The small language of the lexicon's phrases, turned into patterns of two strengths.

`exact` is the phrase. `loose` finds a superset with a small automaton: counted gaps become uncounted ones,
because many patterns that count words at the same time need an automaton of millions of states.
"""

_GAPS = (r"(\w+ )", r"( \w+)")


def exact(phrase: str) -> str:
    """The pattern of a phrase."""
    return _anchored(phrase, phrase)


def loose(phrase: str) -> str:
    """A pattern that matches wherever the exact one does."""
    return _anchored(phrase, _without_gaps(phrase))


def _anchored(phrase: str, text: str) -> str:
    starts_word = phrase[0] if phrase[0] != "(" else phrase[1]
    pattern = text.replace("'", "['’´`]?").replace(" ", " +").replace("\x00", r"[\w ]*")
    return rf"\b{pattern}" if starts_word.isascii() and starts_word.isalpha() else pattern


def _without_gaps(text: str) -> str:
    """Optional and counted words replaced by a mark."""
    for gap in _GAPS:
        pieces = text.split(gap)
        text = pieces[0]
        for piece in pieces[1:]:
            if piece.startswith("?"):
                text += "\x00" + piece[1:]
            elif piece.startswith("{0,"):
                text += "\x00" + piece.partition("}")[2]
            else:
                text += gap + piece
    return text
