"""The MIME tree: offsets, odd trees, and limits."""

import base64

import pytest

from lazaretto.mail import entity, mime
from lazaretto.mail.mime import decode_body
from lazaretto.mail.parse import parse
from tests.unit.mail.letters import codes, file_part, letter, multipart, part

TEXT = part("plain", Content_Type="text/plain")
HTML = part("<p>rich</p>", Content_Type="text/html")


def types(message):
    return [p.content_type for p in message.parts]


def test_flat_parts_in_depth_first_order():
    """Children follow their parent, and each knows its parent and depth."""
    inner = part(
        b"--b2\r\n" + TEXT + b"\r\n--b2\r\n" + HTML + b"\r\n--b2--",
        Content_Type="multipart/alternative; boundary=b2",
    )

    message = parse(multipart(inner, file_part(b"x", "a.bin")))

    assert [
        ("multipart/mixed", None, 0),
        ("multipart/alternative", 0, 1),
        ("text/plain", 1, 2),
        ("text/html", 1, 2),
        ("application/octet-stream", 0, 1),
    ] == [(p.content_type, p.parent, p.depth) for p in message.parts]


def test_offsets_cut_the_raw_bytes():
    """Header and body of a part are slices of the raw bytes, without the line end before the delimiter."""
    raw = multipart(TEXT, file_part(b"content", "a.bin"))

    message = parse(raw)
    text, file = message.parts[1:]

    assert b"Content-Type: text/plain\r\n" == raw[text.header.start : text.header.end]
    assert b"plain" == raw[text.body.start : text.body.end]
    assert b"content" == decode_body(raw, file)


def test_boundary_prefix_is_another_boundary():
    """--AAB is no delimiter for boundary AA."""
    raw = letter(
        b"--AA\r\n\r\none\r\n--AAB\r\nstill one\r\n--AA--\r\n", content_type="multipart/mixed; boundary=AA"
    )

    message = parse(raw)

    assert ["one\r\n--AAB\r\nstill one"] == [t.text for t in message.texts]


@pytest.mark.parametrize("close", [b"--b1--", b"--b1--  \r\n", b"--b1-- \t"])
def test_closing_delimiters(close):
    """Transport padding behind the closing delimiter does not keep it from closing."""
    raw = letter(b"--b1\r\n\r\none\r\n" + close, content_type="multipart/mixed; boundary=b1")

    assert ["one"] == [t.text for t in parse(raw).texts]


def test_text_behind_a_delimiter_makes_it_none():
    """A line that only begins like the closing delimiter hides nothing of what follows."""
    raw = letter(
        b"--b1\r\n\r\none\r\n--b1--x\r\ntwo\r\n--b1--\r\n", content_type="multipart/mixed; boundary=b1"
    )

    assert ["one\r\n--b1--x\r\ntwo"] == [t.text for t in parse(raw).texts]


def test_parts_behind_the_end():
    """A delimiter behind the closing one begins a part for some client, so the part is read."""
    raw = letter(
        b"--b1\r\n\r\none\r\n--b1--\r\nepilogue\r\n--b1\r\n\r\ntwo\r\n--b1--\r\n",
        content_type="multipart/mixed; boundary=b1",
    )

    assert ["one", "two"] == [t.text for t in parse(raw).texts]


def test_fields_of_all_parts():
    """MAX_FIELDS_IN_ALL are read of all parts together, and each later part still gets FEW_FIELDS."""
    head = b"X: y\r\n" * 900 + b"\r\nbody"

    message = parse(multipart(*[head] * 30))
    counts = [len(p.headers) for p in message.parts]

    assert 900 == counts[1]
    assert mime.FEW_FIELDS == counts[-1]
    assert sum(counts) <= mime.MAX_FIELDS_IN_ALL + mime.FEW_FIELDS * len(counts) + 900
    assert "body" == message.texts[-1].text


def test_boundary_never_appears():
    """A body without its boundary is read as text, or a whole letter would be hidden."""
    raw = letter("<html><a href='http://evil.test'>x</a></html>", content_type="multipart/mixed; boundary=zz")

    message = parse(raw)

    assert "boundary_not_found" in codes(message)
    assert ["http://evil.test"] == [link.href for link in message.links]


