"""What files do when they are opened, by name and by content."""

import pytest

from lazaretto.mail.files.filetype import detect
from lazaretto.scan.checks.attachments import check
from lazaretto.scan.filetypes import MAX_EXTENSION, FileKind, extension_of, kind_of, kind_of_name
from tests.helpers.letters import File, letter, seen
from tests.unit.mail.files import zip_of


@pytest.mark.parametrize(
    ("kind", "extensions"),
    [
        (FileKind.PROGRAM, "exe scr com pif dll cpl jar xll jnlp gadget"),
        (FileKind.SCRIPT, "js jse vbs vbe wsf wsh ws wsc hta bat cmd ps1 chm msc hlp sct xbap"),
        (
            FileKind.SHORTCUT,
            "lnk url scf search-ms library-ms settingcontent-ms searchconnector-ms appref-ms iqy slk",
        ),
        (FileKind.DISK_IMAGE, "iso img vhd vhdx dmg wim"),
        (
            FileKind.INSTALLER,
            "msi msix msixbundle appx appxbundle appinstaller apk msp mst reg application diagcab",
        ),
        (FileKind.OTHER, "txt pdf docx ics eml zip c h rs"),
    ],
)
def test_names_that_the_system_runs(kind, extensions):
    """Every ending has its kind, also in capitals and behind a path."""
    for extension in extensions.split():
        assert kind is kind_of_name(f"Invoice.{extension.upper()}"), extension
        assert extension == extension_of(f"a.b.{extension}")


def test_ending_that_is_none():
    """What is longer than any ending of a system is no ending."""
    assert "" == extension_of("a." + "x" * (MAX_EXTENSION + 1))
    assert "" == extension_of("README")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (zip_of({"AppxManifest.xml": b"x", "[Content_Types].xml": b"x"}), "a.bin", FileKind.INSTALLER),
        (b"\xeb\x3c\x90" + bytes(507) + b"\x55\xaa" + bytes(100), "a.bin", FileKind.DISK_IMAGE),
        (b"WEB\r\n1\r\nhttp://evil.test/", "a.txt", FileKind.SHORTCUT),
        (b"ID;PWXL;N;E\r\nC;X1", "a.txt", FileKind.SHORTCUT),
        (b"Windows Registry Editor Version 5.00\r\n", "a.txt", FileKind.INSTALLER),
        (b"ITSF" + bytes(100), "help.dat", FileKind.SCRIPT),
        (b"Hello, this is a letter.", "a.txt", FileKind.OTHER),
    ],
)
def test_content(data, name, kind):
    """The content tells, whatever the name says."""
    assert kind is kind_of(detect(data, name))


@pytest.mark.parametrize(
    "name", ["open.settingcontent-ms", "help.msc", "pack.msixbundle", "query.iqy", "ws.wsc"]
)
def test_names_are_findings(name):
    """A name that the system runs is a finding whatever the content is."""
    found = seen(check, letter(attachments=[File(name, b"\x01\x02\x00 anything")]))

    assert "attachment_program_name" in found
