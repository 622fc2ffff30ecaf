"""Files inside files: taken out, named, bounded."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail import budget
from lazaretto.mail.budget import Budget
from lazaretto.mail.defects import DefectList
from lazaretto.mail.files import unpack
from lazaretto.mail.files.attachments import TRAITS, Content, inspect
from lazaretto.mail.files.filetype import detect
from lazaretto.mail.files.unpack import MAX_DEPTH, MAX_FILE, MAX_RATIO, open_file, path
from lazaretto.mail.parse import parse
from tests.unit.mail.files import CONTENT_TYPES, tar_of, zip_of
from tests.unit.mail.letters import codes, file_part, letter, multipart, part
from tests.unit.mail.packed import NOTE, PROGRAM, archive


def partitioned(image):
    """A disk with one partition."""
    table = b"\x80\0\0\0\x0c\0\0\0" + struct.pack("<II", 1, len(image) // 512)
    return bytes(446) + table + bytes(48) + b"\x55\xaa" + image


def opened(data, name="outer", purse=None):
    return open_file(data, detect(data), name, purse or Budget())


def attached(data, name="outer.zip"):
    return parse(multipart(part("hello", Content_Type="text/plain"), file_part(data, name)))


def names(message):
    return [a.filename for a in message.attachments]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (zip_of({"a/inner.exe": PROGRAM}), "a/inner.exe"),
        (tar_of({"a/inner.exe": PROGRAM}), "a/inner.exe"),
        (tar_of({"a/inner.exe": PROGRAM}, "w:gz"), "a/inner.exe"),
        (tar_of({"a/inner.exe": PROGRAM}, "w:bz2"), "a/inner.exe"),
        (tar_of({"a/inner.exe": PROGRAM}, "w:xz"), "a/inner.exe"),
        (gzip.compress(PROGRAM, mtime=0), "inner.exe"),
        (bz2.compress(PROGRAM), "inner.exe"),
        (lzma.compress(PROGRAM), "inner.exe"),
        (zstd.compress(PROGRAM), "inner.exe"),
        (zstd.compress(tar_of({"a/inner.exe": PROGRAM})), "a/inner.exe"),
        (archive("iso_joliet"), "A long folder/inner.exe"),
        (archive("iso_plain"), "A/INNER.EXE"),
        (archive("udf"), "A long folder/inner.exe"),
        (archive("iso_udf"), "A long folder/inner.exe"),
        (archive("cab_mszip"), "A long folder/inner.exe"),
        (archive("cab_stored"), "A long folder/inner.exe"),
        (archive("fat"), "A long folder/INNER.EXE"),
        (partitioned(archive("fat")), "A long folder/INNER.EXE"),
        (partitioned(archive("fat")) + b"conectix" + bytes(504), "A long folder/INNER.EXE"),
        (zip_of(CONTENT_TYPES | {"word/embeddings/inner.exe": PROGRAM}), "word/embeddings/inner.exe"),
    ],
)
def test_what_comes_out(data, name):
    """The content of the file inside, under its path."""
    files = opened(data, "folder/inner.exe.gz").files

    assert [(name, PROGRAM, False)] == [
        (f.name, f.data, f.cut) for f in files if f.name.lower() != "note.txt"
    ]


@pytest.mark.parametrize("name", ["plain", "lzma", "bcj", "delta", "bzip2", "deflate", "copy"])
def test_seven_zip(name):
    """Every chain that the standard library can undo."""
    files = opened(archive(f"seven_{name}")).files

    assert [("a/inner.exe", PROGRAM), ("note.txt", NOTE)] == [(f.name, f.data) for f in files]


def zip_packed(method, packed, plain=PROGRAM):
    """A ZIP whose one member says that it is packed so."""
    name = b"inner.exe"
    sizes = struct.pack("<III", zlib.crc32(plain), len(packed), len(plain))
    local = struct.pack("<HHHHH", 20, 0, method, 0, 0x21) + sizes + struct.pack("<HH", len(name), 0) + name
    central = struct.pack("<HHHHHH", 20, 20, 0, method, 0, 0x21) + sizes
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    body = b"PK\x03\x04" + local + packed
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central) + 4, len(body), 0)
    return body + b"PK\x01\x02" + central + b"PK\x05\x06" + end


def lzma_packed(plain):
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}]
    return (
        b"\x09\x14\x05\x00" + b"\x5d\x00\x00\x01\x00" + lzma.compress(plain, lzma.FORMAT_RAW, filters=filters)
    )


@pytest.mark.parametrize(
    ("method", "packed"),
    [
        (12, bz2.compress(PROGRAM)),
        (14, lzma_packed(PROGRAM)),
        (93, zstd.compress(PROGRAM)),
        (95, lzma.compress(PROGRAM)),
    ],
    ids=["bzip2", "lzma", "zstd", "xz"],
)
def test_rare_packers_of_zip(method, packed):
    """What 7-Zip and its kin write into a ZIP; broken content is said not to have been seen."""
    found = opened(zip_packed(method, packed))

    assert [("inner.exe", PROGRAM, False)] == [(f.name, f.data, f.cut) for f in found.files]
    assert not found.cut
    assert opened(zip_packed(method, b"\x00broken")).cut


@pytest.mark.parametrize("method", [6, 9, 97, 98])
def test_packers_that_we_do_not_have(method):
    """The names are listed, and it is said that the content was not seen."""
    attachment = attached(zip_packed(method, b"whatever")).attachments[0]

    assert ["inner.exe"] == [m.name for m in attachment.members]
    assert ("archive_cut",) == attachment.traits


def test_seven_zip_that_we_cannot_undo():
    """PPMd: the names are listed, and it is said that the content was not seen."""
    message = attached(archive("seven_ppmd"), "a.7z")

    assert ["a.7z"] == names(message)
    assert ("archive_cut",) == message.attachments[0].traits
    assert ["a/inner.exe", "note.txt"] == [m.name for m in message.attachments[0].members]


def test_inner_files_are_attachments():
    """Archive in archive: each file is listed under its path, with hashes and type, and knows its holder."""
    inner = zip_of({"run.exe": PROGRAM})
    outer, second, third = attached(zip_of({"b/second.zip": inner})).attachments

    assert ("outer.zip/b/second.zip", outer.sha256) == (second.filename, second.inside)
    assert ("outer.zip/b/second.zip/run.exe", second.sha256) == (third.filename, third.inside)
    assert ("application/x-dosexec", len(PROGRAM), "") == (third.detected_type, third.size, outer.inside)


def test_inner_pages_and_messages_are_read():
    """Links of a page in an archive are links of the message, and so are those of a message in it."""
    eml = letter("Go to http://eml.test/x", Subject="inner")
    message = attached(zip_of({"p.html": b"<html><a href='http://page.test/'>x</a></html>", "m.eml": eml}))

    assert {"page.test", "eml.test"} == {link.host for link in message.links}


def test_inner_text_of_a_crowd_is_not_read_for_links():
    """Source code names hundreds of addresses, which say nothing of the letter."""
    few = attached(zip_of({"a.txt": b"http://a.test/"}))
    many = attached(zip_of({f"{i}.txt": b"http://a.test/" for i in range(4)}))

    assert ["a.test"] == [link.host for link in few.links]
    assert () == many.links


def test_fingerprint_is_that_of_the_letter():
    """What lies in an archive does not change which letters count as one campaign."""
    first, second = (attached(zip_of({n: d})) for n, d in (("a.txt", b"hello"), ("b.exe", PROGRAM)))

    assert first.fingerprint == second.fingerprint


def test_depth_limit():
    """Deeper archives stay closed, which is a defect and a trait."""
    data = zip_of({"run.exe": PROGRAM})
    for level in range(MAX_DEPTH):
        data = zip_of({f"{level}.zip": data})
    message = attached(data)

    assert MAX_DEPTH + 1 == len(message.attachments)
    assert "nested_too_deep" in message.attachments[-1].traits
    assert "nested_archives_too_deep" in codes(message)


def test_file_limit():
    """Of one file so many bytes are read, and it is said that there were more."""
    data = zip_of({"a.bin": bytes(MAX_FILE + 1)})
    opening = opened(data)

    assert (True, True) == (opening.cut, opening.bomb)
    assert MAX_FILE == len(opening.files[0].data)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_bombs(pack):
    """A bomb of every packer ends at the limit, as a bomb, with a defect."""
    message = attached(pack(bytes(100 << 20)), "a.gz")

    assert {"archive_bomb", "archive_cut"} <= set(message.attachments[0].traits)
    assert "archive_too_large" in codes(message)
    assert MAX_FILE == message.attachments[1].size


def test_bomb_in_a_zip():
    """However much lies behind it, and whatever is declared: what was read took too few bytes."""
    data = zip_of({"a.bin": bytes(100 << 20)})

    assert MAX_RATIO * len(data) > MAX_FILE
    assert opened(data).bomb


def test_ratio_limit(monkeypatch):
    """What packs as well as text is no bomb; the ratio is not asked of small files."""
    text = b"".join(b"line %d of a log\n" % i for i in range(100_000))
    monkeypatch.setattr(unpack, "RATIO_FREE", 1 << 20)

    assert len(text) > unpack.RATIO_FREE
    assert len(text) < MAX_RATIO * len(gzip.compress(text))
    assert not opened(gzip.compress(text)).bomb
    assert not opened(gzip.compress(bytes(1 << 19))).bomb


def test_members_limit(monkeypatch):
    """Of many files, those that a reader may start come first; the rest is named as left out."""
    monkeypatch.setattr(budget, "MAX_INNER", 3)
    many = {f"{i}.txt": b"x" for i in range(9)} | {"z.pdf": b"%PDF-1.4", "z.exe": PROGRAM}
    opening = opened(zip_of(many))

    assert ["z.exe", "z.pdf", "0.txt"] == [f.name for f in opening.files]
    assert opening.cut


def test_total_limit(monkeypatch):
    """All files of a message together take from one budget, also those of several archives."""
    monkeypatch.setattr(budget, "MAX_UNPACKED", 1_000)
    data = zip_of({"a.txt": bytes(800)})
    message = parse(multipart(*(file_part(data, f"{i}.zip") for i in range(3))))

    assert [800, 200] == [a.size for a in message.attachments if a.inside]
    assert 2 == sum("archive_cut" in a.traits for a in message.attachments)


def test_overlapping_members():
    """A thousand names for one content cost no more than the budget."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("a", bytes(4 << 20))
        for index in range(500):
            pack.filelist.append(pack.filelist[0].__class__(f"n{index}"))
            for slot in ("header_offset", "compress_size", "file_size", "CRC", "compress_type", "flag_bits"):
                setattr(pack.filelist[-1], slot, getattr(pack.filelist[0], slot))
    purse = Budget()
    opening = opened(out.getvalue(), purse=purse)

    assert opening.cut
    assert sum(len(f.data) for f in opening.files) <= budget.MAX_UNPACKED
    assert purse.unpacked >= 0


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("a.zip", "b/c.exe", "a.zip/b/c.exe"),
        (None, "c.exe", "(no name)/c.exe"),
        ("a.zip", "../../c\x00\n.exe", "a.zip/../../c__.exe"),
        ("a.zip", "", "a.zip/(no name)"),
        ("a.zip", "\ud800", "a.zip/?"),
    ],
)
def test_paths(outer, inner, expected):
    """Paths are readable and hold no control characters."""
    assert expected == path(outer, inner)


def test_path_limit():
    """The end of a long path is what tells the type."""
    found = path("a" * 600, "b.exe")

    assert unpack.MAX_PATH == len(found)
    assert found.endswith("/b.exe")


SEEDS = [archive(f"seven_{n}") for n in ("plain", "lzma", "bcj", "bzip2", "aes")] + [
    archive("zip_aes128"),
    archive("zip_old"),
    archive("iso_joliet")[: 60 << 10],
    zip_of({"a.exe": PROGRAM}),
    tar_of({"a.exe": PROGRAM}),
    gzip.compress(PROGRAM, mtime=0),
]


@settings(max_examples=150, deadline=None)
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_broken_archives(seed, data):
    """Whatever is broken in an archive, it is read to an end, with traits of the closed set."""
    broken = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    content = Content(0, bytes(broken), "a.bin", "")
    found = inspect(content, DefectList(), Budget(), passwords=("x",))

    assert set(found.attachment.traits) <= set(TRAITS)
    assert all(c.depth == 1 for c in found.inner)
