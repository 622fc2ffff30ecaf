"""Cabinets and images of disks: read to their limits, and never beyond them."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail.budget import Budget
from lazaretto.mail.files import cab, fat, udf, unpack
from lazaretto.mail.files.cab import Cabinet
from lazaretto.mail.files.fat import fat_files, partitions
from lazaretto.mail.files.filetype import detect
from lazaretto.mail.files.udf import disc_files, udf_files
from lazaretto.mail.files.unpack import open_file
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, multipart
from tests.unit.mail.packed import NOTE, PROGRAM, archive

FILES = {"A long folder/inner.exe": PROGRAM, "note.txt": NOTE}


def lower(found):
    return {name.lower(): content for name, content in found}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cab_mszip", "application/vnd.ms-cab-compressed"),
        ("cab_stored", "application/vnd.ms-cab-compressed"),
        ("udf", "application/x-udf-image"),
        ("iso_udf", "application/x-iso9660-image"),
        ("fat", "application/x-raw-disk-image"),
    ],
)
def test_in_a_message(name, kind):
    """All files are members and attachments, each once, the program by its content."""
    message = parse(multipart(file_part(archive(name), "a.img")))
    outer, *inner = message.attachments

    assert kind == outer.detected_type
    assert {name.lower() for name in FILES} == {m.name.lower() for m in outer.members}
    assert ["application/x-dosexec", "text/plain"] == sorted(a.detected_type for a in inner)
    assert () == outer.traits


def test_image_that_shows_two_faces():
    """What is only on the UDF side, which Windows shows, is found beside the harmless side."""
    image = bytearray(archive("iso_udf"))
    place = image.rindex(PROGRAM[:2] + PROGRAM[2:100])
    image[place : place + 2] = b"M_"
    first = dict(disc_files(bytes(image)))

    assert set(FILES) == set(first)
    assert lower(udf_files(archive("iso_udf"))) == lower(disc_files(archive("udf"))) == lower(FILES.items())


def test_image_that_we_cannot_read():
    """Another file system: nothing is listed, and it is said that it was not seen."""
    image = b"\xeb\x52\x90NTFS    " + bytes(499) + b"\x55\xaa" + bytes(2_000)
    attachment = parse(multipart(file_part(image, "a.img"))).attachments[0]

    assert "application/x-raw-disk-image" == attachment.detected_type
    assert ("archive_cut",) == attachment.traits


@pytest.mark.parametrize("packing", [2, 3])
def test_cabinet_that_we_cannot_unpack(packing):
    """Quantum and LZX: the names are listed, and it is said that the content was not seen."""
    data = bytearray(archive("cab_mszip"))
    struct.pack_into("<H", data, 36 + 6, packing)
    attachment = parse(multipart(file_part(bytes(data), "a.cab"))).attachments[0]

    assert list(FILES) == [m.name for m in attachment.members]
    assert ("archive_cut",) == attachment.traits


def test_no_partitions():
    """A text or a program with the two bytes by chance is no disk."""
    assert () == partitions(b"MZ" * 300)
    assert () == partitions(bytes(510) + b"\x55\xaa")
    assert () == partitions(b"x" * 510 + b"\x55\xaa" + b"x" * 90)


@pytest.mark.parametrize(
    ("module", "reader", "name"), [(udf, udf_files, "udf"), (fat, fat_files, "fat")], ids=["udf", "fat"]
)
def test_limits_of_images(monkeypatch, module, reader, name):
    """Files, directories and bytes are bounded."""
    data = archive(name)

    monkeypatch.setattr(module, "MAX_FILE", 10)
    assert {10} == {len(content) for _, content in reader(data)}
    monkeypatch.setattr(module, "MAX_FILES", 1)
    assert 1 == len(list(reader(data)))
    monkeypatch.undo()
    monkeypatch.setattr(module, "MAX_DIRECTORIES", 1)
    assert ["note.txt"] == [n.lower() for n, _ in reader(data)]
    monkeypatch.undo()
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    assert sum(len(content) for _, content in reader(data)) <= 100
    monkeypatch.undo()
    monkeypatch.setattr(module, "MAX_DIRECTORY", 40)
    assert len(list(reader(data))) < 2


def test_limits_of_udf(monkeypatch):
    """Descriptors and pieces of a file are bounded."""
    monkeypatch.setattr(udf, "MAX_PIECES", 0)
    assert [] == list(udf_files(archive("udf")))
    monkeypatch.undo()
    monkeypatch.setattr(udf, "MAX_DESCRIPTORS", 1)
    assert [] == list(udf_files(archive("udf")))


def test_a_loop_of_clusters(monkeypatch):
    """A chain that never ends is as long as MAX_CHAIN, or as the file says."""
    image = bytearray(archive("fat"))
    (reserved,) = struct.unpack_from("<H", image, 14)
    image[reserved * 512 : reserved * 512 + 1_000] = b"\x03\x30\x00" * 333 + b"\x00"
    monkeypatch.setattr(fat, "MAX_CHAIN", 5)

    assert all(len(content) <= 5 * 4_096 for _, content in fat_files(bytes(image)))


def test_limits_of_cabinets(monkeypatch):
    """Folders, files, blocks, names and unpacked bytes are bounded, and it is said."""
    data = archive("cab_mszip")
    cabinet = Cabinet(data)

    assert FILES == dict(cabinet.contents(1_000))
    assert not cabinet.cut
    assert [202, 8] == [len(content) for _, content in cabinet.contents(210)]
    assert cabinet.cut
    for name, value in (("MAX_FOLDERS", 0), ("MAX_FILES", 1), ("MAX_BLOCKS", 0), ("MAX_NAME", 4)):
        monkeypatch.setattr(cab, name, value)
        cabinet = Cabinet(data)
        found = {n: c for n, c in cabinet.contents(1_000) if c}
        assert len(found) < 2
        monkeypatch.undo()
    monkeypatch.setattr(unpack, "MAX_FOLDER", 210)
    assert open_file(data, detect(data), "a.cab", Budget()).cut


def test_bomb_in_a_cabinet():
    """Zeros by the megabyte end at the limit of a block, whatever is declared."""
    data = bytearray(archive("cab_mszip"))
    cabinet = Cabinet(bytes(data))

    assert sum(len(content) for _, content in cabinet.contents(1 << 30)) < 1_000


@settings(max_examples=150, deadline=None)
@given(seed=st.sampled_from(["cab_mszip", "cab_stored", "fat", "udf"]), data=st.data())
def test_broken_images(seed, data):
    """Whatever is broken, the reading ends and nothing raises."""
    broken = bytearray(archive(seed))
    where = len(broken) - 1 if seed != "udf" else 0x90000
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, where))] = data.draw(st.integers(0, 255))
    whole = bytes(broken)

    list(Cabinet(whole).contents(100_000))
    list(fat_files(whole))
    list(disc_files(whole))
    partitions(whole)


@given(st.binary(max_size=600))
def test_total(data):
    """Nothing raises, whatever the bytes."""
    list(Cabinet(b"MSCF" + data).contents(1_000))
    list(fat_files(b"\xeb" + data))
    list(udf_files(data))