def test_missing_boundary():
    """A multipart that declares no boundary is read as text."""
    message = parse(letter("see http://evil.test", content_type="multipart/mixed"))

    assert "missing_boundary" in codes(message)
    assert ["http://evil.test"] == [link.href for link in message.links]


def test_too_long_boundary_is_none():
    """A boundary beyond MAX_BOUNDARY is not searched for."""
    boundary = "x" * (entity.MAX_BOUNDARY + 1)
    message = parse(
        letter(f"--{boundary}\r\n\r\nx\r\n", content_type=f"multipart/mixed; boundary={boundary}")
    )

    assert {"missing_boundary", "missing_close"} & codes(message)
    assert 1 == len(message.parts)


def test_two_content_types_are_read_both_ways():
    """Clients differ on which of two content types counts, so each reading is scanned."""
    raw = (
        b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<a href='http://evil.test/'>x</a>\r\n--b--\r\n"
    )

    message = parse(raw)

    assert "duplicate_content_type" in codes(message)
    assert ["text/plain", "text/html"] == types(message)
    assert "http://evil.test/" in {link.href for link in message.links if link.place == "a"}


def test_plain_and_html_content_type():
    """A text that is plain to one client and HTML to another is read as both."""
    raw = b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n<a href='http://evil.test/'>x</a>"

    assert ["text/plain", "text/html"] == [t.content_type for t in parse(raw).texts]


def test_no_more_than_some_content_types():
    """MAX_TYPES fields are looked at."""
    raw = b"Content-Type: text/plain\r\n" * entity.MAX_TYPES + b"Content-Type: text/html\r\n\r\n<b>x</b>"

    assert ["text/plain"] == [t.content_type for t in parse(raw).texts]


def test_transfer_encoding_on_a_multipart():
    """A multipart in Base64 is split as it is; when that gives nothing, it is decoded and split."""
    inner = b"--b\r\nContent-Type: text/html\r\n\r\n<a href='http://evil.test/'>x</a>\r\n--b--\r\n"
    raw = letter(
        base64.encodebytes(inner),
        content_type="multipart/mixed; boundary=b",
        Content_Transfer_Encoding="base64",
    )

    message = parse(raw)

    assert "encoded_multipart" in codes(message)
    assert "http://evil.test/" in {link.href for link in message.links}


def test_nested_message():
    """An attached message is descended into; its parts have offsets of their own."""
    inside = letter("inner text", Subject="Inner")
    message = parse(multipart(TEXT, part(inside, Content_Type="message/rfc822")))

    assert ["multipart/mixed", "text/plain", "message/rfc822", "text/plain"] == types(message)
    assert "Inner" == next(h.value for h in message.parts[3].headers if h.key == "subject")
    assert ["message/rfc822"] == [a.declared_type for a in message.attachments]
    assert "Test" == message.subject


def test_digest_defaults_to_message():
    """RFC 2046 5.1.5: a part of a digest is a message."""
    message = parse(multipart(b"\r\nSubject: x\r\n\r\ninside\r\n", kind="digest"))

    assert ["multipart/digest", "message/rfc822", "text/plain"] == types(message)


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_encoded_message(encoding):
    """A transfer encoded message is illegal, clients open it all the same, and so do we."""
    inside = multipart(
        HTML,
        file_part(b"MZ" + b"\x00" * 60, "run.exe"),
        part("see http://in.test/", Content_Type="text/plain"),
        boundary="inner",
    )
    body = base64.encodebytes(inside) if encoding == "base64" else inside.replace(b"=", b"=3D")
    raw = multipart(part(body, Content_Type="message/rfc822", Content_Transfer_Encoding=encoding))

    message = parse(raw)

    assert "encoded_message" in codes(message)
    assert ["multipart/mixed", "message/rfc822"] == types(message)
    assert [1, 1] == [a.part for a in message.attachments]
    assert "application/x-dosexec" == message.attachments[1].detected_type
    assert [("http://in.test/", "attachment", 1)] == [
        (link.href, link.place, link.part) for link in message.links
    ]
    assert "rich" in message.visible_text


