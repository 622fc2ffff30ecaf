"""What a file is, by its bytes."""

import bz2
import gzip
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail.files import filetype, ole
from lazaretto.mail.files.filetype import detect
from lazaretto.mail.files.ole import ole_entries
from lazaretto.mail.files.signatures import SIGNATURES
from tests.unit.mail.files import CONTENT_TYPES, ole_of, pdf_of, tar_of, zip_of


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "application/x-empty"),
        (b"MZ\x90\x00", "application/x-dosexec"),
        (b"\x7fELF\x02", "application/x-elf"),
        (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x02", "application/x-mach-binary"),
        (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "application/java-vm"),
        (zip_of({"a.txt": b"x"}), "application/zip"),
        (
            zip_of(CONTENT_TYPES | {"word/document.xml": b""}),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            zip_of(CONTENT_TYPES | {"xl/workbook.xml": b"", "xl/vbaProject.bin": b""}),
            "application/vnd.ms-excel.sheet.macroenabled.12",
        ),
        (zip_of({"META-INF/MANIFEST.MF": b""}), "application/java-archive"),
        (zip_of({"AndroidManifest.xml": b""}), "application/vnd.android.package-archive"),
        (zip_of({"mimetype": b"application/epub+zip"}), "application/epub+zip"),
        (ole_of("WordDocument"), "application/msword"),
        (ole_of("Workbook"), "application/vnd.ms-excel"),
        (ole_of("PowerPoint Document"), "application/vnd.ms-powerpoint"),
        (ole_of("__properties_version1.0"), "application/vnd.ms-outlook"),
        (ole_of("EncryptedPackage"), "application/x-ole-encrypted"),
        (ole_of("\u4840\u3f7f"), "application/x-msi"),
        (ole_of(), "application/x-ole-storage"),
        (pdf_of(b""), "application/pdf"),
        (b"junk\n" + pdf_of(b""), "application/pdf"),
        (b"{\\rtf1", "application/rtf"),
        (
            b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46",
            "application/x-ms-shortcut",
        ),
        (b"Rar!\x1a\x07\x00", "application/x-rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (gzip.compress(b"x", mtime=0), "application/gzip"),
        (bz2.compress(b"x"), "application/x-bzip2"),
        (lzma.compress(b"x"), "application/x-xz"),
        (tar_of({"a": b"x"}), "application/x-tar"),
        (bytes(0x8001) + b"CD001" + bytes(10), "application/x-iso9660-image"),
        (bytes(1024) + b"conectix" + bytes(504), "application/x-vhd"),
        (b"vhdxfile", "application/x-vhdx"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"\xef\xbb\xbf <html>", "text/html"),
        ("<html><p>x".encode("utf-16"), "text/html"),
        (b"<svg xmlns='x'><script>", "image/svg+xml"),
        (b"<?xml version='1.0'?><svg >", "image/svg+xml"),
        (b"<html><hta:application id=x>", "application/hta"),
        (b"<job><script language=vbs>", "text/x-windows-script"),
        (b"<?xml version='1.0'?><x/>", "text/xml"),
        (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
        (b"[InternetShortcut]\r\nURL=file://x", "application/x-mswinurl"),
        (b"#!/bin/sh\nid", "text/x-shellscript"),
        (b"#!/usr/bin/env python3\n", "text/x-python"),
        (b"Received: x\r\nSubject: y\r\n\r\n", "message/rfc822"),
        (b"Dear Bob, how are you. I am fine, thanks.", "text/plain"),
        (b"@echo off\r\nsetlocal\r\nset x=%TEMP%\\a\r\npowershell -c x\r\n", "text/x-msdos-batch"),
        (b"var s=new ActiveXObject('WScript.Shell');function f(){eval(s);}", "text/javascript"),
        (
            b'Dim x\r\nSet x=CreateObject("WScript.Shell")\r\nOn Error Resume Next\r\nExecute(x)\r\n',
            "text/vbscript",
        ),
        (b"$env:x; Invoke-Expression (New-Object Net.WebClient).DownloadString('x');", "text/x-powershell"),
        (bytes(range(256)) * 4, "application/octet-stream"),
    ],
)
def test_by_content(data, expected):
    """The bytes decide."""
    assert expected == detect(data)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.js", "text/javascript"),
        ("a.VBS", "text/vbscript"),
        ("x.bat", "text/x-msdos-batch"),
        ("a.txt", "text/plain"),
        (None, "text/plain"),
    ],
)
def test_name_decides_for_text(name, expected):
    """A text is what Windows makes of it by its name."""
    assert expected == detect(b"x = 1", name)


def test_name_does_not_decide_for_binaries():
    """A program is a program whatever it is called."""
    assert "application/x-dosexec" == detect(b"MZ\x90\x00", "invoice.pdf")


def test_text_sample():
    """Beyond TEXT_SAMPLE bytes a text is not looked at."""
    assert "text/plain" == detect(b" " * filetype.TEXT_SAMPLE + b"<html>")


def test_limits_of_compound_files():
    """MAX_ENTRIES are read, and a chain that runs in a circle ends at MAX_CHAIN."""
    looped = bytearray(ole_of("WordDocument"))
    looped[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")

    assert (
        ole.MAX_CHAIN * 2 == len(ole_entries(bytes(looped)))
        or len(ole_entries(bytes(looped))) <= ole.MAX_ENTRIES
    )
    assert "application/msword" == detect(bytes(looped))


@given(
    st.sampled_from(
        [s for s, _ in SIGNATURES]
        + [b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xca\xfe\xba\xbe", b""]
    ),
    st.binary(max_size=700),
    st.none() | st.text(max_size=10),
)
def test_total(signature, rest, name):
    """Whatever follows a signature, there is an answer with one slash."""
    assert 1 == detect(signature + rest, name).count("/")
