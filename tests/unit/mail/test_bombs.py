"""Small files that cost a lot: what a message may cost in all ends each of them. The time limit is the guard.

Without its limit each would be read for minutes.
"""

import pytest

from lazaretto.mail import budget
from lazaretto.mail.budget import Budget
from lazaretto.mail.calendar import people
from lazaretto.mail.defects import DefectList
from lazaretto.mail.files.attachments import Content, inspect
from lazaretto.mail.files.documents import read_open_xml, read_pdf
from lazaretto.mail.files.embedded import rtf_files
from lazaretto.mail.files.iso import MAX_RECORDS, iso_files
from lazaretto.mail.files.locked import open_member
from lazaretto.mail.files.ole import ole_files
from lazaretto.mail.files.qr import read_codes
from lazaretto.mail.files.seven import _hashed, seven_files
from lazaretto.mail.files.vba import sources
from lazaretto.mail.files.zipfiles import FED, read_packed, zip_members
from lazaretto.mail.html_links import refresh_target
from lazaretto.mail.parse import parse
from tests.unit.mail import bombs, test_qr
from tests.unit.mail.files import CONTENT_TYPES, ole_of, pdf_of, zip_of
from tests.unit.mail.letters import codes, file_part, letter, multipart, part
from tests.unit.mail.test_embedded import ole_with, package_of, rtf_of

PASSWORDS = "\n".join(f"password: x{i}y" for i in range(60))


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docm", bombs.document_of_macros(900), "document_too_large"),
        ("a.zip", bombs.crowd("{}.doc", 1_000, ole_of("VBA") + bombs.macros()), "document_too_large"),
        ("a.docx", bombs.crowd("{}.docx", 100, bombs.document_of_relations(49)), "document_too_large"),
        ("a.zip", bombs.locked_for_ever(1_000), ""),
        ("a.zip", bombs.locked_the_old_way(1_000, b"1234", 60_000), ""),
        ("a.zip", bombs.overlapping([b"a"] * 1_000, bombs.deflated(bytes(8_000_000), broken=True)), "archive_too_large"),
        ("a.7z", bombs.seven_of_keys(100), ""),
        ("a.zip", bombs.crowd("{}.iso", 100, bombs.image_of_itself(128)), "archive_too_large"),
        ("a.zip", bombs.crowd("{}.pdf", 100, bombs.pdf_of_streams()), "document_too_large"),
        ("a.zip", bombs.crowd("{}.rtf", 100, b"{\\rtf1" + b"\\objdata " * 60 + b"4\\a1" * 1_500_000), ""),
        ("a.zip", bombs.crowd("{}.webp", 100, bombs.picture()), ""),
    ],
    ids=["projects", "modules", "parts", "aes", "old", "broken", "keys", "image", "streams", "objects", "pictures"],
)  # fmt: skip
def test_read_to_the_end(name, data, code):
    """Every bomb is read to an end, alone and in company, and what was not read is told where it was a file."""
    many = [file_part(data, f"{i}{name}") for i in range(3)]

    assert not code or code in codes(parse(multipart(part(PASSWORDS), *many)))


def test_lines_without_an_end():
    """What a pattern could divide in every way there is, is divided in one."""
    assert codes(parse(b"A" * 1_000_000)) >= {"header_without_colon"}
    assert () == people("ATTENDEE" + ";" * 100_000 + "\nATTENDEE;" + 'A="' * 50_000).attendees
    for spaces in ("\t" * 5_000, "0" * 5_000 + " " * 5_000, "0;url" + " " * 5_000, "'" + " " * 5_000):
        assert "" == refresh_target({"http-equiv": "refresh", "content": spaces}).strip("0'url ")


def test_people_behind_parameters():
    """The address is found behind every parameter there may be."""
    lines = (
        'ORGANIZER;CN="A: B;C";X=a,b:mailto:ann@a.test\n'
        "ATTENDEE:mailto:bob@b.test\nATTENDEE;A=1;;B=:MAILTO:cy@c.test\nATTENDEES:mailto:x@x.test\n"
        'ATTENDEE;CN="open:mailto:x@x.test\n'
    )

    found = people(lines)

    assert ("ann@a.test", ("bob@b.test", "cy@c.test")) == (found.organizer, found.attendees)


@pytest.mark.parametrize(
    ("content", "target"),
    [
        ("5", ""),
        ("5;", ""),
        ("0;URL='http://a.test/x'", "http://a.test/x"),
        ("0 , url = b", "b"),
        ("3; c d", "c d"),
    ],
)
def test_refresh(content, target):
    """A number alone reloads the page."""
    assert target == refresh_target({"http-equiv": "Refresh", "content": content})


def test_macros():
    """Modules that share bytes end with the budget, across documents."""
    purse = Budget()

    assert sum(map(len, sources(bombs.macros(), purse))) <= budget.MAX_MACROS + 4_096
    assert [] == sources(bombs.macros(), purse)


def test_documents_of_one_message_share(monkeypatch):
    """Parts of documents come out of one purse; a document that came too late is said to be cut."""
    monkeypatch.setattr(budget, "MAX_OFFICE", 45)
    purse = Budget()
    document = zip_of(CONTENT_TYPES | {"word/document.xml": b"<w:t>http://w.test</w:t>"})

    first, second = (read_open_xml(document, purse) for _ in range(2))

    assert (("http://w.test",), False) == (first.texts, first.cut)
    assert second.cut


def test_projects_of_macros(monkeypatch):
    """Writers make one project; the first few are read."""
    monkeypatch.setattr("lazaretto.mail.files.documents.MAX_PROJECTS", 2)
    purse = Budget()

    assert ("macro",) == read_open_xml(bombs.document_of_macros(9), purse).traits
    assert budget.MAX_OFFICE - 2 * len(bombs.macros()) == purse.office


