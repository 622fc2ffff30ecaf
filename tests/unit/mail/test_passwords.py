"""Passwords: found in letters, tried on archives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lazaretto.mail import contents
from lazaretto.mail.budget import Budget
from lazaretto.mail.files import locked, passwords, seven
from lazaretto.mail.files.passwords import MAX_CANDIDATES, MAX_LENGTH, MAX_TEXT, MAX_TEXTS, candidates
from lazaretto.mail.files.zipfiles import zip_members
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, multipart, part
from tests.unit.mail.packed import PASSWORD, PROGRAM, archive


@pytest.mark.parametrize(
    "text",
    [
        "The password is Geheim!42",
        "Password: Geheim!42.",
        "Please use password “Geheim!42” to open it",
        "Das Passwort lautet: Geheim!42",
        "Kennwort = Geheim!42",
        "mot de passe : Geheim!42",
        "La contraseña es Geheim!42",
        "senha: Geheim!42",
        "wachtwoord is Geheim!42",
        "пароль: Geheim!42",
        "密码：Geheim!42",
        "Open the file with 'Geheim!42' please",
        "Here it comes:\n\n   Geheim!42\n\nRegards",
        "PIN code for the archive - Geheim!42",
        "pass: <Geheim!42>",
    ],
)
def test_candidates(text):
    """The word of many languages, quotation marks, and lines of their own give passwords away."""
    assert PASSWORD in candidates([text])


def test_candidates_of_a_usual_letter():
    """A letter without a password gives only those that everybody uses."""
    assert ("infected", "1234", "12345", "123456", "password") == candidates(["Dear Bob, see you on Monday."])


def test_candidate_limits():
    """Candidates, texts, characters of a text and of a password are bounded."""
    many = "\n".join(f"word{i}" for i in range(500))

    assert MAX_CANDIDATES == len(candidates([many]))
    assert PASSWORD not in candidates([" " * MAX_TEXT + f"password: {PASSWORD}"])
    assert PASSWORD not in candidates([*["x"] * MAX_TEXTS, f"password: {PASSWORD}"])
    assert max(map(len, candidates(["password: " + "a" * 500]))) <= MAX_LENGTH


@given(st.text(max_size=300))
def test_candidates_of_anything(text):
    """Every text gives a bounded list without empty words."""
    found = candidates([text, f"password {text}"])

    assert all(found)
    assert len(found) <= MAX_CANDIDATES


def sent(name, text, kind="zip"):
    return parse(multipart(file_part(archive(name), f"a.{kind}"), part(text, Content_Type="text/plain")))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("zip_old", "zip"),
        ("zip_aes128", "zip"),
        ("zip_aes256", "zip"),
        ("seven_aes", "7z"),
        ("seven_aes_names", "7z"),
    ],
)
def test_opened_with_the_password_of_the_letter(name, kind):
    """The text comes after the attachment and still opens it; what is inside is looked into."""
    message = sent(name, f"The password is {PASSWORD}", kind)
    first, *inner = message.attachments

    assert first.encrypted
    assert "password_in_text" in first.traits
    assert PROGRAM[:2] == b"MZ"
    assert "application/x-dosexec" in {a.detected_type for a in inner}
    assert {first.sha256} == {a.inside for a in inner}


@pytest.mark.parametrize(("name", "kind"), [("zip_old", "zip"), ("zip_aes256", "zip"), ("seven_aes", "7z")])
def test_another_password_opens_nothing(name, kind):
    """Without the right word the archive is listed and stays closed."""
    message = sent(name, "The password is Anders!43", kind)

    assert ["a." + kind] == [a.filename for a in message.attachments]
    assert () == message.attachments[0].traits
    assert message.attachments[0].encrypted


def test_password_in_the_subject():
    """The subject is text of the letter too."""
    raw = sent_raw = multipart(file_part(archive("zip_aes128"), "a.zip"))
    raw = sent_raw.replace(b"Subject: Test", b"Subject: password " + PASSWORD.encode())

    assert "password_in_text" in parse(raw).attachments[0].traits


@pytest.mark.parametrize(
    "name", ["invoice_pw_Geheim!42.zip", "Rechnung (Passwort Geheim!42).zip", "a-Geheim!42.zip"]
)
def test_password_in_the_name_of_the_file(name):
    """The name of the archive gives its own password."""
    message = parse(
        multipart(part("See the file.", Content_Type="text/plain"), file_part(archive("zip_old"), name))
    )

    assert "password_in_text" in message.attachments[0].traits


def test_limits_of_names():
    """So many names are searched, so far."""
    names = [f"pw {n}x.zip" for n in range(passwords.MAX_NAMES + 3)]

    assert passwords.MAX_NAMES == sum(f"{n}x" in passwords.candidates((), names) for n in range(len(names)))
    assert "9y" not in passwords.candidates((), [" " * passwords.MAX_NAME + "pw 9y.zip"])


def test_locked_file_limit():
    """The passwords are tried on so many files of a message."""
    file = file_part(archive("zip_old"), "a.zip")
    message = parse(multipart(part(f"password: {PASSWORD}", Content_Type="text/plain"), *[file] * 5))

    assert contents.MAX_LOCKED_FILES == sum("password_in_text" in a.traits for a in message.attachments)


def test_password_limits():
    """So many passwords are tried, on members of so many bytes; 7z keys cost more and are tried less."""
    data = archive("zip_old")
    member = zip_members(data)[0]
    wrong = tuple(f"w{i}" for i in range(locked.MAX_PASSWORDS))

    assert (PROGRAM, PASSWORD) == locked.open_member(data, member, (*wrong[1:], PASSWORD), 1000, Budget())
    assert (b"", "") == locked.open_member(data, member, (*wrong, PASSWORD), 1000, Budget())
    tried = tuple(f"w{i}" for i in range(seven.MAX_KEYS))
    assert (
        ""
        == seven.seven_files(
            archive("seven_aes"), limit=1000, budget=Budget(), passwords=(*tried, PASSWORD)
        ).password
    )


def test_member_size_limit(monkeypatch):
    """A large member is not deciphered."""
    monkeypatch.setattr(locked, "MAX_LOCKED", 10)
    data = archive("zip_old")

    assert (b"", "") == locked.open_member(data, zip_members(data)[0], (PASSWORD,), 1000, Budget())
