"""RAR: names, passwords, and what is not packed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail import rar
from lazaretto.mail.parse import parse
from lazaretto.mail.rar import rar_files, read_rar
from tests.unit.mail.letters import file_part, multipart
from tests.unit.mail.packed import archive


@pytest.mark.parametrize("name", ["rar3", "rar5"])
def test_names_and_contents(name):
    """Folders are left out; letters of all scripts are read; files that are not packed come out."""
    data = archive(name)
    expected = {
        "sub/dir1/file1.txt": b"file1\n",
        "sub/dir2/file2.txt": b"file2\n",
        "sub/with space/long fn.txt": b"long fn\n",
        "sub/üȵĩöḋè/file.txt": b"file\n",
    }

    assert expected == dict(rar_files(data))
    assert set(expected) == {file.name for file in read_rar(data).files}


@pytest.mark.parametrize("name", ["rar3_solid", "rar5_solid"])
def test_packed_files_are_named(name):
    """Of packed files the names and sizes are known, no more."""
    data = archive(name)

    assert [("stest1.txt", 2048), ("stest2.txt", 2048)] == [(f.name, f.size) for f in read_rar(data).files]
    assert [] == list(rar_files(data))


@pytest.mark.parametrize("name", ["rar3_locked", "rar5_locked"])
def test_locked_files(name):
    """A password is seen, the names are still read, and no content is taken for the file."""
    found = read_rar(archive(name))

    assert found.encrypted
    assert 2 == len(found.files)
    assert [] == list(rar_files(archive(name)))


def test_in_a_message():
    """Members are listed with their types where they can be read; what comes out is an attachment."""
    message = parse(multipart(file_part(archive("rar5"), "a.rar")))

    assert 5 == len(message.attachments)
    assert {"text/plain"} == {m.detected_type for m in message.attachments[0].members}
    assert "a.rar/sub/dir1/file1.txt" in {a.filename for a in message.attachments}


def test_limits(monkeypatch):
    """Blocks and bytes of names are bounded."""
    monkeypatch.setattr(rar, "MAX_NAME", 3)

    assert {"sub"} == {f.name for name in ("rar3", "rar5") for f in read_rar(archive(name)).files}
    monkeypatch.setattr(rar, "MAX_BLOCKS", 2)
    assert len(read_rar(archive("rar5")).files) <= 2
    assert len(read_rar(archive("rar3")).files) <= 2


@settings(max_examples=200, deadline=None)
@given(seed=st.sampled_from(["rar3", "rar5", "rar3_locked", "rar5_locked"]), data=st.data())
def test_broken_archives(seed, data):
    """Whatever is broken, the headers are read to an end."""
    broken = bytearray(archive(seed))
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    assert len(read_rar(bytes(broken)).files) <= rar.MAX_BLOCKS
    assert all(len(content) <= len(broken) for _, content in rar_files(bytes(broken)))