def test_streams_of_one_message_share(monkeypatch):
    """Object streams come out of one purse, also those that cannot be inflated."""
    monkeypatch.setattr(budget, "MAX_STREAMED", 40)
    purse = Budget()
    written = pdf_of(b"", compressed=b"/URI (http://one.test/)")
    odd = written.replace(b"x\x9c", b"xx")

    assert [1, 1, 0] == [len(read_pdf(written, purse).uris) for _ in range(3)]
    assert read_pdf(written, purse).cut
    fresh = Budget()
    read_pdf(odd, fresh)
    assert fresh.streamed < budget.MAX_STREAMED


def test_hashed_names():
    """Names and addresses of a PDF may be written in numbers, large or small letters. ISO 32000-1 7.3.5."""
    found = read_pdf(b"%PDF-1.5 /#4a#61vaScript /La#75nch /#55#52#49 (http://pdf.test/)", Budget())

    assert ({"pdf_javascript", "pdf_launch"}, ("http://pdf.test/",)) == (set(found.traits), found.uris)


def test_keys_of_one_message_share(monkeypatch):
    """So many hashes for all passwords and archives; a key that two folders share is made once."""
    data = bombs.seven_of_keys(3, power=10, coders=1)
    monkeypatch.setattr(budget, "MAX_HASHES", 2 << 10)
    poor = seven_files(data, limit=1_000, budget=Budget(), passwords=("a",))
    monkeypatch.setattr(budget, "MAX_HASHES", 3 << 10)
    rich = seven_files(data, limit=1_000, budget=Budget(), passwords=("a",))

    assert [2, 3] == [len(list(found.files)) for found in (poor, rich)]


def test_key_of_many_hashes():
    """The key is the hash of secret and number, over and over, for every power."""
    from hashlib import sha256

    for power in (0, 3, 8, 10):
        plain = sha256(b"".join(b"secret" + n.to_bytes(8, "little") for n in range(1 << power)))

        assert plain.digest() == _hashed(b"secret", power)


def test_locked_members_share(monkeypatch):
    """Keys and deciphered bytes come out of one purse."""
    aes, old = bombs.locked_for_ever(1), bombs.locked_the_old_way(1, b"1234", 1_000)
    purse = Budget()
    for data in (aes, old):
        open_member(data, zip_members(data)[0], ("1234", "a"), 1_000, purse)

    assert budget.MAX_HASHES - 2 * 8_000 == purse.hashes
    assert budget.MAX_DECIPHERED - (4 + 12) - (1_000 - 12) - (1 + 12) == purse.deciphered


def test_broken_members():
    """What came before the fault is read, and counted."""
    data = bombs.overlapping([b"a.txt"], bombs.deflated(b"http://before.test/ " * 900, broken=True))
    (member,) = zip_members(data)

    content, taken = read_packed(data, member, 100_000)

    assert (b"http://before.test/ " * 900)[: 4 * FED] == content
    assert 0 < taken <= member.packed
    assert (b"", 0) == read_packed(data, member, 0)


def test_directories_of_an_image(monkeypatch):
    """A directory that holds itself is read once; entries are bounded."""
    assert [] == list(iso_files(bombs.image_of_itself(4)))
    monkeypatch.setattr("lazaretto.mail.files.iso.MAX_RECORDS", 1)
    from tests.unit.mail.packed import archive

    assert len(list(iso_files(archive("iso_plain")))) <= 1
    assert MAX_RECORDS > 1_000


@pytest.mark.parametrize("shift", range(16))
def test_sectors_of_no_size(shift):
    """A compound file may claim sectors of any size; two exist."""
    data = bytearray(ole_with("\x01Ole10Native", bytes(4) + package_of(b"a.exe", bytes(5_000))))
    data[30] = shift

    found = list(ole_files(bytes(data)))

    assert shift == 12 or [("a.exe", 5_000)] == [(name, len(content)) for name, content in found]


def test_objects_without_an_end():
    """An object ends where its group ends, and objects inside each other come out of one purse."""
    inside = rtf_of(b"Equation.3", b"abc").replace(b"\\objdata ", b"\\objdata {\\*\\x 1}\\bin2 ")
    purse = Budget()

    assert [("object 1", b"abc")] == list(rtf_files(inside + b"41" * 9_000, purse))
    assert purse.office > budget.MAX_OFFICE - len(inside)


def test_pixels_of_one_message(monkeypatch):
    """A picture that is too large leaves the rest for smaller ones."""
    small = test_qr.picture()
    monkeypatch.setattr(budget, "MAX_PIXELS", 150_000)
    purse = Budget()

    assert () == read_codes(test_qr.picture(size=(500, 500)), purse)
    assert (test_qr.TARGET,) == read_codes(small, purse)


def test_cut_documents_are_named():
    """Both kinds of document say that they were cut."""
    poor = Budget()
    poor.streamed = poor.office = 0
    for data, trait in (
        (bombs.pdf_of_streams(), "pdf_cut"),
        (zip_of(CONTENT_TYPES | {"word/document.xml": b"x"}), "archive_cut"),
    ):
        found = inspect(Content(0, data, "a", ""), DefectList(), poor)

        assert trait in found.attachment.traits


def test_calendar_in_a_letter():
    """The line that took for ever, in a letter."""
    raw = letter("BEGIN:VCALENDAR\r\nATTENDEE" + ";" * 500 + "\r\n", content_type="text/calendar")

    assert () == people(parse(raw).texts[0].text).attendees
