"""Reading the Accept header as far as we need it: which of two media types a client would rather have."""

MAX_RANGES = 32
"""Media ranges that are looked at: browsers send fewer than ten."""


def prefers(accept: str, wanted: str, otherwise: str) -> bool:
    """The client names `wanted` itself, and not below `otherwise`. Wildcards speak for `otherwise`."""
    qualities = dict(_range(text) for text in accept.split(",", MAX_RANGES)[:MAX_RANGES])
    asked = qualities.get(wanted, 0.0)
    return asked > 0 and asked >= qualities.get(otherwise, 0.0)


def _range(text: str) -> tuple[str, float]:
    """One media range and its weight. RFC 9110 12.5.1."""
    name, *parameters = (piece.strip().lower() for piece in text.split(";"))
    weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return name, float(weight)
    except ValueError:
        return name, 0.0
