"""Dot stuffing is the same for every chunking, and reversible."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.deliver.stuffing import BareLineEndError, Stuffing

lines = st.lists(st.sampled_from([b"", b".", b"..", b"a", b".a", b"a.", b". ."]), max_size=8)


def stuffed(chunks: list[bytes]) -> bytes:
    stuffing = Stuffing()
    return b"".join(stuffing.feed(c) for c in chunks) + stuffing.last()


@given(lines, st.lists(st.integers(min_value=0, max_value=40), max_size=6), st.booleans())
def test_every_chunking_gives_the_same(content, places, ended):
    """Lines that begin with a dot get another one, wherever the content is cut."""
    whole = b"\r\n".join(content) + (b"\r\n" if ended else b"")
    edges = [0, *sorted(p for p in places if p <= len(whole)), len(whole)]
    chunks = [whole[a:b] for a, b in itertools.pairwise(edges)]
    sent = stuffed(chunks)

    wanted = [b"." + line if line.startswith(b".") else line for line in whole.split(b"\r\n")]
    if wanted[-1] == b"":
        wanted.pop()
    assert b"".join(line + b"\r\n" for line in wanted) == sent
    assert b"\r\n.\r\n" not in b"\r\n" + sent


@pytest.mark.parametrize(
    "chunks",
    [
        [b"a\nb\r\n"],
        [b"a\rb\r\n"],
        [b"a\r", b"b"],
        [b"a", b"\nb"],
        [b"a\r\n\r"],
        [b"a\r\n.\r", b"\r\n"],
        [b"a\n.\r\n"],
        [b"a\n.\n"],
        [b"a\r.\r"],
        [b"\n"],
        [b"\r"],
    ],
)
def test_bare_line_ends_are_refused(chunks):
    """Every line end that is not CRLF stops the sending: no next hop is asked to guess."""
    with pytest.raises(BareLineEndError):
        stuffed(chunks)
