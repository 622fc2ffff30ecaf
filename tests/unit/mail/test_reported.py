"""Finding the reported message in every shape that people and programs send it in."""

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lazaretto.mail.arf import read_feedback
from lazaretto.mail.reported import (
    AUTOMATIC,
    EMPTY,
    MAX_FILES,
    MAX_REPORTED,
    MAX_SAID,
    NOT_A_MESSAGE,
    NOTHING_ATTACHED,
    OUTLOOK_ITEM,
    WRONG_TYPE,
    asked_disposition,
    read_report,
)
from lazaretto.model.disposition import Disposition

PHISH = (
    b"Received: from bad.test ([192.0.2.7]) by mx.corp.example; Fri, 20 Nov 2026 11:00:00 +0000\r\n"
    b"From: Bank <x@bad.test>\r\nTo: ann@corp.example\r\nSubject: Verify\r\nMessage-ID: <1@bad.test>\r\n"
    b"\r\nhttp://login.bad.test/\r\n"
)


def mail(*parts: bytes, kind: bytes = b"mixed", subject: bytes = b"FW: Verify") -> bytes:
    """A report mail of the given parts, each a whole entity."""
    head = b"From: ann@corp.example\r\nTo: phish@corp.example\r\nSubject: " + subject + b"\r\n"
    head += b"MIME-Version: 1.0\r\nContent-Type: multipart/" + kind + b'; boundary="b"\r\n\r\n'
    return head + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def part(kind: bytes, content: bytes, *more: bytes) -> bytes:
    return b"\r\n".join((b"Content-Type: " + kind, *more)) + b"\r\n\r\n" + content


def encoded(kind: bytes, content: bytes, *more: bytes) -> bytes:
    return part(kind, base64.encodebytes(content), b"Content-Transfer-Encoding: base64", *more)


SAID = part(b"text/plain; charset=utf-8", "Is das echt? Grüße".encode())


@pytest.mark.parametrize(
    "attached",
    [
        part(b"message/rfc822", PHISH),
        part(b"message/rfc822", PHISH, b"Content-Disposition: attachment"),
        part(
            b'message/rfc822; name="Verify.eml"',
            PHISH,
            b'Content-Disposition: attachment; filename="Verify.eml"',
        ),
        encoded(b"message/rfc822", PHISH),
        encoded(b'application/octet-stream; name="Verify.eml"', PHISH),
        encoded(b'text/plain; name="VERIFY.EML"', PHISH, b"Content-Disposition: attachment"),
        encoded(b"application/octet-stream", PHISH, b"Content-Disposition: attachment"),
        encoded(
            b"application/octet-stream", PHISH, b'Content-Disposition: attachment; filename="Verify no. 5"'
        ),
        encoded(b"image/png", PHISH, b"Content-Disposition: attachment; filename*=utf-8''Pr%C3%BCfen.eml"),
        part(b"message/global", PHISH),
    ],
)
def test_a_message_as_attachment(attached):
    """As a message, as a file of any declared type, in any transfer encoding: the same octets come out."""
    report = read_report(mail(SAID, attached))

    assert [(PHISH.strip(), "message")] == [(one.raw.strip(), one.kind) for one in report.reported]
    assert ("Is das echt? Grüße", None, None) == (report.said, report.problem, report.feedback)


def test_octets_are_kept():
    """Nothing is added to, or taken from, what was attached without an encoding."""
    (one,) = read_report(mail(SAID, part(b"message/rfc822", PHISH))).reported

    assert PHISH == one.raw


def test_the_mail_is_the_message():
    """Some programs send nothing but the message, as the type of the whole mail."""
    raw = b"From: ann@corp.example\r\nSubject: report\r\nContent-Type: message/rfc822\r\n\r\n" + PHISH

    assert [PHISH] == [one.raw for one in read_report(raw).reported]


