"""Fingerprints: one campaign, one print."""

from lazaretto.mail import fingerprint as module
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import file_part, html_letter, letter, multipart, part

LONG = (
    "Dear {name}, your mailbox storage reached its limit and incoming letters were suspended yesterday. Please confirm"
    " ownership within {hours} hours at http://{host}/confirm?id={id} otherwise every stored document, photograph and"
    " invoice becomes permanently inaccessible. Security department, account verification team, reference {id}."
)


def long_letter(**values):
    values = {"name": "Bob", "hours": "24", "host": "evil.test", "id": "7", "to": "bob@example.net"} | values
    return parse(
        letter(LONG.format(**values), To=f"{values['name']} <{values['to']}>", Subject=f"Case {values['id']}")
    )


def test_what_campaigns_vary():
    """Name, numbers, links, order of case and subject of a long letter do not change the print."""
    one = long_letter()
    two = long_letter(
        name="Carolyn", hours="48", host="other.example", id="991", to="carolyn.miller@example.org"
    )

    assert one.fingerprint == two.fingerprint
    assert one.message_id == two.message_id == ""


def test_other_letters_differ():
    """Another text has another print, and so has a short text with another attachment."""
    other = parse(
        letter(
            "The minutes of our meeting follow, with thanks to everybody who came, wrote and listened. " * 3
        )
    )
    pdf = parse(multipart(part("see file"), file_part(b"%PDF-1.4", "a.pdf")))
    program = parse(multipart(part("see file"), file_part(b"MZ" + bytes(9), "a.pdf")))

    assert 4 == len({long_letter().fingerprint, other.fingerprint, pdf.fingerprint, program.fingerprint})


def test_empty_letters():
    """Letters without words are told apart by what little they hold."""
    assert parse(letter("1", Subject="a")).fingerprint == parse(letter("2", Subject="a")).fingerprint
    assert parse(letter("!!", Subject="a")).fingerprint != parse(letter("??", Subject="a")).fingerprint


def test_accents_do_not_change_the_print():
    """Marks sprinkled over letters are looked through."""
    words = "account locked password expired today"

    assert parse(letter(words)).fingerprint == parse(letter("\u0301".join(words))).fingerprint


def test_long_runs_of_marks_end():
    """A text of nothing but combining marks is read in linear time."""
    assert module.MAX_PIECE < module.MAX_CHARACTERS
    assert 32 == len(parse(letter("a" + "\u0301\u0323" * module.MAX_CHARACTERS)).fingerprint)


def test_structure_hash():
    """Same template, same hash; the text does not count, the tags and the parts do."""
    one, two = parse(html_letter("<p>a</p>")), parse(html_letter("<p style='x'>other</p>"))
    other, mixed = (
        parse(html_letter("<div>a</div>")),
        parse(multipart(part("<p>a</p>", Content_Type="text/html"))),
    )

    assert one.structure_hash == two.structure_hash
    assert 3 == len({one.structure_hash, other.structure_hash, mixed.structure_hash})
