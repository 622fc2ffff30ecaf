"""Base64 inside other text, as kits put a reader's address into a link.

Limits: only whole runs of the alphabet are tried, each at most MAX_RUN long, at most MAX_RUNS of them.
"""

import binascii

import re2

MAX_RUNS = 8
"""Runs that are decoded for one text."""

MAX_RUN = 400
"""Characters of a run that are decoded: an address fits many times."""

_RUN = re2.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")


def decoded_words(text: str) -> tuple[str, ...]:
    """What base64 runs in the text say, where they say something printable, in lower case."""
    out = []
    for match, _ in zip(_RUN.finditer(text), range(MAX_RUNS), strict=False):
        run = match.group()[:MAX_RUN].rstrip("=").replace("-", "+").replace("_", "/")
        run = run[: len(run) - 1] if len(run) % 4 == 1 else run
        try:
            plain = binascii.a2b_base64(run + "=" * (-len(run) % 4)).decode("utf-8")
        except (binascii.Error, ValueError):
            continue
        if plain.isprintable():
            out.append(plain.lower())
    return tuple(out)
