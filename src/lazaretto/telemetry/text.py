"""Text from a stranger, made fit for a terminal and for a line of a log."""


def printable(text: str) -> str:
    """Control and format characters (escape sequences, direction changes) as escapes; the rest as it is."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text
    )
