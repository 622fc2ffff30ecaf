"""Archives: members, passwords, bombs."""

import base64
import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.files import archives, sevenzip, zipfiles
from lazaretto.mail.files.archives import list_archive
from lazaretto.mail.files.filetype import detect
from lazaretto.mail.files.zipfiles import read_member, zip_members
from tests.unit.mail.files import locked_zip_of, seven_of, seven_with, tar_of, zip_of


def listing(data):
    return list_archive(data, detect(data))


def test_zip_members():
    """Members have their names, sizes and the types of their content."""
    found = listing(zip_of({"a/b.txt": b"hello", "invoice.pdf": b"MZ" + bytes(90), "d/": b""})).members

    assert [
        ("a/b.txt", 5, "text/plain"),
        ("invoice.pdf", 92, "application/x-dosexec"),
        ("d/", 0, "application/octet-stream"),
    ] == [(m.name, m.size, m.detected_type) for m in found]


def test_locked_zip():
    """A password is seen, and the content is not guessed."""
    found = listing(locked_zip_of({"a.exe": b"MZ"}))

    assert found.encrypted
    assert ["application/octet-stream"] == [m.detected_type for m in found.members]


def test_zip_behind_other_bytes():
    """Bytes put in front of an archive do not hide its members."""
    data = b"PK00" + b"x" * 100 + zip_of({"a.txt": b"hello"})

    assert ["text/plain"] == [m.detected_type for m in list_archive(data, "application/zip").members]


def test_zip_without_directory():
    """An archive that lacks its directory is read by its local headers."""
    whole = zip_of({"a.txt": b"hello", "b.exe": b"MZ" + bytes(50)})
    data = whole[: whole.find(b"PK\x01\x02")]

    assert ["a.txt", "b.exe"] == [m.name for m in listing(data).members]


def test_zip_bomb():
    """A bomb of many members with long runs costs no more than the limits."""
    bomb = zip_of({f"{i}.txt": bytes(3_000_000) for i in range(20)})

    found = listing(bomb)

    assert [3_000_000] * 20 == [m.size for m in found.members]
    member = zip_members(bomb)[0]
    assert 100 == len(read_member(bomb, member, 100))


def test_inflation_budget():
    """Once MAX_INFLATED bytes are inflated, further members are only listed."""
    count = zipfiles.MAX_INFLATED // zipfiles.SNIFF_BYTES
    assert count > zipfiles.MAX_MEMBERS  # the number of members ends the inflation first

    found = listing(zip_of({f"{i}": b"x" for i in range(zipfiles.MAX_MEMBERS + 5)}))

    assert zipfiles.MAX_MEMBERS == len(found.members)
    assert found.cut