def test_python_writes_one_too():
    """A report that a library made."""
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = "Phish"
    letter.set_content("look\n")
    inner = EmailMessage(policy=SMTP)
    inner["From"] = "x@bad.test"
    inner["Subject"] = "Verify"
    inner.set_content("click\n")
    letter.add_attachment(inner)

    report = read_report(letter.as_bytes())

    assert [inner.as_bytes()] == [one.raw for one in report.reported]
    assert "look" == report.said


def test_only_the_outermost_message_counts():
    """What is attached to the reported message is its own attachment."""
    outer = mail(SAID, part(b"message/rfc822", PHISH), subject=b"see attached").replace(b"--b", b"--inner")
    outer = outer.replace(b'boundary="b"', b'boundary="inner"')
    report = read_report(mail(SAID, part(b"message/rfc822", outer)))

    assert [outer.strip()] == [one.raw.strip() for one in report.reported]


def test_several_messages():
    """A user selects some and forwards them together."""
    second = PHISH.replace(b"<1@", b"<2@")
    report = read_report(mail(SAID, part(b"message/rfc822", PHISH), part(b"message/rfc822", second)))

    assert [PHISH, second] == [one.raw for one in report.reported]
    assert not report.more


def test_a_digest():
    """In a digest a part without a type is a message. RFC 2046 5.1.5."""
    report = read_report(mail(b"\r\n" + PHISH, b"\r\n" + PHISH, kind=b"digest"))

    assert [PHISH, PHISH] == [one.raw for one in report.reported]


FEEDBACK = part(b"message/feedback-report", b"Feedback-Type: fraud\r\nUser-Agent: x/1\r\nVersion: 1\r\n")


def test_a_feedback_report():
    """The three parts of RFC 5965 2: words, fields, message."""
    report = read_report(mail(SAID, FEEDBACK, part(b"message/rfc822", PHISH), kind=b"report"))

    assert [(PHISH, "message")] == [(one.raw, one.kind) for one in report.reported]
    assert report.feedback is not None
    assert "fraud" == report.feedback.type


def test_a_feedback_report_with_the_header_alone():
    """The third part may be the header block. RFC 5965 2."""
    header = PHISH.partition(b"\r\n\r\n")[0] + b"\r\n"
    report = read_report(mail(SAID, FEEDBACK, part(b"text/rfc822-headers", header), kind=b"report"))

    assert [(header.strip(), "headers")] == [(one.raw.strip(), one.kind) for one in report.reported]
    assert "Is das echt? Grüße" == report.said


def test_words_of_a_page():
    """A reporter who writes HTML is understood too."""
    page = part(b"text/html; charset=utf-8", b"<p>strange <b>mail</b></p><script>x()</script>")

    assert "strange mail" == read_report(mail(page, part(b"message/rfc822", PHISH))).said


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ((SAID,), NOTHING_ATTACHED),
        ((SAID, encoded(b'image/png; name="shot.png"', b"\x89PNG")), WRONG_TYPE),
        ((SAID, encoded(b'application/vnd.ms-outlook; name="a.msg"', b"\xd0\xcf\x11\xe0")), OUTLOOK_ITEM),
        ((SAID, encoded(b'application/octet-stream; name="a.msg"', b"\xd0\xcf\x11\xe0")), OUTLOOK_ITEM),
        ((SAID, encoded(b'application/ms-tnef; name="winmail.dat"', b"\x78\x9f\x3e\x22")), OUTLOOK_ITEM),
        ((SAID, part(b"message/rfc822", b"")), EMPTY),
        ((SAID, encoded(b'application/octet-stream; name="a.eml"', b"")), EMPTY),
        ((SAID, encoded(b'application/octet-stream; name="a.eml"', b"just words")), NOT_A_MESSAGE),
        ((SAID, encoded(b"text/rfc822-headers", b"nothing")), NOTHING_ATTACHED),
        (
            (SAID, part(b"message/delivery-status", b"Action: failed"), part(b"message/rfc822", PHISH)),
            AUTOMATIC,
        ),
        (
            (
                SAID,
                part(b"message/disposition-notification", b"Disposition: x"),
                part(b"message/rfc822", PHISH),
            ),
            AUTOMATIC,
        ),
    ],
)
def test_why_there_is_none(parts, problem):
    """Each mistake has its own sentence, for whoever made it."""
    report = read_report(mail(*parts))

    assert ((), problem) == (report.reported, report.problem)


