"""Values of strangers inside our sentences: cut, quoted, on one line."""

MAX_VALUE = 500
"""Characters of a value or a sentence that are kept with a match."""

MAX_QUOTED = 120
"""Characters of a value inside a sentence."""


def cut(text: str, limit: int = MAX_VALUE) -> str:
    """The text, with an ellipsis where it is longer."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted(text: str) -> str:
    """A value inside a sentence."""
    return f"“{cut(' '.join(text[: 4 * MAX_QUOTED].split()), MAX_QUOTED)}”"
