"""Outlook items and containers: files and texts come out, to the limits."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail.files import outlook, tnef
from lazaretto.mail.files.outlook import item_files
from lazaretto.mail.files.tnef import tnef_files
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, multipart
from tests.unit.mail.packed import PROGRAM, archive

PAGE = b"<html><a href='http://page.test/x'>Open</a></html>"


def attribute(kind, content, level=2):
    return struct.pack("<BHHI", level, kind, 6, len(content)) + content + b"\0\0"


def text_property(name, value, kind=31):
    raw = value.encode("utf-16-le") if kind == 31 else value
    return struct.pack("<HHII", kind, name, 1, len(raw)) + raw + bytes(-len(raw) % 4)


def properties(*listed):
    return struct.pack("<I", len(listed)) + b"".join(listed)


def container(*files, page=b""):
    """A container with files of (short name, long name, content) and the page of the letter."""
    out = b"\x78\x9f\x3e\x22\x01\x00" + attribute(0x9006, b"\0\0\1\0", 1)
    if page:
        flag = struct.pack("<HHI", 3, 0x0E1B, 0)
        named = struct.pack("<HH16sII", 31, 0x8001, bytes(16), 1, 4) + "ab".encode("utf-16-le")
        named += struct.pack("<II", 1, 2) + b"x\0\0\0"
        out += attribute(0x9003, properties(flag, named, text_property(0x1013, page, 258)), 1)
    for short, long, content in files:
        out += attribute(0x9002, bytes(14)) + attribute(0x8010, short + b"\0") + attribute(0x800F, content)
        out += attribute(0x9005, properties(text_property(0x3707, long))) if long else b""
    return out


CONTAINER = container((b"INNER~1.EXE", "inner programme.exe", PROGRAM), (b"a.txt", "", b"hello"), page=PAGE)


def test_files_of_a_container():
    """The page of the letter, and each file under its long name."""
    assert [("letter.html", PAGE), ("inner programme.exe", PROGRAM), ("a.txt", b"hello")] == list(
        tnef_files(CONTAINER)
    )


def test_container_in_a_message():
    """A program is found in it, and the page is read."""
    message = parse(multipart(file_part(CONTAINER, "winmail.dat", "application/ms-tnef")))

    assert [
        "winmail.dat",
        "winmail.dat/letter.html",
        "winmail.dat/inner programme.exe",
        "winmail.dat/a.txt",
    ] == [a.filename for a in message.attachments]
    assert "application/x-dosexec" in {a.detected_type for a in message.attachments}
    assert ["page.test"] == [link.host for link in message.links]


def test_files_of_an_item():
    """Texts and files of the letter, and of the one within it."""
    found = list(item_files(archive("outlook")))

    assert ["letter.html", "letter.txt", "inner.exe", "note.txt", "letter.txt"] == [name for name, _ in found]
    assert PROGRAM == dict(found)["inner.exe"]
    assert b"http://deep.test/" == found[-1][1]


def test_item_in_a_message():
    """A program is found in it, and all its texts are read for links."""
    message = parse(multipart(file_part(archive("outlook"), "a.msg")))

    assert "application/vnd.ms-outlook" == message.attachments[0].detected_type
    assert "application/x-dosexec" in {a.detected_type for a in message.attachments}
    assert {"text.test", "page.test", "deep.test", "seven.test"} == {link.host for link in message.links}


def test_limits_of_containers(monkeypatch):
    """Files, bytes, attributes and properties are bounded."""
    monkeypatch.setattr(tnef, "MAX_FILE", 3)
    assert [3, 3, 3] == [len(content) for _, content in tnef_files(CONTAINER)]
    monkeypatch.setattr(tnef, "MAX_FILES", 2)
    assert 2 == len(list(tnef_files(CONTAINER)))
    monkeypatch.undo()
    monkeypatch.setattr(tnef, "MAX_ATTRIBUTES", 5)
    assert ["letter.html", "INNER~1.EXE"] == [name for name, _ in tnef_files(CONTAINER)]
    monkeypatch.setattr(tnef, "MAX_PROPERTIES", 1)
    assert ["INNER~1.EXE"] == [name for name, _ in tnef_files(CONTAINER)]


def test_limits_of_items(monkeypatch):
    """Files and storages are bounded."""
    monkeypatch.setattr(outlook, "MAX_FILES", 2)
    assert 2 == len(list(item_files(archive("outlook"))))
    monkeypatch.undo()
    monkeypatch.setattr(outlook, "MAX_STORAGES", 1)
    assert ["letter.html", "letter.txt"] == [name for name, _ in item_files(archive("outlook"))]


@settings(max_examples=150, deadline=None)
@given(seed=st.sampled_from(["outlook", "tnef"]), data=st.data())
def test_broken(seed, data):
    """Whatever is broken, the reading ends and nothing raises."""
    broken = bytearray(CONTAINER if seed == "tnef" else archive("outlook"))
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    list(tnef_files(bytes(broken)))
    list(item_files(bytes(broken)))


@pytest.mark.parametrize("data", [b"", b"\x78\x9f\x3e\x22", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_hardly_anything(data):
    """Nothing comes out of nothing."""
    assert [] == list(tnef_files(data))
    assert [] == list(item_files(data))
