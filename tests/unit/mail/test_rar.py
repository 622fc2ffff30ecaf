"""RAR: names, contents, passwords."""

import struct
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail import budget
from lazaretto.mail.budget import Budget
from lazaretto.mail.files import rar, rar_files, rar_five, rar_three
from lazaretto.mail.files.bits import Bits, PackedError, codes, copy
from lazaretto.mail.files.rar import read_rar
from lazaretto.mail.files.rar_codes import Window
from lazaretto.mail.files.rar_files import RarContents
from lazaretto.mail.files.rar_five import unpack_five
from lazaretto.mail.files.rar_three import unpack_three
from lazaretto.mail.files.unpack import rank
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, multipart, part
from tests.unit.mail.packed import archive
from tests.unit.mail.rar_writer import packed, rar_of

NUMBERS = "".join(f"{n:03}\n" for n in range(512)).encode()[:2_048]


def contents(data, *passwords, purse=None):
    """What comes out of an archive, and the reader of it."""
    reader = RarContents(data, purse or Budget(), passwords)
    return dict(reader.files(rank)), reader


@pytest.mark.parametrize("name", ["rar3", "rar5"])
def test_names_and_contents(name):
    """Folders are left out; letters of all scripts are read; files that are not packed come out."""
    expected = {
        "sub/dir1/file1.txt": b"file1\n",
        "sub/dir2/file2.txt": b"file2\n",
        "sub/with space/long fn.txt": b"long fn\n",
        "sub/üȵĩöḋè/file.txt": b"file\n",
    }
    found, reader = contents(archive(name))

    assert expected == found
    assert not reader.cut
    assert set(expected) == {file.name for file in read_rar(archive(name)).files}


@pytest.mark.parametrize("name", ["rar3_solid", "rar5_solid"])
def test_packed_files(name):
    """Written by WinRAR: the second file goes on where the first ended; the old one has a filter for tables."""
    found, reader = contents(archive(name))

    assert {"stest1.txt": NUMBERS, "stest2.txt": NUMBERS} == found
    assert not reader.cut


@pytest.mark.parametrize("name", ["rar3_locked", "rar5_locked"])
def test_locked_files(name):
    """A password is seen, the names are still read, and no content is taken for the file."""
    found = read_rar(archive(name))

    assert found.encrypted
    assert 2 == len(found.files)
    assert {} == contents(archive(name), "wrong")[0]


def test_password_of_the_letter():
    """The word that the letter gives opens RAR 5, and what comes out is an attachment."""
    found, reader = contents(archive("rar5_locked"), "wrong", "password")
    file = file_part(archive("rar5_locked"), "a.rar")
    message = parse(multipart(part("The key is: password", Content_Type="text/plain"), file))

    assert ({"stest1.txt": NUMBERS, "stest2.txt": NUMBERS}, "password") == (found, reader.password)
    assert ["a.rar", "a.rar/stest1.txt", "a.rar/stest2.txt"] == [a.filename for a in message.attachments]
    assert "password_in_text" in message.attachments[0].traits


def old_locked(password, content=b"hello world, " * 9):
    """RAR 3 with one file that is not packed, under a password."""
    salt = b"saltsalt"
    key, start = rar_files._old_key(password, salt)
    padded = content + bytes(-len(content) % 16)
    packed_ = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor().update(padded)
    name = b"a.txt"
    flags = 0x8000 | 0x400 | 4
    body = struct.pack(
        "<IIBIIBBHI", len(packed_), len(content), 2, zlib.crc32(content), 0, 29, 0x30, len(name), 0
    )
    head = struct.pack("<BHH", 0x74, flags, 7 + len(body) + len(name) + len(salt)) + body + name + salt
    main = struct.pack("<BHH", 0x73, 0, 13) + bytes(6)
    return (
        b"Rar!\x1a\x07\x00"
        + b"".join(struct.pack("<H", zlib.crc32(h) & 0xFFFF) + h for h in (main, head))
        + packed_
    )