def test_part_without_header():
    """A part whose first line is no field has no header: all of it is body."""
    raw = letter(
        b"--b\r\nHello you: all of it\r\nmore\r\n\r\nend\r\n--b--\r\n",
        content_type="multipart/mixed; boundary=b",
    )

    assert ["Hello you: all of it\r\nmore\r\n\r\nend"] == [t.text for t in parse(raw).texts]


def test_junk_before_mime_fields_of_a_part():
    """A junk line in front of MIME fields does not turn them into text."""
    raw = letter(
        b"--b\r\njunk\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"<a href='http://evil.test/'>x</a>")
        + b"\r\n--b--\r\n",
        content_type="multipart/mixed; boundary=b",
    )

    message = parse(raw)

    assert "http://evil.test/" in {link.href for link in message.links}
    assert "header_without_colon" in codes(message)


def test_text_after_the_end():
    """What stands behind the closing delimiter is told."""
    assert "text_after_end" in codes(parse(multipart(TEXT) + b"more text"))


def test_missing_close():
    """A multipart that is cut off keeps its last part."""
    raw = letter(b"--b\r\n\r\none\r\n--b\r\n\r\ntwo", content_type="multipart/mixed; boundary=b")

    message = parse(raw)

    assert ["one", "two"] == [t.text for t in message.texts]
    assert "missing_close" in codes(message)


def test_bad_content_type():
    """What is no content type counts as text/plain. RFC 2045 5.2."""
    message = parse(letter("x", content_type="text"))

    assert "text/plain" == message.parts[0].content_type
    assert "bad_content_type" in codes(message)


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\a.exe"', "a.exe"),
        ("attachment; filename*=utf-8''%E2%80%AEfdp.exe", "\u202efdp.exe"),
        ("attachment", "declared.txt"),
        ('attachment; filename=" / "', None),
    ],
)
def test_filenames(disposition, expected):
    """The file name is what stands behind the last path separator; the Content-Type's name is the second choice."""
    name = ' ; name="declared.txt"' if expected == "declared.txt" else ""
    raw = multipart(part("x", Content_Type=f"application/x{name}", Content_Disposition=disposition))

    assert expected == parse(raw).parts[1].filename


def test_overlong_filename():
    """Names are kept up to MAX_FILENAME characters."""
    raw = multipart(
        part("x", Content_Type="application/x", Content_Disposition=f"attachment; filename={'n' * 900}")
    )

    assert entity.MAX_FILENAME == len(parse(raw).parts[1].filename)


def test_content_id_and_disposition():
    """Brackets are removed, and a disposition nobody knows counts as attachment. RFC 2183 2.8."""
    raw = multipart(
        part("x", Content_Type="image/png", Content_ID="<a@b>", Content_Disposition="strange; x=y")
    )
    (_, image) = parse(raw).parts

    assert ("a@b", "attachment") == (image.content_id, image.disposition)


def test_too_many_parts():
    """MAX_PARTS ends the splitting, with a defect."""
    message = parse(multipart(*([b"\r\nx"] * (mime.MAX_PARTS + 100))))

    assert mime.MAX_PARTS == len(message.parts)
    assert "too_many_parts" in codes(message)


def test_nested_too_deep():
    """MAX_DEPTH ends the descent, with a defect."""
    raw = b"Content-Type: message/rfc822\r\n\r\n" * (mime.MAX_DEPTH + 50) + b"Subject: x\r\n\r\nbody"

    message = parse(raw)

    assert mime.MAX_DEPTH == message.parts[-1].depth
    assert "nested_too_deep" in codes(message)


def test_split_budget():
    """Multiparts that make us read the same bytes again and again are stopped by MAX_SCANS."""
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(90)
    )
    raw = head + b"\r\n" + b"x" * 1_000_000

    assert "split_budget_spent" in codes(parse(raw))
