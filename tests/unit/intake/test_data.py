"""DATA decoding: against a naive decoder, wherever the stream is cut."""

from hypothesis import example, given
from hypothesis import strategies as st

from lazaretto.intake.buffer import InputBuffer
from lazaretto.intake.data import ChunkReader, DotReader
from tests.helpers.smtp_session import cut

HOSTILE = st.lists(
    st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"..", b"a", b"\0", b"\r\n.\r\n", b"QUIT\r\n"]),
    max_size=30,
).map(b"".join)


def naive(stream: bytes) -> tuple[bytes | None, bytes]:
    """Line by line: content and what follows it; None when the end never comes."""
    content, rest = b"", stream
    while True:
        line, found, rest = rest.partition(b"\r\n")
        if not found:
            return None, b""
        if line == b".":
            return content, rest
        content += line.removeprefix(b".") + b"\r\n"


def read(pieces: list[bytes]) -> tuple[bytes | None, bytes, bytes]:
    """Content when ended, what follows, content so far."""
    source, reader, content = InputBuffer(100), DotReader(), b""
    for number, piece in enumerate(pieces):
        source.feed(piece)
        data, ended = reader.read(source)
        content += data
        if ended:
            return content, source.take() + b"".join(pieces[number + 1 :]), content
    return None, b"", content


@given(HOSTILE, st.lists(st.integers(0, 100)))
@example(b".\r\n", [1, 2])
@example(b"\r\n.\r\n", [1, 2, 3, 4])
@example(b"..\r\n.\r\n", [1, 2, 3])
@example(b"\r.\r\n\r\n.\r\r\n.\r\n", [4, 8])
def test_equals_the_naive_decoder(stream, places):
    """Same content, same end, same rest for every way of cutting."""
    content, rest, so_far = read(cut(stream, places))

    assert naive(stream) == (content, rest)
    assert read([stream])[2] == so_far


@given(st.lists(st.binary(max_size=20).filter(lambda line: b"\n" not in line and b"\r" not in line)))
def test_what_was_stuffed_comes_out(lines):
    """Stuffing at the client and unstuffing here are inverse."""
    message = b"".join(line + b"\r\n" for line in lines)
    stuffed = b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)

    assert (message, b"QUIT\r\n") == read([stuffed + b".\r\nQUIT\r\n"])[:2]


@given(st.binary(max_size=60), st.integers(0, 60), st.lists(st.integers(0, 60)))
def test_a_chunk_is_its_count_of_bytes(stream, size, places):
    """BDAT looks at nothing but its count."""
    source, reader, content, ended = InputBuffer(100), ChunkReader(size), b"", False
    for piece in cut(stream, places):
        source.feed(piece)
        if not ended:
            data, ended = reader.read(source)
            content += data

    assert stream[:size] == content
    assert ended == (len(stream) >= size)
    assert stream[size:] == source.take()