def test_password_of_old_archives():
    """RAR 3 and 4: only the checksum tells the right word; an archive of WinRAR with empty files, one of our own."""
    found, reader = contents(archive("rar3_aes"), "wrong", "password")

    assert ({"file1.txt": b"", "file2.txt": b""}, "password") == (found, reader.password)
    assert {"a.txt": b"hello world, " * 9} == contents(old_locked("Geheim"), "wrong", "Geheim")[0]
    assert {} == contents(old_locked("Geheim"), "wrong", "geheim")[0]
    wrong = [f"w{n}" for n in range(rar_files.MAX_OLD_KEYS)]
    assert {} == contents(old_locked("Geheim"), *wrong, "Geheim")[0]


MATCHES = [b"hello world, " * 3, (13, 13), (13, 300), ("again",), b"xyz", (3, 9), ("old", 1, 7), (600, 40)]
TEXT = b"hello world, " * 50 + b"xyz" + b"xyz" * 3


def test_matches():
    """New and old distances, copies that overlap with themselves, long ones that count one more."""
    found = unpack_five(packed(MATCHES), Window(), 10_000)

    assert found.startswith(b"hello world, " * 49)
    assert 711 == len(found)
    assert found[:111] + found[111:711] == found


def test_several_blocks():
    """A file is as many blocks as it takes."""
    data = packed([b"one "], last=False) + packed([b"two ", (4, 4)])

    assert b"one two two " == unpack_five(data, Window(), 100)


def test_dangerous_files_first():
    """What a reader may start is unpacked first, unless the archive is solid."""
    plain = rar_of([("a.txt", b"text", packed([b"text"])), ("b.exe", b"MZ", packed([b"MZ"]))])
    solid = rar_of([("a.txt", b"text", packed([b"text"])), ("b.exe", b"text", packed([(4, 4)]))], solid=True)

    assert ["b.exe", "a.txt"] == list(contents(plain)[0])
    assert [("a.txt", b"text"), ("b.exe", b"text")] == list(contents(solid)[0].items())


def called(program):
    """Calls with addresses in place of distances, as a packer writes them."""
    out = bytearray(program)
    at = 0
    while at + 4 < len(out):
        at += 1
        if out[at - 1] == 0xE8:
            (distance,) = struct.unpack_from("<i", out, at)
            struct.pack_into("<i", out, at, distance + at)
            at += 4
    return bytes(out)


def test_filter_for_programs():
    """Calls are addresses in the archive and distances in the file."""
    program = b"MZ" + b"\xe8\x10\x00\x00\x00\x90" * 20
    data = rar_of([("a.exe", program, packed([("filter", 0, len(program), 1), called(program)]))])

    assert ({"a.exe": program}, False) == (contents(data)[0], contents(data)[1].cut)


def test_filters_for_tables_and_arm():
    """Differences by channel; branches of ARM processors."""
    deltas = packed(
        [("filter", 0, 6, 0, 2), bytes((256 - 1, 256 - 1, 256 - 1, 256 - 10, 256 - 10, 256 - 10))]
    )
    branch = packed([b"....", ("filter", 0, 4, 3), bytes((5, 0, 0, 0xEB))])

    assert bytes((1, 10, 2, 20, 3, 30)) == unpack_five(deltas, Window(), 100)
    assert b"...." + bytes((4, 0, 0, 0xEB)) == unpack_five(branch, Window(), 100)


def test_what_is_not_the_file():
    """A wrong checksum, an end that is missing and a packer that we do not know are said."""
    whole = packed([b"x" * 200])
    for data in (
        rar_of([("a", b"y" * 200, whole)]),
        rar_of([("a", b"x" * 300, whole)]),
        rar_of([("a", b"x" * 200, whole[:40])]),
        archive("rar3_solid").replace(b"\x1d\x33", b"\x14\x33"),
    ):
        assert contents(data)[1].cut


def test_in_a_message():
    """Members are listed with their types where they can be read; what comes out is an attachment."""
    message = parse(multipart(file_part(archive("rar5"), "a.rar")))

    assert 5 == len(message.attachments)
    assert {"text/plain"} == {m.detected_type for m in message.attachments[0].members}
    assert "a.rar/sub/dir1/file1.txt" in {a.filename for a in message.attachments}


