"""Files that documents carry, and images of disks."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.budget import Budget
from lazaretto.mail.files import embedded, iso, ole
from lazaretto.mail.files.embedded import note_files, package, rtf_files
from lazaretto.mail.files.iso import iso_files
from lazaretto.mail.files.ole import ole_files
from lazaretto.mail.parse import parse
from tests.unit.mail.files import CONTENT_TYPES, FREE, zip_of
from tests.unit.mail.files import END_OF_CHAIN as END
from tests.unit.mail.letters import file_part, multipart
from tests.unit.mail.packed import PROGRAM, archive

ONENOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
NOTE_FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")


def note_of(*contents):
    return ONENOTE + b"".join(NOTE_FILE + struct.pack("<QIQ", len(c), 0, 0) + c + bytes(16) for c in contents)


def package_of(name, content):
    path = b"C:\\x\\" + name + b"\x00"
    return (
        b"\x02\x00" + name + b"\x00" + path + struct.pack("<HHI", 0, 3, len(path)) + path
        + struct.pack("<I", len(content)) + content
    )  # fmt: skip


def rtf_of(kind, content):
    kind += b"\x00"
    data = (
        struct.pack("<III", 0x501, 2, len(kind)) + kind + bytes(8) + struct.pack("<I", len(content)) + content
    )
    return b"{\\rtf1 {\\object\\objemb{\\*\\objdata " + data.hex(" ", 8).encode() + b"}}}"


def test_files_of_a_notebook():
    """Files behind the pictures come out."""
    assert [("file 1", PROGRAM), ("file 2", b"x")] == list(note_files(note_of(PROGRAM, b"x")))


def test_objects_of_rtf():
    """A package has its name; other objects are numbered. White space and control words do not hide them."""
    packed = rtf_of(b"Package", package_of(b"run.exe", PROGRAM))

    assert [("run.exe", PROGRAM)] == list(rtf_files(packed, Budget()))
    assert [("run.exe", PROGRAM)] == list(
        rtf_files(packed.replace(b"objdata ", b"objdata {\\x}\\bin0 \r\n"), Budget())
    )
    assert [("object 1", b"abc")] == list(rtf_files(rtf_of(b"Equation.3", b"abc"), Budget()))


def test_in_a_message():
    """They are attachments of the message."""
    files = [("n.one", note_of(PROGRAM)), ("r.rtf", rtf_of(b"Package", package_of(b"run.exe", PROGRAM)))]
    message = parse(multipart(*(file_part(data, name) for name, data in files)))

    assert ["n.one", "n.one/file 1", "r.rtf", "r.rtf/run.exe"] == [a.filename for a in message.attachments]
    assert 2 == sum(a.detected_type == "application/x-dosexec" for a in message.attachments)


def ole_with(name, content, small=False):
    """A compound file with one stream, in sectors of its own or among the small ones. MS-CFB."""
    size = len(content)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIII", header, 44, 1, 1, 0, 4096)
    struct.pack_into("<II", header, 60, 2 if small else END, int(small))
    struct.pack_into("<109I", header, 76, 0, *[FREE] * 108)
    count = -(-size // 512)
    body = 3
    chain = [0xFFFFFFFD, END, END if small else FREE, *[body + 1 + i for i in range(count - 1)], END]
    fat = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    minis = -(-size // 64)
    table = struct.pack(f"<{minis}I", *[i + 1 for i in range(minis - 1)], END) if small else b""
    root = entry("Root Entry", body if small else END, size if small else 0)
    directory = root + entry(name, 0 if small else body, size)
    return (
        bytes(header)
        + fat
        + directory.ljust(512, b"\0")
        + table.ljust(512, b"\xff")
        + content.ljust(count * 512, b"\0")
    )


def entry(name, sector, size):
    raw = name.encode("utf-16-le") + bytes(2)
    return raw.ljust(64, b"\0") + struct.pack("<H50xII4x", len(raw), sector, size)


@pytest.mark.parametrize("size", [100, 600, 5_000, 20_000])
def test_packages_of_old_documents(size):
    """A file behind a picture of an old document, in large sectors and among the small streams."""
    packed = package_of(b"run.exe", PROGRAM.ljust(size, b"x"))
    data = ole_with("\x01Ole10Native", struct.pack("<I", len(packed)) + packed, small=len(packed) + 4 < 4_096)
    message = parse(multipart(file_part(data, "a.doc")))

    assert [("run.exe", PROGRAM.ljust(size, b"x"))] == list(ole_files(data))
    assert ["a.doc", "a.doc/run.exe"] == [a.filename for a in message.attachments]


def test_package_in_a_new_document():
    """The same within the embeddings of a new document, one file deeper."""
    packed = package_of(b"run.exe", PROGRAM)
    inner = ole_with("\x01Ole10Native", struct.pack("<I", len(packed)) + packed, small=True)
    data = zip_of(CONTENT_TYPES | {"word/embeddings/oleObject1.bin": inner})
    message = parse(multipart(file_part(data, "a.docx")))

    assert "a.docx/word/embeddings/oleObject1.bin/run.exe" == message.attachments[-1].filename


def test_limits_of_old_documents(monkeypatch):
    """Packages and bytes of a stream are bounded; a chain that bites its tail ends."""
    packed = package_of(b"run.exe", PROGRAM.ljust(6_000, b"x"))
    data = bytearray(ole_with("\x01Ole10Native", struct.pack("<I", len(packed)) + packed))
    with monkeypatch.context() as patch:
        patch.setattr(ole, "MAX_PACKAGES", 0)
        assert [] == list(ole_files(bytes(data)))
    struct.pack_into("<I", data, 512 + 4 * 4, 3)
    entries = ole.ole_entries(bytes(data))
    large = ole.OleEntry("x", 1 << 30, 0, 3)

    assert ole.MAX_STREAM == len(ole.read_stream(bytes(data), large, entries))


def test_limits(monkeypatch):
    """So many files, so many bytes."""
    monkeypatch.setattr(embedded, "MAX_EMBEDDED", 2)

    assert 2 == len(list(rtf_files(rtf_of(b"x", b"y") * 5, Budget())))
    monkeypatch.setattr(embedded, "MAX_OBJECT", 10)
    assert [10, 10] == [len(c) for _, c in note_files(note_of(PROGRAM, PROGRAM, PROGRAM))]
    assert [] == list(rtf_files(rtf_of(b"x", PROGRAM), Budget()))


def test_limits_of_an_image(monkeypatch):
    """Directories, files and bytes of an image are bounded."""
    data = archive("iso_joliet")
    for name, expected in (
        ("MAX_DIRECTORIES", 1),
        ("MAX_FILES", 0),
        ("MAX_DESCRIPTORS", 0),
        ("MAX_DIRECTORY", 40),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(iso, name, expected)

            assert [] == list(iso_files(data))
    monkeypatch.setattr(iso, "MAX_FILE", 10)
    assert [("A long folder/inner.exe", PROGRAM[:10])] == list(iso_files(data))


def test_a_loop_of_directories():
    """A directory that holds itself is gone through a bounded number of times."""
    data = bytearray(archive("iso_plain"))
    at = data.find(b"\x01A", 0x8000 + 4 * 2048) - 32  # the record of the directory A in the root
    root = data[0x8000 + 158 : 0x8000 + 166]
    data[at + 2 : at + 10] = root

    assert len(list(iso_files(bytes(data)))) <= iso.MAX_FILES


@given(st.binary(max_size=400))
def test_anything(data):
    """Every content is read to an end."""
    assert len(list(note_files(NOTE_FILE + data))) <= embedded.MAX_EMBEDDED
    assert (
        len(list(rtf_files(b"\\objdata" + data + b"\\objdata " + data.hex().encode(), Budget())))
        <= embedded.MAX_EMBEDDED
    )
    image = bytes(0x8000) + b"\x01CD001" + data.ljust(400, b"\x01") + data
    assert len(list(iso_files(image))) <= iso.MAX_FILES
    old = ole_with("\x01Ole10Native", bytes(600))
    assert len(list(ole_files(old[:512] + data.ljust(512, b"\x00") + old[1024:]))) <= ole.MAX_PACKAGES
    found = package(b"\x02\x00" + data)
    assert found is None or found[0]
