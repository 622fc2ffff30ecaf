"""QR codes: lures, and the codes of every day."""

import pytest

from lazaretto.scan.checks import codes
from lazaretto.scan.checks.codes import check
from tests.helpers.letters import File, envelope, facts, judged, letter, rules_of, seen
from tests.unit.mail.test_pdf import code_page
from tests.unit.mail.test_qr import picture

CODE = File("code.png", picture("https://login.evil.example/x"), "image/png")
OWN_CODE = File("code.png", picture("https://www.firm.test/app"), "image/png")


@pytest.mark.parametrize(
    "text",
    [
        "Your MFA expires today. Scan the QR code below with your phone to keep your access.",
        "Please scan the image with your camera to verify your identity.",
        "Scannen Sie den QR-Code, um Ihr Passwort zu behalten.",
        "Escanee el codigo: su cuenta sera suspendida. Contraseña caducada. QR code",
        "Scan this code to review and sign the payroll document.",
        "请扫描二维码, 更新您的密码",
        "Отсканируйте код, чтобы сохранить пароль",
    ],
)
def test_lures(text):
    """A text that wants a code scanned for an account, and a code of somebody else."""
    found = seen(check, letter(text=text, attachments=[CODE]))

    assert {"qr_link", "qr_link_elsewhere", "qr_link_lure"} == set(found)
    assert ("link", "qr", "https://login.evil.example/x") == (
        found["qr_link_lure"].place,
        found["qr_link_lure"].field,
        found["qr_link_lure"].value,
    )


@pytest.mark.parametrize(
    ("text", "file", "rules"),
    [
        ("Scan the QR code to get our app.", OWN_CODE, {"qr_link"}),
        ("Your MFA expires. Scan the QR code.", OWN_CODE, {"qr_link"}),
        ("Pay by scanning the QR code of the bill.", CODE, {"qr_link", "qr_link_elsewhere"}),
        ("Your password was changed.", CODE, {"qr_link", "qr_link_elsewhere"}),
        (
            "Scan the QR code, your password expires.",
            File("a.png", picture("WIFI:S:x;;"), "image/png"),
            set(),
        ),
        ("Scan the QR code, your password expires.", File("a.txt", b"hello", "text/plain"), set()),
    ],
    ids=["own app", "own mfa", "bill", "no scanning", "no address", "no code"],
)
def test_codes_of_every_day(text, file, rules):
    """One's own codes, and codes that no account hangs on, are noted and no more."""
    assert rules == set(seen(check, letter(text=text, attachments=[file])))


def test_code_in_a_document():
    """A code alone on the page of a PDF, from a sender who hides, makes the letter suspicious or worse."""
    verdict = judged(
        letter(
            text="Your mailbox will expire. Scan the QR code in the document to verify your account.",
            from_='"IT Support" <x7f9q2@gmail.com>',
            attachments=[File("notice.pdf", code_page(), "application/pdf")],
        )
    )

    assert {"qr_link_lure", "pdf_lure", "code_in_lure_document"} <= rules_of(verdict)
    assert verdict.disposition in {"SUSPICIOUS", "MALICIOUS"}


def test_number_of_codes(monkeypatch):
    """So many codes are looked at."""
    monkeypatch.setattr(codes, "MAX_CODES", 1)
    other = File("b.png", picture("https://other.example/"), "image/png")

    assert 2 == len(list(check(letter(attachments=[CODE, other]), envelope(), facts())))


def test_words_far_apart():
    """Words of one phrase stand within one sentence, so many letters apart."""
    far = "your account " + "x" * (codes.MAX_GAP + 5) + " expires. Scan the QR code"

    assert "qr_link_lure" not in seen(check, letter(text=far, attachments=[CODE]))