def test_program_in_a_message():
    """A packed program is found by its content, whatever it is called."""
    data = rar_of([("invoice.pdf", b"MZ" + bytes(98), packed([b"MZ\0", (1, 97)]))])
    message = parse(multipart(file_part(data, "a.rar")))

    assert ["application/x-rar", "application/x-dosexec"] == [a.detected_type for a in message.attachments]


def test_limits(monkeypatch):
    """Blocks and bytes of names are bounded."""
    monkeypatch.setattr(rar, "MAX_NAME", 3)

    assert {"sub"} == {f.name for name in ("rar3", "rar5") for f in read_rar(archive(name)).files}
    monkeypatch.setattr(rar, "MAX_BLOCKS", 2)
    assert len(read_rar(archive("rar5")).files) <= 2
    assert len(read_rar(archive("rar3")).files) <= 2


def test_limits_of_unpacking(monkeypatch):
    """Bytes of a message, filters, passwords and the hashes for one key are bounded, and it is said."""
    purse = Budget()
    purse.slow = 3_000
    found, reader = contents(archive("rar5_solid"), purse=purse)
    assert ([2_048, 952], True, 0) == ([*map(len, found.values())], reader.cut, purse.slow)
    assert budget.MAX_SLOW == Budget().slow

    many = [("filter", 0, 4, 3)] * 3 + [bytes((5, 0, 0, 0xEB))]
    monkeypatch.setattr(rar_five, "MAX_FILTERS", 0)
    assert bytes((5, 0, 0, 0xEB)) == unpack_five(packed(many), Window(), 100)
    monkeypatch.setattr(rar_five, "MAX_FILTERS", 9)
    monkeypatch.setattr(rar_five, "MAX_FILTERED", 3)
    assert bytes((5, 0, 0, 0xEB)) == unpack_five(packed(many), Window(), 100)
    monkeypatch.setattr(rar_three, "MAX_FILTERS", 0)
    assert contents(archive("rar3_solid"))[1].cut
    monkeypatch.setattr(rar_three, "MAX_PROGRAM", 1)
    assert contents(archive("rar3_solid"))[1].cut
    monkeypatch.undo()
    monkeypatch.setattr(rar_three, "MAX_PROGRAMS", 0)
    assert contents(archive("rar3_solid"))[1].cut

    wrong = [f"w{n}" for n in range(rar_files.MAX_KEYS)]
    assert {} == contents(archive("rar5_locked"), *wrong, "password")[0]
    monkeypatch.setattr(rar_files, "MAX_POWER", 3)
    assert {} == contents(archive("rar5_locked"), "password")[0]


def test_codes():
    """Codes that are too many for their lengths are refused; bits that are none end the reading."""
    with pytest.raises(PackedError):
        codes([1, 1, 1])
    with pytest.raises(PackedError):
        Bits(b"\xff\xff").code(codes([1, 2]))
    with pytest.raises(PackedError):
        copy(bytearray(b"ab"), 3, 1)
    assert 0 == Bits(b"\x00").code(codes([1, 2]))


@settings(max_examples=200, deadline=None)
@given(
    seed=st.sampled_from(["rar3", "rar5", "rar3_locked", "rar5_locked", "rar3_solid", "rar5_solid"]),
    data=st.data(),
)
def test_broken_archives(seed, data):
    """Whatever is broken, the headers are read to an end, and no more comes out than the budget has."""
    broken = bytearray(archive(seed))
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    purse = Budget()
    purse.slow = 20_000

    assert len(read_rar(bytes(broken)).files) <= rar.MAX_BLOCKS
    list(RarContents(bytes(broken), purse).files(rank))
    assert purse.slow >= 0


@given(st.binary(max_size=300))
def test_any_bits(data):
    """Nothing raises, whatever is packed."""
    assert len(unpack_five(data, Window(), 500)) <= 500
    assert len(unpack_three(data, Window(), 500)[0]) <= 500