def test_foreign_names():
    """Names in the old character set and in UTF-8 are read."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("grün.txt", b"x")

    assert ["grün.txt"] == [m.name for m in listing(out.getvalue()).members]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar(mode):
    """TAR files are listed, packed or not."""
    found = listing(tar_of({"a.txt": b"hello", "b.exe": b"MZ" + bytes(50)}, mode)).members

    assert [("a.txt", "text/plain"), ("b.exe", "application/x-dosexec")] == [
        (m.name, m.detected_type) for m in found
    ]


def test_too_many_tar_members():
    """MAX_MEMBERS are listed."""
    found = listing(tar_of({f"f{i}": b"" for i in range(zipfiles.MAX_MEMBERS + 5)}))

    assert (zipfiles.MAX_MEMBERS, True) == (len(found.members), found.cut)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_file(pack):
    """A packed file is one member with its real type; a bomb ends at MAX_UNPACKED."""
    small, bomb = listing(pack(b"MZ" + bytes(50))), listing(pack(bytes(50_000_000)))

    assert ["application/x-dosexec"] == [m.detected_type for m in small.members]
    assert ([archives.MAX_UNPACKED], True) == ([m.size for m in bomb.members], bomb.cut)


def test_gzip_name():
    """The original name is told."""
    out = io.BytesIO()
    with gzip.GzipFile("run.exe", "wb", fileobj=out) as packed:
        packed.write(b"MZ" + bytes(50))

    assert ["run.exe"] == [m.name for m in listing(out.getvalue()).members]


def test_broken_archives():
    """What claims to be packed and cannot be unpacked is told."""
    assert [True] * 4 == [
        listing(data).broken
        for data in (b"\x1f\x8b\x08broken", b"BZh9broken", b"\xfd7zXZ\x00broken", b"PK\x03\x04")
    ]


def rar4(flags: int, kind: int = 0x74) -> bytes:
    main = struct.pack("<HBHH", 0, 0x73, 0, 13) + bytes(6)
    return b"Rar!\x1a\x07\x00" + main + struct.pack("<HBHH", 0, kind, flags, 32) + bytes(25)


def rar5(kind: int, extra: bytes = b"") -> bytes:
    fields = bytes([kind, 1 if extra else 0]) + (bytes([len(extra)]) if extra else b"") + extra
    return b"Rar!\x1a\x07\x01\x00" + bytes(4) + bytes([len(fields)]) + fields + bytes(20)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (rar4(0), False),
        (rar4(0x04), True),
        (rar4(0x80, kind=0x73), True),
        (rar5(2), False),
        (rar5(4), True),
        (rar5(2, b"\x03\x01\x00\x00"), True),
        (rar5(2, b"\x03\x02\x00\x00"), False),
        (seven_with(b"", b"\x17\x06\x00\x01\x24\x06\xf1\x07\x01"), True),
        (seven_of(["a.exe"]), False),
        (seven_of(["a.exe"], aes=True), True),
        (seven_of(["a.exe"], aes=True, packer=lzma.FILTER_LZMA2), True),
        (seven_of(["a.exe"], aes=True, packer=None), True),
    ],
)
def test_passwords_of_rar_and_7z(data, expected):
    """Flags and records that ask for a password are seen."""
    assert expected == listing(data).encrypted


@pytest.mark.parametrize("packer", [None, lzma.FILTER_LZMA1, lzma.FILTER_LZMA2])
def test_names_of_7z(packer):
    """Names are told, also when the header is packed and the content needs a password."""
    names = ["inv/run.exe", "grün.txt"]

    assert names == [m.name for m in listing(seven_of(names, aes=True, packer=packer)).members]


def test_real_7z():
    """An archive written by another program is read."""
    data = base64.b64decode(
        "N3q8ryccAARfLrt4rwAAAAAAAAAWAAAAAAAAAKjxjgDtXMYVR8auwVW0eIdNOZnupn1GuxRDL7KHs624WzDhLeAAlgCHXQAAgTMHrg/QDv4U"
        "W4A/oi0i0ZqLKxJjUJPFMDskieCkeIhE+kjsiGX91ueNJXmbLR9Kqf1pAPc7FzSInNML14rTQ5xRnEQclxP+/rhYqYqfDwOiPJ15xjdN3A4Z"
        "IJSYrIT+v648bEUO8loqivYJCeyRzVI7ARs3zf1Z11uDBKrJC+uBpWD/AAAAFwYgAQmAjwAHCwEAASEhARgMgJcAAA=="
    )

    assert [("inv/run.exe", True), ("grün.txt", True)] == [
        (m.name, m.encrypted) for m in listing(data).members
    ]


def test_limits_of_7z():
    """MAX_NAMES are kept, and a header that unpacks to more than MAX_HEADER bytes is cut."""
    many = sevenzip.read_7z(seven_of([f"{i}" for i in range(2_000)], packer=None))
    bomb = lzma.compress(bytes(5_000_000), format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])
    size = b"\xe0" + len(bomb).to_bytes(3, "little")
    declared = b"\xf0" + (5_000_000).to_bytes(4, "little")
    header = b"\x17\x06\x00\x01\x09" + size + b"\x00\x07\x0b\x01\x00\x01\x21\x21\x01\x18\x0c" + declared

    assert len(many.names) <= sevenzip.MAX_NAMES
    assert sevenzip.MAX_HEADER == len(sevenzip._unpacked(seven_with(bomb, header), header))


@given(st.binary(max_size=200), st.integers(0, 400), st.binary(max_size=8))
def test_total(junk, at, patch):
    """Archives with bytes changed anywhere never raise."""
    for data in (
        zip_of({"a.txt": b"hello" * 9, "b/c": junk}),
        tar_of({"a.txt": junk}),
        tar_of({"a.txt": junk}, "w:gz"),
        b"Rar!\x1a\x07\x01\x00" + junk,
        b"Rar!\x1a\x07\x00" + junk,
        b"7z\xbc\xaf\x27\x1c" + junk,
        seven_of(["a.exe"]),
        b"PK\x05\x06" + junk,
        b"\xfd7zXZ\x00" + junk,
        b"BZh9" + junk,
        zlib.compress(junk),
    ):
        changed = data[:at] + patch + data[at + len(patch) :]
        assert isinstance(list_archive(changed, detect(data)).members, tuple)
