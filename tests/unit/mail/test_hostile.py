"""Mail built to exhaust its reader: each is read to the end, with a defect. The time limit of the tests is the guard."""

import base64

import pytest

from lazaretto.mail import budget
from lazaretto.mail.parse import parse
from tests.unit.mail.files import zip_of
from tests.unit.mail.letters import codes, file_part, html_letter, letter, multipart, part

MEGABYTE = 1 << 20
NESTED = b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(2_000)
)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (multipart(*[b"\r\nx"] * 10_000), "too_many_parts"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"\r\nx", "nested_too_deep"),
        (NESTED + b"\r\nx", "split_budget_spent"),
        (b"X: y\r\n" * 180_000 + b"\r\n", "too_many_headers"),
        (b"X: " + b"y" * 2 * MEGABYTE + b"\r\n\r\n", "header_block_too_long"),
        (b"X: " + b"y" * 900_000 + b"\r\n\r\n", "header_field_too_long"),
        (b"no colon here\r\n" * 70_000 + b"\r\n", "header_without_colon"),
        (b"X: y\r" * 200_000, "bare_cr"),
        (letter(To="a@b.test, " * 20_000), "too_many_addresses"),
        (letter(To=", ".join(["<" * 60_000])), "duplicate_header"),
        (html_letter("<div>" * 20_000), "html_too_complex"),
        (html_letter("<p " + " ".join(f"a{i}" for i in range(50_000)) + ">"), "html_too_complex"),
        (html_letter("".join(f"<b id={i}><p>" for i in range(20_000))), "html_too_complex"),
        (html_letter("<a href='http://x.test'>x</a>" * 20_000), "too_many_links"),
        (html_letter("<p>" + "x" * 2 * MEGABYTE), "html_too_long"),
        (html_letter("<p>" + "x" * (budget.MAX_HTML + 1)), "html_budget_spent"),
        (letter("x" * (budget.MAX_TEXT + 1)), "text_budget_spent"),
        (multipart(file_part(zip_of({f"{i}": bytes(9_000_000) for i in range(10)} | {f"n{i}": b"" for i in range(1_000)}), "b.zip")),
         "archive_too_large"),
        (letter(b"=" * 3 * MEGABYTE, Content_Transfer_Encoding="base64"), "bad_base64"),
        (letter(b"\xff" * MEGABYTE), "bad_charset"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_read_to_the_end(raw, code):
    """Whatever a message is full of, there is a result that says which limit stopped the reading."""
    if code == "duplicate_header":
        raw = raw.replace(b"\r\n\r\n", b"\r\nTo: x\r\n\r\n", 1)

    assert code in codes(parse(raw))


@pytest.mark.parametrize(
    "body",
    [
        b"a" * 5 * MEGABYTE,
        b" " * 5 * MEGABYTE,
        b"\t \r\n" * MEGABYTE,
        b"\r" * 2 * MEGABYTE,
        b"--" * 2 * MEGABYTE,
        b"begin 644 x\n" * 200_000,
        b"http://" * 500_000,
        b"\x00" * 3 * MEGABYTE,
        b"=\r\n" * 500_000,
        ("\u0301" * 500_000).encode(),
        b"=?utf-8?q?" * 200_000,
        b"<" * MEGABYTE,
        b"%PDF-" + b"/URI (" * 200_000,
        b"PK\x03\x04" * 400_000,
        b"%PDF-" + b"/ObjStm" * 200_000,
        b"{" * MEGABYTE,
    ],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_long_runs_end(body):
    """Long runs of one thing are read in linear time, as text, as HTML, encoded, as a file and inside a multipart."""
    for raw in (
        letter(body),
        letter(body, content_type="text/html"),
        letter(body, Content_Transfer_Encoding="quoted-printable"),
        letter(body, Content_Transfer_Encoding="base64"),
        letter(body, content_type="multipart/mixed; boundary=" + "-" * 60),
        letter(body, content_type="application/pdf"),
        b"Subject: " + body,
    ):
        assert len(raw) == parse(raw).size


def test_style_sheet_of_braces():
    """A style sheet of nothing but braces and commas is read in linear time."""
    for sheet in (
        "{" * 200_000,
        "}" * 200_000,
        "a," * 100_000 + "{display:none}",
        "/*" * 100_000,
        ".a{display:none}" * 10_000,
    ):
        assert 1 == len(parse(html_letter(f"<style>{sheet}</style><p class=a>x")).texts)


def test_mail_bomb_of_encoded_messages():
    """Encoded messages within each other are opened a few levels deep and then left alone."""
    raw = letter("x")
    for _ in range(10):
        raw = multipart(
            part(base64.encodebytes(raw), Content_Type="message/rfc822", Content_Transfer_Encoding="base64")
        )

    assert "embedded_too_deep" in codes(parse(raw))
