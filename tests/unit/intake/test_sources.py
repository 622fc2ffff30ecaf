"""Stored mail is found in every usual container, and what is broken does not stop the rest."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tracemalloc

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.intake.sources import MAX_FOLDER_DEPTH, Found, Sources, Unreadable, total_bytes, wire_form

LETTER = b"From: ann@one.example\nTo: bob@two.example\nSubject: %s\n\nHello,\nBob.\n"


def letter(subject: str) -> bytes:
    return LETTER % subject.encode()


def on_wire(subject: str) -> bytes:
    return letter(subject).replace(b"\n", b"\r\n")


def read(*paths, stdin: bytes = b"", limit: int = 100_000) -> list[Found | Unreadable]:
    return list(Sources([str(path) for path in paths], stdin=io.BytesIO(stdin), limit=limit))


def tar_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_single_file(tmp_path):
    """A file that was named is read as a message, whatever it looks like, with CRLF."""
    path = tmp_path / "a.b.txt"
    path.write_bytes(b"no header at all\n")

    assert [Found(str(path), "a.b.txt", "a.b", b"no header at all\r\n")] == read(path)


def test_crlf_is_left_as_it_is():
    """A message that already has the form of the wire is not touched, bare CR included."""
    raw = b"Subject: a\r\n\r\nx\ry\r\n"

    assert raw is wire_form(raw)


def test_mixed_line_ends_become_crlf():
    """One bare LF is enough: the whole message gets CRLF, and no CR is doubled."""
    assert b"a\r\nb\r\nc\rd\r\n" == wire_form(b"a\r\nb\nc\rd\n")


def test_folder_passes_over_other_files(tmp_path):
    """In a folder only what looks like mail is read; hidden files and folders are not."""
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub" / "one").write_bytes(letter("one"))
    (tmp_path / "two.eml").write_bytes(b"anything\n")
    (tmp_path / "labels.csv").write_bytes(b"id,path\n1,two.eml\n")
    (tmp_path / ".git" / "three.eml").write_bytes(letter("three"))
    (tmp_path / ".hidden.eml").write_bytes(letter("four"))

    assert ["sub/one", "two.eml"] == [item.name for item in read(tmp_path)]


def test_maildir(tmp_path):
    """Delivered and seen messages count, unfinished ones do not; sub folders begin with a dot."""
    for folder in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "cur" / "17.M1.host:2,S").write_bytes(letter("seen"))
    (tmp_path / "new" / "18.M2.host").write_bytes(letter("new"))
    (tmp_path / "tmp" / "19.M3.host").write_bytes(letter("unfinished"))
    (tmp_path / ".Sent" / "cur" / "20.M4.host:2,").write_bytes(letter("sent"))
    (tmp_path / "dovecot-uidlist").write_bytes(b"3 V1 N2\n")

    assert ["20.M4.host", "17.M1.host", "18.M2.host"] == [item.id for item in read(tmp_path)]


def test_mbox(tmp_path):
    """Separators, quoting of both kinds, return paths, and an unquoted From in the text."""
    first = b"Subject: a\n\n>From me\n>>From you\nFrom the start\n\nFrom here on no date\n"
    path = tmp_path / "box"
    path.write_bytes(
        b"From ann@one.example Sat Nov 21 10:00:00 2026\n" + first + b"\n"
        b"From - Sat Nov 21 10:00:01 2026\nSubject: b\n\nend\n\n"
    )

    assert [
        Found(
            f"{path}#1",
            "box#1",
            "box#1",
            b"Subject: a\r\n\r\nFrom me\r\n>From you\r\nFrom the start\r\n\r\nFrom here on no date\r\n",
            "ann@one.example",
        ),
        Found(f"{path}#2", "box#2", "box#2", b"Subject: b\r\n\r\nend\r\n", None),
    ] == read(path)


def test_large_message_in_mbox_is_told(tmp_path):
    """One message over the limit is passed over, its neighbours are read, and memory stays small."""
    path = tmp_path / "box"
    separator = b"From a@b.example Sat Nov 21 10:00:00 2026\n"
    path.write_bytes(separator + b"x" * 5000 + b"\n\n" + separator + letter("small"))

    large, small = read(path, limit=2000)

    assert Unreadable(f"{path}#1", "is larger than 2000 bytes") == large
    assert on_wire("small") == small.raw


def test_large_file_is_told(tmp_path):
    """The limit holds for single files too."""
    path = tmp_path / "a.eml"
    path.write_bytes(b"x" * 2001)

    assert [Unreadable(str(path), "is larger than 2000 bytes")] == read(path, limit=2000)


def test_line_longer_than_a_piece(tmp_path):
    """A line that is read in pieces is put together again, and no piece of it is taken for a separator."""
    line = b"y" * (64 * 1024) + b"From a@b.example Sat Nov 21 10:00:00 2026"
    path = tmp_path / "box"
    path.write_bytes(b"From a@b.example Sat Nov 21 10:00:00 2026\n\n" + line + b"\n\n")

    (found,) = read(path, limit=200_000)

    assert b"\r\n" + line + b"\r\n" == found.raw


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_archives(tmp_path, pack):
    """Every usual packing, with an mbox and a Maildir inside; what is no mail is passed over."""
    mbox = b"From a@b.example Sat Nov 21 10:00:00 2026\n" + letter("boxed")
    path = tmp_path / "mail.tar.packed"
    path.write_bytes(
        pack(tar_of({"d/one.eml": letter("one"), "README": b"# no\n", "box": mbox, "m/cur/5:2,S": b"x\n"}))
    )

    assert [
        Found(f"{path}:d/one.eml", "d/one.eml", "one", on_wire("one")),
        Found(f"{path}:box#1", "box#1", "box#1", on_wire("boxed"), "a@b.example"),
        Found(f"{path}:m/cur/5:2,S", "m/cur/5:2,S", "5", b"x\r\n"),
    ] == read(path)


def test_archive_through_a_pipe():
    """Standard input may be an archive: nothing needs to seek."""
    (found,) = read("-", stdin=zstd.compress(tar_of({"one.eml": letter("one")})))

    assert ("-:one.eml", "one", on_wire("one")) == (found.path, found.id, found.raw)


def test_message_on_standard_input():
    """Standard input may be one message."""
    assert [Found("-", "-", "-", on_wire("x"))] == read("-", stdin=letter("x"))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd.compress])
def test_cut_archive(tmp_path, pack):
    """An archive that ends in the middle gives what it has, then says so."""
    text = os.urandom(4000).hex().encode()
    whole = pack(tar_of({"one.eml": letter("one"), "two.eml": letter("two") + text}))
    path = tmp_path / "cut.tar.x"
    path.write_bytes(whole[: len(whole) - 1500])

    items = read(path)

    assert any(isinstance(item, Unreadable) for item in items)


def test_archive_in_archive_has_an_end(tmp_path):
    """Nested packing stops at a named limit."""
    data = letter("deep")
    for _ in range(6):
        data = gzip.compress(data)
    path = tmp_path / "deep.gz"
    path.write_bytes(data)

    assert [Unreadable(str(path), "is packed more than 4 times")] == read(path)


def test_deep_folders_have_an_end(tmp_path):
    """Folders deeper than the limit are told."""
    folder = tmp_path
    for _ in range(MAX_FOLDER_DEPTH + 1):
        folder = folder / "d"
    folder.mkdir(parents=True)

    assert [Unreadable(str(folder), "lies more than 64 folders deep")] == read(tmp_path)


def test_missing_and_empty_files(tmp_path):
    """What is not there or empty is told with the reason, and the next path is read."""
    (tmp_path / "empty.eml").touch()
    (tmp_path / "good.eml").write_bytes(letter("good"))

    missing, empty, good = read(tmp_path / "none.eml", tmp_path / "empty.eml", tmp_path / "good.eml")

    assert "cannot be read: No such file or directory" == missing.reason
    assert "is empty" == empty.reason
    assert on_wire("good") == good.raw


def test_damaged_tar(tmp_path):
    """A tar whose second header is noise gives its first message and tells the rest."""
    whole = bytearray(tar_of({"one.eml": letter("one"), "two.eml": letter("two")}))
    whole[1024:1536] = b"\xff" * 512
    path = tmp_path / "bad.tar"
    path.write_bytes(whole)

    first, *rest = read(path)

    assert on_wire("one") == first.raw
    assert [] == [item for item in rest if isinstance(item, Found)]


def test_progress(tmp_path):
    """Bytes read end at the total; a pipe has no total."""
    (tmp_path / "one.eml").write_bytes(letter("one"))
    (tmp_path / "all.tar.gz").write_bytes(gzip.compress(tar_of({"two.eml": letter("two")})))
    sources = Sources([str(tmp_path)], stdin=io.BytesIO())

    for _ in sources:
        pass

    assert total_bytes([str(tmp_path)]) == sources.bytes_read
    assert total_bytes(["-"]) is None


def test_claim_on_memory(tmp_path):
    """A zstd frame that wants a window of a gigabyte is refused before anything is allocated for it."""
    squeeze = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 30})
    path = tmp_path / "wide.zst"
    path.write_bytes(squeeze.compress(letter("wide")) + squeeze.flush())

    (refused,) = read(path)

    assert isinstance(refused, Unreadable)
    assert refused.reason.startswith("cannot be read")


def test_many_short_lines(tmp_path):
    """Memory is by bytes and not by lines: a message of a million empty lines is small."""
    path = tmp_path / "box"
    path.write_bytes(b"From a@b.example Sat Nov 21 10:00:00 2026\n" + b"a\n" * 300_000 + b"\n")

    tracemalloc.start()
    try:
        (found,) = read(path, limit=2_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert 900_000 == len(found.raw)
    assert peak < 8_000_000


@given(
    st.sampled_from(
        [
            b"",
            b"From a@b Sat Nov 21 10:00:00 2026\n",
            b"\x1f\x8b",
            b"\x28\xb5\x2f\xfd",
            b"BZh9",
            b"\xfd7zXZ\x00",
        ]
    ),
    st.binary(max_size=2000),
)
def test_reading_is_total(magic, noise):
    """Whatever comes through the pipe: it is told or found, nothing is raised, and it ends."""
    for item in read("-", stdin=magic + noise, limit=1000):
        assert isinstance(item, Unreadable) or len(item.raw) <= 2 * 1000


@given(st.binary(min_size=1, max_size=600), st.integers(0, 1023))
def test_damaged_archives_are_total(noise, at):
    """A tar with noise written over it gives what it can."""
    whole = bytearray(tar_of({"one.eml": letter("one"), "two.eml": letter("two")}))
    whole[at : at + len(noise)] = noise

    for item in read("-", stdin=bytes(whole)):
        assert isinstance(item, Found | Unreadable)