def test_a_mail_without_anything():
    """No bytes are a report without a message."""
    assert NOTHING_ATTACHED == read_report(b"").problem


def test_limits_are_reached():
    """Neither many messages, many files nor long words grow what is kept."""
    many = read_report(mail(*[part(b"message/rfc822", PHISH)] * (MAX_REPORTED + 5)))
    files = read_report(mail(*[encoded(b"application/octet-stream", PHISH)] * (MAX_FILES + 5)))
    long = read_report(mail(part(b"text/plain", b"x" * 3 * MAX_SAID), part(b"message/rfc822", PHISH)))

    assert (MAX_REPORTED, True) == (len(many.reported), many.more)
    assert MAX_REPORTED == len(files.reported)
    assert MAX_SAID == len(long.said)


def test_files_beyond_the_limit_are_not_looked_at():
    """A message behind more files than are decoded is not found."""
    nothing = encoded(b"application/octet-stream", b"no message")
    last = encoded(b"application/octet-stream", PHISH)

    assert 1 == len(read_report(mail(*[nothing] * (MAX_FILES - 1), last)).reported)
    assert 0 == len(read_report(mail(*[nothing] * MAX_FILES, last)).reported)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("3|6ba7b810-9dad-11d1-80b4-00c04fd430c8|192.0.2.7|x@bad.test|(Verify)", Disposition.MALICIOUS),
        ("1|anything", Disposition.SPAM),
        ("2| anything", Disposition.NONE),
        ("Junk: offers", Disposition.SPAM),
        ("Not junk: newsletter", Disposition.NONE),
        ("NotJunk: newsletter", Disposition.NONE),
        ("Phishing: bank", Disposition.MALICIOUS),
        ("FW: Verify", Disposition.MALICIOUS),
        ("4|unknown", Disposition.MALICIOUS),
        ("Re: Junk: offers", Disposition.MALICIOUS),
        ("", Disposition.MALICIOUS),
    ],
)
def test_what_the_subject_asks(subject, expected):
    """The prefixes of report buttons, at the very beginning only."""
    assert expected is asked_disposition(subject, None, "phish@corp.example")


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        ("abuse", Disposition.SPAM),
        ("fraud", Disposition.MALICIOUS),
        ("virus", Disposition.MALICIOUS),
        ("not-spam", Disposition.NONE),
        ("other", Disposition.MALICIOUS),
    ],
)
def test_what_a_feedback_type_asks(type_, expected):
    """RFC 5965 7.3 and RFC 6430."""
    feedback = read_feedback(f"Feedback-Type: {type_}".encode())

    assert expected is asked_disposition("report", feedback, "abuse@corp.example")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("phish@corp.example", Disposition.MALICIOUS),
        ("report-spam@corp.example", Disposition.SPAM),
        ("Junk@corp.example", Disposition.SPAM),
        ("not-spam@corp.example", Disposition.NONE),
        ("ham@corp.example", Disposition.NONE),
        ("hamburg@corp.example", Disposition.MALICIOUS),
        ("", Disposition.MALICIOUS),
    ],
)
def test_what_an_address_asks(address, expected):
    """Whole words of the part before the at sign."""
    assert expected is asked_disposition("FW: x", None, address)


PIECES = st.sampled_from(
    [b"--b\r\n", b"--b--\r\n", b"Content-Type: message/rfc822\r\n", b"\r\n", PHISH, b"Content-Transfer-Encoding: base64\r\n",
     b'Content-Type: multipart/report; boundary="b"\r\n', b"Content-Disposition: attachment; filename=a.eml\r\n", FEEDBACK, b"\0\xff"]
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=500))
def test_total(raw):
    """All bytes give a report: messages or a problem, never both, never neither."""
    report = read_report(raw)

    assert bool(report.reported) == (report.problem is None)
    assert len(report.reported) <= MAX_REPORTED
